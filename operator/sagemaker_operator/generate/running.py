"""What job kinds have besides SageMaker's own fields: ``suspend``, ``runPolicy``, and what the status tells about attempts."""

from copy import deepcopy

from botocore.model import Shape

from sagemaker_operator.engine.phase import Phase
from sagemaker_operator.engine.policy import CONTROLLER, RETRYABLE
from sagemaker_operator.kinds import Kind
from sagemaker_operator.model.names import field
from sagemaker_operator.model.schema import Schema

from . import rules

_MOST_SECONDS = 2**31 - 1
_MOST_RETRIES = 20
_MOST_LINES = 50


def controls(kind: Kind) -> Schema:
    """The fields of a spec by which a job is run; none for what is no job."""
    if kind.run is None:
        return {}
    return {"suspend": {"description": _suspending(kind), "type": "boolean"}, "runPolicy": _policy(kind)}


def constrain(spec: Schema, kind: Kind) -> None:
    """Add the rules that relate the run policy to the rest of a spec."""
    if kind.run is None:
        return
    there = "has({0}.runPolicy) && has({0}.runPolicy.managedBy)"
    rules.add(
        spec,
        {
            "rule": f"({there.format('self')}) == ({there.format('oldSelf')})",
            "message": "runPolicy.managedBy is immutable",
            "fieldPath": ".runPolicy",
            "reason": "FieldValueForbidden",
        },
    )
    for path in kind.run.instance_groups:
        own, groups = map(field, path.split("."))
        chosen = f"has(self.{own}) && has(self.{own}.{groups})"
        rules.add(
            spec,
            {
                "rule": f"!(has(self.runPolicy) && has(self.runPolicy.instanceTypes) && {chosen})",
                "message": f"runPolicy.instanceTypes and {own}.{groups} exclude each other",
                "fieldPath": ".runPolicy",
            },
        )


def report(kind: Kind) -> Schema:
    """The operator's part of the status of a job; none for what is no job."""
    if kind.run is None:
        return {}
    told = deepcopy(_STATUS)
    if not kind.run.instance_type:
        del told["instanceType"]
    return told


def _suspending(kind: Kind) -> str:
    stops = (
        ", and one that runs is stopped" if kind.family.stop else "; one that runs goes on, as SageMaker cannot stop it"
    )
    return (
        f"While this is true no {kind.name} is created{stops}. To clear it resumes: as SageMaker runs a job once, that is a new "
        "attempt. Default: false."
    )


def _policy(kind: Kind) -> Schema:
    assert kind.run is not None
    policy: Schema = {
        "description": "How the job is run: limits, retries, and what becomes of this object afterwards.",
        "type": "object",
        "properties": _limits() | _afterwards(),
    }
    rules.add(
        policy,
        {
            "rule": "!has(self.retryOn) || (has(self.backoffLimit) && self.backoffLimit > 0)",
            "message": "retryOn needs a backoffLimit above 0",
            "fieldPath": ".retryOn",
        },
    )
    rules.add(policy, rules.neither_comes_nor_goes("managedBy"))
    if kind.run.start:
        _starting(policy)
    if kind.run.instance_type:
        policy["properties"]["instanceTypes"] = _instance_types(kind)
    return policy


def _limits() -> Schema:
    return {
        "activeDeadlineSeconds": _seconds(
            "How long all attempts together may take, in seconds; then the job is stopped and has failed. Time while it is "
            "suspended does not count.",
            least=1,
        ),
        "backoffLimit": {
            "description": "How often a failed job is tried again, each time as a new job named after the attempt. Default: 0.",
            "type": "integer",
            "format": "int32",
            "minimum": 0,
            "maximum": _MOST_RETRIES,
        },
        "retryOn": {
            "description": "The failures after which it is tried again. Default: all of them but AlgorithmError.",
            "type": "array",
            "items": {"type": "string", "enum": [str(one) for one in RETRYABLE]},
            "minItems": 1,
            "maxItems": len(RETRYABLE),
            "x-kubernetes-list-type": "set",
        },
    }


