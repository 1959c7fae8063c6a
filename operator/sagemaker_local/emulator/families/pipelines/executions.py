"""Executions of pipelines: started, watched, stopped, retried. What they do step by step is in `runs` and `steps`."""

from copy import deepcopy
from typing import Any, Final

from sagemaker_local.emulator.families.pipelines import parameters, runs, steps, versions
from sagemaker_local.emulator.families.pipelines.children import Run
from sagemaker_local.emulator.families.pipelines.definition import parse
from sagemaker_local.emulator.families.pipelines.expressions import Unresolvable, resolve
from sagemaker_local.emulator.families.pipelines.pipelines import ACTIVE, DELETING, TOKEN, executions_of, find, name_in
from sagemaker_local.emulator.families.pipelines.selection import copy_others, selection_makes_sense
from sagemaker_local.emulator.families.pipelines.values import Values
from sagemaker_local.emulator.family import Action, Extra, Family, Timeline, at
from sagemaker_local.emulator.lists import in_period, newest_first
from sagemaker_local.emulator.paging import cut
from sagemaker_local.emulator.refusal import UNVERIFIED, VALIDATION, Refusal
from sagemaker_local.emulator.resource import Json, Resource
from sagemaker_local.emulator.world import Call, World

MISSING: Final = Refusal(
    "ResourceNotFound",
    "Pipeline execution '{arn}' does not exist.",
    evidence="ACK generator.yaml matches its last words",
)
EXISTS: Final = Refusal(
    "ConflictException",
    "Pipeline execution '{arn}' already exists.",
    evidence=UNVERIFIED,
)
NOT_RUNNING: Final = Refusal(
    "ConflictException",
    "Pipeline execution '{arn}' is in status {status}. Only an execution in progress can be stopped.",
    evidence=UNVERIFIED,
)
NOT_RETRIABLE: Final = Refusal(
    "ConflictException",
    "Pipeline execution '{arn}' is in status {status}. Only a failed or stopped execution can be retried.",
    evidence=UNVERIFIED,
)
ROLE_NOT_ALLOWED: Final = Refusal(
    VALIDATION,
    "RoleArn can only be specified for pipelines that AWS manages.",
    evidence="StartPipelineExecution's documentation says so; the text: unverified",
)
NO_CALLBACK: Final = Refusal(
    "ResourceNotFound",
    "No running callback step has the token {token}.",
    evidence=UNVERIFIED,
)
_INSIDE: Final = frozenset({"Child", "Due", "Digest", "Outputs"})


def can_be_started(call: Call, world: World) -> None:
    """The pipeline exists, has the version that is asked for, and fits the parameters and the selection."""
    pipeline = find(call.place, call.request["PipelineName"], world)
    if pipeline.status not in ACTIVE:
        raise DELETING.error(arn=pipeline.arn, status=pipeline.status)
    if "RoleArn" in call.request:
        raise ROLE_NOT_ALLOWED.error()
    definition = parse(versions.chosen(pipeline, call.request)["PipelineDefinition"])
    parameters.values(definition, call.request.get("PipelineParameters", []))
    selection_makes_sense(call, definition, pipeline, world)


def complete(spec: Json, call: Call, world: World) -> None:
    """Keep what the execution takes from its pipeline: it does not change with it."""
    pipeline = find(call.place, call.request["PipelineName"], world)
    version = versions.chosen(pipeline, call.request)
    definition = parse(version["PipelineDefinition"])
    spec.update(
        PipelineArn=pipeline.arn,
        PipelineDefinition=version["PipelineDefinition"],
        PipelineVersionId=version["PipelineVersionId"],
        ParameterValues=parameters.values(definition, spec.get("PipelineParameters", [])),
    )
    spec.setdefault("PipelineExecutionDisplayName", f"execution-{round(call.now * 1000)}")
    if "ParallelismConfiguration" in pipeline.spec:
        spec.setdefault("ParallelismConfiguration", deepcopy(pipeline.spec["ParallelismConfiguration"]))
    pipeline.facts["LastRunTime"] = pipeline.facts["LastExecutionTime"] = call.now


