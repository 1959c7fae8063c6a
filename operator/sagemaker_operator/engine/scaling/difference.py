"""The calls that lead from what Application Auto Scaling has to what is wanted.

Everything is updated where it stands, without a moment in which nothing scales: RegisterScalableTarget, PutScalingPolicy and
PutScheduledAction change what is there. What the service adds to a policy by itself is no difference.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from sagemaker_operator.engine.compare import Reading, satisfied

from .found import Change, Found, Place
from .memory import Ours, digests
from .wanted import Wanted

_TRACKING = "TargetTrackingScalingPolicyConfiguration"
_CUSTOM = f"{_TRACKING}.CustomizedMetricSpecification"
_READING = Reading(
    unordered={
        f"{_CUSTOM}.Dimensions": "Name",
        f"{_CUSTOM}.Metrics": "Id",
        f"{_CUSTOM}.Metrics.MetricStat.Metric.Dimensions": "Name",
    }
)


def changes(
    wanted: Mapping[Place, Wanted], found: Mapping[Place, Found], ours: Mapping[Place, Ours]
) -> tuple[Change, ...]:
    """The calls to make, in their order; none if all is as wanted.

    Args:
        wanted: what is to be scaled.
        found: what there is; a place that is missing has nothing.
        ours: what we have made, or begun to make; what is neither wanted nor ours is left alone.
    """
    unwanted = [place for place in ours if place not in wanted]
    calls = [call for place in unwanted for call in _removed(place, found.get(place, Found()), ours[place])]
    for place, one in wanted.items():
        calls += _kept(place, one, found.get(place, Found()), ours.get(place, Ours(place)))
    return tuple(calls)


def _removed(place: Place, found: Found, ours: Ours) -> Iterator[Change]:
    """Take away what is ours; with the target would go what others have put on it."""
    if found.target is None:
        return
    if found.policies.keys() <= ours.policies.keys() and found.actions.keys() <= ours.actions.keys():
        yield Change(place, "DeregisterScalableTarget")
        return
    yield from (_drop_policy(place, name) for name in ours.policies if name in found.policies)
    yield from (_drop_action(place, name) for name in ours.actions if name in found.actions)


def _kept(place: Place, wanted: Wanted, found: Found, ours: Ours) -> Iterator[Change]:
    if found.target is None or not satisfied(wanted.target, found.target):
        yield Change(place, "RegisterScalableTarget", wanted.target)
    old = [name for name in ours.policies if name in found.policies and name not in wanted.policies]
    first = [name for name in (*old, *wanted.policies) if _in_the_way(name, found, wanted)]
    yield from (_drop_policy(place, name) for name in first)
    asked = digests(wanted.policies)
    for name, policy in wanted.policies.items():
        there = None if name in first else found.policies.get(name)
        if _differs(policy, there, asked[name], ours.policies.get(name, "")):
            yield Change(place, "PutScalingPolicy", {"PolicyName": name, **policy})
    yield from (_drop_policy(place, name) for name in old if name not in first)
    asked = digests(wanted.actions)
    for name, action in wanted.actions.items():
        if _differs(action, found.actions.get(name), asked[name], ours.actions.get(name, "")):
            yield Change(place, "PutScheduledAction", {"ScheduledActionName": name, **action})
    gone = [name for name in ours.actions if name in found.actions and name not in wanted.actions]
    yield from (_drop_action(place, name) for name in gone)


def _differs(wanted: Mapping[str, Any], found: Mapping[str, Any] | None, asked: str, before: str) -> bool:
    """Whether something is to be put: it is not as wanted, or was asked for with members that are not wanted any more."""
    if found is None or not satisfied(wanted, found, _READING):
        return True
    return before not in ("", asked)


def _in_the_way(name: str, found: Found, wanted: Wanted) -> bool:
    """Whether a policy is to be of another type, or tracks what another is to track: there can be but one for a metric."""
    there, same = found.policies.get(name), wanted.policies.get(name)
    if there is None:
        return False
    if same is not None and there.get("PolicyType") != same["PolicyType"]:
        return True
    metric = _metric(there)
    return any(other != name and _same(_metric(one), metric) for other, one in wanted.policies.items())


def _metric(policy: Mapping[str, Any]) -> Mapping[str, Any] | None:
    tracking = policy.get(_TRACKING) or {}
    found = tracking.get("PredefinedMetricSpecification") or tracking.get("CustomizedMetricSpecification")
    return found if isinstance(found, Mapping) else None


def _same(wanted: Mapping[str, Any] | None, found: Mapping[str, Any] | None) -> bool:
    return wanted is not None and found is not None and satisfied(wanted, found)


def _drop_policy(place: Place, name: str) -> Change:
    return Change(place, "DeleteScalingPolicy", {"PolicyName": name})


def _drop_action(place: Place, name: str) -> Change:
    return Change(place, "DeleteScheduledAction", {"ScheduledActionName": name})
