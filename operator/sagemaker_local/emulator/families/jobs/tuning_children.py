"""The training jobs of a tuning job: how they are asked for, what is known of them, and which is the best.

What is known is kept with the tuning job, in `facts["jobs"]`, as rows of ListTrainingJobsForHyperParameterTuningJob: it outlives
the training jobs. When more jobs are started, and when all is over, is the matter of `tuning_course`.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from copy import deepcopy
from typing import Any, Final

from sagemaker_local.emulator.families.jobs import sampling
from sagemaker_local.emulator.families.jobs.metrics import final_metrics
from sagemaker_local.emulator.resource import Json, Resource
from sagemaker_local.emulator.world import World

_TAKEN_OVER: Final = (
    "RoleArn", "InputDataConfig", "VpcConfig", "OutputDataConfig", "StoppingCondition", "EnableNetworkIsolation",
    "EnableInterContainerTrafficEncryption", "EnableManagedSpotTraining", "CheckpointConfig", "RetryStrategy", "Environment",
    "AlgorithmSpecification",
)  # fmt: skip
COURSE: Final = "course"
"""The member of a row that holds the values of the objective which the job has written so far; for early stopping."""
_INSIDE: Final = frozenset({"type", COURSE})
_RUNNING: Final = frozenset({"InProgress", "Stopping"})
_NEVER_ENDED: Final = frozenset({"Completed", "Failed"})


def definitions(spec: Json) -> list[Json]:
    """The definitions of the training jobs, one or several."""
    single = spec.get("TrainingJobDefinition")
    return [single] if single is not None else list(spec.get("TrainingJobDefinitions", ()))


def objective(spec: Json, definition: Json) -> Json | None:
    """What the jobs of a definition are measured by: its Type and MetricName."""
    found: Json | None = definition.get("TuningObjective") or spec["HyperParameterTuningJobConfig"].get(
        "HyperParameterTuningJobObjective"
    )
    return found


def ranges(spec: Json, definition: Json) -> Json:
    """The ranges from which the hyperparameters of a definition's jobs are drawn."""
    found: Json = definition.get("HyperParameterRanges") or spec["HyperParameterTuningJobConfig"].get(
        "ParameterRanges", {}
    )
    return found


