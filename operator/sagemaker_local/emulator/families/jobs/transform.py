"""Batch transform jobs: they start, run and end; whoever asks a model for predictions is not here (see `runner.transform`).

A transform job has no time limit of its own, and cannot be deleted: its record and its name stay.
"""

import re
from typing import Final

from sagemaker_local.emulator.checks import NO_OBJECTS
from sagemaker_local.emulator.families.hosting.models import NO_MODEL
from sagemaker_local.emulator.family import Action, Family, Step, Timeline, at
from sagemaker_local.emulator.refusal import UNVERIFIED, VALIDATION, Refusal
from sagemaker_local.emulator.resource import Json, Place, Resource
from sagemaker_local.emulator.world import Call, World

MISSING: Final = Refusal(
    VALIDATION,
    "Could not find requested job with name: {name}",
    evidence="ACK generator.yaml",
)
EXISTS: Final = Refusal(
    "ResourceInUse",
    "Job name must be unique within an AWS account and region, and a job with this name already exists ({arn})",
    evidence="the same sentence is known for processing jobs in public issues",
)
WRONG_STATUS: Final = Refusal(
    VALIDATION,
    "The request was rejected because the transform job is in status {status}.",
    evidence="public code bases match it",
)

TOO_MUCH_AT_ONCE: Final = Refusal(
    VALIDATION,
    "MaxConcurrentTransforms times MaxPayloadInMB cannot exceed 100 MB: {concurrent} times {megabytes} do.",
    evidence=f"the rule: CreateTransformJob's documentation of MaxPayloadInMB; the text: {UNVERIFIED}",
)

CREATE: Final = Timeline(
    (
        at(0, "InProgress"),
        at(240, "InProgress", "Transforming"),
        at(360, "Completed", "Completed"),
    ),
    failed=at(0, "Failed", "Failed"),
)
STOP: Final = Timeline((at(0, "Stopping", "Stopping"), at(60, "Stopped", "Stopped")), evidence=UNVERIFIED)
FINISHED: Final = frozenset({"Completed", "Failed", "Stopped"})
_S3_URL: Final = re.compile(r"(?:s3|https)://([^/]+)/?(.*)")


def model_exists(call: Call, world: World) -> None:
    """The model is looked up at once."""
    if world.find(call.place, "Model", call.request["ModelName"]) is None:
        raise NO_MODEL.error(arn=call.place.arn("model", call.request["ModelName"]))


def input_exists(call: Call, world: World) -> None:
    """Refuse a job whose input has nothing in S3; the role is the model's (amazon-sagemaker-examples#2414)."""
    source = call.request["TransformInput"]["DataSource"]["S3DataSource"]
    parsed = _S3_URL.fullmatch(source["S3Uri"])
    if world.inputs is None or parsed is None or world.inputs.has(call.place.account, parsed[1], parsed[2]):
        return
    model = world.find(call.place, "Model", call.request["ModelName"])
    role = model.spec.get("ExecutionRoleArn", "") if model else ""
    raise NO_OBJECTS.error(url=source["S3Uri"], region=call.place.region, role=role, bucket=parsed[1])


def payloads_fit(call: Call, _: World) -> None:
    """All payloads that are under way at once have at most 100 MB together."""
    concurrent, megabytes = (call.request.get(member) for member in ("MaxConcurrentTransforms", "MaxPayloadInMB"))
    if concurrent is not None and megabytes is not None and concurrent * megabytes > 100:
        raise TOO_MUCH_AT_ONCE.error(concurrent=concurrent, megabytes=megabytes)


def note_times(resource: Resource, step: Step, now: float) -> None:
    """Keep TransformStartTime and TransformEndTime."""
    if step.detail == "Transforming":
        resource.facts["TransformStartTime"] = now
    elif step.status in FINISHED:
        resource.facts["TransformEndTime"] = now


def instances(request: Json, _: Place, __: World) -> dict[str, int]:
    """Instances that a transform job asks for, by quota name."""
    wanted = request["TransformResources"]
    return {f"{wanted['InstanceType']} for transform job usage": int(wanted["InstanceCount"])}


TRANSFORM_JOB: Final = Family(
    kind="TransformJob",
    path="transform-job",
    status="TransformJobStatus",
    create=CREATE,
    missing=MISSING,
    exists=EXISTS,
    defaults=(
        ("DataProcessing", {}),
        ("DataProcessing.InputFilter", "$"),
        ("DataProcessing.OutputFilter", "$"),
        ("DataProcessing.JoinSource", "None"),
        ("TransformInput.CompressionType", "None"),
        ("TransformInput.SplitType", "None"),
        ("TransformOutput.AssembleWith", "None"),
        ("TransformOutput.KmsKeyId", ""),
    ),
    checks=(payloads_fit, model_exists, input_exists),
    usage=instances,
    occupies=frozenset({"InProgress", "Stopping"}),
    entered=note_times,
    actions=(
        Action(
            operation="StopTransformJob",
            accepts=frozenset({"InProgress"}),
            tolerates=frozenset({"Stopping"}),
            refused=WRONG_STATUS,
            timeline=STOP,
        ),
    ),
)
