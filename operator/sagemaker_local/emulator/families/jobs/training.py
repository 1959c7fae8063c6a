"""Training jobs: from Starting to a model artifact, their time limit, their warm pool, stopping and deleting.

Timeline and messages are those of a recorded job in the tests of aws-controllers-k8s/sagemaker-controller. Not here yet:
interruptions of managed spot training, retries.
"""

from dataclasses import replace
from typing import Any, Final

from sagemaker_local.emulator.checks import role_can_be_assumed, training_inputs_exist
from sagemaker_local.emulator.effects import gone
from sagemaker_local.emulator.families.jobs.builtin_metrics import metric_definitions
from sagemaker_local.emulator.families.jobs.metrics import final_metrics
from sagemaker_local.emulator.families.jobs.tuning_children import OBJECTIVE
from sagemaker_local.emulator.family import Action, Family, Step, Timeline, at
from sagemaker_local.emulator.refusal import UNVERIFIED, VALIDATION, Refusal
from sagemaker_local.emulator.resource import Json, Place, Resource
from sagemaker_local.emulator.world import Call, World

RECORDED: Final = "recorded Describe replies in aws-controllers-k8s/sagemaker-controller"
STOP_GRACE: Final = 120.0
"""Seconds between SIGTERM and SIGKILL (StopTrainingJob's documentation)."""

MISSING: Final = Refusal(
    VALIDATION,
    "Requested resource not found.",
    evidence="ACK generator.yaml, amazon-sagemaker-operator-for-k8s, terraform-provider-aws",
)
EXISTS: Final = Refusal(
    "ResourceInUse",
    "Training job names must be unique within an AWS account and region, and a training job with this name already exists "
    "({arn})",
    evidence="workbench#384, amazon-sagemaker-examples#3108",
)
WRONG_STATUS: Final = Refusal(
    VALIDATION,
    "The request was rejected because the training job is in status {status}.",
    evidence="five independent public code bases match it",
)
STILL_RUNNING: Final = Refusal(
    "ResourceInUse",
    "The training job {name} is in status {status}. Only a training job in a terminal status can be deleted.",
    evidence=UNVERIFIED,
)
POOL_IN_USE: Final = Refusal(
    "ResourceInUse",
    "The training job {name} has a warm pool in status {pool}. Terminate the warm pool before you delete the job.",
    evidence=UNVERIFIED,
)
STARTING: Final = Refusal(
    VALIDATION,
    "The training job {name} cannot be updated while its secondary status is Starting.",
    evidence=UNVERIFIED,
)
NO_POOL: Final = Refusal(
    VALIDATION,
    "The training job {name} has no warm pool that could be updated.",
    evidence=UNVERIFIED,
)
NOT_RUNNING: Final = Refusal(
    VALIDATION,
    "The training job {name} is in status {status}. Only a training job in progress can be updated so.",
    evidence=UNVERIFIED,
)

CREATE: Final = Timeline(
    (
        at(0, "InProgress", "Starting", "Preparing the instances for training"),
        at(185, "InProgress", "Downloading", "Downloading input data"),
        at(
            234,
            "InProgress",
            "Training",
            "Training image download completed. Training in progress.",
        ),
        at(337, "InProgress", "Uploading", "Uploading generated training model"),
        at(344, "Completed", "Completed", "Training job completed"),
    ),
    failed=at(0, "Failed", "Failed", "Training job failed"),
    evidence=RECORDED,
)
STOP: Final = Timeline(
    (
        at(0, "Stopping", "Stopping", "Stopping the training job"),
        at(STOP_GRACE, "Stopped", "Stopped", "Training job stopped"),
    ),
    evidence="the grace: StopTrainingJob's documentation; the messages: unverified",
)
DELETE: Final = Timeline((at(0, "Deleting"), at(5, None, effect=gone)))
FINISHED: Final = frozenset({"Completed", "Failed", "Stopped"})
LIVE_POOL: Final = frozenset({"Available", "InUse"})


