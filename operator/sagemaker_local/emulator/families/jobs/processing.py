"""Processing jobs: they start, run and end; their containers are not run here."""

from dataclasses import replace
from typing import Final

from sagemaker_local.emulator.checks import role_can_be_assumed
from sagemaker_local.emulator.effects import REMOVE
from sagemaker_local.emulator.family import Action, Family, Step, Timeline, at
from sagemaker_local.emulator.refusal import UNVERIFIED, VALIDATION, Refusal
from sagemaker_local.emulator.resource import Json, Place, Resource
from sagemaker_local.emulator.world import Call, World

MISSING: Final = Refusal(
    VALIDATION,
    "Could not find requested job with name: {name}",
    evidence="ACK generator.yaml, AWS operator v1",
)
NONE_TO_STOP: Final = Refusal(
    VALIDATION,
    "Could not find job to update with name {name}",
    evidence="public code bases match its first words",
)
EXISTS: Final = Refusal(
    "ResourceInUse",
    "Job name must be unique within an AWS account and region, and a job with this name already exists ({arn})",
    evidence="public issues",
)
WRONG_STATUS: Final = Refusal(
    VALIDATION,
    "The request was rejected because the processing job is in status {status}.",
    evidence="the same sentence is known for training and transform jobs",
)
STILL_RUNNING: Final = Refusal(
    "ResourceInUse",
    "The processing job {name} is in status {status}. Only a processing job in a terminal status can be deleted.",
    evidence=UNVERIFIED,
)

CREATE: Final = Timeline(
    (
        at(0, "InProgress", "Starting"),
        at(180, "InProgress", "Processing"),
        at(300, "Completed", "Completed"),
    ),
    failed=at(0, "Failed", "Failed"),
)
STOP: Final = Timeline((at(0, "Stopping", "Stopping"), at(60, "Stopped", "Stopped")))
FINISHED: Final = frozenset({"Completed", "Failed", "Stopped"})


def within_limit(resource: Resource, timeline: Timeline) -> Timeline:
    """The timeline, stopped by MaxRuntimeInSeconds if the job runs longer."""
    steps = timeline.steps
    began = next((step.after for step in steps if step.detail == "Processing"), None)
    limit = resource.spec["StoppingCondition"]["MaxRuntimeInSeconds"]
    if began is None or steps[-1].after - began <= limit:
        return timeline
    kept = tuple(step for step in steps if step.after < began + limit)
    return replace(timeline, steps=(*kept, at(began + limit, "Stopped", "Stopped")))


def note_times(resource: Resource, step: Step, now: float) -> None:
    """Keep ProcessingStartTime and ProcessingEndTime."""
    if step.detail == "Processing":
        resource.facts["ProcessingStartTime"] = now
    elif step.status in FINISHED:
        resource.facts["ProcessingEndTime"] = now


def instances(request: Json, _: Place, __: World) -> dict[str, int]:
    """Instances that a processing job asks for, by quota name."""
    cluster = _chosen(request)
    if "InstanceType" not in cluster:
        return {}
    return {f"{cluster['InstanceType']} for processing job usage": int(cluster.get("InstanceCount", 1))}


def choose(request: Json, _: Call, __: World) -> None:
    """Of the instances that a job prefers the first are there."""
    cluster = request["ProcessingResources"]["ClusterConfig"]
    if cluster.get("InstancePreferences"):
        first = _chosen(request)
        cluster["SelectedInstanceType"] = first["InstanceType"]
        cluster["SelectedInstanceCount"] = first.get("InstanceCount", cluster.get("InstanceCount", 1))


def _chosen(request: Json) -> Json:
    """The member that holds type and count of the instances: the first preference, or the cluster itself."""
    cluster: Json = request["ProcessingResources"].get("ClusterConfig", {})
    first: Json = (cluster.get("InstancePreferences") or [cluster])[0]
    return first


PROCESSING_JOB: Final = Family(
    kind="ProcessingJob",
    path="processing-job",
    status="ProcessingJobStatus",
    create=CREATE,
    missing=MISSING,
    exists=EXISTS,
    descending=False,
    defaults=(
        ("StoppingCondition", {}),
        ("StoppingCondition.MaxRuntimeInSeconds", 86400),
        ("ProcessingInputs[].AppManaged", False),
        ("ProcessingInputs[].S3Input.S3DataDistributionType", "FullyReplicated"),
        ("ProcessingInputs[].S3Input.S3CompressionType", "None"),
        ("ProcessingOutputConfig.Outputs[].AppManaged", False),
    ),
    checks=(role_can_be_assumed("RoleArn"),),
    usage=instances,
    occupies=frozenset({"InProgress", "Stopping"}),
    prepare=choose,
    plan=within_limit,
    entered=note_times,
    actions=(
        Action(
            operation="StopProcessingJob",
            accepts=frozenset({"InProgress"}),
            tolerates=frozenset({"Stopping"}),
            refused=WRONG_STATUS,
            missing=NONE_TO_STOP,
            timeline=STOP,
        ),
        Action(
            operation="DeleteProcessingJob",
            accepts=FINISHED,
            refused=STILL_RUNNING,
            timeline=REMOVE,
        ),
    ),
)
