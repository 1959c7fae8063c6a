"""Pipelines: a definition with a name, in versions. What their executions do is in `executions`."""

from typing import Any, Final

from sagemaker_local.emulator.effects import gone
from sagemaker_local.emulator.families.pipelines import versions
from sagemaker_local.emulator.families.pipelines.definition import parse
from sagemaker_local.emulator.family import Action, Extra, Family, Timeline, at
from sagemaker_local.emulator.refusal import UNVERIFIED, VALIDATION, Refusal
from sagemaker_local.emulator.resource import Json, Place, Resource
from sagemaker_local.emulator.world import Call, World

MISSING: Final = Refusal(
    "ResourceNotFound",
    "Pipeline '{arn}' does not exist.",
    evidence="ACK generator.yaml and terraform-provider-aws match its last words",
)
EXISTS: Final = Refusal(
    VALIDATION,
    "Pipeline names must be unique within an AWS account and region. Pipeline with name ({name}) already exists.",
    evidence="moto 5.2.5; aws/sagemaker-python-sdk#6256 matches its first words",
)
NO_DEFINITION: Final = Refusal(
    VALIDATION,
    "Either Pipeline Definition or Pipeline Definition S3 location should be provided",
    evidence="moto 5.2.5",
)
TWO_DEFINITIONS: Final = Refusal(
    VALIDATION,
    "Both Pipeline Definition and Pipeline Definition S3 Location shouldn't be present",
    evidence="moto 5.2.5",
)
NOT_IN_S3: Final = Refusal(
    VALIDATION,
    "Could not read the pipeline definition from s3://{bucket}/{key}.",
    evidence=UNVERIFIED,
)
EXECUTING: Final = Refusal(
    "ConflictException",
    "Pipeline '{arn}' has running executions. Stop all of them before you delete it.",
    evidence="DeletePipeline's documentation says so; the text: unverified",
)
DELETING: Final = Refusal(
    "ConflictException",
    "Pipeline '{arn}' is in status {status}.",
    evidence=UNVERIFIED,
)
TOKEN: Final = "ClientRequestToken"  # noqa: S105 the name of a member
ACTIVE: Final = frozenset({"Active"})
RUNNING: Final = frozenset({"Executing", "Stopping"})


def name_in(identifier: str) -> str:
    """The name of a pipeline that is given by name or by ARN."""
    return identifier.rpartition("/")[2] if identifier.startswith("arn:") else identifier


def find(place: Place, identifier: str, world: World) -> Resource:
    """A pipeline by name or ARN. Raises ServiceError if there is none here."""
    name = name_in(identifier)
    arn = place.arn("pipeline", name)
    found = world.find(place, "Pipeline", name)
    if found is None or (identifier.startswith("arn:") and identifier != arn):
        raise MISSING.error(arn=identifier if identifier.startswith("arn:") else arn)
    return found


def executions_of(pipeline: Resource, world: World) -> list[Resource]:
    """The executions of a pipeline, oldest first."""
    everyone = world.store.of_kind(pipeline.place, "PipelineExecution").values()
    return [execution for execution in everyone if execution.spec["PipelineArn"] == pipeline.arn]


def one_definition(call: Call, _: World) -> None:
    """CreatePipeline takes the definition itself or where it is, not both and not neither."""
    if "PipelineDefinition" not in call.request and "PipelineDefinitionS3Location" not in call.request:
        raise NO_DEFINITION.error()
    at_most_one_definition(call)


def at_most_one_definition(call: Call) -> None:
    """UpdatePipeline may leave the definition as it is."""
    if "PipelineDefinition" in call.request and "PipelineDefinitionS3Location" in call.request:
        raise TWO_DEFINITIONS.error()


def definition_makes_sense(call: Call, world: World) -> None:
    """The definition that comes with the request, if one does, can be read."""
    text = _text(call, world)
    if text is not None:
        parse(text)


