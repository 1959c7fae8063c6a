"""Endpoints whose models are processes, under load through boto3: rolled over without losing a request, and scaled by them."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.runner import models
from tests.runner.models import Site, eventually, variant

from sagemaker_local.emulator import Emulator
from sagemaker_local.runner.execution import Execution
from sagemaker_local.runner.runtime import runtime
from sagemaker_local.runner.scaler import decide

TARGET = {
    "ServiceNamespace": "sagemaker",
    "ResourceId": "endpoint/digits/variant/AllTraffic",
    "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    execution = Execution(images=models.images(tmp_path), servers=2)
    with Emulator.start(speed=100, execution=execution) as emulator:
        client, s3 = emulator.client(), emulator.client("s3")
        s3.create_bucket(Bucket="bucket")
        yield Site(emulator, client, s3)
        client.close()
        s3.close()


@contextmanager
def clients(site: Site, number: int, *, pause: float = 0.0) -> Iterator[Counter[str]]:
    """So many callers who ask `digits` again and again; what they were answered or told, by how often."""
    heard: Counter[str] = Counter()
    lock, over = threading.Lock(), threading.Event()

    def ask(client: Any) -> str:
        try:
            answer = client.invoke_endpoint(EndpointName="digits", Body=b"x")
            return str(answer["Body"].read().decode())
        except Exception as error:  # noqa: BLE001 whatever a caller hears is told
            return f"{type(error).__name__}: {error}"

    def call() -> None:
        client = site.emulator.client("sagemaker-runtime")
        while not over.is_set():
            answer = ask(client)
            with lock:
                heard[answer] += 1
            over.wait(pause)
        client.close()

    threads = [threading.Thread(target=call) for _ in range(number)]
    for thread in threads:
        thread.start()
    try:
        yield heard
    finally:
        over.set()
        for thread in threads:
            thread.join()


def test_no_request_is_lost_while_an_endpoint_rolls_to_a_new_model(site: Site) -> None:
    site.serve("first")
    site.model("second")
    site.config("second", variant("second"))
    with clients(site, 8) as heard:
        eventually(lambda: heard["first:x"] > 50)
        site.client.update_endpoint(EndpointName="digits", EndpointConfigName="second")
        eventually(lambda: heard["second:x"] > 50)
        site.settled()
    assert set(heard) == {"first:x", "second:x"}
    assert site.emulator.journal.count("InvokeEndpoint", outcome="ok") == heard.total()


def test_requests_bring_instances_and_their_end_takes_them_away(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decide, "LOW_AFTER", 4)
    site.serve("first")
    scaling = site.emulator.client("application-autoscaling")
    scaling.register_scalable_target(**TARGET, MinCapacity=1, MaxCapacity=2)
    scaling.put_scaling_policy(
        **TARGET,
        PolicyName="requests",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={
            "TargetValue": 60.0,
            "PredefinedMetricSpecification": {"PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"},
            "ScaleInCooldown": 60,
        },
    )

    def count(wanted: int) -> Callable[[], bool]:
        return lambda: site.hosting.instances(models.HERE, "digits") == {"AllTraffic": wanted}

    with clients(site, 2, pause=0.05) as heard:
        eventually(count(2))
        assert site.processes() == 2
    assert set(heard) == {"first:x"}
    eventually(count(1))
    told = scaling.describe_scaling_activities(ServiceNamespace="sagemaker")["ScalingActivities"]
    scaling.close()
    said = [(one["StatusCode"], one["Description"]) for one in told]
    assert said == [
        ("Successful", "Setting desired instance count to 1."),
        ("Successful", "Setting desired instance count to 2."),
    ]


def test_what_the_processes_use_is_in_cloudwatch(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "USAGE_EVERY", 1)
    site.serve("first")
    cloudwatch = site.emulator.client("cloudwatch")

    def most(name: str) -> float:
        now = datetime.now(UTC)
        points = cloudwatch.get_metric_statistics(
            Namespace="/aws/sagemaker/Endpoints",
            MetricName=name,
            Dimensions=[{"Name": "EndpointName", "Value": "digits"}, {"Name": "VariantName", "Value": "AllTraffic"}],
            StartTime=now - timedelta(minutes=5),
            EndTime=now + timedelta(minutes=1),
            Period=60,
            Statistics=["Maximum"],
        )["Datapoints"]
        return max((float(point["Maximum"]) for point in points), default=0.0)

    with clients(site, 2):
        eventually(lambda: most("CPUUtilization") > 1)
    assert 0.01 < most("MemoryUtilization") < 50
    cloudwatch.close()


def test_a_guarded_deployment_rolls_back_when_its_new_model_fails(site: Site) -> None:
    site.serve("first", InitialInstanceCount=2)
    answers = 'self.answer(200, name.encode() + b":" + body)'
    assert answers in models.SERVER
    site.model("second", models.SERVER.replace(answers, 'self.answer(500, b"broken")'))
    site.config("second", variant("second", InitialInstanceCount=2))
    cloudwatch = site.emulator.client("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName="errors",
        Namespace="AWS/SageMaker",
        MetricName="Invocation5XXErrors",
        Dimensions=[{"Name": "EndpointName", "Value": "digits"}, {"Name": "VariantName", "Value": "AllTraffic"}],
        Statistic="Average",
        Period=60,
        EvaluationPeriods=1,
        Threshold=0.05,
        ComparisonOperator="GreaterThanThreshold",
    )
    canary = {"Type": "CANARY", "CanarySize": {"Type": "INSTANCE_COUNT", "Value": 1}, "WaitIntervalInSeconds": 600}
    with clients(site, 2, pause=0.02) as heard:
        site.client.update_endpoint(
            EndpointName="digits",
            EndpointConfigName="second",
            DeploymentConfig={
                "BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": canary},
                "AutoRollbackConfiguration": {"Alarms": [{"AlarmName": "errors"}]},
            },
        )
        found = site.settled()
        before = heard["first:x"]
        eventually(lambda: heard["first:x"] > before + 20)
    cloudwatch.close()
    assert (found["EndpointStatus"], found["EndpointConfigName"]) == ("InService", "first")
    assert "alarm errors is in the state ALARM" in found["FailureReason"]
    assert any("broken" in told for told in heard)
    assert site.ask() == "first:x"
