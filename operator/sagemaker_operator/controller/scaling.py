"""Asking Application Auto Scaling what it has, and telling it what to change."""

import random
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any, Protocol

from sagemaker_operator.engine.facts import Facts
from sagemaker_operator.engine.scaling.found import NAMESPACE, Found, Place, after
from sagemaker_operator.engine.steps import AskScaling, AskVariants, Scale
from sagemaker_operator.errors import Absent, AWSFailure, Busy, Refused
from sagemaker_operator.model.scaling import SERVICE

from .ports import Clock
from .store import Record

__all__ = ["SERVICE", "Ask", "Rounds", "asked", "carried_out", "variants"]

# https://docs.aws.amazon.com/autoscaling/application/APIReference/API_DescribeScalableTargets.html: at most 50 a page.
_MOST_IDS = 50
# A target has at most 50 policies and 200 scheduled actions, and a page up to 50 of either:
# https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-limits.html
_PAGES = 5
# By its API reference: the one is there no more, and the other tells to try again.
_MEANINGS = {"ObjectNotFoundException": Absent, "ConcurrentUpdateException": Busy}


class Ask(Protocol):
    """Calls an operation."""

    async def __call__(self, operation: str, request: Mapping[str, Any], /) -> dict[str, Any]:
        """The reply, or an `errors.AWSFailure`."""


class Rounds:
    """Says when to ask although nothing has changed here: others may have changed something there.

    Args:
        clock: the time.
        period: seconds between two questions about one resource; the first comes at a random moment within it.
    """

    def __init__(self, clock: Clock, period: float) -> None:
        self._clock, self._period = clock, period

    def due(self, record: Record) -> bool:
        """Whether it is time."""
        if record.scaling_due is None:
            record.scaling_due = self._clock.monotonic() + self._period * random.random()
        return self._clock.monotonic() >= record.scaling_due

    def over(self, record: Record, facts: Facts) -> None:
        """A pass is over, which may have asked."""
        if facts.scaling.found is not None:
            record.scaling_due = self._clock.monotonic() + self._period


async def asked(facts: Facts, step: AskScaling, ask: Ask) -> Facts:
    """The facts with what there is at the places of a step, or with why that is not known."""
    try:
        found = await _found(step.places, ask)
    except AWSFailure as failure:
        return replace(facts, scaling=replace(facts.scaling, failure=_read(failure)))
    return replace(facts, scaling=replace(facts.scaling, found=found))


async def carried_out(facts: Facts, step: Scale, ask: Ask) -> Facts:
    """The facts after the calls of a step; the first one that fails is the last."""
    found, gone = dict(facts.scaling.found or {}), set(facts.scaling.deregistered)
    failure: AWSFailure | None = None
    for change in step.changes:
        reply: dict[str, Any] = {}
        try:
            reply = await ask(change.operation, change.request)
        except AWSFailure as failed:
            failure = _read(failed)
            # What is to go and is not there is gone.
            if not (isinstance(failure, Absent) and change.operation.startswith("De")):
                break
            failure = None
        found[change.place] = after(found.get(change.place, Found()), change, reply)
        if step.parting:
            gone.add(change.place)
    known = facts.scaling.found if step.parting else found
    applied = failure is None and not step.parting
    seen = replace(facts.scaling, found=known, applied=applied, deregistered=frozenset(gone), failure=failure)
    return replace(facts, scaling=seen)


async def variants(facts: Facts, step: AskVariants, ask: Ask) -> Facts:
    """The facts with the variants of endpoint configurations."""
    known = dict(facts.scaling.variants)
    for name in step.configs:
        known[name] = None
        try:
            with suppress(Absent):
                reply = await ask("DescribeEndpointConfig", {"EndpointConfigName": name})
                known[name] = dict(_types(reply))
        except AWSFailure as failure:
            return replace(facts, scaling=replace(facts.scaling, failure=failure))
    return replace(facts, scaling=replace(facts.scaling, variants=known))


async def _found(places: tuple[Place, ...], ask: Ask) -> dict[Place, Found]:
    ids = sorted({place.resource for place in places})
    targets: list[Mapping[str, Any]] = []
    for start in range(0, len(ids), _MOST_IDS):
        request = {"ServiceNamespace": NAMESPACE, "ResourceIds": ids[start : start + _MOST_IDS]}
        targets += await _all(ask, "DescribeScalableTargets", request, "ScalableTargets")
    known = {(one["ResourceId"], one["ScalableDimension"]): one for one in targets}
    found = {}
    for place in places:
        target = known.get((place.resource, place.dimension))
        if target is None:
            found[place] = Found()
            continue
        policies = await _all(ask, "DescribeScalingPolicies", place.address, "ScalingPolicies")
        actions = await _all(ask, "DescribeScheduledActions", place.address, "ScheduledActions")
        found[place] = Found(
            target,
            {str(one["PolicyName"]): one for one in policies},
            {str(one["ScheduledActionName"]): one for one in actions},
        )
    return found


async def _all(ask: Ask, operation: str, request: Mapping[str, Any], member: str) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = []
    token: dict[str, Any] = {}
    for _ in range(_PAGES):
        page = await ask(operation, {**request, **token})
        found += page.get(member) or ()
        if not page.get("NextToken"):
            break
        token = {"NextToken": page["NextToken"]}
    return found


def _types(config: Mapping[str, Any]) -> Iterator[tuple[str, str | None]]:
    for variant in config.get("ProductionVariants") or ():
        yield variant["VariantName"], variant.get("InstanceType")


def _read(failure: AWSFailure) -> AWSFailure:
    meaning = _MEANINGS.get(failure.code) if type(failure) is Refused else None
    return failure if meaning is None else meaning(failure.code, failure.message, failure.operation)
