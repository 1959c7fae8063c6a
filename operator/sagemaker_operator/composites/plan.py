"""What a plan is made from, and what it can say.

A plan is made anew in every pass, and again after each of its steps, until it asks for none: so whatever was lost on the way, a
reply or the whole process, the next plan finds it done or to be done. A child's name is derived from what it is for, and so the
same child is never made twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sagemaker_operator.engine.announce import Announcement
from sagemaker_operator.engine.resource import Object
from sagemaker_operator.engine.verdict import Aside, Verdict
from sagemaker_operator.kinds import GROUP, VERSION

from .asks import Answers, Ask
from .child import Child

# How the children are found at the API server itself; a UID fits into a label, a name need not.
CONTROLLER_UID = f"{GROUP}/controller-uid"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a child could not be created.

    Attributes:
        message: Kubernetes' own words.
        taken: whether somebody else's object has its name.
    """

    message: str
    taken: bool = False


@dataclass(frozen=True, slots=True)
class Situation:
    """The facts that a plan is made from.

    Attributes:
        parent: the composite, with its status as last written.
        children: all that it owns; those that were asked to go are `Child.deleting`.
        now: the time of day.
        refused: by name the children that could not be created in this pass.
        answers: to what earlier plans of this pass asked.
        image: of the analyzer, where a manifest names none; empty if this installation has none.
    """

    parent: Object
    children: tuple[Child, ...]
    now: datetime
    refused: Mapping[str, Refusal] = field(default_factory=dict)
    answers: Answers = field(default_factory=dict)
    image: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A child to create.

    Attributes:
        name: derived from what it is for.
    """

    kind: str
    name: str
    spec: Mapping[str, Any]
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do, in this order: write the status, tell the Events, ask, create, delete, let go.

    Attributes:
        status: the composite's own part of it, whole.
        verdict: what the conditions are to say; None where a SageMaker resource of the same object has the say.
        events: what has happened since the last status, or is about to be done.
        create: children that are missing; each is created once, or is in `Situation.refused` of the next plan.
        delete: children that are to go.
        wake_at: when time alone gives it something to do; a change of the composite or of a child always does.
        asides: further conditions.
        asks: what it has to know, or wants to be done elsewhere, before it can go on.
        release: children that are to stay when the composite goes: they are nobody's from then on.
    """

    status: Mapping[str, Any]
    verdict: Verdict | None
    events: tuple[Announcement, ...] = ()
    create: tuple[Wanted, ...] = ()
    delete: tuple[Child, ...] = ()
    wake_at: datetime | None = None
    asides: tuple[Aside, ...] = ()
    asks: tuple[Ask, ...] = ()
    release: tuple[Child, ...] = ()


def manifest(parent: Object, wanted: Wanted) -> dict[str, Any]:
    """The object to create: it goes with its parent, and holds up the parent's foreground deletion until it is gone."""
    return {
        "apiVersion": f"{GROUP}/{VERSION}",
        "kind": wanted.kind,
        "metadata": {
            "name": wanted.name,
            "namespace": parent.namespace,
            "labels": {**wanted.labels, CONTROLLER_UID: parent.uid},
            "annotations": dict(wanted.annotations),
            "ownerReferences": [
                {
                    "apiVersion": f"{GROUP}/{VERSION}",
                    "kind": parent.kind.name,
                    "name": parent.name,
                    "uid": parent.uid,
                    "controller": True,
                    "blockOwnerDeletion": True,
                }
            ],
        },
        "spec": dict(wanted.spec),
    }
