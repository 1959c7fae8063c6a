"""What one pass knows so far."""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as dataclasses_field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sagemaker_operator.errors import AWSFailure
from sagemaker_operator.kinds import Kind, Policy
from sagemaker_operator.kinds.kind import Stage
from sagemaker_operator.model.convert import from_reply
from sagemaker_operator.model.names import field

from .compare import every
from .details import blame
from .naming import attempt_name, generated_name
from .ownership import UID
from .resource import Resource
from .scaling.found import Seen
from .sources import redacted
from .steps import Call, Verb
from .target import Target, Waiting
from .updates import Update, clearable, needed


class Drift(StrEnum):
    """What to do where AWS has something else than a manifest that has not changed (``spec.driftPolicy``)."""

    CORRECT = "Correct"
    REPORT = "Report"
    IGNORE = "Ignore"


class Adoption(StrEnum):
    """Whether a SageMaker resource that exists already may be taken over (``spec.adoptionPolicy``)."""

    NEVER = "Never"
    IF_UNOWNED = "IfUnowned"
    ALWAYS = "Always"


@dataclass(frozen=True, slots=True)
class Unlooked:
    """Nobody has asked AWS in this pass."""


@dataclass(frozen=True, slots=True)
class Missing:
    """AWS says that there is no such resource."""


