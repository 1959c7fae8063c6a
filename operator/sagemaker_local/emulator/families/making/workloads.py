"""AI workload configurations, benchmark jobs and recommendation jobs: what generative models are measured with, and the results.

The measured values are random, from the seed.
"""

from collections.abc import Mapping
from typing import Any, Final

from sagemaker_local.emulator.checks import role_can_be_assumed
from sagemaker_local.emulator.effects import AT_ONCE, REMOVE
from sagemaker_local.emulator.family import Action, Family, Step, Timeline, at
from sagemaker_local.emulator.refusal import UNVERIFIED, VALIDATION, Refusal
from sagemaker_local.emulator.resource import Json, Place, Resource
from sagemaker_local.emulator.world import Call, World

USUAL_TYPE: Final = "ml.g6.12xlarge"
"""What a recommendation job recommends that names no instance types."""
FINISHED: Final = frozenset({"Completed", "Failed", "Stopped"})

NO_CONFIG: Final = Refusal("ResourceNotFound", "The AI workload config {name} does not exist.", evidence=UNVERIFIED)
CONFIG_EXISTS: Final = Refusal("ResourceInUse", "The AI workload config {name} already exists.", evidence=UNVERIFIED)
CONFIG_IN_USE: Final = Refusal(
    "ResourceInUse",
    "The AI workload config {name} is referenced by the active benchmark job {job}.",
    evidence=f"the rule and the code: DeleteAIWorkloadConfig's documentation and model; the text: {UNVERIFIED}",
)
NO_JOB: Final = Refusal("ResourceNotFound", "The AI job {name} does not exist.", evidence=UNVERIFIED)
JOB_EXISTS: Final = Refusal("ResourceInUse", "The AI job {name} already exists ({arn}).", evidence=UNVERIFIED)
WRONG_STATUS: Final = Refusal(
    VALIDATION,
    "The request was rejected because the job {name} is in status {status}.",
    evidence=UNVERIFIED,
)


def config_of(place: Place, identifier: str, world: World) -> Resource | None:
    """The workload configuration of that name or ARN."""
    found = world.store.find_arn(identifier)
    return found or world.find(place, "AIWorkloadConfig", identifier)


def config_exists(call: Call, world: World) -> None:
    """The workload configuration that a job names must exist (ResourceNotFound is declared for both Creates)."""
    identifier = call.request["AIWorkloadConfigIdentifier"]
    if config_of(call.place, identifier, world) is None:
        raise NO_CONFIG.error(name=identifier)


def unused(_: Call, config: Resource, world: World) -> None:
    """DeleteAIWorkloadConfig's documentation: not while an active benchmark job refers to it."""
    for job in world.store.of_kind(config.place, "AIBenchmarkJob").values():
        if job.status not in FINISHED and job.spec["AIWorkloadConfigIdentifier"] in (config.name, config.arn):
            raise CONFIG_IN_USE.error(name=config.name, job=job.name)


def note_times(job: Resource, step: Step, now: float) -> None:
    """When the job began and ended."""
    if step.status == "InProgress":
        job.facts["StartTime"] = now
    elif step.status in FINISHED:
        job.facts["EndTime"] = now


def tagged(resource: Resource) -> Mapping[str, Any]:
    """Describe answers the tags of these kinds."""
    return {"Tags": [{"Key": key, "Value": value} for key, value in resource.tags.items()]}


def benchmark(job: Resource) -> Mapping[str, Any]:
    """A benchmark job, with the configuration's name in lists."""
    return {**tagged(job), "AIWorkloadConfigName": job.spec["AIWorkloadConfigIdentifier"].rpartition("/")[2]}


def log(job: Resource, _: World, __: float) -> None:
    """Say where the logs of a benchmark are."""
    group = f"arn:aws:logs:{job.place.region}:{job.place.account}:log-group:/aws/sagemaker/AIBenchmarkJobs"
    job.spec["OutputConfig"]["CloudWatchLogs"] = [{"LogGroupArn": group, "LogStreamName": job.name}]


