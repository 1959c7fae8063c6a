"""Optimization jobs: a large model quantized, compiled or sharded for an instance type."""

from collections.abc import Mapping
from typing import Any, Final

from sagemaker_local.emulator.checks import role_can_be_assumed
from sagemaker_local.emulator.effects import REMOVE
from sagemaker_local.emulator.families.making.limits import FINISHED, RUNNING, STOP, in_time, note_times
from sagemaker_local.emulator.family import Action, Family, Step, Timeline, at
from sagemaker_local.emulator.refusal import UNVERIFIED, VALIDATION, Refusal
from sagemaker_local.emulator.resource import Resource

MISSING: Final = Refusal("ResourceNotFound", "Could not find optimization job '{arn}'.", evidence=UNVERIFIED)
EXISTS: Final = Refusal(
    "ResourceInUse", "An optimization job named {name} already exists ({arn}).", evidence=UNVERIFIED
)
WRONG_STATUS: Final = Refusal(
    VALIDATION,
    "The request was rejected because the optimization job is in status {status}.",
    evidence=UNVERIFIED,
)
CREATE: Final = Timeline(
    (at(0, "STARTING"), at(180, "INPROGRESS"), at(1980, "COMPLETED")),
    failed=at(0, "FAILED"),
)


def note_outcome(job: Resource, step: Step, now: float) -> None:
    """When work began and ended, and what came of it."""
    note_times(job, step, now, work="Optimization")
    if step.status == "COMPLETED":
        image = f"{job.place.account}.dkr.ecr.{job.place.region}.amazonaws.com/djl-inference:1"
        job.facts["OptimizationOutput"] = {"RecommendedInferenceImage": image}


def types(job: Resource) -> list[str]:
    """What is done to the model, as lists say it: for example Quantization."""
    names = [name for config in job.spec["OptimizationConfigs"] for name in config]
    return [name.removeprefix("Model").removesuffix("Config") for name in names]


def shown(job: Resource) -> Mapping[str, Any]:
    """The types of optimization, in lists."""
    return {"OptimizationTypes": types(job)}


def _is_done(wanted: Any, shown_: Mapping[str, Any], _: Resource) -> bool:
    return any(wanted.lower() in kind.lower() for kind in shown_["OptimizationTypes"])


OPTIMIZATION_JOB: Final = Family(
    kind="OptimizationJob",
    path="optimization-job",
    status="OptimizationJobStatus",
    create=CREATE,
    missing=MISSING,
    exists=EXISTS,
    descending=False,
    checks=(role_can_be_assumed("RoleArn"),),
    plan=in_time,
    entered=note_outcome,
    view=shown,
    filters={"OptimizationContains": _is_done},
    actions=(
        Action(
            operation="StopOptimizationJob",
            accepts=RUNNING,
            tolerates=frozenset({"STOPPING"}),
            refused=WRONG_STATUS,
            timeline=STOP,
        ),
        Action(
            operation="DeleteOptimizationJob",
            accepts=FINISHED,
            refused=WRONG_STATUS,
            timeline=REMOVE,
        ),
    ),
)