def within_limits(resource: Resource, timeline: Timeline) -> Timeline:
    """The timeline, ended by MaxRuntimeInSeconds if the job runs longer, and followed by its warm pool."""
    steps = timeline.steps
    running = [step for step in steps if step.status == "InProgress" and step.detail != "Starting"]
    if not running:
        return timeline
    limit = resource.spec["StoppingCondition"].get("MaxRuntimeInSeconds")
    if limit is not None and steps[-1].after - running[0].after > limit:
        steps = _stopped_at(steps, running[0].after + limit)
    elif steps[-1].status == "Completed" and (kept := _keep_alive(resource)):
        done = steps[-1]
        steps = (
            *steps[:-1],
            replace(done, effect=_retain_pool),
            at(done.after + kept, None, effect=_terminate_pool),
        )
    return replace(timeline, steps=steps)


def _stopped_at(steps: tuple[Step, ...], limit: float) -> tuple[Step, ...]:
    over = "Training job runtime exceeded MaxRuntimeInSeconds provided"
    return (
        *(step for step in steps if step.after < limit),
        at(limit, "Stopping", "Stopping", "Stopping the training job"),
        at(limit + STOP_GRACE, "Stopped", "MaxRuntimeExceeded", over),
    )


def _keep_alive(resource: Resource) -> int:
    return int(resource.spec.get("ResourceConfig", {}).get("KeepAlivePeriodInSeconds", 0))


def _retain_pool(resource: Resource, _: World, __: float) -> None:
    resource.facts["WarmPoolStatus"] = {"Status": "Available"}


def _terminate_pool(resource: Resource, _: World, __: float) -> None:
    kept = _keep_alive(resource)
    resource.facts["WarmPoolStatus"] = {
        "Status": "Terminated",
        "ResourceRetainedBillableTimeInSeconds": kept,
    }


def note_transition(resource: Resource, step: Step, now: float) -> None:
    """Keep SecondaryStatusTransitions and the times that follow from them."""
    if step.detail is None or step.message is None:
        return
    facts = resource.facts
    transitions = facts.setdefault("SecondaryStatusTransitions", [])
    if transitions:
        transitions[-1].setdefault("EndTime", now)
    noted: Json = {"Status": step.detail, "StartTime": now, "StatusMessage": step.message}
    transitions.append(noted)
    if step.status == "InProgress" and step.detail != "Starting":
        facts.setdefault("TrainingStartTime", now)
    if step.detail == "Training":
        facts["trained"] = True
    if step.status in FINISHED:
        noted["EndTime"] = now
        _note_end(resource, now)
        if facts.pop("trained", False) and step.status != "Failed":
            objective = resource.spec.get("HyperParameters", {}).get(OBJECTIVE)
            metrics = final_metrics(resource.spec, now=now, objective=objective)
            if metrics:
                facts["FinalMetricDataList"] = metrics


def _note_end(resource: Resource, now: float) -> None:
    facts = resource.facts
    facts["TrainingEndTime"] = now
    if "TrainingStartTime" in facts:
        seconds = max(1, round(now - facts["TrainingStartTime"]))
        facts["TrainingTimeInSeconds"] = facts["BillableTimeInSeconds"] = seconds


def artifacts(resource: Resource) -> Json:
    """Where the model will be, which Describe tells from the start."""
    folder = resource.spec["OutputDataConfig"]["S3OutputPath"].rstrip("/")
    packed = resource.spec["OutputDataConfig"]["CompressionType"] == "GZIP"
    leaf = "output/model.tar.gz" if packed else "output/model/"
    return {
        "ModelArtifacts": {"S3ModelArtifacts": f"{folder}/{resource.name}/{leaf}"},
        "SecondaryStatus": resource.detail,
    }


def instances(request: Json, _: Place, __: World) -> dict[str, int]:
    """Instances that a training job asks for, by quota name."""
    config = request.get("ResourceConfig", {})
    wanted: dict[str, int] = {}
    groups: list[Json] = config.get("InstanceGroups") or [config]
    for group in groups:
        if "InstanceType" in group:
            quota = f"{group['InstanceType']} for training job usage"
            wanted[quota] = wanted.get(quota, 0) + int(group.get("InstanceCount", 1))
    return wanted


