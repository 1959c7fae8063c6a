"""A custom resource as the engine reads it: the manifest, and what earlier passes wrote down in its status."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Self

from sagemaker_operator.kinds import GROUP, AnyKind, Kind

FINALIZER = f"{GROUP}/finalizer"
LOOK_NOW = f"{GROUP}/reconcile-requested-at"
PAUSED = f"{GROUP}/paused"
ADOPT = f"{GROUP}/adopt-arn"


class Key(NamedTuple):
    """The address of a custom resource."""

    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.namespace}/{self.name}"


class Owner(NamedTuple):
    """The custom resource that another one was made for: its controller, as Kubernetes calls it."""

    key: Key
    uid: str


@dataclass(frozen=True, slots=True)
class Object:
    """One version of a custom resource of any kind.

    Attributes:
        version: its resourceVersion, for optimistic writes.
        created: when it was applied, RFC 3339.
        status: as last written; whatever earlier passes must remember stands there and nowhere else.
        owner: whom it was made for, if that is one of ours.
    """

    kind: AnyKind
    namespace: str
    name: str
    uid: str
    generation: int
    version: str
    deleting: bool
    finalizers: tuple[str, ...]
    annotations: Mapping[str, str]
    spec: Mapping[str, Any]
    status: Mapping[str, Any]
    created: str = ""
    owner: Owner | None = None

    @classmethod
    def read(cls, kind: AnyKind, body: Mapping[str, Any]) -> Self:
        """What an object of the Kubernetes API says; of a kind that has what this class needs."""
        metadata = body["metadata"]
        return cls(
            kind=kind,
            namespace=metadata["namespace"],
            name=metadata["name"],
            uid=metadata["uid"],
            generation=metadata.get("generation", 0),
            version=metadata["resourceVersion"],
            deleting="deletionTimestamp" in metadata,
            finalizers=tuple(metadata.get("finalizers") or ()),
            annotations=metadata.get("annotations") or {},
            spec=body.get("spec") or {},
            status=body.get("status") or {},
            created=metadata.get("creationTimestamp") or "",
            owner=_owner(metadata),
        ).in_full()

    def in_full(self) -> Self:
        """The same with all that its manifest stands for."""
        return self

    @property
    def key(self) -> Key:
        """Its address."""
        return Key(self.kind.name, self.namespace, self.name)

    @property
    def observed_generation(self) -> int:
        """The generation that the last report was about; -1 before the first."""
        return int(self.status.get("observedGeneration", -1))

    @property
    def look_now(self) -> str | None:
        """A request to look at AWS now that has not been honoured yet."""
        asked = self.annotations.get(LOOK_NOW)
        return asked if asked != self.status.get("lastHandledReconcileAt") else None

    @property
    def paused(self) -> bool:
        """Whether somebody has asked to leave it alone, deletion included."""
        return self.annotations.get(PAUSED, "false").lower() == "true"

    @property
    def up_to_date(self) -> bool:
        """Whether the last report was about this very manifest, and nobody asks for another look."""
        return self.observed_generation == self.generation and self.look_now is None

    def condition(self, kind: str) -> Mapping[str, Any] | None:
        """A condition of the last report by its type."""
        return next((c for c in self.status.get("conditions") or () if c.get("type") == kind), None)

    def says(self, kind: str, status: str = "True") -> bool:
        """Whether the last report had a condition with that status."""
        condition = self.condition(kind)
        return condition is not None and condition.get("status") == status


@dataclass(frozen=True, slots=True)
class Resource(Object):
    """One version of a custom resource that stands for a SageMaker resource."""

    kind: Kind

    def in_full(self) -> Self:
        """The same with its spec in SageMaker's own form; what SageMaker is to have no more is leaving."""
        kind = self.kind
        if kind.left_to_us is not None and kind.left_to_us(self.spec):
            return replace(self, deleting=True)
        return (
            self
            if kind.spelled_out is None
            else replace(self, spec=kind.spelled_out(self.name, self.spec, self.status))
        )

    @property
    def claimed(self) -> bool:
        """Whether our finalizer is on it: nothing is written to AWS before."""
        return FINALIZER in self.finalizers

    @property
    def known_name(self) -> str | None:
        """The SageMaker name that an earlier pass wrote down before it called Create."""
        return self.status.get(self.kind.identity_field)

    @property
    def arn(self) -> str | None:
        """The ARN, once AWS has confirmed that the resource exists and is ours."""
        return self.status.get("arn")

    @property
    def adopts(self) -> str | None:
        """The ARN of the only resource that it may ever have, where somebody wants that one taken over and none made."""
        return self.annotations.get(ADOPT) or None

    @property
    def finished(self) -> bool:
        """Whether the outcome of a job is recorded; the work is never done twice, whatever AWS remembers of it."""
        return self.says("Succeeded", "True") or self.says("Succeeded", "False")

    @property
    def settled(self) -> bool:
        """Whether the last report was final for this manifest: nothing is under way."""
        return (
            self.up_to_date
            and not self.deleting
            and not self.says("Reconciling")
            and (self.condition("NotApplied") or {}).get("reason") != "Waiting"
            and self.condition("Ready") is not None
        )


def _owner(metadata: Mapping[str, Any]) -> Owner | None:
    for reference in metadata.get("ownerReferences") or ():
        if reference.get("controller") and reference["apiVersion"].partition("/")[0] == GROUP:
            return Owner(Key(reference["kind"], metadata["namespace"], reference["name"]), reference["uid"])
    return None
