"""What a monitoring schedule says about messages and about retraining: ``notify``, ``onViolation``, and what became of both.

Not here: what follows from it (`composites.monitoring.notices`, `composites.monitoring.retraining`).
"""

from typing import Any

from sagemaker_operator.kinds import GROUP, KINDS
from sagemaker_operator.model.schema import Schema

from . import rules, templates
from .retraining_status import status

__all__ = ["MOST_DECISIONS", "notify", "on_violation", "status"]

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
            "alarms": _alarms(),
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


def _alarms() -> Schema:
    return {
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
    }


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


def _refuse(schema: Schema, unless: str, message: str, at: str) -> None:
    rules.add(schema, {"rule": unless, "message": message, "fieldPath": f".{at}"})
