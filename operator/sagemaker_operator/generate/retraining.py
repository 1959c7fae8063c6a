"""What a monitoring schedule says about messages and about retraining: ``notify``, ``onViolation``, and what became of both.

Not here: what follows from it (`composites.monitoring.notices`, `composites.monitoring.retraining`).
"""

from copy import deepcopy
from typing import Any

from sagemaker_operator.kinds import GROUP, KINDS
from sagemaker_operator.model.schema import Schema

from . import rules, templates

_TRAINED = "TrainingJob"
# As many decisions as the status remembers: of older ones nobody can tell how many a week had.
MOST_DECISIONS = 10
_CAPTURED = "(has(self.capturedChannel) ? self.capturedChannel : 'captured')"
_CHANNELS = "self.trainingJobTemplate.spec.inputDataConfig"


def notify() -> Schema:
    """The schema of ``spec.notify``."""
    return {
        "description": "Whom to tell of violations, each time once, besides by an Event.",
        "type": "object",
        "properties": {
            "snsTopicARN": {
                "description": "A topic of Amazon SNS.",
                "type": "string",
                "maxLength": 512,
                # https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html on the name
                "pattern": r"^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}(\.fifo)?$",
            },
            "webhook": {
                "description": "A URL to which JSON is posted: see docs/monitoring.md.",
                "type": "object",
                "properties": {
                    "urlFrom": _key("A key of a Secret in this namespace that holds the URL, which begins with https."),
                    "signingKeyFrom": _key(
                        "A key of a Secret in this namespace: what is posted carries an HMAC-SHA256 made with its value."
                    ),
                },
                "required": ["urlFrom"],
            },
        },
    }


def on_violation() -> Schema:
    """The schema of ``spec.onViolation``."""
    schema: Schema = {
        "description": "When violations are to lead to another training, and when what was trained is to serve.",
        "type": "object",
        "properties": {
            **_trigger(),
            "trainingJobTemplate": _template(),
            "capturedChannel": {
                "description": (
                    "The channel of trainingJobTemplate that is given what was captured. Its dataSource may be left out. "
                    "Default: captured, if there is a channel of that name."
                ),
                "type": "string",
                "minLength": 1,
                "maxLength": 64,
                "pattern": r"^[A-Za-z0-9\.\-_]+$",
            },
            "gate": _gate(),
            "promote": _promote(),
            "rebaseline": {
                "description": (
                    "What later runs compare with once the model serves: Never anything else, what was Captured, or "
                    "TrainingData, which is the first other channel that the model was trained with."
                ),
                "type": "string",
                "enum": ["Never", "Captured", "TrainingData"],
                "default": "Never",
            },
        },
        "required": ["trainingJobTemplate"],
    }
    _hold_together(schema)
    return schema


def status() -> Schema:
    """The schemas of ``status.notified`` and ``status.retraining`` by name."""
    return {"notified": _notified(), "retraining": _retraining()}


def _trigger() -> Schema:
    return {
        "checkTypes": _words("The checks whose violations count, such as baseline_drift_check. Default: all.", most=20),
        "features": _words(
            "The features whose violations count, as far as they are among the worst that status tells. Default: all.",
            most=100,
        ),
        "minViolations": _count("How many violations that count one run must have.", least=1, default=1),
        "minSamples": _count("How many records a run must have looked at to count.", least=0, default=0),
        "consecutiveExecutions": {
            **_count("How many runs in a row must have such violations.", least=1, default=1),
            "maximum": MOST_DECISIONS,
        },
        "cooldown": {
            "description": "How long after one decision to train there is no other, as 90m, 24h or 1d12h.",
            "type": "string",
            "pattern": "^([0-9]{1,6}[dhms])+$",
            "maxLength": 32,
            "default": "24h",
        },
        "maxRetrainsPerWeek": {
            **_count("How many such decisions there are in any seven days at most.", least=1, default=2),
            "maximum": MOST_DECISIONS,
        },
    }


def _template() -> Schema:
    kind = KINDS[_TRAINED]
    spec = templates.of(kind)
    channel = spec["properties"]["inputDataConfig"]["items"]
    channel["required"] = [name for name in channel["required"] if name != "dataSource"]
    return {
        "description": (
            f"What each {_TRAINED} is made of. The environment variables CAPTURED_START and CAPTURED_END tell it the window of "
            "the run that led to it, in RFC 3339."
        ),
        "type": "object",
        "properties": {"metadata": templates.metadata(kind), "spec": spec},
        "required": ["spec"],
    }