def _text(call: Call, world: World) -> str | None:
    """The definition that comes with the request, or that lies where the request says."""
    where = call.request.get("PipelineDefinitionS3Location")
    if where is None:
        text: str | None = call.request.get("PipelineDefinition")
        return text
    bucket, key = where["Bucket"], where["ObjectKey"]
    body = world.storage.get(call.place.account, bucket, key) if world.storage is not None else None
    if body is None:
        raise NOT_IN_S3.error(bucket=bucket, key=key)
    return body.decode(errors="replace")


def complete(spec: Json, call: Call, world: World) -> None:
    """Keep the definition itself, wherever it came from, and the names that AWS gives."""
    spec["PipelineDefinition"] = _text(call, world)
    spec.pop("PipelineDefinitionS3Location", None)
    spec.setdefault("PipelineDisplayName", spec["PipelineName"])


def first_version(pipeline: Resource, _: World, now: float) -> None:
    """A new pipeline is its own first version."""
    versions.add(pipeline, pipeline.spec, now)


def update_is_sound(call: Call, _: Resource, world: World) -> None:
    """The update's definition, if it has one, can be read."""
    at_most_one_definition(call)
    definition_makes_sense(call, world)


def update(call: Call, pipeline: Resource, world: World) -> None:
    """What UpdatePipeline changes, at once; the result is a new version."""
    text = _text(call, world)
    if text is not None:
        pipeline.spec["PipelineDefinition"] = text
    for member in ("PipelineDisplayName", "PipelineDescription", "RoleArn", "ParallelismConfiguration"):
        if member in call.request:
            pipeline.spec[member] = call.request[member]
    versions.add(pipeline, call.request, call.now)
    pipeline.modified = call.now


def newest(_: Call, pipeline: Resource, __: World) -> Json:
    """UpdatePipeline answers the version that it made."""
    return {"PipelineVersionId": pipeline.facts["Versions"][-1]["PipelineVersionId"]}


def updated_version(call: Call, _: Resource, __: World) -> Json:
    """UpdatePipelineVersion answers the version that it changed."""
    return {"PipelineVersionId": call.request["PipelineVersionId"]}


def nothing_runs(_: Call, pipeline: Resource, world: World) -> None:
    """DeletePipeline's documentation: all executions have to be stopped before."""
    if any(execution.status in RUNNING for execution in executions_of(pipeline, world)):
        raise EXECUTING.error(arn=pipeline.arn)


def gone_with_executions(pipeline: Resource, world: World, now: float) -> None:
    """DeletePipeline's documentation: its executions are deleted with it."""
    for execution in executions_of(pipeline, world):
        gone(execution, world, now)
    gone(pipeline, world, now)


def list_versions(call: Call, world: World) -> Json:
    """ListPipelineVersions."""
    return versions.listed(call, find(call.place, call.request["PipelineName"], world))


def managed_by(wanted: Any, _: Any, __: Resource) -> bool:
    """ListPipelines' filter ManagedBy; no pipeline here is managed by AWS."""
    return bool(wanted == "CUSTOMER")


PIPELINE: Final = Family(
    kind="Pipeline",
    path="pipeline",
    status="PipelineStatus",
    create=Timeline((at(0, "Active", effect=first_version),)),
    missing=MISSING,
    exists=EXISTS,
    token=TOKEN,
    checks=(one_definition, definition_makes_sense),
    prepare=complete,
    describe=versions.describe,
    filters={"ManagedBy": managed_by},
    actions=(
        Action(
            operation="UpdatePipeline",
            accepts=ACTIVE,
            refused=DELETING,
            guards=(update_is_sound,),
            apply=update,
            answer=newest,
        ),
        Action(
            operation="UpdatePipelineVersion",
            accepts=ACTIVE,
            refused=DELETING,
            identified_by=("PipelineArn",),
            apply=versions.update,
            answer=updated_version,
        ),
        Action(
            operation="DeletePipeline",
            accepts=ACTIVE,
            tolerates=frozenset({"Deleting"}),
            refused=DELETING,
            guards=(nothing_runs,),
            timeline=Timeline((at(0, "Deleting"), at(5, None, effect=gone_with_executions))),
        ),
    ),
    extras=(Extra("ListPipelineVersions", list_versions),),
)
