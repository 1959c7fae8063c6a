"""Endpoints whose models are really served: creation, failures, deaths, and the end."""

import textwrap
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from tests.runner import models
from tests.runner.models import CRASHING, IMAGE, ROLE, SILENT, UNKNOWN, Site, archive, eventually, variant

from sagemaker_local.emulator import Emulator
from sagemaker_local.runner.execution import Execution
from sagemaker_local.runner.runtime.ports import NoCapacity, UnknownTarget, WrongTarget
from sagemaker_local.runner.serving import plans


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


def test_an_endpoint_is_invoked_over_the_wire(site: Site) -> None:
    site.serve("first")
    runtime = site.emulator.client("sagemaker-runtime")

    reply = runtime.invoke_endpoint(EndpointName="digits", Body=b"7", ContentType="text/plain")

    assert reply["Body"].read() == b"first:7"
    assert reply["InvokedProductionVariant"] == "AllTraffic"
    runtime.close()


def test_a_model_finds_its_environment_and_only_credentials_of_the_emulator(site: Site) -> None:
    environment = {"SAGEMAKER_PROGRAM": "inference.py", "COLOUR": "blue"}
    site.model("first", Environment=environment)
    site.config("first", variant("first"))
    site.client.create_endpoint(EndpointName="digits", EndpointConfigName="first")
    site.settled()

    assert site.ask(b"env COLOUR") == "blue"
    assert site.ask(b"env SAGEMAKER_PROGRAM") == "inference.py"
    assert site.ask(b"env AWS_ACCESS_KEY_ID") == "123456789012"
    assert site.ask(b"env AWS_ENDPOINT_URL") == site.emulator.url
    assert site.ask(b"env AWS_SESSION_TOKEN") == ""


def test_a_model_that_never_answers_ping_fails_its_endpoint_in_sagemakers_words(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plans, "LEAST", 1.0)
    site.model("first", SILENT)
    site.config("first", variant("first", ContainerStartupHealthCheckTimeoutInSeconds=60))

    site.client.create_endpoint(EndpointName="digits", EndpointConfigName="first")
    found = site.settled()

    assert found["EndpointStatus"] == "Failed"
    assert found["FailureReason"] == (
        "The primary container for production variant AllTraffic did not pass the ping health check. "
        "Please check CloudWatch logs for this endpoint."
    )
    assert "never answers" in site.log()
    eventually(lambda: not site.processes())


def test_a_model_that_crashes_fails_its_endpoint_and_the_log_says_why(site: Site) -> None:
    site.model("first", CRASHING)
    site.config("first", variant("first"))

    site.client.create_endpoint(EndpointName="digits", EndpointConfigName="first")

    assert "did not pass the ping health check" in site.settled()["FailureReason"]
    assert "no model here" in site.log()
    assert "ended by itself with exit code 1" in site.log()


@pytest.mark.parametrize(
    ("body", "reason", "detail"),
    [
        (
            b"no archive",
            'Failed to extract model data archive for container "container_1" from URL "s3://bucket/data"',
            "gzip",
        ),
        (
            archive({"../../climbs": "x"}),
            "Please ensure that the object located at the URL is a valid tar.gz archive",
            "outside",
        ),
        (
            None,
            'Failed to download model data for container "container_1" from URL: "s3://bucket/data"',
            "no such object",
        ),
    ],
)
def test_model_data_that_cannot_be_used_fails_the_endpoint(
    site: Site, body: bytes | None, reason: str, detail: str
) -> None:
    if body is not None:
        site.upload("data", body)
    site.model("first", ModelDataUrl="s3://bucket/data")
    site.config("first", variant("first"))

    site.client.create_endpoint(EndpointName="digits", EndpointConfigName="first")

    assert reason in site.settled()["FailureReason"]
    assert detail in site.log()
    assert not list(site.hosting._tools.directory.rglob("climbs"))


def test_a_server_that_dies_is_started_again(site: Site) -> None:
    site.serve("first")

    with pytest.raises(OSError):  # noqa: PT011 whatever urllib makes of a connection that is cut
        site.ask(b"die")

    eventually(lambda: "it is started again" in site.log())
    eventually(lambda: site.hosting.instances(models.HERE, "digits") == {"AllTraffic": 1})
    assert site.ask(b"7") == "first:7"
    assert "ended by itself with exit code 3" in site.log()


def test_a_deleted_endpoint_leaves_no_process(site: Site) -> None:
    site.serve("first")
    assert site.processes() == 1

    site.client.delete_endpoint(EndpointName="digits")

    eventually(lambda: not site.processes())
    with pytest.raises((UnknownTarget, NoCapacity)):
        site.ask()


def test_a_model_whose_image_nothing_runs_for_is_simulated_and_says_so_when_it_is_asked(site: Site) -> None:
    site.model("first", Image=UNKNOWN)
    site.config("first", variant("first"))
    site.client.create_endpoint(EndpointName="digits", EndpointConfigName="first")

    assert site.settled()["EndpointStatus"] == "InService"
    with pytest.raises(NoCapacity, match=r"no row of the image registry matches .*nobody-knows"):
        site.ask()
    assert "the model is simulated, and cannot be invoked: no row" in site.log()


def test_a_scenario_that_fails_a_creation_is_followed_and_says_so(site: Site) -> None:
    site.emulator.scenarios.fail("Endpoint", "digits", reason="it broke")
    site.model("first")
    site.config("first", variant("first"))
    site.client.create_endpoint(EndpointName="digits", EndpointConfigName="first")

    assert site.settled()["FailureReason"] == "it broke"
    assert site.processes() == 0