def _afterwards() -> Schema:
    return {
        "ttlSecondsAfterFinished": _seconds(
            "When this object is deleted after the job has finished, in seconds. Default: never."
        ),
        "ttlSecondsAfterSucceeded": _seconds("The same after success; goes before ttlSecondsAfterFinished."),
        "ttlSecondsAfterFailed": _seconds("The same after failure; goes before ttlSecondsAfterFinished."),
        "managedBy": {
            "description": (
                f"The controller that runs the job. This operator leaves alone whatever names another one than {CONTROLLER}. "
                "Immutable."
            ),
            "type": "string",
            "minLength": 1,
            "maxLength": 63,
            "x-kubernetes-validations": [rules.unchanged("managedBy")],
        },
        "logTailLines": {
            "description": "How many of the last lines of its log the status shows when it has failed; 0 for none. Default: 20.",
            "type": "integer",
            "format": "int32",
            "minimum": 0,
            "maximum": _MOST_LINES,
        },
    }


def _starting(policy: Schema) -> None:
    policy["properties"]["startupDeadlineSeconds"] = _seconds(
        "How long an attempt may wait for instances before its work begins, in seconds; then it is stopped as if there were no "
        "capacity.",
        least=1,
    )
    rules.add(
        policy,
        {
            "rule": (
                "!has(self.startupDeadlineSeconds) || !has(self.activeDeadlineSeconds) || "
                "self.startupDeadlineSeconds <= self.activeDeadlineSeconds"
            ),
            "message": "startupDeadlineSeconds is longer than activeDeadlineSeconds",
            "fieldPath": ".startupDeadlineSeconds",
        },
    )


def _instance_types(kind: Kind) -> Schema:
    assert kind.run is not None
    path = kind.run.instance_type.split(".")
    shape: Shape = kind.family.spec_members[path[0]]
    for name in path[1:]:
        shape = shape.members[name]  # type: ignore[attr-defined]
    where = ".".join(map(field, path))
    return {
        "description": (
            f"Instance types to try in this order, after {where} if that is set, when there is no capacity or no quota for one. "
            "To go on to the next does not count against backoffLimit."
        ),
        "type": "array",
        "items": {"type": "string", "enum": list(shape.enum)},  # type: ignore[attr-defined]
        "minItems": 1,
        "maxItems": 10,
        "x-kubernetes-list-type": "set",
    }


def _seconds(said: str, *, least: int = 0) -> Schema:
    return {
        "description": said,
        "type": "integer",
        "format": "int32",
        "minimum": least,
        "maximum": _MOST_SECONDS,
    }


def _time(said: str) -> Schema:
    return {"description": said, "type": "string", "format": "date-time"}


_STATUS: Schema = {
    "phase": {
        "description": f"The state in one word: {', '.join(Phase)}.",
        "type": "string",
    },
    "activeSince": _time("Since when attempts have been under way, without a suspension in between."),
    "attemptSince": _time("When the current attempt was begun."),
    "nextAttemptTime": _time("When the next attempt begins, after a failed one."),
    "retries": {
        "description": "How many attempts counted against runPolicy.backoffLimit.",
        "type": "integer",
        "format": "int32",
    },
    "instanceType": {
        "description": "The instance type of the current attempt, where runPolicy.instanceTypes gives a choice.",
        "type": "string",
    },
    "attempts": {
        "description": "The attempts that are over, at most the last 20.",
        "type": "array",
        "items": {
            "type": "object",
            "properties": {
                "attempt": {"description": "Its number, from 1 on.", "type": "integer", "format": "int64"},
                "name": {"description": "The name of the job in SageMaker.", "type": "string"},
                "phase": {"description": "Succeeded, Failed or Stopped.", "type": "string"},
                "reason": {"description": "Why it ended, in one word.", "type": "string"},
                "message": {"description": "Why, for people.", "type": "string"},
                "instanceType": {
                    "description": "What it ran on, where runPolicy.instanceTypes gives a choice.",
                    "type": "string",
                },
                "startTime": _time("When its work began."),
                "completionTime": _time("When it was over."),
                "billableSeconds": {
                    "description": "Seconds of instances that AWS bills for it.",
                    "type": "integer",
                    "format": "int64",
                },
            },
        },
        "x-kubernetes-list-type": "atomic",
    },
}