def set_off(execution: Resource, world: World, now: float) -> None:
    """A new execution begins; a retried one goes on where it failed."""
    definition = parse(execution.spec["PipelineDefinition"])
    version = versions.chosen(
        find(execution.place, execution.spec["PipelineArn"], world),
        {"PipelineVersionId": execution.spec["PipelineVersionId"]},
    )
    version["LastExecutionPipelineExecutionArn"] = execution.arn
    execution.facts.setdefault("Steps", {})
    if definition.experiment is not None:
        _name_experiment(execution, definition.experiment, world, now)
    copy_others(execution, definition, world, now)
    runs.set_off(execution, world, now)


def _name_experiment(execution: Resource, experiment: Any, world: World, now: float) -> None:
    """In a recorded execution the experiment's name is in lower case."""
    try:
        named = resolve(dict(experiment), Values(Run(execution, world, now)))
    except Unresolvable:
        return
    shown = {
        "ExperimentName": str(named.get("ExperimentName", "")).lower(),
        "TrialName": str(named.get("TrialName", "")),
    }
    execution.facts["PipelineExperimentConfig"] = {name: value[:120] for name, value in shown.items() if value}


def fit(execution: Resource, timeline: Timeline) -> Timeline:
    """An execution ends when its steps do, not at a time; a scenario's failure is kept until a step is through."""
    first, last = timeline.steps[0], timeline.steps[-1]
    if first.status != "Executing":
        return timeline
    if last.status == "Failed":
        execution.facts["Doom"] = last.reason
    return Timeline((first,), evidence=timeline.evidence)


def describe(_: Call, execution: Resource, world: World, answer: Json) -> Json:
    """DescribePipelineExecution tells the aliases that the version has now."""
    pipeline = find(execution.place, execution.spec["PipelineArn"], world)
    aliases = versions.chosen(pipeline, {"PipelineVersionId": execution.spec["PipelineVersionId"]})
    named = aliases.get("PipelineVersionAliases")
    return {**answer, **versions.NOBODY, **({"PipelineVersionAliases": named} if named else {})}


def stop(call: Call, execution: Resource, world: World) -> None:
    """Stop what runs."""
    execution.status, execution.modified = "Stopping", call.now
    runs.stop(execution, world, call.now)
    world.notice(execution, call.now)


def may_retry(call: Call, execution: Resource, _: World) -> None:
    """Only failed and stopped executions, unless this very request has set it off."""
    again = execution.facts.get("RetryToken") == call.request["ClientRequestToken"]
    if execution.status not in ("Failed", "Stopped") and not again:
        raise NOT_RETRIABLE.error(arn=execution.arn, status=execution.status)


def retry(call: Call, execution: Resource, world: World) -> None:
    """Go on with the steps that did not succeed."""
    token = call.request["ClientRequestToken"]
    if execution.facts.get("RetryToken") == token:
        return
    execution.facts["RetryToken"] = token
    records = execution.facts["Steps"]
    execution.facts["Steps"] = {name: record for name, record in records.items() if record["StepStatus"] == "Succeeded"}
    execution.reason = None
    if "ParallelismConfiguration" in call.request:
        execution.spec["ParallelismConfiguration"] = call.request["ParallelismConfiguration"]
    world.stage.begin(execution, CREATE, now=call.now)


def update(call: Call, execution: Resource, _: World) -> None:
    """What UpdatePipelineExecution changes, at once."""
    for member in ("PipelineExecutionDisplayName", "PipelineExecutionDescription", "ParallelismConfiguration"):
        if member in call.request:
            execution.spec[member] = call.request[member]
    execution.modified = call.now


def _execution(call: Call, world: World) -> Resource:
    arn = call.request.get("PipelineExecutionArn", "")
    found = world.store.find_arn(arn)
    if found is None or found.kind != "PipelineExecution" or found.place != call.place:
        raise MISSING.error(arn=arn)
    return found


def list_executions(call: Call, world: World) -> Json:
    """ListPipelineExecutions."""
    pipeline = find(call.place, call.request["PipelineName"], world)
    alias = call.request.get("PipelineVersionAlias")
    wanted = None if alias is None else versions.chosen(pipeline, {"PipelineVersionAlias": alias})["PipelineVersionId"]
    found = [
        execution
        for execution in executions_of(pipeline, world)
        if in_period(call.request, "Created", execution.created)
        and wanted in (None, execution.spec["PipelineVersionId"])
    ]
    if call.request.get("SortBy") == "PipelineExecutionArn":
        found.sort(key=lambda execution: execution.arn)
    page = cut(newest_first(found, call.request), call)
    return {"PipelineExecutionSummaries": [_summary(execution) for execution in page.items], **page.token}