def _gate() -> Schema:
    schema: Schema = {
        "description": "What a model must achieve to go on. Without it every model does that was trained.",
        "type": "object",
        "properties": {
            "metric": {
                "description": "A metric that the training reports at its end (finalMetricDataList).",
                "type": "string",
                "minLength": 1,
                "maxLength": 255,
            },
            "goal": {
                "description": "Which of two values is better: the greater one (Maximize) or the lesser one (Minimize).",
                "type": "string",
                "enum": ["Maximize", "Minimize"],
                "default": "Maximize",
            },
            "min": {"description": "The least value that is good enough.", "type": "number"},
            "max": {"description": "The greatest value that is good enough.", "type": "number"},
            "betterThanCurrent": {
                "description": "Whether it must be better than that of the model which serves.",
                "type": "boolean",
            },
        },
        "required": ["metric"],
    }
    _refuse(
        schema,
        "has(self.min) || has(self.max) || (has(self.betterThanCurrent) && self.betterThanCurrent)",
        "gate needs at least one of min, max and betterThanCurrent",
        "metric",
    )
    _refuse(
        schema, "!has(self.min) || !has(self.max) || self.min <= self.max", "gate.min must not be above gate.max", "min"
    )
    return schema


def _promote() -> Schema:
    schema: Schema = {
        "description": "Which endpoint is to serve the model. Without it the model is trained, and nothing else.",
        "type": "object",
        "properties": {
            "endpointRef": {
                "description": "An Endpoint in this namespace that describes its variants in place.",
                **_named("The name of the Endpoint."),
            },
            "variantName": {
                "description": "The variant to give the model to. Default: the only one of productionVariants.",
                "type": "string",
                "minLength": 1,
                "maxLength": 63,
            },
            "strategy": {
                "description": (
                    "How the model takes over: AsConfigured leaves deploymentConfig of the Endpoint as it is; the others set it "
                    "to move all requests at once, a tenth of the capacity first (Canary) or a fifth after the other (Linear)."
                ),
                "type": "string",
                "enum": ["AsConfigured", "AllAtOnce", "Canary", "Linear"],
                "default": "AsConfigured",
            },
            "alarms": {
                "description": "Alarms of CloudWatch that end the roll-out. Default: those that deploymentConfig has.",
                "type": "array",
                # https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AutoRollbackConfig.html
                "minItems": 1,
                "maxItems": 10,
                "items": {
                    "type": "object",
                    "properties": {
                        "alarmName": {
                            "description": "The name of an alarm.",
                            "type": "string",
                            "minLength": 1,
                            "maxLength": 255,
                        }
                    },
                    "required": ["alarmName"],
                },
                "x-kubernetes-list-type": "atomic",
            },
            "approval": {
                "description": (
                    f"Who says that it may serve: Automatic, or Manual, which waits for the annotation {GROUP}/approve with "
                    "the decision that status.retraining tells."
                ),
                "type": "string",
                "enum": ["Manual", "Automatic"],
                "default": "Manual",
            },
        },
        "required": ["endpointRef"],
    }
    _refuse(
        schema,
        "!has(self.alarms) || (has(self.strategy) && self.strategy != 'AsConfigured')",
        "alarms need another strategy than AsConfigured, which leaves those of the Endpoint as they are",
        "alarms",
    )
    return schema


