"""Scalable targets with their policies and scheduled actions, and what Application Auto Scaling refuses about them.

What the service adds to a request by itself shows in the answers, as it does at AWS.
"""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from sagemaker_local.emulator.refusal import UNVERIFIED, VALIDATION, Refusal
from sagemaker_local.emulator.resource import Json, Place, partition

NOT_REGISTERED: Final = Refusal(
    "ObjectNotFoundException",
    "No scalable target registered for service namespace: sagemaker, resource ID: {resource}, scalable dimension: {dimension}",
    evidence="ansible/ansible#40237, cloudposse/terraform-aws-ecs-cloudwatch-autoscaling#36",
)
NO_TARGET: Final = Refusal(
    "ObjectNotFoundException",
    "No scalable target found for service namespace: sagemaker, resource ID: {resource}, scalable dimension: {dimension}",
    evidence="moto's Application Auto Scaling; the code: DeregisterScalableTarget of the service model",
)
NO_POLICY: Final = Refusal(
    "ObjectNotFoundException",
    "No scaling policy found for service namespace: sagemaker, resource ID: {resource}, scalable dimension: {dimension}, "
    "policy name: {name}",
    evidence="moto's Application Auto Scaling; the code: DeleteScalingPolicy of the service model",
)
NO_ACTION: Final = Refusal(
    "ObjectNotFoundException",
    "No scheduled action found for service namespace: sagemaker, resource ID: {resource}, scalable dimension: {dimension}, "
    "scheduled action name: {name}",
    evidence=f"the code: DeleteScheduledAction of the service model; {UNVERIFIED} text",
)
ONE_PER_METRIC: Final = Refusal(
    VALIDATION,
    "Only one TargetTrackingScaling policy for a given metric specification is allowed.",
    evidence="hashicorp/terraform-provider-aws#41179",
)
NOT_THERE: Final = Refusal(
    VALIDATION,
    "The resource does not exist: {resource}.",
    evidence=f"that it must exist: ResourceId of RegisterScalableTarget's documentation; {UNVERIFIED} text",
)
NO_BOUNDS: Final = Refusal(
    VALIDATION,
    "{member} must be specified when a new scalable target is registered.",
    evidence=f"the rule: RegisterScalableTarget's documentation; {UNVERIFIED} text",
)
REVERSED: Final = Refusal(
    VALIDATION,
    "Maximum capacity cannot be less than minimum capacity",
    evidence=UNVERIFIED,
)
NO_CONFIGURATION: Final = Refusal(
    VALIDATION,
    "{member} must be specified for a policy of type {type}.",
    evidence=f"the rule: PutScalingPolicy's documentation; {UNVERIFIED} text",
)
_NOT_SUSPENDED: Final = {
    "DynamicScalingInSuspended": False,
    "DynamicScalingOutSuspended": False,
    "ScheduledScalingSuspended": False,
}
_ROLE: Final = (
    "aws-service-role/sagemaker.application-autoscaling.amazonaws.com/"
    "AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint"
)
# What the answers show of a target-tracking policy that said nothing about it: amazon-sagemaker-operator-for-k8s#154.
_TRACKING: Final = {"ScaleOutCooldown": 300, "ScaleInCooldown": 300, "DisableScaleIn": False}
_OF_ACTIONS: Final = ("Schedule", "Timezone", "StartTime", "EndTime", "ScalableTargetAction")
_CONFIGURATIONS: Final = {
    "StepScaling": "StepScalingPolicyConfiguration",
    "TargetTrackingScaling": "TargetTrackingScalingPolicyConfiguration",
}

REMEMBERED: Final = 1000
"""Activities that are kept; AWS keeps those of six weeks."""

Key = tuple[Place, str, str]


@dataclass(slots=True)
class Target:
    """A registered target; all are members of the answers."""

    shown: Json
    policies: dict[str, Json] = field(default_factory=dict)
    actions: dict[str, Json] = field(default_factory=dict)


