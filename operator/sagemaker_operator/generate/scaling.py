"""What a kind that can be scaled has in its spec and its status: Application Auto Scaling's own members, put shortly."""

from copy import deepcopy

from sagemaker_operator.kinds import Kind
from sagemaker_operator.kinds.scalable import FIELD, Scalable
from sagemaker_operator.model import scaling as service
from sagemaker_operator.model.names import field
from sagemaker_operator.model.schema import Schema, strict

from . import rules

_MOST_POLICIES = 10
_MOST_ACTIONS = 20
_POLICY: Schema = {"type": "string", "minLength": 1, "maxLength": 256, "pattern": r"^[ -~]+$"}
# As the pattern of the service model says: no control characters, colons, slashes or bars.
_ACTION: Schema = {
    "type": "string",
    "minLength": 1,
    "maxLength": 256,
    "pattern": r"^[^ :/|\x00-\x1f\x7f]([^:/|\x00-\x1f\x7f]*[^ :/|\x00-\x1f\x7f])?$",
}
_TOLD = "has({0}.name) ? {0}.name : has({0}.predefinedMetric) ? {0}.predefinedMetric : {0}.customizedMetric.metricName"


def fields(kind: Kind) -> tuple[str, ...]:
    """The fields of a spec that are about it; all of them can change."""
    return (FIELD,) if kind.scalable is not None and not kind.scalable.items else ()


def add(spec: Schema, kind: Kind) -> None:
    """Add the field to the schema of a spec, or of the items of a list in it."""
    row = kind.scalable
    if row is None:
        return
    part = spec["properties"][row.items]["items"] if row.items else spec
    part["properties"][FIELD] = _autoscaling(row)
    if row.instead:
        _hold_apart(part, row)
    if row.zero_with and row.items:
        rules.add(
            spec,
            {
                "rule": (
                    f"!has(self.{row.items}) || has(self.{row.zero_with}) || "
                    f"self.{row.items}.all(one, !has(one.{FIELD}) || one.{FIELD}.minCapacity > 0)"
                ),
                "message": f"{FIELD}.minCapacity can be 0 only with {row.zero_with}",
                "fieldPath": f".{row.items}",
            },
        )


def report(kind: Kind) -> Schema:
    """The operator's part of the status about it; none for other kinds."""
    if kind.scalable is None:
        return {}
    told = deepcopy(_STATUS)
    if not kind.scalable.items:
        del told["scaling"]["items"]["properties"]["variantName"]
    return told


def _autoscaling(row: Scalable) -> Schema:
    schema: Schema = {
        "description": (
            f"Lets Application Auto Scaling change the number of {row.count}, between two bounds. "
            "See docs/endpoints.md on autoscaling."
        ),
        "type": "object",
        "properties": {
            "minCapacity": _number(f"The least number of {row.count}.", least=0),
            "maxCapacity": _number(f"The greatest number of {row.count}.", least=1),
            "suspendedState": {
                **strict(service.structure("SuspendedState")),
                "description": "What of it is suspended. Without this field what others suspend stays so.",
            },
            "targetTracking": _list("Policies that keep a metric at a value.", _tracking(row), _MOST_POLICIES),
            "step": _list("Policies that an alarm of CloudWatch sets off.", _step(), _MOST_POLICIES, key="name"),
            "scheduled": _list("Other bounds at certain times.", _action(), _MOST_ACTIONS, key="name"),
        },
        "required": ["minCapacity", "maxCapacity"],
    }
    _tell_names_apart(schema)
    rules.add(
        schema,
        {
            "rule": "self.minCapacity <= self.maxCapacity",
            "message": "minCapacity must not be greater than maxCapacity",
            "fieldPath": ".minCapacity",
        },
    )
    return schema


def _tell_names_apart(schema: Schema) -> None:
    """Application Auto Scaling knows a policy by its name."""
    one, other = (f"({_TOLD.format(name)})" for name in ("one", "other"))
    rules.add(
        schema,
        {
            "rule": (
                "!has(self.targetTracking) || "
                f"self.targetTracking.all(one, self.targetTracking.exists_one(other, {one} == {other}))"
            ),
            "message": "policies of targetTracking must have different names; without one they are named as their metric",
            "fieldPath": ".targetTracking",
        },
    )
    rules.add(
        schema,
        {
            "rule": (
                "!has(self.targetTracking) || !has(self.step) || "
                f"self.step.all(other, self.targetTracking.all(one, {one} != other.name))"
            ),
            "message": "policies of targetTracking and step must have different names",
            "fieldPath": ".step",
        },
    )


def _tracking(row: Scalable) -> Schema:
    shape = service.structure("TargetTrackingScalingPolicyConfiguration")
    whole = strict(shape)["properties"]
    custom = strict(service.structure("CustomizedMetricSpecification"))
    custom["description"] = (
        "The metric, if it is none of those. Without dimensions a metric of SageMaker is meant with those of this resource."
    )
    item: Schema = {
        "type": "object",
        "properties": {
            "name": {"description": "Its name. Default: the name of the metric.", **_POLICY},
            "predefinedMetric": {"description": "The metric.", "type": "string", "enum": [*row.metrics]},
            "customizedMetric": custom,
            **{name: whole[name] for name in ("targetValue", "scaleInCooldown", "scaleOutCooldown", "disableScaleIn")},
        },
        "required": ["targetValue"],
    }
    for name in ("scaleInCooldown", "scaleOutCooldown"):
        item["properties"][name]["minimum"] = 0
    rules.add(item, rules.one_of([["predefinedMetric"], ["customizedMetric"]], required=True))
    rules.add(
        item,
        {
            "rule": "has(self.name) || !has(self.customizedMetric) || has(self.customizedMetric.metricName)",
            "message": "name must be set for a metric without a name of its own",
            "fieldPath": ".name",
        },
    )
    return item


