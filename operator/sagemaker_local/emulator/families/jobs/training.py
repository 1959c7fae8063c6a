"""Training jobs: what they accept in which status, and what is said when it is refused.

What happens to one by itself is in `course`, what it keeps of that in `transitions`, and its warm pool in `pools`.
"""

from typing import Any, Final

from sagemaker_local.emulator.checks import role_can_be_assumed, training_inputs_exist
from sagemaker_local.emulator.families.jobs import course, pools, reservations
from sagemaker_local.emulator.families.jobs.builtin_metrics import metric_definitions
from sagemaker_local.emulator.families.jobs.transitions import FINISHED, note_transition, shown
from sagemaker_local.emulator.family import Action, Family
from sagemaker_local.emulator.lists import within
from sagemaker_local.emulator.refusal import UNVERIFIED, VALIDATION, Refusal
from sagemaker_local.emulator.resource import Json, Place, Resource
from sagemaker_local.emulator.world import Call, World

LIVE_POOL: Final = frozenset({"Available", "InUse"})

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
TWO_IN_ONE: Final = Refusal(
    VALIDATION,
    "The warm pool of training job {name} cannot be updated together with anything else.",
    evidence=f"the rule: aws-controllers-k8s/sagemaker-controller, training_job/custom_update.go; the text: {UNVERIFIED}",
)
NO_DEBUGGING: Final = Refusal(
    VALIDATION,
    "The remote debugging of training job {name} cannot be updated while its secondary status is {detail}.",
    evidence=f"the rule: UpdateTrainingJob's documentation of RemoteDebugConfig; the text: {UNVERIFIED}",
)


def instances(request: Json, _: Place, __: World) -> dict[str, int]:
    """Instances that a training job asks for, by quota name."""
    config = request.get("ResourceConfig", {})
    wanted: dict[str, int] = {}
    groups: list[Json] = config.get("InstanceGroups") or config.get("InstancePreferences", [])[:1] or [config]
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
    """ACK: the profiler only in progress, the warm pool only once completed and alive; AWS: debugging while it works."""
    if "ResourceConfig" in call.request:
        if call.request.keys() - {"TrainingJobName", "ResourceConfig"}:
            raise TWO_IN_ONE.error(name=resource.name)
        if resource.status != "Completed" or pools.status(resource) not in LIVE_POOL:
            raise NO_POOL.error(name=resource.name)
    elif resource.status != "InProgress":
        raise NOT_RUNNING.error(name=resource.name, status=resource.status)
    elif "RemoteDebugConfig" in call.request and resource.detail not in ("Downloading", "Training"):
        raise NO_DEBUGGING.error(name=resource.name, detail=resource.detail)


def no_live_pool(_: Call, resource: Resource, __: World) -> None:
    """DeleteTrainingJob's documentation: not while the warm pool is available."""
    if pools.status(resource) in LIVE_POOL:
        raise POOL_IN_USE.error(name=resource.name, pool=pools.status(resource))


def take_over(call: Call, resource: Resource, world: World) -> None:
    """What UpdateTrainingJob changes, at once."""
    for member, value in call.request.items():
        if member == "TrainingJobName":
            continue
        if member == "ProfilerRuleConfigurations":
            given = {rule["RuleConfigurationName"] for rule in value}
            kept = [rule for rule in resource.spec.get(member, ()) if rule["RuleConfigurationName"] not in given]
            resource.spec[member] = [*kept, *value]
            continue
        if isinstance(value, dict):
            resource.spec[member] = {**resource.spec.get(member, {}), **value}
        else:
            resource.spec[member] = value
    if "ResourceConfig" in call.request:
        pools.prolong(resource, world, call.now)
    resource.modified = call.now


def complete(request: Json, call: Call, world: World) -> None:
    """Built-in images bring their own metric definitions, instances are chosen, from a warm pool or a plan."""
    algorithm: dict[str, Any] = request.get("AlgorithmSpecification", {})
    found = metric_definitions(algorithm.get("TrainingImage", ""))
    if found and "MetricDefinitions" not in algorithm:
        algorithm["MetricDefinitions"] = found
    config = request.get("ResourceConfig", {})
    if config.get("InstanceGroups"):
        config.setdefault("InstanceCount", 0)  # recorded: sagemaker-controller, inprogress_describe_instance_group.json
    if config.get("InstancePreferences"):
        first = config["InstancePreferences"][0]
        config["SelectedInstanceType"] = first["InstanceType"]
        config["SelectedInstanceCount"] = first.get("InstanceCount", config.get("InstanceCount", 1))
    pools.take(request, call, world)
    waiting = reservations.waiting_time(request, call, world)
    if waiting:
        request[course.WAITS] = waiting


TRAINING_JOB: Final = Family(
    kind="TrainingJob",
    path="training-job",
    status="TrainingJobStatus",
    create=course.CREATE,
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
        ("ProfilerRuleConfigurations[].VolumeSizeInGB", 0),
    ),
    prepare=complete,
    checks=(course.spot_limits_fit, role_can_be_assumed("RoleArn"), training_inputs_exist),
    usage=instances,
    occupies=frozenset({"InProgress", "Stopping"}),
    plan=course.fitted,
    entered=note_transition,
    view=shown,
    filters={
        "WarmPoolStatusEquals": within(("WarmPoolStatus", "Status")),
        "TrainingPlanArnEquals": within(("ResourceConfig", "TrainingPlanArn")),
    },
    actions=(
        Action(
            operation="StopTrainingJob",
            accepts=frozenset({"InProgress"}),
            tolerates=frozenset({"Stopping"}),
            refused=WRONG_STATUS,
            timeline=course.STOP,
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
            timeline=course.DELETE,
        ),
    ),
)
