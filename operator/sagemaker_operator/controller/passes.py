"""One pass over one custom resource: ask the engine for the next step, carry it out, until it says rest.

Every step leaves the world in a state from which a new pass can begin, so a process may die between any two of them. Whatever a
pass reads and writes at Kubernetes is bound to one resourceVersion: somebody else's change ends the pass, and begins another.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from sagemaker_operator.engine import address, amending, announce, report, results
from sagemaker_operator.engine.decide import decide
from sagemaker_operator.engine.facts import Facts, Missing, Present
from sagemaker_operator.engine.lanes import Lane
from sagemaker_operator.engine.resource import FINALIZER, Key, Resource
from sagemaker_operator.engine.scaling.found import Seen
from sagemaker_operator.engine.schedule import Pace
from sagemaker_operator.engine.sources import Asked, redacted
from sagemaker_operator.engine.steps import (
    AskAttached,
    AskLog,
    AskOwner,
    AskScaling,
    AskVariants,
    Call,
    Claim,
    Discard,
    Intend,
    Look,
    Release,
    Rest,
    Scale,
    Step,
    Verb,
)
from sagemaker_operator.engine.target import Target, Waiting
from sagemaker_operator.engine.times import written
from sagemaker_operator.errors import Absent, AWSFailure
from sagemaker_operator.kinds import Policy
from sagemaker_operator.kinds.kind import Stage

from . import scaling, sources, telling
from .finding import attached, find
from .log_reading import LogReader
from .namespaces import Namespaces
from .offspring import Offspring
from .ports import Announcer, Clock, Cloud, Cluster, Logs
from .store import Record, Store
from .targets import Targets

# The longest way through the engine's checks has nine steps; more mean that two of them undo each other.
_MOST_STEPS = 16
# The longest list of attachments, each of which may be exchanged for another.
_MOST_ATTACHED = 200


class Vanished(Exception):
    """The custom resource does not exist any more."""


class EndlessPass(Exception):
    """The engine named step after step and never rest: a bug, which must not become a storm of calls."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a pass ended.

    Attributes:
        pace: when to look again; None if the custom resource is released.
        facts: what it knew at the end.
        wrote: whether it wrote a status.
    """

    pace: Pace | None
    facts: Facts
    wrote: bool


class Passes:
    """Runs passes; knows nothing of when."""

    def __init__(  # noqa: PLR0913 - a pass touches everything
        self,
        *,
        cluster: Cluster,
        cloud: Cloud,
        store: Store,
        learn: Callable[[Resource], None],
        targets: Targets,
        offspring: Offspring,
        announcer: Announcer,
        clock: Clock,
        region: str,
        logs: Logs | None = None,
        default_policy: Policy | None = None,
        drift: float = 36_000.0,
        elsewhere: str = "",
    ) -> None:
        self._cluster, self._cloud, self._store, self._targets = cluster, cloud, store, targets
        self._heard, self._offspring = learn, offspring
        self._announcer, self._clock = announcer, clock
        self._region, self._default_policy, self._log_reader = region, default_policy, LogReader(logs)
        self._elsewhere = elsewhere
        self._namespaces = Namespaces(cluster, clock)
        self._rounds = scaling.Rounds(clock, drift)

    async def run(self, record: Record, lane: Lane) -> Outcome:
        """One pass.

        Raises:
            Vanished: the custom resource is gone.
            kube.errors.KubeError: a read or write at Kubernetes failed; nothing at AWS is lost by it.
        """
        resource = record.resource or await self._read(record)
        values = {} if resource.deleting else await sources.read(self._cluster, resource)
        facts = Facts(
            resource=resource,
            target=await self._understood(resource, values),
            now=self._clock.now(),
            created=record.created,
            misses=record.misses_before(self._clock.now()),
            tries=record.tries,
            dependents=self._store.dependents(resource.key) if resource.deleting else (),
            default_policy=await self._policy_of(resource) if resource.deleting else None,
            elsewhere=self._elsewhere,
            scaling=Seen(asked=self._rounds.due(record)),
        )
        hint, record.hint = record.hint, None
        further = len(resource.kind.attachments) * _MOST_ATTACHED + len(resource.status.get("attempts") or ())
        for _ in range(_MOST_STEPS + further):
            step = decide(facts)
            if isinstance(step, Rest):
                self._rounds.over(record, facts)
                await self._offspring.keep(facts, partial(self._ask, facts, lane=lane))
                return await self._rest(facts, step)
            if isinstance(step, Release):
                return await self._release(facts, step)
            if isinstance(step, Discard):
                return await self._discard(facts, step)
            facts = await self._carry_out(facts, step, lane, hint)
        raise EndlessPass(f"{resource.key}: {_MOST_STEPS} steps and no end, the last one {step}")

    async def _understood(self, resource: Resource, values: Mapping[Asked, Any] | Waiting) -> Target | Waiting:
        """What a manifest asks for, with the objects that it describes in place."""
        target = self._targets.of(resource, values)
        if not target.made_of:
            return target
        made = await self._offspring.make(resource, target.made_of)
        if isinstance(made, Waiting):
            return made
        return self._targets.of(resource, values) if made else target

    async def _policy_of(self, resource: Resource) -> Policy | None:
        """The deletion policy where a manifest names none: its namespace's, else the operator's."""
        if "deletionPolicy" in resource.spec:
            return None
        return await self._namespaces.deletion_policy(resource.namespace) or self._default_policy

    async def _carry_out(self, facts: Facts, step: Step, lane: Lane, hint: Mapping[str, Any] | None) -> Facts:
        match step:
            case Claim():
                finalizers = [*facts.resource.finalizers, FINALIZER]
                return replace(
                    facts, resource=await self._patch(facts.resource, {"metadata": {"finalizers": finalizers}})
                )
            case Intend():
                return await self._intend(facts, step)
            case Scale():
                return await scaling.carried_out(facts, step, self._scaler(facts, lane))
            case Call():
                return await self._call(facts, step, lane)
            case Look() if hint is not None and _tells_enough(facts, hint):
                return replace(facts, observed=Present(hint, complete=False), misses=0)
        return await self._find_out(facts, step, lane)

    async def _find_out(self, facts: Facts, step: Step, lane: Lane) -> Facts:
        """The steps that change nothing."""
        match step:
            case Look():
                return await self._look(facts, lane)
            case AskOwner():
                return await self._ask_owner(facts, step, lane)
            case AskAttached():
                return await self._ask_attached(facts, step, lane)
            case AskLog():
                return replace(facts, log=await self._log_reader.read(step, region=self._region_of(facts)))
            case AskVariants():
                return await scaling.variants(facts, step, partial(self._ask, facts, lane=lane))
            case AskScaling():
                return await scaling.asked(facts, step, self._scaler(facts, lane))
        raise AssertionError(step)

    async def _intend(self, facts: Facts, step: Intend) -> Facts:
        status = dict(step.status)
        if step.verdict is not None:
            wanted = {**report.status(facts, step.verdict, self._now()), **status}
            status = report.change(facts.resource.status, wanted)
        before = facts.resource.status
        resource = await self._patch(facts.resource, {"status": status}, status=True)
        for announcement in announce.drift(before, resource.status):
            self._announcer.announce(resource, announcement)
        named = facts.named or facts.resource.known_name is None
        return replace(facts, resource=resource, named=named)

    async def _look(self, facts: Facts, lane: Lane) -> Facts:
        family = facts.kind.family
        missing = replace(facts, observed=Missing(), misses=facts.misses + 1)
        try:
            asked = address.asked(facts, family.describe)
            if asked is not None:
                with suppress(Absent):
                    return await self._seen(facts, await self._ask(facts, family.describe, asked, lane), lane)
            if not family.assigned:
                return missing
            # The id is not known, or leads nowhere: perhaps there is another by now.
            found = await find(facts, partial(self._ask, facts, lane=lane))
            if found is None or (asked is not None and found.get(family.arn) == facts.arn):
                return missing
            facts = replace(facts, found=found)
            asked = address.asked(facts, family.describe)
            if asked is None:
                return missing
            return await self._seen(facts, await self._ask(facts, family.describe, asked, lane), lane)
        except Absent:
            return missing
        except AWSFailure as failure:
            return replace(facts, failure=failure, failed=None)

    async def _seen(self, facts: Facts, reply: Mapping[str, Any], lane: Lane) -> Facts:
        """What a Describe reply says, and others for it; some resources are told about for a while after they were deleted."""
        told = dict(facts.kind.family.unwrap(reply))
        if facts.kind.stage(told.get(facts.kind.family.status or "")) is Stage.GONE:
            return replace(facts, observed=Missing(), misses=facts.misses + 1)
        for member, (operation, within) in facts.kind.told_by.items():
            if isinstance(facts.target, Target) and member in facts.target.members:
                answer = await self._ask(facts, operation, address.asked(facts, operation) or {}, lane)
                told[member] = answer.get(within)
        more = await telling.told(facts, told, partial(self._ask, facts, lane=lane))
        return replace(facts, observed=Present(told, details=more), misses=0)

    async def _ask_owner(self, facts: Facts, step: AskOwner, lane: Lane) -> Facts:
        try:
            reply = await self._ask(facts, "ListTags", {"ResourceArn": step.arn, "MaxResults": 100}, lane)
        except AWSFailure as failure:
            return replace(facts, failure=failure, failed=None)
        return replace(facts, tags={tag["Key"]: tag.get("Value", "") for tag in reply.get("Tags", ())})

    async def _ask_attached(self, facts: Facts, step: AskAttached, lane: Lane) -> Facts:
        one = step.attachment
        try:
            names = await attached(facts, one, partial(self._ask, facts, lane=lane))
        except AWSFailure as failure:
            return replace(facts, failure=failure, failed=None)
        return replace(facts, attached={**facts.attached, one.field: names})

    async def _call(self, facts: Facts, step: Call, lane: Lane) -> Facts:
        try:
            reply = await self._ask(facts, step.operation, step.request, lane)
        except AWSFailure as failure:
            if step.verb is not Verb.PURGE or not isinstance(failure, Absent):
                return replace(facts, failure=failure, failed=step)
            reply = {}
        return results.after(facts, step, reply)

    async def _ask(self, facts: Facts, operation: str, request: Mapping[str, Any], lane: Lane) -> dict[str, Any]:
        try:
            return await self._cloud.call(operation, request, region=self._region_of(facts), lane=lane)
        except AWSFailure as failure:
            told = type(failure)(failure.code, redacted(failure.message, facts.hidden), failure.operation)
            raise facts.kind.read(told) from None

    def _scaler(self, facts: Facts, lane: Lane) -> scaling.Ask:
        return partial(self._cloud.call, region=self._region_of(facts), lane=lane, service=scaling.SERVICE)

    def _region_of(self, facts: Facts) -> str:
        return str(facts.resource.spec.get("region") or self._region)

    async def _rest(self, facts: Facts, step: Rest) -> Outcome:
        resource, wrote = facts.resource, False
        before = resource.status
        if step.verdict is not None:
            change = report.change(before, {**report.status(facts, step.verdict, self._now()), **step.status})
            if change:
                resource, wrote = await self._patch(resource, {"status": change}, status=True), True
        facts = replace(facts, resource=resource)
        self._tell(facts, before)
        await self._offspring.prune(facts)
        return Outcome(step.pace, facts, wrote)

    async def _release(self, facts: Facts, step: Release) -> Outcome:
        if facts.policy is Policy.RETAIN and (facts.kind.inline is not None or facts.kind.spelled_out is not None):
            await self._offspring.retain(facts.resource)
        left = [name for name in facts.resource.finalizers if name != FINALIZER]
        await self._patch(facts.resource, {"metadata": {"finalizers": left or None}})
        for announcement in announce.calls(facts):
            self._announcer.announce(facts.resource, announcement)
        self._announcer.announce(facts.resource, announce.Announcement("Normal", "Released", step.message, "Delete"))
        return Outcome(None, facts, wrote=False)

    async def _discard(self, facts: Facts, step: Discard) -> Outcome:
        resource = facts.resource
        self._announcer.announce(resource, announce.Announcement("Normal", "Expired", step.message, "Delete"))
        await self._cluster.delete(
            resource.kind,
            resource.namespace,
            resource.name,
            uid=resource.uid,
            resource_version=resource.version,
        )
        return Outcome(Pace.NEVER, facts, wrote=False)

    def _tell(self, facts: Facts, before: Mapping[str, Any]) -> None:
        after = facts.resource.status
        for announcement in (*announce.calls(facts), *announce.drift(before, after), *announce.news(before, after)):
            self._announcer.announce(facts.resource, announcement)

    async def _read(self, record: Record) -> Resource:
        key = record.key
        return self._learn(record.kind, key, await self._cluster.get(record.kind, key.namespace, key.name))

    async def _patch(self, resource: Resource, body: Mapping[str, Any], *, status: bool = False) -> Resource:
        patched = await self._cluster.patch(
            resource.kind, resource.namespace, resource.name, body, resource_version=resource.version, status=status
        )
        return self._learn(resource.kind, resource.key, patched)

    def _learn(self, kind: Any, key: Key, body: Mapping[str, Any] | None) -> Resource:
        if body is None:
            raise Vanished(str(key))
        resource = Resource.read(kind, body)
        self._heard(resource)
        return resource

    def _now(self) -> str:
        return written(self._clock.now())


def _tells_enough(facts: Facts, hint: Mapping[str, Any]) -> bool:
    """Whether a row of a list will do: the same resource, still on its way. An end deserves the full story."""
    kind, resource = facts.kind, facts.resource
    if not resource.up_to_date or amending.edited(facts) or facts.arn is None or hint.get(kind.family.arn) != facts.arn:
        return False
    return kind.stage(hint.get(kind.family.status or "")) in (Stage.CHANGING, Stage.STOPPING)
