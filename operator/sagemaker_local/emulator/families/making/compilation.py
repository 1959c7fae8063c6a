"""Compilation jobs (Neo): a model made ready for a target, from STARTING to a packed artifact."""

from collections.abc import Mapping
from typing import Any, Final

from sagemaker_local.emulator.checks import role_can_be_assumed
from sagemaker_local.emulator.effects import REMOVE
from sagemaker_local.emulator.families.making.limits import FINISHED, RUNNING, STOP, in_time, note_times
from sagemaker_local.emulator.family import Action, Family, Step, Timeline, at
from sagemaker_local.emulator.refusal import UNVERIFIED, VALIDATION, Refusal
from sagemaker_local.emulator.resource import Json, Resource
from sagemaker_local.emulator.world import Call, World

MISSING: Final = Refusal("ResourceNotFound", "Could not find compilation job '{arn}'.", evidence=UNVERIFIED)
EXISTS: Final = Refusal(
    "ResourceInUse",
    "Job name must be unique within an AWS account and region, and a job with this name already exists ({arn})",
    evidence=f"as for processing jobs; {UNVERIFIED}",
)
WRONG_STATUS: Final = Refusal(
    VALIDATION,
    "The request was rejected because the compilation job is in status {status}.",
    evidence=UNVERIFIED,
)
STILL_RUNNING: Final = Refusal(
    VALIDATION,
    "The compilation job {name} is in status {status}. Stop it and delete it once it is STOPPED.",
    evidence=f"the rule: DeleteCompilationJob's documentation; the code and the text: {UNVERIFIED}",
)
ONE_INPUT: Final = Refusal(
    VALIDATION,
    "Provide either a ModelPackageVersionArn or an InputConfig.",
    evidence=f"the rule: CreateCompilationJob's documentation; the text: {UNVERIFIED}",
)
NO_PACKAGE: Final = Refusal(
    VALIDATION,
    "ModelPackage {arn} does not exist.",
    evidence=UNVERIFIED,
)

CREATE: Final = Timeline(
    (at(0, "STARTING"), at(60, "INPROGRESS"), at(240, "COMPLETED")),
    failed=at(0, "FAILED"),
)


def one_input(call: Call, world: World) -> None:
    """Where the model comes from is said once."""
    arn = call.request.get("ModelPackageVersionArn")
    if ("InputConfig" in call.request) == (arn is not None):
        raise ONE_INPUT.error()
    if arn is not None and world.store.find_arn(arn) is None:
        raise NO_PACKAGE.error(arn=arn)


def input_of_package(request: Json, _: Call, world: World) -> None:
    """A versioned model package says where the model is and how it was trained."""
    package = world.store.find_arn(request.get("ModelPackageVersionArn", ""))
    if package is not None:
        inference = package.spec.get("InferenceSpecification", {})
        container: Json = next(iter(inference.get("Containers", ())), {})
        request["InputConfig"] = {
            "S3Uri": container.get("ModelDataUrl", "s3://"),
            "Framework": container.get("Framework", "PYTORCH"),
        }


def note_outcome(job: Resource, step: Step, now: float) -> None:
    """When work began and ended, and what came of it."""
    note_times(job, step, now, work="Compilation")
    if step.status == "COMPLETED":
        job.facts["InferenceImage"] = f"{job.place.account}.dkr.ecr.{job.place.region}.amazonaws.com/neo-inference:1"


def shown(job: Resource) -> Mapping[str, Any]:
    """Where the artifact is or will be; also a job that did not fail has a FailureReason, which is empty."""
    output = job.spec["OutputConfig"]
    platform = output.get("TargetPlatform", {})
    target = output.get("TargetDevice") or "_".join(value.lower() for value in platform.values()) or "compiled"
    source = job.spec["InputConfig"]["S3Uri"].rstrip("/").rpartition("/")[2]
    stem = source.removesuffix(".gz").removesuffix(".tar") or "model"
    return {
        "ModelArtifacts": {"S3ModelArtifacts": f"{output['S3OutputLocation'].rstrip('/')}/{stem}-{target}.tar.gz"},
        "FailureReason": "",
        "CompilationTargetDevice": output.get("TargetDevice"),
        "CompilationTargetPlatformOs": platform.get("Os"),
        "CompilationTargetPlatformArch": platform.get("Arch"),
        "CompilationTargetPlatformAccelerator": platform.get("Accelerator"),
    }


COMPILATION_JOB: Final = Family(
    kind="CompilationJob",
    path="compilation-job",
    status="CompilationJobStatus",
    create=CREATE,
    missing=MISSING,
    exists=EXISTS,
    descending=False,
    checks=(role_can_be_assumed("RoleArn"), one_input),
    prepare=input_of_package,
    plan=in_time,
    entered=note_outcome,
    view=shown,
    actions=(
        Action(
            operation="StopCompilationJob",
            accepts=RUNNING,
            tolerates=frozenset({"STOPPING"}),
            refused=WRONG_STATUS,
            timeline=STOP,
        ),
        Action(
            operation="DeleteCompilationJob",
            accepts=FINISHED,
            refused=STILL_RUNNING,
            timeline=REMOVE,
        ),
    ),
)
