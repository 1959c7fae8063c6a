"""What the steps of an execution do: they create resources of SageMaker and follow them, or decide, fail and wait.

Training, processing, transform, tuning, AutoML, model, register-model, endpoint-configuration and endpoint steps create the
resource, whose work is then done or simulated like that of any other.
A callback step waits for SendPipelineExecutionStepSuccess or -Failure with its token, which ListPipelineExecutionSteps shows;
no message is sent to its queue. Steps whose work lies outside of SageMaker or in a container of AWS's own (Lambda, EMR,
QualityCheck, ClarifyCheck and so on) are simulated: they succeed after `SIMULATED` seconds and have no outputs.
"""

from contextlib import suppress
from copy import deepcopy
from typing import Final

from sagemaker_local.emulator.families.pipelines.caching import cached, digest
from sagemaker_local.emulator.families.pipelines.children import CHILDREN, Child, Run, describe, name_for
from sagemaker_local.emulator.families.pipelines.definition import PlannedStep
from sagemaker_local.emulator.families.pipelines.expressions import Unresolvable, holds, resolve
from sagemaker_local.emulator.families.pipelines.values import Values
from sagemaker_local.emulator.refusal import ServiceError
from sagemaker_local.emulator.resource import Json
from sagemaker_local.emulator.validation import validate

SIMULATED: Final = 30.0
"""Seconds that a simulated step takes; invented."""
UNFINISHED: Final = frozenset({"Starting", "Executing", "Stopping"})
# Both sentences are quoted from real executions in several public repositories.
NOT_CREATED: Final = "ClientError: Failed to invoke sagemaker:{operation}. Error Details: {text}"
NO_RETRY: Final = (
    "\nRetry not appropriate on execution of step with PipelineExecutionArn {arn} and StepId {step}. "
    "No retry policy configured for the exception type SAGEMAKER_RESOURCE_LIMIT."
)


def begin(step: PlannedStep, run: Run) -> Json:
    """Start a step; what is answered is its record, which may be finished already."""
    record: Json = {
        "StepName": step.name,
        "StepStatus": "Executing",
        "StartTime": run.now,
        "Metadata": {},
        "AttemptCount": 1,
    }
    for member, shown in (("DisplayName", "StepDisplayName"), ("Description", "StepDescription")):
        if isinstance(step.body.get(member), str):
            record[shown] = step.body[member]
    try:
        _set_off(step, record, run)
    except Unresolvable as wrong:
        fail(record, f"ClientError: {wrong}", run.now)
    return record


def watch(step: PlannedStep, record: Json, run: Run) -> None:
    """See how a running step is."""
    if "Child" in record:
        _watch_child(CHILDREN[step.type], record, run)
    elif "Due" in record and run.now >= record["Due"]:
        finish(record, run.now)


def stop(step: PlannedStep, record: Json, run: Run) -> None:
    """Stop a running step.

    Lambda steps run on, and callback steps wait for their answer (StopPipelineExecution's documentation).
    """
    if step.type in ("Lambda", "Callback"):
        return
    record["StepStatus"] = "Stopping"
    if "Child" not in record:
        _end(record, "Stopped", run.now)
        return
    child = CHILDREN[step.type]
    if child.stop:
        with suppress(ServiceError):  # it ended by itself meanwhile, which the next look at it shows
            run.world.stage.do(child.stop, {child.name: record["Child"]}, run.execution.place, now=run.now)


def finish(record: Json, now: float) -> None:
    """A step succeeded; in an execution that is being stopped, it is stopped."""
    _end(record, "Stopped" if record["StepStatus"] == "Stopping" else "Succeeded", now)


def fail(record: Json, reason: str, now: float) -> None:
    """A step failed."""
    record["FailureReason"] = reason[:1024]
    _end(record, "Failed", now)


def reuse(record: Json, execution_arn: str, source: Json, *, member: str, now: float) -> None:
    """Let a step stand for what it did in another execution.

    Args:
        execution_arn: the other execution.
        source: the step's record there.
        member: CacheHitResult or SelectiveExecutionResult, which says so.
    """
    record[member] = {"SourcePipelineExecutionArn": execution_arn}
    record["Metadata"] = deepcopy(source["Metadata"])
    record.update({name: deepcopy(source[name]) for name in ("Child", "Outputs") if name in source})
    finish(record, now)


def _end(record: Json, status: str, now: float) -> None:
    record["StepStatus"] = status
    record["EndTime"] = now


def _set_off(step: PlannedStep, record: Json, run: Run) -> None:
    values, arguments = Values(run), step.body.get("Arguments", {})
    if step.type == "Condition":
        outcome = all(holds(condition, values) for condition in arguments.get("Conditions", ()))
        record["Metadata"] = {"Condition": {"Outcome": str(outcome)}}
        finish(record, run.now)
    elif step.type == "Fail":
        message = str(resolve(arguments.get("ErrorMessage", ""), values))
        record["Metadata"] = {"Fail": {"ErrorMessage": message}}
        fail(record, message, run.now)
    elif step.type == "Callback":
        asked = {"CallbackToken": run.world.new_id(10), "SqsQueueUrl": str(step.body.get("SqsQueueUrl", ""))}
        record["Metadata"] = {"Callback": {name: value for name, value in asked.items() if value}}
    elif step.type in CHILDREN:
        _create(step, record, resolve(deepcopy(arguments), values), run)
    else:
        record["Due"] = round(run.now + SIMULATED / run.world.clock.speed, 3)


def _create(step: PlannedStep, record: Json, request: Json, run: Run) -> None:
    child = CHILDREN[step.type]
    record["Digest"] = digest(request)
    source = cached(step, record["Digest"], run)
    if source is not None:
        reuse(record, *source, member="CacheHitResult", now=run.now)
        return
    operation = f"Create{child.kind}"
    if child.name:
        request[child.name] = name_for(child, request.get(child.name), step.name, run)
    try:
        validate(operation, request)
        answer = run.world.stage.do(operation, request, run.execution.place, now=run.now)
    except ServiceError as refused:
        fail(record, _not_created(step, operation, run, refused), run.now)
        return
    record["Child"] = next(value for member, value in answer.items() if member.endswith("Arn"))
    record["Metadata"] = {child.metadata: {"Arn": record["Child"]}}
    if not child.status:
        finish(record, run.now)


def _not_created(step: PlannedStep, operation: str, run: Run, refused: ServiceError) -> str:
    text = NOT_CREATED.format(operation=operation, text=refused.text)
    if refused.code == "ResourceLimitExceeded" and not step.body.get("RetryPolicies"):
        text += NO_RETRY.format(arn=run.execution.arn, step=step.name)
    return text


def _watch_child(child: Child, record: Json, run: Run) -> None:
    try:
        shown = describe(child, record["Child"], run)
    except ServiceError as missing:
        fail(record, f"ClientError: {missing.text}", run.now)
        return
    status = shown[child.status]
    if status == child.done:
        finish(record, run.now)
    elif status in child.broken and record["StepStatus"] == "Stopping":
        _end(record, "Stopped", run.now)
    elif status in child.broken:
        fail(record, str(shown.get("FailureReason") or f"ClientError: {child.kind} is in status {status}."), run.now)