def _step() -> Schema:
    item = strict(service.structure("StepScalingPolicyConfiguration"))
    item.pop("description", None)
    item["properties"] = {"name": {"description": "Its name.", **_POLICY}, **item["properties"]}
    item["properties"]["stepAdjustments"]["minItems"] = 1
    item["required"] = ["name", "adjustmentType", "stepAdjustments"]
    return item


def _action() -> Schema:
    whole = service.request("PutScheduledAction")
    when = {field(name): strict(whole.members[name]) for name in ("Schedule", "Timezone", "StartTime", "EndTime")}
    when["schedule"]["pattern"] = r"^(at|rate|cron)\(.+\)$"
    bounds = strict(service.structure("ScalableTargetAction"))["properties"]
    for bound in bounds.values():
        bound["minimum"] = 0
    item: Schema = {
        "type": "object",
        "properties": {"name": {"description": "Its name.", **_ACTION}, **when, **bounds},
        "required": ["name", "schedule"],
    }
    rules.add(
        item,
        {
            "rule": "has(self.minCapacity) || has(self.maxCapacity)",
            "message": "minCapacity or maxCapacity must be set",
            "fieldPath": ".minCapacity",
        },
    )
    rules.add(
        item,
        {
            "rule": "!has(self.minCapacity) || !has(self.maxCapacity) || self.minCapacity <= self.maxCapacity",
            "message": "minCapacity must not be greater than maxCapacity",
            "fieldPath": ".minCapacity",
        },
    )
    return item


def _hold_apart(item: Schema, row: Scalable) -> None:
    """What of a serverless variant is scaled is its provisioned concurrency, and that is tracked by a metric of its own."""
    (instead,) = row.instead
    rules.add(
        item,
        {
            "rule": f"!has(self.{FIELD}) || !has(self.{instead}) || has(self.{instead}.provisionedConcurrency)",
            "message": f"of a serverless variant only {instead}.provisionedConcurrency can be scaled, and it is not set",
            "fieldPath": f".{FIELD}",
        },
    )
    metric = next(name for name in row.metrics if "ProvisionedConcurrency" in name)
    rules.add(
        item,
        {
            "rule": (
                f"!has(self.{FIELD}) || !has(self.{FIELD}.targetTracking) || "
                f"self.{FIELD}.targetTracking.all(one, !has(one.predefinedMetric) || "
                f"(one.predefinedMetric == '{metric}') == has(self.{instead}))"
            ),
            "message": f"{metric} is the one metric of serverless variants, and theirs alone",
            "fieldPath": f".{FIELD}",
        },
    )


def _list(said: str, items: Schema, most: int, *, key: str = "") -> Schema:
    kind: Schema = {"x-kubernetes-list-type": "atomic"}
    if key:
        kind = {"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": [key]}
    return {"description": said, "type": "array", "items": items, "maxItems": most, **kind}


def _number(said: str, *, least: int) -> Schema:
    return {"description": said, "type": "integer", "format": "int64", "minimum": least}


def _text(said: str) -> Schema:
    return {"description": said, "type": "string"}


def _count(said: str) -> Schema:
    return {"description": said, "type": "integer", "format": "int64"}


_HASH = _text("A digest of what was asked of it.")
_STATUS: Schema = {
    "scaling": {
        "description": "What Application Auto Scaling scales for this object.",
        "type": "array",
        "items": {
            "type": "object",
            "properties": {
                "variantName": _text("The variant."),
                "resourceID": _text("What Application Auto Scaling calls it."),
                "scalableDimension": _text("Which of its counts."),
                "minCapacity": _count("The least number."),
                "maxCapacity": _count("The greatest number."),
                "current": _count("The number at present."),
                "desired": _count("The number that is wanted."),
                "policies": {
                    "description": "The policies of this object.",
                    "type": "array",
                    "items": {
                        "type": "object",
                        "properties": {
                            "name": _text("Its name."),
                            "type": _text("TargetTrackingScaling or StepScaling."),
                            "arn": _text("Its ARN, for the actions of an alarm."),
                            "hash": _HASH,
                        },
                    },
                    "x-kubernetes-list-type": "atomic",
                },
                "scheduled": {
                    "description": "The scheduled actions of this object.",
                    "type": "array",
                    "items": {"type": "object", "properties": {"name": _text("Its name."), "hash": _HASH}},
                    "x-kubernetes-list-type": "atomic",
                },
            },
        },
        "x-kubernetes-list-type": "atomic",
    },
    "scalingHash": _text("A digest of what was asked of Application Auto Scaling, to tell when the spec changes it."),
}
