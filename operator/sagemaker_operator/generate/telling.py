"""What the status of a job tells about its work and its failure, as schemas: ``run`` and ``failure``."""

from copy import deepcopy

from sagemaker_operator.engine.failure import Class
from sagemaker_operator.kinds import Kind
from sagemaker_operator.model.schema import Schema


def report(kind: Kind) -> Schema:
    """The fields by name; none for what is no job."""
    if kind.run is None:
        return {}
    return {"run": _run(kind), "failure": _failure(kind)}


def _run(kind: Kind) -> Schema:
    row = kind.run
    assert row is not None
    fields: Schema = {
        "startTime": _time(
            "When its work began."
            if row.start
            else "When it was asked for: SageMaker does not tell when its work began."
        ),
        "completionTime": _time(
            "When it was over."
            if row.end
            else "When its record changed last, once it is over: SageMaker does not tell more."
        ),
        "durationSeconds": _seconds("How long it took from start to end."),
    }
    if row.instance_type:
        fields["instanceType"] = _text("What it runs on.")
    if row.instance_count:
        each = "SageMaker's billable time" if row.billable else "The time from start to end"
        fields["billableSeconds"] = _seconds(f"{each} times the number of instances, of all attempts together.")
    if row.spot:
        fields["spotSavingsPercent"] = _seconds("How much cheaper spot instances made it.")
    if row.console:
        fields["consoleURL"] = _text("Its page in the AWS console.")
    if row.logs is not None:
        fields |= {
            "logGroup": _text("The log group of CloudWatch to which its containers write."),
            "logStreamPrefix": _text("How the names of its log streams begin."),
            "logsURL": _text("Its log streams in the AWS console."),
        }
    return {
        "description": "The work of the current attempt: when, for how much, and where to see more of it.",
        "type": "object",
        "properties": fields,
    }


def _failure(kind: Kind) -> Schema:
    fields: Schema = {
        "class": _text(f"The class of the failure: {', '.join(Class)}, or another one that SageMaker names."),
        "message": _text("What happened, in the words of SageMaker."),
        "missingPermission": deepcopy(_PERMISSION),
    }
    if kind.run is not None and kind.run.logs is not None:
        fields["logStream"] = _text("The log stream that logTail is from: that of the container that failed.")
        fields["logTail"] = {
            "description": "The last lines of its log; see runPolicy.logTailLines.",
            "type": "array",
            "items": {"type": "string"},
            "x-kubernetes-list-type": "atomic",
        }
    return {
        "description": "Why the last attempt failed; not there once the next one is under way.",
        "type": "object",
        "properties": fields,
    }


def _text(said: str) -> Schema:
    return {"description": said, "type": "string"}


def _seconds(said: str) -> Schema:
    return {"description": said, "type": "integer", "format": "int64"}


def _time(said: str) -> Schema:
    return {"description": said, "type": "string", "format": "date-time"}


_PERMISSION: Schema = {
    "description": "The permission that was missing, where AWS names one.",
    "type": "object",
    "properties": {
        "action": _text("The action that was not allowed, such as s3:GetObject."),
        "resource": _text("What it was about."),
        "principal": _text("Who lacks the permission."),
        "because": _text("Whether no policy allows it or one forbids it, and of which kind that policy is."),
    },
}
