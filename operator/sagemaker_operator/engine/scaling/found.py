"""What Application Auto Scaling has, and the calls that change it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sagemaker_operator.errors import AWSFailure

NAMESPACE = "sagemaker"


class Place(NamedTuple):
    """A count that can be scaled.

    Attributes:
        item: the variant; "" for the resource itself.
        resource: the resource id: ``endpoint/digits/variant/main``.
        dimension: such as ``sagemaker:variant:DesiredInstanceCount``.
    """

    item: str
    resource: str
    dimension: str

    @property
    def address(self) -> dict[str, str]:
        """The members of a request that say which one is meant."""
        return {"ServiceNamespace": NAMESPACE, "ResourceId": self.resource, "ScalableDimension": self.dimension}


@dataclass(frozen=True, slots=True)
class Found:
    """What there is at one place, in the service model's spelling.

    Attributes:
        target: the scalable target; None if none is registered.
        policies: its policies by name.
        actions: its scheduled actions by name.
    """

    target: Mapping[str, Any] | None = None
    policies: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    actions: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Change:
    """A call that changes something.

    Attributes:
        place: what it is about.
        operation: such as ``PutScalingPolicy``.
        members: what it says besides the place.
    """

    place: Place
    operation: str
    members: Mapping[str, Any] = field(default_factory=dict)

    @property
    def request(self) -> dict[str, Any]:
        """The input of the operation."""
        return {**self.place.address, **self.members}


def after(found: Found, change: Change, reply: Mapping[str, Any]) -> Found:
    """What there is after a call was done.

    Args:
        found: what there was before it.
        change: the call.
        reply: its answer, which tells the ARN of a policy.
    """
    told = {name: value for name, value in reply.items() if name in ("PolicyARN", "ScalableTargetARN")}
    policy, action = (str(change.members.get(name)) for name in ("PolicyName", "ScheduledActionName"))
    match change.operation:
        case "DeregisterScalableTarget":
            # Its policies and scheduled actions go with it: API_DeregisterScalableTarget of the API reference.
            return Found()
        case "RegisterScalableTarget":
            return Found({**(found.target or {}), **change.members, **told}, found.policies, found.actions)
        case "PutScalingPolicy":
            return Found(found.target, {**found.policies, policy: {**change.members, **told}}, found.actions)
        case "DeleteScalingPolicy":
            return Found(found.target, _without(found.policies, policy), found.actions)
        case "PutScheduledAction":
            return Found(found.target, found.policies, {**found.actions, action: change.members})
        case _:
            return Found(found.target, found.policies, _without(found.actions, action))


def _without(known: Mapping[str, Mapping[str, Any]], name: str) -> dict[str, Mapping[str, Any]]:
    return {other: one for other, one in known.items() if other != name}


@dataclass(frozen=True, slots=True)
class Seen:
    """What a pass knows of it.

    Attributes:
        asked: whether the pass is to ask although nothing has changed: it looks for drift.
        found: what there is, by place; None if nobody has asked.
        applied: whether all calls were made that were necessary.
        deregistered: the places that were taken away ahead of something that SageMaker refuses otherwise.
        failure: what the last question or call brought instead of a result.
        variants: the instance types of variants by name, of each configuration that was asked for; None for one that is gone.
    """

    asked: bool = False
    found: Mapping[Place, Found] | None = None
    applied: bool = False
    deregistered: frozenset[Place] = frozenset()
    failure: AWSFailure | None = None
    variants: Mapping[str, Mapping[str, str | None] | None] = field(default_factory=dict)