def test_a_model_that_is_isolated_from_the_network_answers_and_has_no_credentials(site: Site) -> None:
    url = site.upload("first.tar.gz", models.program("first"))
    site.client.create_model(
        ModelName="first",
        PrimaryContainer={"Image": IMAGE, "ModelDataUrl": url},
        ExecutionRoleArn=ROLE,
        EnableNetworkIsolation=True,
    )
    site.config("first", variant("first"))
    site.client.create_endpoint(EndpointName="digits", EndpointConfigName="first")
    assert site.settled()["EndpointStatus"] == "InService"

    assert site.ask(b"7") == "first:7"
    assert site.ask(b"env AWS_ACCESS_KEY_ID") == ""


def test_several_instances_share_as_many_processes_as_are_allowed(site: Site) -> None:
    site.serve("first", InitialInstanceCount=5)

    assert site.processes() == 2
    assert site.hosting.instances(models.HERE, "digits") == {"AllTraffic": 5}
    assert "the 5 instances of AllTraffic share 2 processes" in site.log()


def test_more_capacity_means_more_processes_and_less_means_less(site: Site) -> None:
    site.serve("first")
    for count in (2, 1):
        wanted = [{"VariantName": "AllTraffic", "DesiredInstanceCount": count}]
        site.client.update_endpoint_weights_and_capacities(EndpointName="digits", DesiredWeightsAndCapacities=wanted)

        assert site.settled()["ProductionVariants"][0]["CurrentInstanceCount"] == count
        eventually(partial(has_processes, site, count))
    assert site.ask(b"7") == "first:7"


def has_processes(site: Site, count: int) -> bool:
    return site.processes() == count


def test_uncompressed_model_data_is_there_as_files(site: Site) -> None:
    site.upload("open/server.py", textwrap.dedent(models.SERVER).encode())
    site.upload("open/name", b"open")
    source = {"S3DataSource": {"S3Uri": "s3://bucket/open/", "S3DataType": "S3Prefix", "CompressionType": "None"}}
    container = {"Image": IMAGE, "ModelDataSource": source}
    site.client.create_model(ModelName="open", PrimaryContainer=container, ExecutionRoleArn=ROLE)
    site.config("open", variant("open"))
    site.client.create_endpoint(EndpointName="digits", EndpointConfigName="open")
    site.settled()

    assert site.ask(b"7") == "open:7"


def test_variants_take_requests_by_their_weights_and_a_shadow_takes_none(site: Site) -> None:
    for name in ("first", "second", "shadow"):
        site.model(name)
    production = [variant("first", "a", InitialVariantWeight=3), variant("second", "b", InitialVariantWeight=1)]
    site.config("first", *production, ShadowProductionVariants=[variant("shadow", "s")])
    site.client.create_endpoint(EndpointName="digits", EndpointConfigName="first")
    site.settled()

    answers = [site.ask(b"7") for _ in range(200)]

    assert 0.6 < answers.count("first:7") / 200 < 0.9
    assert answers.count("first:7") + answers.count("second:7") == 200
    assert site.ask(b"7", variant="s") == "shadow:7"
    with pytest.raises(UnknownTarget, match="Variant c not found"):
        site.ask(variant="c")
    with pytest.raises(WrongTarget, match="Endpoint digits is not a multi-model endpoint"):
        site.ask(model="a.tar.gz")


def test_a_serverless_endpoint_answers(site: Site) -> None:
    site.model("first")
    serverless = {"MemorySizeInMB": 1024, "MaxConcurrency": 2}
    site.config("first", {"VariantName": "AllTraffic", "ModelName": "first", "ServerlessConfig": serverless})
    site.client.create_endpoint(EndpointName="digits", EndpointConfigName="first")
    site.settled()

    assert site.ask(b"7") == "first:7"


def test_a_pipeline_gives_the_answer_of_one_container_to_the_next(site: Site) -> None:
    containers = [
        {"Image": IMAGE, "ModelDataUrl": site.upload(f"{name}.tar.gz", models.program(name))} for name in ("one", "two")
    ]
    site.client.create_model(ModelName="both", Containers=containers, ExecutionRoleArn=ROLE)
    site.config("both", variant("both"))
    site.client.create_endpoint(EndpointName="digits", EndpointConfigName="both")
    site.settled()

    assert site.ask(b"7") == "two:one:7"
    assert "/container-2 " in site.log()


def test_a_container_of_an_endpoint_in_direct_mode_is_asked_by_its_host_name(site: Site) -> None:
    containers = [
        {
            "Image": IMAGE,
            "ModelDataUrl": site.upload(f"{name}.tar.gz", models.program(name)),
            "ContainerHostname": f"host-{name}",
        }
        for name in ("one", "two")
    ]
    direct = {"Mode": "Direct"}
    site.client.create_model(
        ModelName="both", Containers=containers, InferenceExecutionConfig=direct, ExecutionRoleArn=ROLE
    )
    site.config("both", variant("both"))
    site.client.create_endpoint(EndpointName="digits", EndpointConfigName="both")
    site.settled()

    assert site.ask(b"7", container="host-two") == "two:7"
    with pytest.raises(UnknownTarget, match="Container host-three not found"):
        site.ask(container="host-three")
    with pytest.raises(WrongTarget, match="requires a target container hostname"):
        site.ask()