class Targets:
    """All scalable targets of SageMaker's resources.

    Args:
        exists: whether there is something to scale, by its place, resource id and dimension.
        new_id: makes ids of so many characters.
        now: the time, in epoch seconds.
    """

    def __init__(
        self, *, exists: Callable[[Place, str, str], bool], new_id: Callable[[int], str], now: Callable[[], float]
    ) -> None:
        self._exists, self._new_id, self._now = exists, new_id, now
        self.known: dict[Key, Target] = {}
        self._activities: deque[tuple[Place, Json]] = deque(maxlen=REMEMBERED)

    def limits(self, place: Place, resource: str) -> tuple[int, int] | None:
        """The least and the greatest capacity of a resource; None if it is not registered."""
        found = next((one for (where, name, _), one in self.known.items() if (where, name) == (place, resource)), None)
        return None if found is None else (int(found.shown["MinCapacity"]), int(found.shown["MaxCapacity"]))

    def forget(self, place: Place, resource: str) -> None:
        """Deregister a resource, without a word."""
        for key in [key for key in self.known if key[:2] == (place, resource)]:
            del self.known[key]

    def register(self, request: Json, place: Place) -> Json:
        """RegisterScalableTarget: what is not said of a known target stays."""
        key = _key(request, place)
        if not self._exists(*key):
            raise NOT_THERE.error(resource=request["ResourceId"])
        before = self.known.get(key)
        said = {k: v for k, v in request.items() if k in ("MinCapacity", "MaxCapacity", "SuspendedState")}
        if before is None:
            for member in ("MinCapacity", "MaxCapacity"):
                if member not in said:
                    raise NO_BOUNDS.error(member=member)
            before = Target(self._fresh(request, place))
        suspended = {**before.shown["SuspendedState"], **said.get("SuspendedState", {})}
        after = {**before.shown, **said, "SuspendedState": suspended}
        if after["MaxCapacity"] < after["MinCapacity"]:
            raise REVERSED.error()
        before.shown = after
        self.known[key] = before
        return {"ScalableTargetARN": after["ScalableTargetARN"]}

    def deregister(self, request: Json, place: Place) -> Json:
        """DeregisterScalableTarget: policies and scheduled actions go with it, as its documentation says."""
        if self.known.pop(_key(request, place), None) is None:
            raise NO_TARGET.error(**_about(request))
        return {}

    def targets(self, request: Json, place: Place) -> list[Json]:
        """DescribeScalableTargets."""
        ids, dimension = request.get("ResourceIds"), request.get("ScalableDimension")
        return [
            one.shown
            for (where, name, counted), one in self.known.items()
            if where == place and (not ids or name in ids) and dimension in (None, counted)
        ]

    def put_policy(self, request: Json, place: Place) -> Json:
        """PutScalingPolicy: puts a new configuration in the place of the old one."""
        target = self._target(request, place)
        name, kind = request["PolicyName"], request.get("PolicyType", "StepScaling")
        member = _CONFIGURATIONS.get(kind, "PredictiveScalingPolicyConfiguration")
        if member not in request:
            raise NO_CONFIGURATION.error(member=member, type=kind)
        if kind == "TargetTrackingScaling":
            _one_of_a_metric(request, target)
        before = target.policies.get(name, {})
        arn = before.get("PolicyARN") or self._part(request, place, "scalingPolicy", f"policyName/{name}")
        alarms = _alarms(request, self._new_id) if kind == "TargetTrackingScaling" else []
        target.policies[name] = {
            "PolicyARN": arn,
            "PolicyName": name,
            **_address(request),
            "PolicyType": kind,
            member: _completed(kind, request[member]),
            "Alarms": alarms,
            "CreationTime": before.get("CreationTime", self._now()),
        }
        return {"PolicyARN": arn, "Alarms": alarms}

    def delete_policy(self, request: Json, place: Place) -> Json:
        """DeleteScalingPolicy."""
        target = self.known.get(_key(request, place))
        if target is None or target.policies.pop(request["PolicyName"], None) is None:
            raise NO_POLICY.error(**_about(request), name=request["PolicyName"])
        return {}

    def policies(self, request: Json, place: Place) -> list[Json]:
        """DescribeScalingPolicies."""
        names = request.get("PolicyNames")
        found = (one for target in self._meant(request, place) for one in target.policies.values())
        return [one for one in found if not names or one["PolicyName"] in names]

    def put_action(self, request: Json, place: Place) -> Json:
        """PutScheduledAction: what is not said of the times is forgotten, of the rest it stays."""
        target = self._target(request, place)
        name = request["ScheduledActionName"]
        before = target.actions.get(name, {})
        said = {k: v for k, v in request.items() if k in _OF_ACTIONS}
        stays = {k: v for k, v in before.items() if k not in ("StartTime", "EndTime")}
        arn = before.get("ScheduledActionARN") or self._part(
            request, place, "scheduledAction", f"scheduledActionName/{name}"
        )
        target.actions[name] = {
            "CreationTime": self._now(),
            **stays,
            "ScheduledActionARN": arn,
            "ScheduledActionName": name,
            **_address(request),
            **said,
        }
        return {}

    def delete_action(self, request: Json, place: Place) -> Json:
        """DeleteScheduledAction."""
        target = self.known.get(_key(request, place))
        if target is None or target.actions.pop(request["ScheduledActionName"], None) is None:
            raise NO_ACTION.error(**_about(request), name=request["ScheduledActionName"])
        return {}

    def actions(self, request: Json, place: Place) -> list[Json]:
        """DescribeScheduledActions."""
        names = request.get("ScheduledActionNames")
        found = (one for target in self._meant(request, place) for one in target.actions.values())
        return [one for one in found if not names or one["ScheduledActionName"] in names]

    def activities(self, request: Json, place: Place) -> list[Json]:
        """DescribeScalingActivities, the latest first; they outlive their targets."""
        resource, dimension = request.get("ResourceId"), request.get("ScalableDimension")
        return [
            shown
            for where, shown in reversed(self._activities)
            if where == place
            and resource in (None, shown["ResourceId"])
            and dimension in (None, shown["ScalableDimension"])
        ]

    def note(self, key: Key, **said: Any) -> None:
        """Remember that a target was scaled, or why it was not: the other members of a ScalingActivity."""
        place, resource, dimension = key
        shown = {
            "ActivityId": self._new_id(36),
            "ServiceNamespace": "sagemaker",
            "ResourceId": resource,
            "ScalableDimension": dimension,
            "StartTime": self._now(),
            **said,
        }
        self._activities.append((place, shown))

    def dump(self) -> list[Any]:
        """Everything, as JSON."""
        return [
            [place.account, place.region, name, dimension, one.shown, one.policies, one.actions]
            for (place, name, dimension), one in self.known.items()
        ]

    def load(self, saved: list[Any]) -> None:
        """What `dump` told, in place of what there is."""
        self.known = {
            (Place(account, region), name, dimension): Target(shown, policies, actions)
            for account, region, name, dimension, shown, policies, actions in saved
        }

    def _fresh(self, request: Json, place: Place) -> Json:
        return {
            **_address(request),
            "RoleARN": request.get("RoleARN") or f"arn:{partition(place.region)}:iam::{place.account}:role/{_ROLE}",
            "CreationTime": self._now(),
            "SuspendedState": dict(_NOT_SUSPENDED),
            "ScalableTargetARN": f"{_arn(place, 'application-autoscaling')}:scalable-target/{self._new_id(32)}",
        }

    def _target(self, request: Json, place: Place) -> Target:
        found = self.known.get(_key(request, place))
        if found is None:
            raise NOT_REGISTERED.error(**_about(request))
        return found

    def _meant(self, request: Json, place: Place) -> Iterator[Target]:
        resource, dimension = request.get("ResourceId"), request.get("ScalableDimension")
        for (where, name, counted), one in self.known.items():
            if where == place and resource in (None, name) and dimension in (None, counted):
                yield one

    def _part(self, request: Json, place: Place, kind: str, tail: str) -> str:
        """The ARN of a policy or an action, as the examples of the API reference show it."""
        about = f"{kind}:{self._new_id(36)}:resource/sagemaker/{request['ResourceId']}:{tail}"
        return f"{_arn(place, 'autoscaling')}:{about}"


