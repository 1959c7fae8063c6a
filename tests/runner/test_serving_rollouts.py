"""Updates of endpoints that really serve: the new fleet beside the old one, failures, and no request that is lost."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.runner import models
from tests.runner.models import CRASHING, Site, eventually, variant

from sagemaker_local.emulator import Emulator
from sagemaker_local.runner.execution import Execution


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with Emulator.start(speed=100, execution=Execution(images=models.images(tmp_path), servers=2)) as emulator:
        client, s3 = emulator.client(), emulator.client("s3")
        s3.create_bucket(Bucket="bucket")
        yield Site(emulator, client, s3)
        client.close()
        s3.close()


@contextmanager
def load(site: Site, callers: int = 4) -> Iterator[list[str]]:
    """Requests without a pause from several callers; all answers, and errors as they are said."""
    answers: list[str] = []
    over = threading.Event()

    def call() -> None:
        while not over.is_set():
            try:
                answers.append(site.ask(b"sleep 0.01"))
            except Exception as problem:  # noqa: BLE001 whatever it is, the test tells it
                answers.append(repr(problem))

    threads = [threading.Thread(target=call) for _ in range(callers)]
    for thread in threads:
        thread.start()
    try:
        yield answers
    finally:
        over.set()
        for thread in threads:
            thread.join()


def rolling(size: int, wait: int = 0) -> dict[str, Any]:
    batch = {"Type": "INSTANCE_COUNT", "Value": size}
    return {"RollingUpdatePolicy": {"MaximumBatchSize": batch, "WaitIntervalInSeconds": wait}}


def canary(wait: int = 300) -> dict[str, Any]:
    routing = {
        "Type": "CANARY",
        "CanarySize": {"Type": "INSTANCE_COUNT", "Value": 1},
        "WaitIntervalInSeconds": wait,
    }
    return {"BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": routing}}


@pytest.mark.parametrize("deployment", [None, rolling(1), canary()], ids=["all at once", "rolling", "canary"])
def test_an_update_under_load_loses_no_request(site: Site, deployment: dict[str, Any] | None) -> None:
    site.serve("first", InitialInstanceCount=2)
    site.model("second")
    site.config("second", variant("second", InitialInstanceCount=2))
    given = {"DeploymentConfig": deployment} if deployment else {}

    with load(site) as answers:
        site.client.update_endpoint(EndpointName="digits", EndpointConfigName="second", **given)
        assert site.settled()["EndpointConfigName"] == "second"
        assert site.ask(b"7") == "second:7"
        eventually(lambda: site.processes() == 2)

    assert set(answers) == {"first:sleep 0.01", "second:sleep 0.01"}


def test_a_limit_on_an_update_does_not_count_what_launches_take_at_aws(site: Site) -> None:
    site.serve("first", InitialInstanceCount=4)
    site.model("second")
    site.config("second", variant("second", InitialInstanceCount=4))
    deployment = rolling(1)
    deployment["RollingUpdatePolicy"]["MaximumExecutionTimeoutInSeconds"] = 600

    site.client.update_endpoint(EndpointName="digits", EndpointConfigName="second", DeploymentConfig=deployment)

    found = site.settled()
    assert found["EndpointConfigName"] == "second"
    assert "FailureReason" not in found


def test_while_a_canary_bakes_both_models_answer(site: Site) -> None:
    site.serve("first", InitialInstanceCount=2)
    site.model("second")
    site.config("second", variant("second", InitialInstanceCount=2))

    site.client.update_endpoint(EndpointName="digits", EndpointConfigName="second", DeploymentConfig=canary(3600))
    eventually(lambda: shown(site) == "Baking")
    answers = [site.ask(b"7") for _ in range(60)]

    assert shown(site) == "Baking"
    assert 10 < answers.count("second:7") < 50
    assert answers.count("first:7") + answers.count("second:7") == 60


def shown(site: Site) -> str:
    """The stage of the update."""
    summary = site.status().get("PendingDeploymentSummary", {})
    variants = summary.get("ProductionVariants", [{}])
    status: str = variants[0].get("VariantStatus", [{}])[0].get("Status", "")
    return status


@pytest.mark.parametrize("deployment", [None, rolling(1)], ids=["all at once", "rolling"])
def test_an_update_to_a_model_that_crashes_leaves_the_old_one_serving(
    site: Site, deployment: dict[str, Any] | None
) -> None:
    site.serve("first", InitialInstanceCount=2)
    site.model("second", CRASHING)
    site.config("second", variant("second", InitialInstanceCount=2))
    given = {"DeploymentConfig": deployment} if deployment else {}

    with load(site, callers=1) as answers:
        site.client.update_endpoint(EndpointName="digits", EndpointConfigName="second", **given)
        found = site.settled()

    assert found["EndpointStatus"] == "InService"
    assert found["EndpointConfigName"] == "first"
    assert "did not pass the ping health check" in found["FailureReason"]
    assert set(answers) == {"first:sleep 0.01"}
    eventually(lambda: site.processes() == 2)


def test_a_second_batch_that_fails_brings_the_first_fleet_back(site: Site) -> None:
    site.serve("first", InitialInstanceCount=2)
    site.model("second", models.SERVER)
    site.config("second", variant("second", InitialInstanceCount=2))

    with load(site, callers=2) as answers:
        site.client.update_endpoint(
            EndpointName="digits", EndpointConfigName="second", DeploymentConfig=rolling(1, 600)
        )
        eventually(lambda: shown(site) == "Baking")
        site.s3.delete_object(Bucket="bucket", Key="second/model.tar.gz")
        found = site.settled()

    assert found["EndpointStatus"] == "InService"
    assert found["EndpointConfigName"] == "first"
    assert "Failed to download model data" in found["FailureReason"]
    assert set(answers) == {"first:sleep 0.01", "second:sleep 0.01"}
    assert site.ask(b"7") == "first:7"
    eventually(lambda: site.processes() == 2)


def test_requests_in_flight_end_before_their_server_does(site: Site) -> None:
    site.serve("first")
    site.model("second")
    site.config("second", variant("second"))
    answers: list[str] = []
    slow = threading.Thread(target=lambda: answers.append(site.ask(b"sleep 3")))
    slow.start()
    eventually(lambda: any(berth.users for berth in berths(site)))

    site.client.update_endpoint(EndpointName="digits", EndpointConfigName="second")
    site.settled()
    assert site.ask(b"7") == "second:7"
    slow.join()

    assert answers == ["first:sleep 3"]


def berths(site: Site) -> list[Any]:
    crews = [crew for house in site.hosting._houses.values() for crew in house._crews.values()]
    return [berth for crew in crews for berth in [*crew._berths, *crew._leaving]]


def test_an_alarm_in_the_middle_of_a_rolling_update_brings_the_first_fleet_back(site: Site) -> None:
    site.serve("first", InitialInstanceCount=2)
    site.model("second")
    site.config("second", variant("second", InitialInstanceCount=2))
    watch = site.emulator.client("cloudwatch")
    watch.put_metric_alarm(
        AlarmName="errors",
        MetricName="Errors",
        Namespace="mine",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
    )
    deployment = {**rolling(1, 600), "AutoRollbackConfiguration": {"Alarms": [{"AlarmName": "errors"}]}}

    with load(site, callers=2) as answers:
        site.client.update_endpoint(EndpointName="digits", EndpointConfigName="second", DeploymentConfig=deployment)
        eventually(lambda: shown(site) == "Baking")
        watch.set_alarm_state(AlarmName="errors", StateValue="ALARM", StateReason="a test")
        found = site.settled()
    watch.close()

    assert found["EndpointConfigName"] == "first"
    assert "errors is in the state ALARM" in found["FailureReason"]
    assert set(answers) == {"first:sleep 0.01", "second:sleep 0.01"}
    assert site.ask(b"7") == "first:7"
    eventually(lambda: site.processes() == 2)
