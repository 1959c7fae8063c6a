"""An execution on its way: starts the steps that are ready, watches those that run, and ends when nothing is left to do.

An alarm looks at the execution every few seconds. When a step fails, no further one is started; the execution fails once those
that run are through. What AWS does with steps that run at that time is not known.
"""

from typing import Final

from sagemaker_local.emulator.families.pipelines import steps
from sagemaker_local.emulator.families.pipelines.children import Run
from sagemaker_local.emulator.families.pipelines.definition import Definition, PlannedStep, parse
from sagemaker_local.emulator.family import Timeline, at
from sagemaker_local.emulator.resource import Json, Resource
from sagemaker_local.emulator.world import World

FIRST_LOOK: Final = 1.0
"""Seconds until the first step starts, as in a recorded execution."""
INTERVAL: Final = 5.0
INTERVAL_REAL: Final = 0.5
"""Real seconds between two looks where the jobs of steps really run, whatever the clock's speed."""
STEP_FAILED: Final = "Step failure: One or multiple steps failed."
"""Seen in recorded executions, and in the tests of aws/sagemaker-python-sdk."""

SUCCEEDED: Final = Timeline((at(0, "Succeeded"),))
FAILED: Final = Timeline((at(0, "Failed"),))
STOPPED: Final = Timeline((at(0, "Stopped"),))
RUNNING: Final = frozenset({"Executing", "Stopping"})


def go_on(execution: Resource, world: World, now: float) -> None:
    """Look at an execution, and let it be looked at again while it runs."""
    if execution.status not in RUNNING:
        return
    definition = parse(execution.spec["PipelineDefinition"])
    records: dict[str, Json] = execution.facts["Steps"]
    for name, record in records.items():
        if record["StepStatus"] in steps.UNFINISHED:
            steps.watch(definition.steps[name], record, Run(execution, world, now))
    _doom(execution, now)
    if execution.status == "Executing" and not _failed(records):
        _start_ready(definition, execution, world, now)
    if any(record["StepStatus"] in steps.UNFINISHED for record in records.values()):
        pause = INTERVAL if world.worker is None else min(INTERVAL, INTERVAL_REAL * world.clock.speed)
        world.stage.later(execution, pause, go_on, now=now)
        world.notice(execution, now)  # steps may have changed, of which there are events
    else:
        _end(execution, world, now)


def set_off(execution: Resource, world: World, now: float) -> None:
    """Let an execution be looked at for the first time."""
    world.stage.later(execution, FIRST_LOOK, go_on, now=now)


def stop(execution: Resource, world: World, now: float) -> None:
    """Stop all that runs; the execution is stopped once that is through."""
    definition = parse(execution.spec["PipelineDefinition"])
    for name, record in execution.facts["Steps"].items():
        if record["StepStatus"] in steps.UNFINISHED:
            steps.stop(definition.steps[name], record, Run(execution, world, now))


def _start_ready(definition: Definition, execution: Resource, world: World, now: float) -> None:
    """Start steps until none is ready, as many at a time as the execution allows."""
    records: dict[str, Json] = execution.facts["Steps"]
    limit = execution.spec.get("ParallelismConfiguration", {}).get("MaxParallelExecutionSteps")
    while not _failed(records):
        running = sum(record["StepStatus"] in steps.UNFINISHED for record in records.values())
        if limit is not None and running >= limit:
            return
        ready = next((step for step in definition.steps.values() if _ready(step, execution)), None)
        if ready is None:
            return
        records[ready.name] = steps.begin(ready, Run(execution, world, now))
        _doom(execution, now)


def _ready(step: PlannedStep, execution: Resource) -> bool:
    records: dict[str, Json] = execution.facts["Steps"]
    selected = execution.facts.get("Selected")
    if step.name in records or (selected is not None and step.name not in selected):
        return False
    needed = step.needs if selected is None else {name for name in step.needs if name in records or name in selected}
    if any(records.get(name, {}).get("StepStatus") != "Succeeded" for name in needed):
        return False
    if step.gate is None or step.gate[0] not in needed:
        return True
    outcome: str = records[step.gate[0]]["Metadata"]["Condition"]["Outcome"]
    return outcome == step.gate[1]


def _failed(records: dict[str, Json]) -> bool:
    return any(record["StepStatus"] == "Failed" for record in records.values())


def _doom(execution: Resource, now: float) -> None:
    """Where a scenario wants the execution to fail, the first step that would succeed fails instead."""
    reason = execution.facts.get("Doom")
    records: dict[str, Json] = execution.facts["Steps"]
    if reason is None or _failed(records):
        return
    for record in records.values():
        if record["StepStatus"] == "Succeeded" and "SelectiveExecutionResult" not in record:
            steps.fail(record, reason, now)
            return


def _end(execution: Resource, world: World, now: float) -> None:
    doom: str | None = execution.facts.pop("Doom", None)
    failed = _failed(execution.facts["Steps"])
    if execution.status == "Stopping" and not failed:
        world.stage.begin(execution, STOPPED, now=now)
    elif failed or doom is not None:
        execution.reason = doom or STEP_FAILED
        world.stage.begin(execution, FAILED, now=now)
    else:
        world.stage.begin(execution, SUCCEEDED, now=now)
