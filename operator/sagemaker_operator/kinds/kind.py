"""What a row of the kinds table can say.

A row is data. The engine asks it questions (`Kind.stage`, `Kind.read`) and never compares kinds by name.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from functools import cached_property
from typing import Any, Protocol

from botocore.model import Shape, StructureShape

from sagemaker_operator.errors import Absent, AWSFailure, Busy, Closed, Denied, Exists, Refused
from sagemaker_operator.model.families import Family
from sagemaker_operator.model.names import field as field_name
from sagemaker_operator.model.service import input_shape

from .details import Detail, Hold, Launched
from .inline import Inline
from .parts import Attachment, BuiltIn, Change, Column, Reference, Says, Source, says
from .running import Running
from .scalable import Scalable

__all__ = [
    "AnyKind",
    "Attachment",
    "BuiltIn",
    "Change",
    "Column",
    "Detail",
    "Hold",
    "Kind",
    "Launched",
    "Lifecycle",
    "Policy",
    "Reference",
    "Says",
    "Source",
    "Stage",
    "says",
]


class AnyKind(Protocol):
    """What every kind of custom resource has, also one that owns no SageMaker resource but other custom resources."""

    @property
    def name(self) -> str:
        """The kind, as in a manifest."""

    @property
    def plural(self) -> str:
        """As in a path of the API."""


class Lifecycle(Enum):
    """How long a resource of a kind lives."""

    JOB = "ends by itself, and its outcome is final"
    SERVICE = "lives until it is deleted, and has a state that AWS can change"
    RECORD = "lives until it is deleted, and has no state"


class Policy(StrEnum):
    """What happens to the SageMaker resource when its custom resource is deleted (``spec.deletionPolicy``)."""

    DELETE = "Delete"
    RETAIN = "Retain"
    STOP = "Stop"


class Stage(Enum):
    """What a status means, whatever a kind calls it."""

    CHANGING = "on its way to another state by itself"
    STOPPING = "ending its work"
    LEAVING = "on its way to be gone"
    GONE = "deleted, though AWS still tells about it"
    READY = "working, or done with success"
    STOPPED = "ended before it was done"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True, eq=False)
class Kind:
    """One row: a custom resource kind and the SageMaker family behind it.

    Members and paths of members are in the service model's spelling (``ResourceConfig.InstanceCount``), fields in ours.

    Attributes:
        short: the short name for kubectl.
        summary: one sentence for ``kubectl explain`` and the docs.
        run: where a job tells about its work; None if it is none.
        closed: what AWS says about a service that takes no new customers or is going away; None for the others.
        absent, exists, busy: the answers of AWS that mean so; the first that matches counts, in this order.
        shut: the answers that mean that the service takes no new customers, of which this account is one.
        instead: what to do then, for people.
        unseen: the answers that may only mean that what was made a moment ago is not seen everywhere yet.
        changing, stopping, leaving, ready, stopped, failed, gone: the statuses of each stage; an unlisted status is CHANGING.
        serving: statuses in which the resource does its work although it is changing.
        repairable: failed statuses that an update can mend.
        fixed: members, or paths of members, that Update takes but that we do not change.
        changes: members for which Update has another form than Create.
        exactly_one, at_most_one: sets of members that exclude each other; of one structure, if they are paths.
        shown_at: where the Describe reply shows what the spec has elsewhere, by path of the spec.
        documents: paths of members that hold JSON text, compared by what it says.
        volatile: paths of members that AWS changes by itself, so that another value is no difference.
        unordered: paths of lists of plain values whose order means nothing.
        sparse: whether Update gets only the members that differ.
        one_at_a_time: whether Update takes only one member in a call.
        goes_with: members that Update takes only with one of others: ``{"PipelineVersionAliases": ("PipelineDefinition",)}``.
        untagged_with: a member with which Create takes no tags: versions of a model package have those of their group.
        told_by: members that another operation tells instead of Describe: ``{"Aliases": ("ListAliases", "Sage…Aliases")}``.
        stops_to_update, stops_to_delete: whether SageMaker accepts it only of a stopped resource.
        drift: the default of ``spec.driftPolicy``; Report where people delete a resource to save money.
        suspends: whether ``spec.suspend`` stops and starts it; None derives it from the operations.
        manners: members that say how Update is to be done, and are no reason for one.
        update_sends: values that Update gets when the manifest does not set them.
        update_echoes: members of Update that take what Describe shows: ``{"TargetVersion": "ComputeQuotaVersion"}``.
        stop_sends: further members of Stop, with their values.
        stop_names: members of Stop that are maps: by path of the Describe reply, what becomes of each name that stands there.
        stoppable: changing statuses in which Stop is accepted, although it is no job.
        ended: ready statuses in which it is over: nothing is left to stop or to update.
        observed: members that a manifest sets and the status shows too, as AWS may hold another value.
        secondary: the member that refines the status, if any; kept in status, shown as a column.
        reasons: the paths of the members that explain a failure, the first that says something counts.
        references: the fields that name other custom resources.
        attachments: the fields that tie it to other resources by operations of their own.
        sources: the fields that name keys of ConfigMaps and Secrets.
        images: the fields that name SageMaker's own images.
        inline: what a manifest can describe in place, as an object of its own.
        scalable: what Application Auto Scaling can change.
        columns: columns besides state, ready, reason and age.
        naming_limit: the length of the longest name that AWS accepts.
        rollback: whether a failed update leaves the resource serving its old spec (`engine.updating`).
        passing: how reasons of failed updates begin that are trouble of SageMaker's own: such an update is tried again.
        event: the EventBridge detail-type of its changes.
        unlisted: whether something changes at rest that its list does not show, so that each one has to be looked at.
        details: what is told of it besides the members of its Describe reply.
        launched: the jobs that it launches, if they can be shown as objects.
        held: what keeps SageMaker from deleting it, and what frees it of that.
        spelled_out: the spec that one in a shorter form stands for, given the name and the status of the object.
        left_to_us: whether a spec wants nothing in SageMaker, as the operator does itself what SageMaker would do.
        told_beside: the fields of the status and the types of conditions that a plan tells of the same object (`composites`).
    """

    family: Family
    short: str
    summary: str
    lifecycle: Lifecycle
    absent: tuple[Says, ...]
    exists: tuple[Says, ...]
    busy: tuple[Says, ...] = ()
    shut: tuple[Says, ...] = ()
    instead: str = ""
    unseen: tuple[Says, ...] = ()
    run: Running | None = None
    closed: str | None = None
    changing: frozenset[str] = frozenset()
    stopping: frozenset[str] = frozenset()
    leaving: frozenset[str] = frozenset()
    ready: frozenset[str] = frozenset()
    stopped: frozenset[str] = frozenset()
    failed: frozenset[str] = frozenset()
    gone: frozenset[str] = frozenset()
    serving: frozenset[str] = frozenset()
    repairable: frozenset[str] = frozenset()
    fixed: frozenset[str] = frozenset()
    changes: tuple[Change, ...] = ()
    exactly_one: tuple[tuple[str, ...], ...] = ()
    at_most_one: tuple[tuple[str, ...], ...] = ()
    shown_at: Mapping[str, str] = field(default_factory=dict)
    documents: frozenset[str] = frozenset()
    volatile: frozenset[str] = frozenset()
    unordered: frozenset[str] = frozenset()
    sparse: bool = False
    one_at_a_time: bool = False
    goes_with: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    untagged_with: str = ""
    told_by: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    stops_to_update: bool = False
    stops_to_delete: bool = False
    drift: str = "Correct"
    suspends: bool | None = None
    manners: frozenset[str] = frozenset()
    update_sends: Mapping[str, object] = field(default_factory=dict)
    update_echoes: Mapping[str, str] = field(default_factory=dict)
    stop_sends: Mapping[str, object] = field(default_factory=dict)
    stop_names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    stoppable: frozenset[str] = frozenset()
    ended: frozenset[str] = frozenset()
    observed: frozenset[str] = frozenset()
    secondary: str | None = None
    reasons: tuple[str, ...] = ("FailureReason",)
    references: tuple[Reference, ...] = ()
    sources: tuple[Source, ...] = ()
    images: tuple[BuiltIn, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    inline: Inline | None = None
    scalable: Scalable | None = None
    columns: tuple[Column, ...] = ()
    naming_limit: int = 63
    rollback: bool = False
    passing: tuple[str, ...] = ()
    event: str | None = None
    unlisted: bool = False
    details: tuple[Detail, ...] = ()
    launched: Launched | None = None
    held: Hold | None = None
    spelled_out: Callable[[str, Mapping[str, Any], Mapping[str, Any]], Mapping[str, Any]] | None = None
    left_to_us: Callable[[Mapping[str, Any]], bool] | None = None
    told_beside: frozenset[str] = frozenset()
    plural: str = ""

    def __post_init__(self) -> None:
        if not self.plural:
            object.__setattr__(self, "plural", f"{self.name.lower()}s")

    @property
    def name(self) -> str:
        """The kind, as in a manifest."""
        return self.family.name

    @cached_property
    def identity_field(self) -> str:
        """The field of spec and status that holds the SageMaker name."""
        return field_name(self.family.identity)

    @cached_property
    def status_field(self) -> str | None:
        """The field of the status that holds SageMaker's word for the state."""
        return field_name(self.family.status) if self.family.status else None

    @cached_property
    def secondary_field(self) -> str | None:
        """The field of the status that refines that word."""
        return field_name(self.secondary) if self.secondary else None

    @cached_property
    def mutable(self) -> frozenset[str]:
        """The members of the spec that Update can change, each for itself or as a `Change` says."""
        return (self.family.updatable | {change.member for change in self.changes}) - self.fixed

    @cached_property
    def live(self) -> Mapping[str, Change]:
        """The members of a job that Update can change at some moments, by name."""
        return {change.member: change for change in self.changes if change.during is not None}

    @cached_property
    def fixed_within(self) -> frozenset[str]:
        """The paths within mutable members that cannot change: those of the row, and what Update lacks of a live member."""
        taken = input_shape(self.family.update).members if self.family.update else {}
        spec = self.family.spec_members
        unsent = (f"{name}.{part}" for name in self.live for part in _parts(spec[name]) - _parts(taken[name]))
        return frozenset({*unsent, *(path for path in self.fixed if "." in path)})

    @cached_property
    def suspendable(self) -> bool:
        """Whether the resource can be stopped and started again."""
        can = self.lifecycle is Lifecycle.SERVICE and bool(self.family.stop and self.family.start)
        return can if self.suspends is None else self.suspends

    @cached_property
    def shown(self) -> Mapping[str, Shape]:
        """The members of the Describe reply that the status shows; one mapping for all calls (see `model.convert`)."""
        described = self.family.described
        return {**self.family.status_members, **{name: described[name] for name in sorted(self.observed)}}

    @property
    def policies(self) -> tuple[Policy, ...]:
        """The deletion policies that the kind accepts, its default first."""
        if self.lifecycle is Lifecycle.JOB:
            return (Policy.STOP, Policy.RETAIN, Policy.DELETE) if self.family.delete else (Policy.STOP, Policy.RETAIN)
        return (Policy.DELETE, Policy.RETAIN) if self.family.delete else (Policy.RETAIN,)

    def stage(self, status: str | None) -> Stage:
        """What a status means; one that this row does not know is a change in flight, never an error."""
        if status is None:
            return Stage.READY
        for stage, known in (
            (Stage.READY, self.ready),
            (Stage.FAILED, self.failed),
            (Stage.STOPPED, self.stopped),
            (Stage.STOPPING, self.stopping),
            (Stage.LEAVING, self.leaving),
            (Stage.GONE, self.gone),
        ):
            if status in known:
                return stage
        return Stage.CHANGING

    def undeleted(self, status: str | None) -> bool:
        """Whether a status says that a deletion has failed, however it is spelled: ``DeleteFailed``, ``DELETE_FAILED``."""
        return status in self.failed and str(status).lower().startswith("delet")

    def read(self, failure: AWSFailure) -> AWSFailure:
        """The failure as this kind understands it: a plain refusal may mean absent, exists or busy, or closed to newcomers."""
        plain = type(failure) is Refused
        if (plain or type(failure) is Denied) and any(one.matches(failure.code, failure.message) for one in self.shut):
            return Closed(failure.code, failure.message, failure.operation)
        if not plain:
            return failure
        # What these do not find is something that the manifest names: nothing is created yet, or was seen a moment ago.
        about_others = failure.operation in (self.family.create, self.family.update, self.family.start)
        absent = () if about_others else self.absent
        for meaning, answers in ((Absent, absent), (Exists, self.exists), (Busy, self.busy)):
            if any(answer.matches(failure.code, failure.message) for answer in answers):
                return meaning(failure.code, failure.message, failure.operation)
        return failure


def _parts(shape: Shape) -> frozenset[str]:
    return frozenset(shape.members) if isinstance(shape, StructureShape) else frozenset()
