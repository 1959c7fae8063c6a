"""Schedules that SageMaker itself runs, on the virtual clock: a served endpoint, and what is to be seen of both."""

from typing import Any

from tests.emulator.asking import endpoint_config, model
from tests.rehearsal.kubernetes import NAMESPACE
from tests.rehearsal.stage import Rehearsal
from tests.rehearsal.watched import BUCKET, SCHEDULE, schedule

from sagemaker_operator.engine.resource import Key

KIND = "MonitoringSchedule"
CAPTURE = {
    "EnableCapture": True,
    "InitialSamplingPercentage": 100,
    "DestinationS3Uri": f"{BUCKET}/captures",
    "CaptureOptions": [{"CaptureMode": "Input"}],
}
DRIFT = {
    "feature_name": "age",
    "constraint_check_type": "baseline_drift_check",
    "description": "Baseline drift distance: 0.31 exceeds threshold: 0.1",
}
LOST = {
    "feature_name": "job",
    "constraint_check_type": "completeness_check",
    "description": "Data completeness is: 80.0% exceeds threshold: 90.0%",
}
BASELINE = {
    "constraintsS3URI": f"{BUCKET}/baseline/constraints.json",
    "statisticsS3URI": f"{BUCKET}/baseline/statistics.json",
}


def native(**spec: Any) -> dict[str, Any]:
    """A schedule that SageMaker is to run."""
    told = {"delaySeconds": None, "image": None, "baseline": BASELINE, "schedule": "@hourly", **spec}
    return schedule(engine="Native", **told)


def serving(play: Rehearsal, **members: Any) -> None:
    """The endpoint digits, which somebody has made without Kubernetes."""
    play.console("CreateModel", **model())
    play.console("CreateEndpointConfig", **endpoint_config(DataCaptureConfig=CAPTURE, **members))
    play.console("CreateEndpoint", EndpointName="digits", EndpointConfigName="first")
    play.run(600)
    play.opens()


def definitions(play: Rehearsal) -> list[Key]:
    """The objects of definitions that are there."""
    found = (one for one in play.kubernetes if one["kind"].endswith("JobDefinition"))
    return [Key(one["kind"], NAMESPACE, one["metadata"]["name"]) for one in found]


def in_effect(play: Rehearsal) -> dict[str, Any]:
    """The configuration of the only schedule, as SageMaker has it."""
    (found,) = play.jobs(KIND)
    return dict(found.spec["MonitoringScheduleConfig"])


def refused(play: Rehearsal, operation: str) -> int:
    """How often SageMaker has refused an operation."""
    return play.amazon.core.journal.count(operation) - play.committed(operation)


def ready(play: Rehearsal) -> bool:
    told = play.condition(SCHEDULE, "Ready")
    return told.get("status") == "True" and told.get("observedGeneration") == play.generation(SCHEDULE)


def running(play: Rehearsal) -> bool:
    return bool(play.live("ProcessingJob"))


def at_once(play: Rehearsal) -> None:
    """A schedule that SageMaker runs as soon as it has it, for two minutes."""
    serving(play)
    play.amazon.core.scenarios.take("ProcessingJob", "", seconds=120)
    play.apply(native(schedule="NOW"))