def default_output(request: Json, call: Call, _: World) -> None:
    """Results go to the account's usual bucket if the request does not say where."""
    usual = f"s3://sagemaker-{call.place.region}-{call.place.account}/{call.request['AIRecommendationJobName']}"
    request["OutputConfig"].setdefault("S3OutputLocation", usual)


def recommend(job: Resource, world: World, _: float) -> None:
    """One recommendation for each instance type that may be used."""
    types = job.spec.get("ComputeSpec", {}).get("InstanceTypes") or [USUAL_TYPE]
    job.facts["Recommendations"] = [_recommendation(job, world, kind) for kind in types]


def _recommendation(job: Resource, world: World, instance_type: str) -> Json:
    metrics = [constraint["Metric"] for constraint in job.spec["PerformanceTarget"]["Constraints"]]
    units = {"ttft-ms": "Milliseconds", "throughput": "TokensPerSecond", "cost": "USDPerHour"}
    output = f"{job.spec['OutputConfig']['S3OutputLocation'].rstrip('/')}/{job.name}/model"
    found: Json = {
        "RecommendationDescription": f"Serve the model on one {instance_type}",
        "ModelDetails": {
            "InstanceDetails": [{"InstanceType": instance_type, "InstanceCount": 1, "CopyCountPerInstance": 1}]
        },
        "DeploymentConfiguration": {
            "S3": [{"ChannelName": "model", "Uri": output}],
            "ImageUri": f"{job.place.account}.dkr.ecr.{job.place.region}.amazonaws.com/djl-inference:1",
            "InstanceType": instance_type,
            "InstanceCount": 1,
            "CopyCountPerInstance": 1,
            "EnvironmentVariables": {},
        },
        "ExpectedPerformance": [
            {"Metric": m, "Stat": "p50", "Value": str(round(world.random.uniform(1, 500), 1)), "Unit": units[m]}
            for m in metrics
        ],
    }
    if job.spec.get("OptimizeModel"):
        found["OptimizationDetails"] = [{"OptimizationType": "KernelTuning", "OptimizationConfig": {}}]
    return found


STOP: Final = Timeline((at(0, "Stopping"), at(60, "Stopped")))


def _actions(kind: str) -> tuple[Action, ...]:
    return (
        Action(
            operation=f"Stop{kind}",
            accepts=frozenset({"InProgress"}),
            tolerates=frozenset({"Stopping"}),
            refused=WRONG_STATUS,
            timeline=STOP,
        ),
        Action(operation=f"Delete{kind}", accepts=FINISHED, refused=WRONG_STATUS, timeline=REMOVE),
    )


AI_WORKLOAD_CONFIG: Final = Family(
    kind="AIWorkloadConfig",
    path="ai-workload-config",
    create=AT_ONCE,
    missing=NO_CONFIG,
    exists=CONFIG_EXISTS,
    view=tagged,
    actions=(Action(operation="DeleteAIWorkloadConfig", guards=(unused,), timeline=REMOVE),),
)

AI_BENCHMARK_JOB: Final = Family(
    kind="AIBenchmarkJob",
    path="ai-benchmark-job",
    status="AIBenchmarkJobStatus",
    create=Timeline((at(0, "InProgress", effect=log), at(900, "Completed")), failed=at(0, "Failed")),
    missing=NO_JOB,
    exists=JOB_EXISTS,
    checks=(role_can_be_assumed("RoleArn"), config_exists),
    entered=note_times,
    view=benchmark,
    actions=_actions("AIBenchmarkJob"),
)

AI_RECOMMENDATION_JOB: Final = Family(
    kind="AIRecommendationJob",
    path="ai-recommendation-job",
    status="AIRecommendationJobStatus",
    create=Timeline((at(0, "InProgress"), at(1800, "Completed", effect=recommend)), failed=at(0, "Failed")),
    missing=NO_JOB,
    exists=JOB_EXISTS,
    checks=(role_can_be_assumed("RoleArn"), config_exists),
    prepare=default_output,
    entered=note_times,
    view=tagged,
    actions=_actions("AIRecommendationJob"),
)
