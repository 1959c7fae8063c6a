"""Model packages: versions of a model in a group, numbered by AWS, or packages with a name of their own.

AWS's Describe of a version has no ModelPackageName, although the service model requires it; here it is the group's name, so that
the answer fits the model. Lists leave it out, as AWS does (aws/sagemaker-python-sdk#5606).
"""

from collections.abc import Mapping
from typing import Any, Final

from sagemaker_local.emulator.effects import gone
from sagemaker_local.emulator.families.registry.groups import number_next
from sagemaker_local.emulator.families.registry.validations import add_digests, details
from sagemaker_local.emulator.families.registry.zoo import list_model_metadata
from sagemaker_local.emulator.family import Action, Extra, Family, Timeline, at
from sagemaker_local.emulator.refusal import UNVERIFIED, VALIDATION, Refusal
from sagemaker_local.emulator.resource import Json, Resource
from sagemaker_local.emulator.world import Call, World

MISSING: Final = Refusal(
    VALIDATION,
    "ModelPackage {arn} does not exist.",
    evidence="ACK generator.yaml matches its last words",
)
EXISTS: Final = Refusal("ConflictException", "ModelPackage {arn} already exists.", evidence=UNVERIFIED)
NO_GROUP: Final = Refusal(VALIDATION, "Model Package Group does not exist.", evidence="moto 5.2.5")
NAME_AND_GROUP: Final = Refusal(
    VALIDATION,
    "Both ModelPackageName and ModelPackageGroupName are provided in the input. Cannot determine which one to use.",
    evidence="getmoto/moto#7165",
)
NEITHER_NAME_NOR_GROUP: Final = Refusal(VALIDATION, "Missing ARN.", evidence="getmoto/moto#7165")
TAGGED_VERSION: Final = Refusal(
    VALIDATION,
    "Tags cannot be given for a version of a model package group; it has the tags of its group.",
    evidence="CreateModelPackage's documentation says so; the text: " + UNVERIFIED,
)
NOT_NOW: Final = Refusal("ConflictException", "ModelPackage {arn} is in status {status}.", evidence=UNVERIFIED)
NO_INFERENCE: Final = Refusal(
    VALIDATION,
    "ModelPackage {arn} is not a version with an inference specification.",
    evidence=UNVERIFIED,
)

CREATE: Final = Timeline((at(0, "Pending"), at(1, "InProgress"), at(5, "Completed")), failed=at(0, "Failed"))
DELETE: Final = Timeline((at(0, "Deleting"), at(2, None, effect=gone)))
SETTLED: Final = frozenset({"Pending", "InProgress", "Completed", "Failed"})
_REPLACED: Final = (
    "ModelApprovalStatus", "ModelPackageRegistrationType", "ApprovalDescription", "InferenceSpecification", "SourceUri",
    "ModelCard", "ModelLifeCycle",
)  # fmt: skip
_IN_BATCH: Final = (
    "ModelPackageGroupName", "ModelPackageVersion", "ModelPackageDescription", "InferenceSpecification",
    "ModelApprovalStatus", "ModelPackageRegistrationType",
)  # fmt: skip


def group_name(request: Mapping[str, Any]) -> str | None:
    """The group of a request, which may name it by its ARN."""
    given: str | None = request.get("ModelPackageGroupName")
    return given.rpartition("/")[2] if given and given.startswith("arn:") else given


def new_key(call: Call, world: World) -> str:
    """`<group>/<number>` for a version, else the name."""
    name = group_name(call.request)
    if name is None or "ModelPackageName" in call.request:
        return str(call.request.get("ModelPackageName", ""))
    group = world.find(call.place, "ModelPackageGroup", name)
    return f"{name}/{number_next(group) if group is not None else 1}"


def belongs_somewhere(call: Call, world: World) -> None:
    """A package has either a name or a group, which exists."""
    name = group_name(call.request)
    if name is None and "ModelPackageName" not in call.request:
        raise NEITHER_NAME_NOR_GROUP.error()
    if name is None:
        return
    if "ModelPackageName" in call.request:
        raise NAME_AND_GROUP.error()
    if world.find(call.place, "ModelPackageGroup", name) is None:
        raise NO_GROUP.error()
    if call.request.get("Tags"):
        raise TAGGED_VERSION.error()


def complete(spec: Json, call: Call, world: World) -> None:
    """Number a version, and add what AWS finds out about images."""
    add_digests(spec)
    name = group_name(spec)
    group = world.find(call.place, "ModelPackageGroup", name) if name else None
    if group is None:
        return
    group.facts["LastVersion"] = number_next(group)
    spec.update(ModelPackageGroupName=group.name, ModelPackageVersion=group.facts["LastVersion"])
    spec.setdefault("ModelApprovalStatus", "PendingManualApproval")
    del spec["ModelPackageName"]


