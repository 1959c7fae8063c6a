"""How a resource family is described: a row of data that says everything in which it differs.

Members and shapes come from the service model; a row holds what the model cannot tell: how a resource is identified, statuses on
a timeline, which operations are accepted in which status, and the exact words of each refusal. Behaviour that is code is a small
function beside the row. Nothing in here runs; `machine` and `service` do.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from sagemaker_local.emulator.refusal import Refusal
from sagemaker_local.emulator.resource import Json, Place, Resource
from sagemaker_local.emulator.timeline import Step, Timeline, at
from sagemaker_local.emulator.world import Call, World

__all__ = ["Action", "Extra", "Family", "Step", "Timeline", "at"]

# Raises what SageMaker answers if the request cannot be done.
Check: TypeAlias = Callable[[Call, World], None]
Guard: TypeAlias = Callable[[Call, Resource, World], None]
Apply: TypeAlias = Callable[[Call, Resource, World], None]
# Takes note of a change of a resource of another kind.
Hear: TypeAlias = Callable[[Resource, World, float], None]
# Whether a list's filter (its value in the request) selects a resource; the second argument is all that Describe knows of it.
Select: TypeAlias = Callable[[Any, Mapping[str, Any], Resource], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """An operation that changes a resource.

    Attributes:
        operation: its name, for example StopTrainingJob.
        accepts: the statuses in which it is done; None means any.
        tolerates: the statuses in which it is answered with success although nothing is left to do.
        refused: the answer in every other status.
        missing: the answer if there is no such resource, where it differs from Describe's.
        identified_by: the members of the request that say which resource, where they differ from Describe's.
        guards: further checks, in order.
        apply: what it changes at once or prepares.
        timeline: what it sets off.
        course: what it sets off in its place, where that depends on the request; begun after `apply`.
        answer: what it answers beside the ARN.
    """

    operation: str
    accepts: frozenset[str] | None = None
    tolerates: frozenset[str] = frozenset()
    refused: Refusal | None = None
    missing: Refusal | None = None
    identified_by: tuple[str, ...] = ()
    guards: tuple[Guard, ...] = ()
    apply: Apply | None = None
    timeline: Timeline | None = None
    course: Callable[[Call, Resource, World], Timeline] | None = None
    answer: Callable[[Call, Resource, World], Json] | None = None


@dataclass(frozen=True, slots=True)
class Extra:
    """An operation that is not about changing one resource: it reads several, or something beside the families.

    Attributes:
        answer: the whole answer; raises ServiceError.
    """

    operation: str
    answer: Callable[[Call, World], Json]


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
        kind: as in Describe<kind>.
        path: the part of the ARN before the name.
        create: the timeline of a new resource.
        missing: Describe's answer if there is none of that name.
        exists: Create's answer if the name is taken.
        actions: every other operation on one resource.
        extras: operations beside them.
        defaults: what AWS adds to a request, as (path of members, value); `[]` in a path means each item. A value is added
            where its parent exists and it does not.
        checks: what Create looks up elsewhere, in order.
        status: the member that holds the status; None for families without one.
        any_case: whether names differing in case are the same.
        sorted_by: what its list goes by unless asked otherwise, as in SortBy.
        descending: whether its list begins with the last or the newest, unless asked otherwise.
        plan: fits a timeline to a resource, for example to its time limit.
        entered: takes note of a step that was reached.
        view: members of Describe and List that are neither request nor fact.
        usage: instances by quota name that a request asks for.
        occupies: the statuses in which they are taken.
        prepare: completes a request in ways that need more than `defaults`.
        creating: the operation that makes one; by default Create<kind>.
        listing: the operation that lists them; by default List<kind>s if there is one.
        identified_by: the members that say which resource a request is about; by default those that Describe requires. The last
            may also be given as the ARN.
        new_id: makes the id, where AWS and not the request does; it takes the place of the last identifying member.
        arn_tail: the part of the ARN after the account, where it is not `<path>/<key>`. Takes the key and the request.
        name_member: the member of a create request that people call it by, where no identifying member is a name.
        arn_member: the member that holds the ARN, where it is not the first of Create's output that ends with Arn.
        frees: the statuses in which a resource can still be described although its name is free again.
        token: the member of a create request that makes it idempotent.
        token_reused: the answer if a token comes with another request.
        wrapped: the member of Describe's output that all others are inside of.
        shelf: the kind with which it shares its names, if any.
        again: the course of what was really under way when the emulator ended, for resources whose work is done here; None if
            nothing was.
        maintenance: what AWS does to a resource that is in the last status of this timeline, out of the blue.
        stages: statuses and secondary statuses in which it may fail, of courses that depend on a request.
        keyed: the key of the resource that a request is about, where no fixed members tell it: by a version or an alias, or
            by one of two kinds of owner.
        list_checks: what its list looks up first, in order.
        filters: filters of its list that do not go by the rules of `lists`.
        describe: changes what Describe answers, given the request and what it would be otherwise.
        hears: what follows from a change of a resource of another kind, by that kind: for example, a parent follows its children.
    """

    kind: str
    path: str
    create: Timeline
    missing: Refusal
    exists: Refusal
    status: str | None = None
    actions: tuple[Action, ...] = ()
    extras: tuple[Extra, ...] = ()
    defaults: tuple[tuple[str, Any], ...] = ()
    checks: tuple[Check, ...] = ()
    any_case: bool = False
    sorted_by: str = "CreationTime"
    descending: bool = True
    plan: Callable[[Resource, Timeline], Timeline] = _same
    entered: Callable[[Resource, Step, float], None] = _unnoticed
    view: Callable[[Resource], Mapping[str, Any]] = _nothing
    usage: Callable[[Json, Place, World], dict[str, int]] = _uses_nothing
    occupies: frozenset[str] = frozenset()
    prepare: Callable[[Json, Call, World], None] | None = None
    creating: str = ""
    listing: str = ""
    identified_by: tuple[str, ...] = ()
    new_id: Callable[[Call, World], str] | None = None
    arn_tail: Callable[[str, Mapping[str, Any]], str] | None = None
    name_member: str = ""
    arn_member: str = ""
    frees: frozenset[str] = frozenset()
    token: str = ""
    token_reused: Refusal | None = None
    wrapped: str = ""
    shelf: str = ""
    again: Callable[[Resource, World], Timeline | None] | None = None
    maintenance: Timeline | None = None
    stages: frozenset[str] = frozenset()
    keyed: Callable[[Call, World], str] | None = None
    list_checks: tuple[Check, ...] = ()
    filters: Mapping[str, Select] = field(default_factory=dict)
    describe: Callable[[Call, Resource, World, Json], Json] | None = None
    hears: Mapping[str, Hear] = field(default_factory=dict)

    def key(self, name: str) -> str:
        """A name as this family compares names."""
        return name.lower() if self.any_case else name