def _hold_together(schema: Schema) -> None:
    _refuse(
        schema,
        f"!has(self.capturedChannel) || (has({_CHANNELS}) && "
        f"{_CHANNELS}.exists(one, one.channelName == self.capturedChannel))",
        "trainingJobTemplate.spec.inputDataConfig has no channel of the name that capturedChannel says",
        "capturedChannel",
    )
    _refuse(
        schema,
        f"!has({_CHANNELS}) || {_CHANNELS}.all(one, has(one.dataSource) || one.channelName == {_CAPTURED})",
        "each channel but the captured one needs a dataSource",
        "trainingJobTemplate",
    )
    _refuse(
        schema,
        f"!has({_CHANNELS}) || {_CHANNELS}.all(one, one.channelName != {_CAPTURED} || !has(one.dataSource) || "
        "has(one.dataSource.s3DataSource))",
        "the captured channel can have no dataSource but an s3DataSource",
        "trainingJobTemplate",
    )
    _refuse(
        schema,
        "!has(self.gate) || !has(self.gate.betterThanCurrent) || !self.gate.betterThanCurrent || has(self.promote)",
        "gate.betterThanCurrent needs promote, which says which model is the current one",
        "gate",
    )
    _refuse(
        schema,
        "!has(self.rebaseline) || self.rebaseline == 'Never' || has(self.promote)",
        "rebaseline needs promote: nothing changes before another model serves",
        "rebaseline",
    )


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
    decision: Schema = {
        "decision": _text("What tells it from others; approvals name it."),
        "execution": _text("The run that led to it."),
        "trainingJob": _text("The TrainingJob that was made for it."),
        "trainingJobUID": _text("The UID of that object, once it was there."),
        "decidedTime": _time("When it was taken."),
        "state": _text("How far it is, or how it ended."),
        "since": _time("When it came to that."),
        "message": _text("What there is to say about it."),
        "captured": {
            "description": "What was captured for the training.",
            "type": "object",
            "properties": {
                "s3URI": _text("The prefix in S3."),
                "startTime": _time("When the window begins."),
                "endTime": _time("When it ends."),
            },
        },
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
    step = {"type": "object", "properties": {"state": _text("The state."), "time": _time("When it began.")}}
    return {
        "description": "What follows from violations: the decision that is under way or was the last one, and those of before.",
        "type": "object",
        "properties": {
            **deepcopy(decision),
            "held": {
                "description": "Why violations of the latest run lead to nothing, or not yet.",
                "type": "object",
                "properties": {
                    "execution": _text("The run."),
                    "reason": _text("Why, in one word."),
                    "message": _text("Why, for people."),
                },
            },
            "promoted": {
                "description": "The model that was promoted last.",
                "type": "object",
                "properties": {
                    "trainingJob": _text("The TrainingJob of the model."),
                    "artifact": _text("Its artifact."),
                    "metric": decision["metric"],
                },
            },
            "baselineSince": _time("Since when baselineFrom counts."),
            "baselineFrom": {
                "description": "What is compared with since a model was promoted, in place of spec.baseline.",
                "type": "object",
                "properties": {
                    "captured": decision["captured"],
                    "trainingJob": {
                        "description": "A channel of a TrainingJob.",
                        "type": "object",
                        "properties": {"name": _text("The TrainingJob."), "channel": _text("The channel.")},
                    },
                },
            },
            "history": {
                "description": "The latest decisions with the time of each step, the newest first.",
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        **deepcopy(decision),
                        "steps": {
                            "description": "What it went through.",
                            "type": "array",
                            "items": step,
                            "x-kubernetes-list-type": "atomic",
                        },
                    },
                },
                "x-kubernetes-list-type": "atomic",
            },
        },
    }


def _key(said: str) -> Schema:
    key = {
        "description": "The key.",
        "type": "string",
        "minLength": 1,
        "maxLength": 253,
        "pattern": "^[-._a-zA-Z0-9]+$",
    }
    named = _named("The name of the Secret.")
    return {
        "description": said,
        **named,
        "properties": {**named["properties"], "key": key},
        "required": ["name", "key"],
    }


def _named(said: str) -> Schema:
    return {
        "type": "object",
        "properties": {"name": {"description": said, "type": "string", "minLength": 1, "maxLength": 253}},
        "required": ["name"],
        "x-kubernetes-map-type": "atomic",
    }


def _words(said: str, *, most: int) -> Schema:
    return {
        "description": said,
        "type": "array",
        "items": {"type": "string", "minLength": 1, "maxLength": 256},
        "maxItems": most,
        "x-kubernetes-list-type": "set",
    }


def _count(said: str, *, least: int, default: int) -> dict[str, Any]:
    return {
        "description": said,
        "type": "integer",
        "format": "int64",
        "minimum": least,
        "maximum": 2**31 - 1,
        "default": default,
    }


def _text(said: str) -> Schema:
    return {"description": said, "type": "string"}


def _time(said: str) -> Schema:
    return {"description": said, "type": "string", "format": "date-time"}


def _refuse(schema: Schema, unless: str, message: str, at: str) -> None:
    rules.add(schema, {"rule": unless, "message": message, "fieldPath": f".{at}"})