@dataclass(frozen=True, slots=True)
class Present:
    """AWS told about the resource.

    Attributes:
        reply: the Describe reply, or a row of a List reply, in the service model's spelling.
        complete: whether it is a Describe reply.
        details: what further operations told, by field of the status.
    """

    reply: Mapping[str, Any]
    complete: bool = True
    details: Mapping[str, Any] = dataclasses_field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Log:
    """What came of reading a log.

    Attributes:
        stream: the one that was read; "" if there is none.
        lines: its last lines, as they stand there.
        trouble: why it could not be read.
    """

    stream: str = ""
    lines: tuple[str, ...] = ()
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """The state of one pass.

    Attributes:
        resource: the custom resource, with the status as written so far.
        target: what its manifest asks for.
        now: the time of day, in UTC.
        observed: what AWS was seen to have.
        tags: the tags of the SageMaker resource, once known.
        attached: what the SageMaker resource is attached to, by field, as far as it was asked.
        purged: the earlier attempts at a job whose records were deleted in this pass.
        log: the end of the job's log; None if nobody has asked for it.
        named: whether this pass chose the name, so that nothing can have been created before.
        created: what SageMaker chose, the ARN and the ids, as Create told in this pass, or in an earlier one that no report has
            told of yet; empty if Create told nothing, None if nothing was asked.
        found: the ARN and the ids of a resource that may be meant, whosever it is: one of that name, or the one to be adopted.
        done: the calls that succeeded in this pass.
        failure: what the last call brought instead of a result, and which call that was (None for a look).
        misses: how many looks in a row found nothing, this pass included.
        tries: how many passes in a row brought no progress.
        dependents: the custom resources that still need this one.
        default_policy: the deletion policy where the manifest names none; None leaves it to the kind.
        elsewhere: where SageMaker is, if the operator was told another place than AWS; else empty.
        scaling: what this pass knows of Application Auto Scaling.
    """

    resource: Resource
    target: Target | Waiting
    now: datetime
    observed: Unlooked | Missing | Present = Unlooked()
    tags: Mapping[str, str] | None = None
    attached: Mapping[str, frozenset[str]] = dataclasses_field(default_factory=dict)
    log: Log | None = None
    purged: tuple[str, ...] = ()
    named: bool = False
    created: Mapping[str, Any] | None = None
    found: Mapping[str, Any] = dataclasses_field(default_factory=dict)
    done: tuple[Verb, ...] = ()
    failure: AWSFailure | None = None
    failed: Call | None = None
    misses: int = 0
    tries: int = 0
    dependents: tuple[str, ...] = ()
    default_policy: Policy | None = None
    elsewhere: str = ""
    scaling: Seen = dataclasses_field(default_factory=Seen)

    @property
    def kind(self) -> Kind:
        """The row of the resource's kind."""
        return self.resource.kind

    @property
    def reply(self) -> Mapping[str, Any]:
        """What AWS told; empty if nothing."""
        return self.observed.reply if isinstance(self.observed, Present) else {}

    @property
    def arn(self) -> str | None:
        """The ARN of what AWS has."""
        return self.reply.get(self.kind.family.arn) or self.chosen.get(self.kind.family.arn) or self.resource.arn

    @property
    def chosen(self) -> Mapping[str, Any]:
        """The ARN and the ids that SageMaker chose for what AWS has, as far as this pass has learned them."""
        return {**(self.created or {}), **self.found}

    @property
    def begun(self) -> bool:
        """Whether a Create is known to have succeeded."""
        return self.created is not None or self.resource.arn is not None

    @property
    def shown_before(self) -> bool:
        """Whether AWS has ever told more about the resource than that it takes its Create."""
        family = self.kind.family
        chosen = {family.identity, family.arn, *family.address}
        return any(field(member) in self.resource.status for member in self.kind.shown if member not in chosen)

    @property
    def status(self) -> str | None:
        """SageMaker's word for the state."""
        return self.reply.get(self.kind.family.status) if self.kind.family.status else None

    @property
    def cause(self) -> str | None:
        """Why it failed, in SageMaker's words; a command line among them may hold a secret."""
        told = (text for path in self.kind.reasons for text in every(self.reply, path.split(".")))
        said = next((text for text in told if isinstance(text, str) and text), None)
        blamed = blame(self.kind, self.details) if self.stage is Stage.FAILED else None
        words = " ".join(text for text in (said, blamed) if text)
        return redacted(words, self.hidden) if words else None

    @property
    def details(self) -> Mapping[str, Any]:
        """What is told besides Describe, by field of the status: in this pass, or before where it was not asked anew."""
        status = self.resource.status
        before = {one.field: status[one.field] for one in self.kind.details if one.field in status}
        return {**before, **self.observed.details} if isinstance(self.observed, Present) else before

    @property
    def hidden(self) -> Mapping[str, str]:
        """The values that nobody may see."""
        return self.target.secrets if isinstance(self.target, Target) else {}

    @property
    def taggable(self) -> bool:
        """Whether this very resource can carry tags."""
        without = self.kind.untagged_with
        if not without:
            return self.kind.family.taggable
        wanted = self.target.members if isinstance(self.target, Target) else {}
        return without not in wanted and without not in self.reply and field(without) not in self.resource.spec

    @property
    def stage(self) -> Stage:
        """What that word means."""
        return self.kind.stage(self.status)

    @property
    def policy(self) -> Policy:
        """What to do with the SageMaker resource on deletion."""
        asked = self.resource.spec.get("deletionPolicy") or self.default_policy
        return Policy(asked) if asked in self.kind.policies else self.kind.policies[0]

    @property
    def adoption(self) -> Adoption:
        """Whether an existing SageMaker resource may be taken over; to name its ARN is to want it."""
        silent = Adoption.IF_UNOWNED if self.resource.adopts else Adoption.NEVER
        return Adoption(self.resource.spec.get("adoptionPolicy", silent))

    @property
    def drift(self) -> Drift:
        """What to do about drift."""
        return Drift(self.resource.spec.get("driftPolicy") or self.kind.drift)

    @property
    def suspend(self) -> bool | None:
        """Whether the manifest wants it stopped; None leaves that to others."""
        return self.resource.spec.get("suspend")

    @property
    def update(self) -> Update | None:
        """The update that AWS needs; None as well while nobody can tell."""
        if not isinstance(self.target, Target) or self.kind.family.update is None:
            return None
        if not isinstance(self.observed, Present) or not self.observed.complete:
            return None
        applied = {
            name for name in clearable(self.kind) if field(name) in self.resource.status.get("appliedFields", ())
        }
        unseen = self.resource.status.get("unseenHash")
        row = self.kind.scalable
        scaled = {row.sets} if row is not None and self.target.scaling else set()
        return needed(
            self.kind,
            {name: value for name, value in self.target.members.items() if name not in scaled},
            self.reply,
            given_up=frozenset(applied),
            unseen=unseen,
            secrets=self.target.secrets,
        )

    @property
    def differing(self) -> tuple[str, ...]:
        """The fields in which AWS has something else than the manifest."""
        return tuple(field(name) for name in self.update.members) if self.update else ()

    @property
    def drifting(self) -> bool:
        """Whether AWS has something else although the manifest was in step with it before, asked to look or not."""
        status = self.resource.status
        # An edit whose update has begun, or that it was stopped for, is no drift.
        begun = "lastUpdate" in status or status.get("stoppedFor") == "Update"
        told = self.resource.observed_generation == self.resource.generation and not self.taking_anew
        return self.update is not None and told and not begun

    @property
    def taking_anew(self) -> bool:
        """Whether what the manifest takes from other objects, such as a ConfigMap, has changed since it was in step."""
        before = self.resource.status.get("inputsHash")
        return isinstance(self.target, Target) and before is not None and before != self.target.inputs

    @property
    def correcting(self) -> bool:
        """Whether an update is needed, and allowed where the manifest has not changed."""
        return self.update is not None and (not self.drifting or self.drift is Drift.CORRECT)

    def told(self, member: str) -> Any:
        """One member of the reply as it would stand in the status; None if it is not there."""
        if member not in self.reply:
            return None
        return next(iter(from_reply(self.kind.shown, {member: self.reply[member]}).values()), None)

    @property
    def modified(self) -> str:
        """When AWS says that the resource was changed last, as it would stand in the status; empty if it does not say."""
        return self.told("LastModifiedTime") or self.told("LastUpdatedDate") or ""

    @property
    def recognised(self) -> bool:
        """Whether AWS shows the very resource that an earlier pass confirmed as ours, and not a later one of the same name."""
        confirmed = (self.created or {}).get(self.kind.family.arn) or self.resource.arn
        if confirmed is None or self.reply.get(self.kind.family.arn, confirmed) != confirmed:
            return False
        known = self.resource.status.get("creationTime")
        return known is None or self.told("CreationTime") in (None, known)

    @property
    def ours(self) -> bool:
        """Whether the resource proves to be made for this custom resource: by its tags, or by a name that holds our UID."""
        if not self.taggable:
            # What somebody else's ARN leads to was not found by that name.
            return self.resource.adopts is None and self.resource.known_name in self._own_names
        return self.tags is not None and self.tags.get(UID) == self.resource.uid

    @property
    def _own_names(self) -> tuple[str, ...]:
        """The names that this resource alone can have thought of for the attempt."""
        if self.kind.identity_field in self.resource.spec:
            return ()
        attempt = int(self.resource.status.get("attempt", 1))
        return generated_name(self.resource, attempt=attempt), attempt_name(self.resource, attempt)

    @property
    def unowned(self) -> bool:
        """Whether no operator has marked the resource; of one that cannot be marked, whether it is meant beyond doubt."""
        if not self.taggable:
            return self.resource.adopts is not None
        return self.tags is not None and UID not in self.tags

    @property
    def manageable(self) -> bool:
        """Whether the resource at AWS is ours, or may be made ours."""
        if self.recognised or self.ours:
            return True
        if self.resource.adopts not in (None, self.arn):
            return False
        return self.adoption is Adoption.ALWAYS or (self.adoption is Adoption.IF_UNOWNED and self.unowned)
