"""Endpoints whose models are really served: creation, failures, deaths, and the end."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.runner import models
from tests.runner.models import CRASHING, IMAGE, ROLE, SILENT, UNKNOWN, Site, archive, eventually, variant

from sagemaker_local.emulator import Emulator
from sagemaker_local.runner.execution import Execution
from sagemaker_local.runner.runtime.ports import NoCapacity, UnknownTarget, WrongTarget
from sagemaker_local.runner.serving import crew, house


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    execution = Execution(images=models.images(tmp_path), servers=2)
    with Emulator.start(speed=100, execution=execution) as emulator:
        client, s3 = emulator.client(), emulator.client("s3")
        s3.create_bucket(Bucket="bucket")
        yield Site(emulator, client, s3)
        client.close()
        s3.close()


def test_an_endpoint_is_in_service_once_its_model_answers(site: Site) -> None:
    site.serve("first")

    assert site.status()["EndpointStatus"] == "InService"
    assert site.ask(b"7") == "first:7"
    assert "AllTraffic/i-" in site.log()
    assert "serving first" in site.log()