def launch(tuner: Resource, world: World, now: float) -> None:
    """Start the next training job. Raises ServiceError if SageMaker refuses it."""
    rows: list[Json] = tuner.facts.setdefault("jobs", [])
    defined = definitions(tuner.spec)
    position = len(rows) % len(defined)
    definition = defined[position]
    name = f"{tuner.name}-{len(rows) + 1:03d}-{world.random.getrandbits(32):08x}"
    tuned = _suggested(tuner, world, position)
    if tuned is None:
        tuned = _tuned(tuner.spec, definition, tuner.name, len(rows) // len(defined))
    world.stage.do("CreateTrainingJob", _request(tuner, definition, name, tuned), tuner.place, now=now)
    job = world.find(tuner.place, "TrainingJob", name)
    assert job is not None, f"{name} was just created"
    job.facts["TuningJobArn"] = tuner.arn
    row: Json = {"TrainingJobName": name, "TrainingJobArn": job.arn, "CreationTime": now, "TunedHyperParameters": tuned}
    if "DefinitionName" in definition:
        row["TrainingJobDefinitionName"] = definition["DefinitionName"]
    rows.append({**row, "TrainingJobStatus": "InProgress", "ObjectiveStatus": "Pending"})


def stop_all(tuner: Resource, world: World, now: float) -> None:
    """Stop the training jobs that still run."""
    for row in running(tuner):
        _stop(tuner, row, world, now)


def stop_hopeless(tuner: Resource, world: World, now: float) -> None:
    """Stop the training jobs that are not worth going on with; only those that really run are judged."""
    for row in running(tuner):
        if world.worker is not None and world.worker.hopeless(tuner, row):
            _stop(tuner, row, world, now)


def renew(tuner: Resource, world: World) -> None:
    """Take note of what became of the training jobs that were still running."""
    for row in running(tuner):
        job = world.find(tuner.place, "TrainingJob", row["TrainingJobName"])
        if job is None:  # deleted meanwhile
            row.update(TrainingJobStatus="Stopped", ObjectiveStatus="Failed")
            continue
        row["TrainingJobStatus"] = _status(job)
        _note_reports(tuner, row, job, world)
        for member in ("TrainingStartTime", "TrainingEndTime"):
            if member in job.facts:
                row[member] = job.facts[member]
        if row["TrainingJobStatus"] not in _RUNNING:
            _note_end(tuner, row, job)


def running(tuner: Resource) -> list[Json]:
    """The rows of the training jobs that have not ended as far as is known."""
    return [row for row in tuner.facts.get("jobs", ()) if row["TrainingJobStatus"] in _RUNNING]


def counters(rows: Iterable[Json]) -> Json:
    """TrainingJobStatusCounters and ObjectiveStatusCounters."""
    listed = list(rows)
    ends = Counter(_ending(row) for row in listed)
    objectives = Counter(row["ObjectiveStatus"] for row in listed)
    kinds = ("Completed", "InProgress", "RetryableError", "NonRetryableError", "Stopped")
    return {
        "TrainingJobStatusCounters": {kind: ends[kind] for kind in kinds},
        "ObjectiveStatusCounters": {kind: objectives[kind] for kind in ("Succeeded", "Pending", "Failed")},
    }


def best(rows: Iterable[Json]) -> Json | None:
    """The row with the best value of the objective metric, the first of equals."""
    measured = [row for row in rows if value(row) is not None]
    return min(measured, key=_loss) if measured else None


def value(row: Json) -> float | None:
    """The final value of the objective metric of a job, if it has one."""
    found: float | None = row.get("FinalHyperParameterTuningJobObjectiveMetric", {}).get("Value")
    return found


def not_improving(rows: Iterable[Json]) -> int:
    """How many jobs have ended since one was better by 1 % or more than those before (its documentation)."""
    since, record = 0, None
    for row in sorted((r for r in rows if value(r) is not None), key=lambda r: r.get("TrainingEndTime", 0.0)):
        loss = _loss(row)
        if record is None or record - loss >= abs(record) * 0.01:
            since, record = 0, loss
        else:
            since += 1
    return since


def shown(row: Json) -> Json:
    """A row as it is answered: without what is only known inside."""
    return {name: value for name, value in row.items() if name not in _INSIDE}


def rows_of_parents(tuner: Resource, world: World) -> Iterator[Json]:
    """What became of the training jobs of the tuning jobs from which a warm start learns."""
    for name in parents(tuner.spec):
        parent = world.find(tuner.place, "HyperParameterTuningJob", name)
        for row in parent.facts.get("jobs", ()) if parent is not None else ():
            yield {**row, "TuningJobName": name}


def parents(spec: Json) -> Iterator[str]:
    """The tuning jobs from which a warm start learns."""
    for parent in spec.get("WarmStartConfig", {}).get("ParentHyperParameterTuningJobs", ()):
        if "HyperParameterTuningJobName" in parent:
            yield parent["HyperParameterTuningJobName"]


def _loss(row: Json) -> float:
    """The value of the objective metric as something to be minimised."""
    found = value(row)
    assert found is not None, "only measured jobs are compared"
    return found if row["type"] == "Minimize" else -found


def _ending(row: Json) -> str:
    match row["TrainingJobStatus"]:
        case "Failed":
            internal = str(row.get("FailureReason", "")).startswith("InternalServerError")
            return "RetryableError" if internal else "NonRetryableError"
        case "Stopping":
            return "InProgress"
        case status:
            return str(status)


def _status(job: Resource) -> str:
    """A job's status; that of one which is being deleted is how it ended."""
    if job.status == "Deleting":
        return job.detail if job.detail in _NEVER_ENDED and job.detail is not None else "Stopped"
    return str(job.status)


def _note_end(tuner: Resource, row: Json, job: Resource) -> None:
    if job.reason is not None:
        row["FailureReason"] = job.reason
    row["ObjectiveStatus"] = "Failed"
    wanted = _objective_of(tuner, row)
    metrics: dict[str, Any] = {m["MetricName"]: m["Value"] for m in final_metrics(job)}
    if wanted is None or wanted["MetricName"] not in metrics:
        return
    row["ObjectiveStatus"] = "Succeeded"
    row["type"] = wanted["Type"]
    final = {"MetricName": wanted["MetricName"], "Value": metrics[wanted["MetricName"]]}
    row["FinalHyperParameterTuningJobObjectiveMetric"] = final  # recorded without a Type


def _stop(tuner: Resource, row: Json, world: World, now: float) -> None:
    job = world.find(tuner.place, "TrainingJob", row["TrainingJobName"])
    if job is not None and job.status == "InProgress":
        world.stage.do("StopTrainingJob", {"TrainingJobName": job.name}, tuner.place, now=now)


def _objective_of(tuner: Resource, row: Json) -> Json | None:
    """What a job is measured by."""
    defined = definitions(tuner.spec)
    return objective(tuner.spec, defined[tuner.facts["jobs"].index(row) % len(defined)])


def _note_reports(tuner: Resource, row: Json, job: Resource, world: World) -> None:
    """Keep the course of a job's objective where jobs may be stopped early."""
    config = tuner.spec["HyperParameterTuningJobConfig"]
    early = config["Strategy"] == "Hyperband" or config.get("TrainingJobEarlyStoppingType") == "Auto"
    wanted = _objective_of(tuner, row) if early and world.worker is not None else None
    if wanted is not None and world.worker is not None:
        row[COURSE] = list(world.worker.reports(job, wanted["MetricName"]))


def _suggested(tuner: Resource, world: World, position: int) -> dict[str, str] | None:
    """What whoever really runs the jobs wants to try next."""
    if world.worker is None:
        return None
    own = tuner.facts["jobs"][position :: len(definitions(tuner.spec))]
    return world.worker.suggest(tuner, position, [*rows_of_parents(tuner, world), *own])


def _tuned(spec: Json, definition: Json, name: str, index: int) -> dict[str, str]:
    config = spec["HyperParameterTuningJobConfig"]
    drawn_from = ranges(spec, definition)
    if config["Strategy"] == "Grid":
        return sampling.combination(drawn_from, index)
    seed = f"{config.get('RandomSeed', name)}/{definition.get('DefinitionName', '')}"
    return sampling.sample(drawn_from, seed=seed, index=index)


def _request(tuner: Resource, definition: Json, name: str, tuned: dict[str, str]) -> Json:
    request: Json = {member: deepcopy(definition[member]) for member in _TAKEN_OVER if member in definition}
    request["TrainingJobName"] = name
    request["HyperParameters"] = {**definition.get("StaticHyperParameters", {}), **tuned}
    instances = definition.get("ResourceConfig") or _instances(definition.get("HyperParameterTuningResourceConfig"))
    if instances is not None:
        request["ResourceConfig"] = deepcopy(instances)
    if tuner.tags:  # "added to all training jobs that the tuning job launches" (its documentation)
        request["Tags"] = [{"Key": key, "Value": text} for key, text in tuner.tags.items()]
    return request


def _instances(config: Json | None) -> Json | None:
    """A ResourceConfig from a HyperParameterTuningResourceConfig: of several kinds of instances the first."""
    if config is None:
        return None
    first = (config.get("InstanceConfigs") or [config])[0]
    members = ("InstanceType", "InstanceCount", "VolumeSizeInGB", "VolumeKmsKeyId")
    return {name: given for name in members if (given := first.get(name, config.get(name))) is not None}