def _summary(execution: Resource) -> Json:
    spec = execution.spec
    shown = {
        "PipelineExecutionArn": execution.arn,
        "StartTime": execution.created,
        "PipelineExecutionStatus": execution.status,
        "PipelineExecutionDescription": spec.get("PipelineExecutionDescription"),
        "PipelineExecutionDisplayName": spec["PipelineExecutionDisplayName"],
        "PipelineExecutionFailureReason": execution.reason,
    }
    return {name: value for name, value in shown.items() if value is not None}


def list_steps(call: Call, world: World) -> Json:
    """ListPipelineExecutionSteps: those that have begun, the newest first."""
    begun = list(_execution(call, world).facts["Steps"].values())
    page = cut(newest_first(begun, call.request), call)
    shown = [{name: value for name, value in record.items() if name not in _INSIDE} for record in page.items]
    return {"PipelineExecutionSteps": shown, **page.token}


def list_parameters(call: Call, world: World) -> Json:
    """ListPipelineParametersForExecution."""
    page = cut(parameters.as_texts(_execution(call, world).spec["ParameterValues"]), call)
    return {"PipelineParameters": page.items, **page.token}


def definition_for_execution(call: Call, world: World) -> Json:
    """DescribePipelineDefinitionForExecution."""
    execution = _execution(call, world)
    return {"PipelineDefinition": execution.spec["PipelineDefinition"], "CreationTime": execution.created}


def callback_succeeded(call: Call, world: World) -> Json:
    """SendPipelineExecutionStepSuccess."""
    execution, record = _waiting(call, world)
    outputs = call.request.get("OutputParameters", [])
    if outputs:
        record["Metadata"]["Callback"]["OutputParameters"] = outputs
    record["Outputs"] = {entry["Name"]: entry["Value"] for entry in outputs}
    steps.finish(record, call.now)
    return {"PipelineExecutionArn": execution.arn}


def callback_failed(call: Call, world: World) -> Json:
    """SendPipelineExecutionStepFailure."""
    execution, record = _waiting(call, world)
    steps.fail(record, call.request.get("FailureReason", ""), call.now)
    return {"PipelineExecutionArn": execution.arn}


def _waiting(call: Call, world: World) -> tuple[Resource, Json]:
    """The callback step that waits for a token. Raises ServiceError if none does."""
    token = call.request["CallbackToken"]
    for execution in world.store.of_kind(call.place, "PipelineExecution").values():
        for record in execution.facts["Steps"].values():
            waits = record["StepStatus"] in steps.UNFINISHED
            if waits and record["Metadata"].get("Callback", {}).get("CallbackToken") == token:
                return execution, record
    raise NO_CALLBACK.error(token=token)


# How long an execution takes is up to its steps: the time of the last step here only says that there is one.
CREATE: Final = Timeline((at(0, "Executing", effect=set_off), at(1, "Succeeded")), failed=at(0, "Failed"))

PIPELINE_EXECUTION: Final = Family(
    kind="PipelineExecution",
    path="pipeline",
    creating="StartPipelineExecution",
    status="PipelineExecutionStatus",
    create=CREATE,
    missing=MISSING,
    exists=EXISTS,
    token=TOKEN,
    new_id=lambda _, world: world.new_id(12),
    arn_tail=lambda key, request: f"pipeline/{name_in(request.get('PipelineName', ''))}/execution/{key}",
    arn_member="PipelineExecutionArn",
    name_member="PipelineName",
    checks=(can_be_started,),
    prepare=complete,
    plan=fit,
    describe=describe,
    actions=(
        Action(
            operation="StopPipelineExecution",
            accepts=frozenset({"Executing"}),
            tolerates=frozenset({"Stopping"}),
            refused=NOT_RUNNING,
            apply=stop,
        ),
        Action(operation="RetryPipelineExecution", guards=(may_retry,), apply=retry),
        Action(operation="UpdatePipelineExecution", apply=update),
    ),
    extras=(
        Extra("ListPipelineExecutions", list_executions),
        Extra("ListPipelineExecutionSteps", list_steps),
        Extra("ListPipelineParametersForExecution", list_parameters),
        Extra("DescribePipelineDefinitionForExecution", definition_for_execution),
        Extra("SendPipelineExecutionStepSuccess", callback_succeeded),
        Extra("SendPipelineExecutionStepFailure", callback_failed),
    ),
)
