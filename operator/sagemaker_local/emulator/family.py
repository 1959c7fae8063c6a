"""How a resource family is described: a row of data that says everything in which it differs.

Identity, members and shapes come from the service model; a row holds what the model cannot tell: statuses on a timeline, which
operations are accepted in which status, and the exact words of each refusal. Behaviour that is code is a small function beside
the row. Nothing in here runs; `machine` and `service` do.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from sagemaker_local.emulator.refusal import UNVERIFIED, Refusal
from sagemaker_local.emulator.resource import Json, Place, Resource
from sagemaker_local.emulator.world import Call, World

# What happens to a resource when a step is reached. A returned text is the reason why the step fails.
Effect: TypeAlias = Callable[[Resource, World, float], str | None]
# Raises what SageMaker answers if the request cannot be done.
Check: TypeAlias = Callable[[Call, World], None]
Guard: TypeAlias = Callable[[Call, Resource, World], None]
Apply: TypeAlias = Callable[[Call, Resource, World], None]


@dataclass(frozen=True, slots=True)
class Step:
    """A moment of a timeline: what a resource becomes, `after` seconds from the start.

    Attributes:
        status: the new status; None leaves it.
        detail: the secondary status, where the family has one.
        message: the text that goes with the detail.
        effect: what else happens; it happens before the status is taken on.
        reason: the FailureReason.
    """

    after: float
    status: str | None
    detail: str | None = None
    message: str | None = None
    effect: Effect | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Timeline:
    """What happens to a resource by itself, once something has set it off.

    Attributes:
        failed: what it becomes if a step fails; None when it cannot fail.
        evidence: where texts and durations were seen.
    """

    steps: tuple[Step, ...]
    failed: Step | None = None
    evidence: str = UNVERIFIED


def at(
    after: float,
    status: str | None,
    detail: str | None = None,
    message: str | None = None,
    *,
    effect: Effect | None = None,
) -> Step:
    """A step, in the order in which one reads a timeline."""
    return Step(after, status, detail, message, effect)


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """An operation that changes a resource.

    Attributes:
        operation: its name, for example StopTrainingJob.
        accepts: the statuses in which it is done; None means any.
        tolerates: the statuses in which it is answered with success although nothing is left to do.
        refused: the answer in every other status.
        missing: the answer if there is no such resource, where it differs from Describe's.
        guards: further checks, in order.
        apply: what it changes at once or prepares.
        timeline: what it sets off.
    """

    operation: str
    accepts: frozenset[str] | None = None
    tolerates: frozenset[str] = frozenset()
    refused: Refusal | None = None
    missing: Refusal | None = None
    guards: tuple[Guard, ...] = ()
    apply: Apply | None = None
    timeline: Timeline | None = None


def _same(_: Resource, timeline: Timeline) -> Timeline:
    return timeline


def _unnoticed(resource: Resource, step: Step, now: float) -> None:
    """Nothing to note."""


def _nothing(_: Resource) -> Json:
    return {}


def _uses_nothing(_: Json, __: Place, ___: World) -> dict[str, int]:
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A resource family.

    Attributes:
        kind: as in Create<kind>.
        path: the part of the ARN before the name.
        create: the timeline of a new resource.
        missing: Describe's answer if there is none of that name.
        exists: Create's answer if the name is taken.
        actions: every other operation.
        defaults: what AWS adds to a request, as (path of members, value); `[]` in a path means each item. A value is added
            where its parent exists and it does not.
        checks: what Create looks up elsewhere, in order.
        status: the member that holds the status; None for families without one.
        any_case: whether names differing in case are the same.
        descending: whether lists are newest first by default.
        plan: fits a timeline to a resource, for example to its time limit.
        entered: takes note of a step that was reached.
        view: members of Describe and List that are neither request nor fact.
        usage: instances by quota name that a request asks for.
        occupies: the statuses in which they are taken.
        prepare: completes a request in ways that need more than `defaults`.
    """

    kind: str
    path: str
    create: Timeline
    missing: Refusal
    exists: Refusal
    status: str | None = None
    actions: tuple[Action, ...] = ()
    defaults: tuple[tuple[str, Any], ...] = ()
    checks: tuple[Check, ...] = ()
    any_case: bool = False
    descending: bool = True
    plan: Callable[[Resource, Timeline], Timeline] = _same
    entered: Callable[[Resource, Step, float], None] = _unnoticed
    view: Callable[[Resource], Mapping[str, Any]] = _nothing
    usage: Callable[[Json, Place, World], dict[str, int]] = _uses_nothing
    occupies: frozenset[str] = frozenset()
    prepare: Callable[[Json, Call, World], None] | None = None

    def key(self, name: str) -> str:
        """A name as this family compares names."""
        return name.lower() if self.any_case else name