def _arn(place: Place, service: str) -> str:
    return f"arn:{partition(place.region)}:{service}:{place.region}:{place.account}"


def _key(request: Json, place: Place) -> Key:
    return place, request["ResourceId"], request["ScalableDimension"]


def _about(request: Json) -> dict[str, str]:
    return {"resource": request["ResourceId"], "dimension": request["ScalableDimension"]}


def _address(request: Json) -> Json:
    return {name: request[name] for name in ("ServiceNamespace", "ResourceId", "ScalableDimension")}


def _completed(kind: str, configuration: Json) -> Json:
    if kind == "TargetTrackingScaling":
        return {**_TRACKING, **configuration}
    return {"MetricAggregationType": "Average", **configuration}


def _one_of_a_metric(request: Json, target: Target) -> None:
    mine = _metric(request)
    for name, other in target.policies.items():
        if name != request["PolicyName"] and mine is not None and _metric(other) == mine:
            raise ONE_PER_METRIC.error()


def _metric(policy: Json) -> Any:
    tracking = policy.get("TargetTrackingScalingPolicyConfiguration") or {}
    return tracking.get("PredefinedMetricSpecification") or tracking.get("CustomizedMetricSpecification")


def _alarms(request: Json, new_id: Callable[[int], str]) -> list[Json]:
    """The two alarms of a target-tracking policy, by name; there is no CloudWatch behind them."""
    names = (f"TargetTracking-{request['ResourceId']}-Alarm{way}-{new_id(36)}" for way in ("High", "Low"))
    return [{"AlarmName": name, "AlarmARN": f"arn:aws:cloudwatch:::alarm:{name}"} for name in names]
