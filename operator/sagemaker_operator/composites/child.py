"""What a composite knows of one of its children: enough to decide, small enough to keep for every object that has an owner."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from sagemaker_operator.engine.resource import Resource
from sagemaker_operator.kinds import GROUP


@dataclass(frozen=True, slots=True)
class Child:
    """One version of a child; it differs from the last one only if its composite may have something to do.

    Attributes:
        created: when it was applied, RFC 3339.
        deleting: whether it is on its way to be gone.
        annotations: those of our own group.
        identity: its name in SageMaker, once it has one.
        tags: those that its manifest asks for.
        ready: whether it does what its manifest asks.
        finished: whether the outcome of a job is known.
        succeeded: whether that is a success.
        stopped: whether somebody stopped it.
        trouble: what a human must do something about.
        ended: when it came to that outcome, RFC 3339; empty before.
        message: what a job has said at its end, or why it failed.
    """

    kind: str
    name: str
    uid: str
    created: str
    deleting: bool = False
    annotations: Mapping[str, str] = field(default_factory=dict)
    identity: str = ""
    tags: tuple[tuple[str, str], ...] = ()
    ready: bool = False
    finished: bool = False
    succeeded: bool = False
    stopped: bool = False
    trouble: str = ""
    ended: str = ""
    message: str = ""

    @classmethod
    def of(cls, resource: Resource) -> Self:
        """What a composite is to know of a custom resource."""
        outcome = resource.condition("Succeeded") or {}
        trouble = resource.condition("Stalled") or {}
        run = resource.status.get("run") or {}
        return cls(
            kind=resource.kind.name,
            name=resource.name,
            uid=resource.uid,
            created=resource.created,
            deleting=resource.deleting,
            annotations={key: value for key, value in resource.annotations.items() if key.startswith(f"{GROUP}/")},
            identity=resource.known_name or "",
            tags=tags(resource.spec),
            ready=resource.says("Ready") and resource.up_to_date,
            finished=resource.finished,
            succeeded=resource.says("Succeeded"),
            stopped=resource.status.get("phase") == "Stopped",
            trouble=trouble.get("message", ""),
            ended=run.get("completionTime") or outcome.get("lastTransitionTime") or "" if resource.finished else "",
            message=_message(resource, outcome) if resource.finished else "",
        )


def _message(resource: Resource, outcome: Mapping[str, Any]) -> str:
    told = resource.status
    # A container that is content says nothing of results that could not be stored.
    said = (None if resource.says("Succeeded") else told.get("failureReason"), told.get("exitMessage"))
    return " ".join(dict.fromkeys(str(text) for text in said if text)) or str(outcome.get("message") or "")


def tags(spec: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """The tags of a manifest, in an order of their own."""
    return tuple(sorted((str(tag.get("key")), str(tag.get("value", ""))) for tag in spec.get("tags") or ()))