def not_starting(_: Call, resource: Resource, __: World) -> None:
    """ACK: no update while Starting."""
    if resource.detail == "Starting":
        raise STARTING.error(name=resource.name)


def right_time_for(call: Call, resource: Resource, _: World) -> None:
    """ACK: the profiler only in progress, the warm pool only once completed and alive."""
    if "ResourceConfig" in call.request:
        if _pool(resource) not in LIVE_POOL:
            raise NO_POOL.error(name=resource.name)
    elif resource.status != "InProgress":
        raise NOT_RUNNING.error(name=resource.name, status=resource.status)


def no_live_pool(_: Call, resource: Resource, __: World) -> None:
    """DeleteTrainingJob's documentation: not while the warm pool is available."""
    if _pool(resource) in LIVE_POOL:
        raise POOL_IN_USE.error(name=resource.name, pool=_pool(resource))


def _pool(resource: Resource) -> str | None:
    status: str | None = resource.facts.get("WarmPoolStatus", {}).get("Status")
    return status


def take_over(call: Call, resource: Resource, _: World) -> None:
    """What UpdateTrainingJob changes, at once."""
    for member, value in call.request.items():
        if member == "TrainingJobName":
            continue
        if isinstance(value, dict):
            resource.spec[member] = {**resource.spec.get(member, {}), **value}
        else:
            resource.spec[member] = value
    if call.request.get("ResourceConfig", {}).get("KeepAlivePeriodInSeconds") == 0:
        resource.facts["WarmPoolStatus"] = {"Status": "Terminated"}
    resource.modified = call.now


def complete(request: Json, _: Call, __: World) -> None:
    """Built-in images bring their own metric definitions."""
    algorithm: dict[str, Any] = request.get("AlgorithmSpecification", {})
    found = metric_definitions(algorithm.get("TrainingImage", ""))
    if found and "MetricDefinitions" not in algorithm:
        algorithm["MetricDefinitions"] = found


TRAINING_JOB: Final = Family(
    kind="TrainingJob",
    path="training-job",
    status="TrainingJobStatus",
    create=CREATE,
    missing=MISSING,
    exists=EXISTS,
    descending=False,
    defaults=(
        ("StoppingCondition", {}),
        ("StoppingCondition.MaxRuntimeInSeconds", 86400),
        ("EnableNetworkIsolation", False),
        ("EnableInterContainerTrafficEncryption", False),
        ("EnableManagedSpotTraining", False),
        ("AlgorithmSpecification.EnableSageMakerMetricsTimeSeries", False),
        ("OutputDataConfig.KmsKeyId", ""),
        ("OutputDataConfig.CompressionType", "GZIP"),
        ("InputDataConfig", []),
        ("InputDataConfig[].CompressionType", "None"),
        ("InputDataConfig[].RecordWrapperType", "None"),
        ("InputDataConfig[].DataSource.S3DataSource.S3DataDistributionType", "FullyReplicated"),
        ("DebugRuleConfigurations[].VolumeSizeInGB", 0),
    ),
    prepare=complete,
    checks=(role_can_be_assumed("RoleArn"), training_inputs_exist),
    usage=instances,
    occupies=frozenset({"InProgress", "Stopping"}),
    plan=within_limits,
    entered=note_transition,
    view=artifacts,
    actions=(
        Action(
            operation="StopTrainingJob",
            accepts=frozenset({"InProgress"}),
            tolerates=frozenset({"Stopping"}),
            refused=WRONG_STATUS,
            timeline=STOP,
        ),
        Action(
            operation="UpdateTrainingJob",
            accepts=frozenset({"InProgress", "Completed"}),
            refused=WRONG_STATUS,
            guards=(not_starting, right_time_for),
            apply=take_over,
        ),
        Action(
            operation="DeleteTrainingJob",
            accepts=FINISHED,
            tolerates=frozenset({"Deleting"}),
            refused=STILL_RUNNING,
            guards=(no_live_pool,),
            timeline=DELETE,
        ),
    ),
)
