"""The course of a tuning job: it looks at its training jobs again and again, starts more, and ends when there is reason to.

It ends when its training jobs are through, when a completion criterion is met or its time is over (what still runs is stopped
first), or when nothing succeeded. Not here: convergence, whose rule AWS does not tell.
"""

from typing import Final

from sagemaker_local.emulator.families.jobs import sampling
from sagemaker_local.emulator.families.jobs import tuning_children as children
from sagemaker_local.emulator.refusal import ServiceError
from sagemaker_local.emulator.resource import Json, Resource
from sagemaker_local.emulator.timeline import Step, Timeline, at
from sagemaker_local.emulator.world import World

EVERY: Final = 10.0
"""Seconds between two looks at the training jobs."""
EVERY_REAL: Final = 0.5
"""Real seconds between two looks where training jobs really run, whatever the speed of the clock."""
MOST: Final = 750
"""Training jobs of a tuning job that says nothing about their number: the quota of an account."""
NONE_SUCCEEDED: Final = (
    "No training job succeeded after {count} attempts. "
    "Please take a look at the training job failures to get more details."
)
"""Quoted in amazon-sagemaker-examples#2436 and #2437."""

_ALIVE: Final = frozenset({"InProgress", "Stopping"})
COMPLETED: Final = Timeline((at(0, "Completed"),))
STOPPED: Final = Timeline((at(0, "Stopped"),))


def watch(tuner: Resource, world: World, now: float) -> None:
    """Look at the training jobs from now on until the tuning job has ended."""
    tuner.facts.update(children.counters(()))
    if world.worker is not None:  # which prepares nothing that would take half a minute
        tuner.facts["started"] = True
    world.stage.later(tuner, _pause(world), look, now=now)


def start(tuner: Resource, world: World, now: float) -> None:
    """Let training jobs be started from now on."""
    tuner.facts["started"] = True
    world.stage.later(tuner, 0, take_stock, now=now)


def stop(tuner: Resource, world: World, now: float) -> None:
    """Stop what runs."""
    children.stop_all(tuner, world, now)


def look(tuner: Resource, world: World, now: float) -> None:
    """Take note of what happened, do what follows from it, and look again later."""
    take_stock(tuner, world, now)
    if tuner.status in _ALIVE:
        world.stage.later(tuner, _pause(world), look, now=now)


def take_stock(tuner: Resource, world: World, now: float) -> None:
    """Take note of what happened to the training jobs, and do what follows from it."""
    if tuner.status not in _ALIVE or (tuner.status == "InProgress" and "started" not in tuner.facts):
        return
    children.renew(tuner, world)
    tuner.facts.update(progress(tuner, now))
    if tuner.status == "Stopping":
        if not children.running(tuner):
            world.stage.begin(tuner, STOPPED, now=now)
    elif tuner.facts.get("enough") or _enough(tuner, world, now):
        _wind_up(tuner, world, now)
    else:
        children.stop_hopeless(tuner, world, now)
        _fill_up(tuner, world, now)
    tuner.facts.update(children.counters(tuner.facts.get("jobs", ())))


def progress(tuner: Resource, now: float) -> Json:
    """What Describe tells of a tuning job's progress."""
    rows = tuner.facts.get("jobs", [])
    ended = tuner.facts.get("HyperParameterTuningEndTime", now)
    said: Json = {
        **children.counters(rows),
        "ConsumedResources": {"RuntimeInSeconds": round(ended - tuner.created)},
        "TuningJobCompletionDetails": {"NumberOfTrainingJobsObjectiveNotImproving": children.not_improving(rows)},
    }
    leader = children.best(rows)
    if leader is not None:
        said["BestTrainingJob"] = children.shown(leader)
    return said


def number_of_jobs(spec: Json) -> int:
    """How many training jobs a tuning job starts at most."""
    config = spec["HyperParameterTuningJobConfig"]
    most = int(config["ResourceLimits"].get("MaxNumberOfTrainingJobs", MOST))
    if config["Strategy"] != "Grid":
        return most
    grid = sum(sampling.grid_size(children.ranges(spec, row)) for row in children.definitions(spec))
    return min(most, grid)


def note_end(resource: Resource, step: Step, now: float) -> None:
    """Keep HyperParameterTuningEndTime."""
    if step.status in ("Completed", "Failed", "Stopped"):
        resource.facts["HyperParameterTuningEndTime"] = now


def _pause(world: World) -> float:
    """Seconds of SageMaker's time until the next look."""
    return EVERY if world.worker is None else min(EVERY, EVERY_REAL * world.clock.speed)


def _enough(tuner: Resource, world: World, now: float) -> bool:
    """Whether a completion criterion is met, or time is over."""
    config = tuner.spec["HyperParameterTuningJobConfig"]
    limit = config["ResourceLimits"].get("MaxRuntimeInSeconds")
    if limit is not None and now - tuner.created >= limit / world.clock.speed:
        return True
    criteria = config.get("TuningJobCompletionCriteria", {})
    rows = tuner.facts.get("jobs", [])
    leader = children.best(rows)
    target = criteria.get("TargetObjectiveMetricValue")
    if leader is not None and target is not None:
        reached = children.value(leader)
        assert reached is not None, "the best job was measured"
        if reached <= target if leader["type"] == "Minimize" else reached >= target:
            return True
    patience = criteria.get("BestObjectiveNotImproving", {}).get("MaxNumberOfTrainingJobsNotImproving")
    return patience is not None and children.not_improving(rows) >= patience


def _wind_up(tuner: Resource, world: World, now: float) -> None:
    """No more jobs: stop what runs, then end."""
    tuner.facts["enough"] = True
    if children.running(tuner):
        children.stop_all(tuner, world, now)
    else:
        _end(tuner, world, now)


def _fill_up(tuner: Resource, world: World, now: float) -> None:
    """Start as many jobs as may run at once, or end if there are none to start and none that run."""
    limits = tuner.spec["HyperParameterTuningJobConfig"]["ResourceLimits"]
    left = number_of_jobs(tuner.spec) - len(tuner.facts.get("jobs", ()))
    room = limits["MaxParallelTrainingJobs"] - len(children.running(tuner))
    try:
        for _ in range(min(left, room)):
            children.launch(tuner, world, now)
    except ServiceError as refused:
        if not children.running(tuner):
            world.stage.begin(tuner, _failed(f"{refused.code}: {refused.text}"), now=now)
        return
    if not children.running(tuner):
        _end(tuner, world, now)


def _end(tuner: Resource, world: World, now: float) -> None:
    rows = tuner.facts.get("jobs", [])
    if rows and all(row["TrainingJobStatus"] == "Failed" for row in rows):
        world.stage.begin(tuner, _failed(NONE_SUCCEEDED.format(count=len(rows))), now=now)
    else:
        world.stage.begin(tuner, COMPLETED, now=now)


def _failed(reason: str) -> Timeline:
    return Timeline((Step(0, "Failed", reason=reason[:1024]),))
