"""What the status of a monitoring schedule tells about messages and about retraining."""

from copy import deepcopy

from sagemaker_operator.model.schema import Schema


def status() -> Schema:
    """The schemas of ``status.notified`` and ``status.retraining`` by name."""
    return {"notified": _notified(), "retraining": _retraining()}


def _notified() -> Schema:
    message: Schema = {
        "type": "object",
        "properties": {
            "execution": _text("The run whose violations it tells."),
            "scheduledTime": _time("The time that the run was scheduled for."),
            "to": _text("SNS or Webhook."),
            "delivery": _text("What tells it from others: the same each time that it is sent."),
            "state": _text("Waiting, Sent, or GivenUp."),
            "tries": {"description": "How often it was tried.", "type": "integer", "format": "int32"},
            "nextTryTime": _time("When it is tried again."),
            "message": _text("Why it could not be sent."),
        },
    }
    return {
        "description": "What was told of violations, and to whom.",
        "type": "object",
        "properties": {
            "executions": {
                "description": "The latest runs whose violations were told.",
                "type": "array",
                "items": {"type": "string"},
                "x-kubernetes-list-type": "atomic",
            },
            "messages": {
                "description": "The latest messages, besides Events.",
                "type": "array",
                "items": message,
                "x-kubernetes-list-type": "atomic",
            },
        },
    }


def _retraining() -> Schema:
    decision = _decision()
    step = {"type": "object", "properties": {"state": _text("The state."), "time": _time("When it began.")}}
    steps = {"description": "What it went through.", **_list(step)}
    return {
        "description": "What follows from violations: the decision that is under way or was the last one, and those of before.",
        "type": "object",
        "properties": {
            **deepcopy(decision),
            "held": _held(),
            **_lasting(decision),
            "history": {
                "description": "The latest decisions with the time of each step, the newest first.",
                **_list({"type": "object", "properties": {**deepcopy(decision), "steps": steps}}),
            },
        },
    }


def _decision() -> Schema:
    return {
        "decision": _text("What tells it from others; approvals name it."),
        "execution": _text("The run that led to it."),
        "trainingJob": _text("The TrainingJob that was made for it."),
        "trainingJobUID": _text("The UID of that object, once it was there."),
        "decidedTime": _time("When it was taken."),
        "state": _text("How far it is, or how it ended."),
        "since": _time("When it came to that."),
        "message": _text("What there is to say about it."),
        "captured": _captured(),
        "artifact": _text("The artifact that was trained."),
        "metric": {
            "description": "What the gate looked at.",
            "type": "object",
            "properties": {
                "name": _text("The metric."),
                "value": {"description": "Its value for the new model.", "type": "number"},
                "current": {"description": "Its value for the model that served.", "type": "number"},
            },
        },
        "endpoint": {
            "description": "Where the model was promoted to.",
            "type": "object",
            "properties": {
                "name": _text("The Endpoint."),
                "variantName": _text("Its variant."),
                "generation": {
                    "description": "The generation of the Endpoint that has the model.",
                    "type": "integer",
                    "format": "int64",
                },
            },
        },
    }


def _captured() -> Schema:
    return {
        "description": "What was captured for the training.",
        "type": "object",
        "properties": {
            "s3URI": _text("The prefix in S3."),
            "startTime": _time("When the window begins."),
            "endTime": _time("When it ends."),
        },
    }


def _held() -> Schema:
    return {
        "description": "Why violations of the latest run lead to nothing, or not yet.",
        "type": "object",
        "properties": {
            "execution": _text("The run."),
            "reason": _text("Why, in one word."),
            "message": _text("Why, for people."),
        },
    }


def _lasting(decision: Schema) -> Schema:
    """What outlives decisions."""
    return {
        "promoted": {
            "description": "The model that was promoted last.",
            "type": "object",
            "properties": {
                "trainingJob": _text("The TrainingJob of the model."),
                "artifact": _text("Its artifact."),
                "metric": deepcopy(decision["metric"]),
            },
        },
        "baselineSince": _time("Since when baselineFrom counts."),
        "baselineFrom": {
            "description": "What is compared with since a model was promoted, in place of spec.baseline.",
            "type": "object",
            "properties": {
                "captured": _captured(),
                "trainingJob": {
                    "description": "A channel of a TrainingJob.",
                    "type": "object",
                    "properties": {"name": _text("The TrainingJob."), "channel": _text("The channel.")},
                },
            },
        },
    }


def _list(item: Schema) -> Schema:
    return {"type": "array", "items": item, "x-kubernetes-list-type": "atomic"}


def _text(said: str) -> Schema:
    return {"description": said, "type": "string"}


def _time(said: str) -> Schema:
    return {"description": said, "type": "string", "format": "date-time"}
