"""Models whose images run as they are, with a Docker client that stands for the real one."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.runner import docker_client, models
from tests.runner.models import ROLE, Site, variant

from sagemaker_local.emulator import Emulator
from sagemaker_local.runner.execution import Execution

ANY = "123456789012.dkr.ecr.us-east-1.amazonaws.com/any-image:1"


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    directory = tmp_path / "engine"
    directory.mkdir()
    text = Path(str(docker_client.__file__)).read_text(encoding="utf-8")
    (directory / "docker").write_text(f"#!{sys.executable} -IS\n{text}", encoding="utf-8")
    (directory / "docker").chmod(0o755)
    (directory / "images").write_text(ANY)
    monkeypatch.setenv("PATH", f"{directory}:{os.environ['PATH']}")
    with Emulator.start(speed=100, execution=Execution(images=models.images(tmp_path))) as emulator:
        client, s3 = emulator.client(), emulator.client("s3")
        s3.create_bucket(Bucket="bucket")
        yield Site(emulator, client, s3)
        client.close()
        s3.close()


def deploy(site: Site, image: str) -> None:
    site.client.create_model(ModelName="m", PrimaryContainer={"Image": image}, ExecutionRoleArn=ROLE)
    site.config("m", variant("m"))
    site.client.create_endpoint(EndpointName="digits", EndpointConfigName="m")


def test_an_image_that_cannot_be_pulled_fails_the_endpoint_with_what_the_engine_says(site: Site) -> None:
    deploy(site, ANY.replace("any-image", "away"))

    reason = site.settled()["FailureReason"]
    assert "could not run what stands in for the image" in reason
    assert "pull access denied" in reason


def test_an_image_that_ends_at_once_was_run_with_the_argument_serve(site: Site) -> None:
    deploy(site, ANY)

    assert "did not pass the ping health check" in site.settled()["FailureReason"]
    assert "entry point: serve" in site.log()