def describe(_: Call, __: Resource, ___: World, answer: Json) -> Json:
    """A version takes its name from its group, because the service model requires one."""
    return {"ModelPackageName": answer.get("ModelPackageGroupName", ""), **answer}


def view(package: Resource) -> Json:
    """What scans and validations found out."""
    return {"ModelPackageStatusDetails": details(package)}


def update(call: Call, package: Resource, _: World) -> None:
    """What UpdateModelPackage changes, at once."""
    request, spec = call.request, package.spec
    for member in _REPLACED:
        if member in request:
            spec[member] = request[member]
    removed = set(request.get("CustomerMetadataPropertiesToRemove", ()))
    properties = {**spec.pop("CustomerMetadataProperties", {}), **request.get("CustomerMetadataProperties", {})}
    kept = {name: value for name, value in properties.items() if name not in removed}
    if kept:
        spec["CustomerMetadataProperties"] = kept
    added = request.get("AdditionalInferenceSpecificationsToAdd", [])
    if added:
        spec["AdditionalInferenceSpecifications"] = [*spec.get("AdditionalInferenceSpecifications", ()), *added]
    add_digests(spec)
    package.modified = call.now


def default_type(call: Call, _: World) -> None:
    """ListModelPackages' documentation: only packages without versions, unless another type or a group is asked for."""
    call.request.setdefault("ModelPackageType", "Both" if "ModelPackageGroupName" in call.request else "Unversioned")


def of_type(wanted: Any, shown: Mapping[str, Any], _: Resource) -> bool:
    """ListModelPackages' filter ModelPackageType."""
    return bool(wanted == "Both" or (wanted == "Versioned") == ("ModelPackageVersion" in shown))


def of_group(wanted: Any, shown: Mapping[str, Any], _: Resource) -> bool:
    """ListModelPackages' filter ModelPackageGroupName, a name or an ARN."""
    return bool(shown.get("ModelPackageGroupName") == group_name({"ModelPackageGroupName": wanted}))


def batch_describe(call: Call, world: World) -> Json:
    """BatchDescribeModelPackage: what there is, and an error for each that there is not."""
    found: Json = {}
    errors: Json = {}
    for arn in dict.fromkeys(call.request["ModelPackageArnList"]):
        package = world.store.find_arn(arn)
        if package is None or package.kind != "ModelPackage" or package.place != call.place:
            errors[arn] = _error(MISSING, arn)
        elif "ModelPackageVersion" not in package.spec or "InferenceSpecification" not in package.spec:
            errors[arn] = _error(NO_INFERENCE, arn)
        else:
            found[arn] = _in_batch(package)
    return {"ModelPackageSummaries": found, "BatchDescribeModelPackageErrorMap": errors}


def _error(refusal: Refusal, arn: str) -> Json:
    return {"ErrorCode": refusal.code, "ErrorResponse": refusal.error(arn=arn).text}


def _in_batch(package: Resource) -> Json:
    known: Json = {member: package.spec[member] for member in _IN_BATCH if member in package.spec}
    status: Json = {"ModelPackageStatus": package.status, "CreationTime": package.created}
    return {"ModelPackageArn": package.arn, **status, **known}


MODEL_PACKAGE: Final = Family(
    kind="ModelPackage",
    path="model-package",
    status="ModelPackageStatus",
    create=CREATE,
    missing=MISSING,
    exists=EXISTS,
    descending=False,
    token="ClientToken",  # noqa: S106 the name of a member
    new_id=new_key,
    checks=(belongs_somewhere,),
    defaults=(
        ("CertifyForMarketplace", False),
        ("SkipModelValidation", "None"),
        ("ValidationSpecification.ValidationProfiles[].TransformJobDefinition.TransformOutput.KmsKeyId", ""),
    ),
    prepare=complete,
    view=view,
    describe=describe,
    list_checks=(default_type,),
    filters={"ModelPackageType": of_type, "ModelPackageGroupName": of_group},
    actions=(
        Action(
            operation="UpdateModelPackage",
            accepts=SETTLED,
            refused=NOT_NOW,
            identified_by=("ModelPackageArn",),
            apply=update,
        ),
        Action(
            operation="DeleteModelPackage",
            accepts=SETTLED,
            tolerates=frozenset({"Deleting"}),
            refused=NOT_NOW,
            timeline=DELETE,
        ),
    ),
    extras=(
        Extra("BatchDescribeModelPackage", batch_describe),
        Extra("ListModelMetadata", list_model_metadata),
    ),
)
