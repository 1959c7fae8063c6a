"""What the status keeps of Application Auto Scaling: which targets, policies and scheduled actions are ours.

They are named there before they are made, so that whoever comes after a crash knows whose they are.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sagemaker_operator.engine.target import fingerprint

from .found import Place
from .wanted import Wanted


@dataclass(frozen=True, slots=True)
class Ours:
    """What is ours at one place.

    Attributes:
        place: where.
        policies: our policies, with a digest of what was asked of each; "" while that may not have arrived.
        actions: the same of scheduled actions.
    """

    place: Place
    policies: Mapping[str, str] = field(default_factory=dict)
    actions: Mapping[str, str] = field(default_factory=dict)

    @property
    def entry(self) -> dict[str, Any]:
        """How it stands in the status."""
        told: dict[str, Any] = {"resourceID": self.place.resource, "scalableDimension": self.place.dimension}
        if self.place.item:
            told["variantName"] = self.place.item
        for name, known in (("policies", self.policies), ("scheduled", self.actions)):
            if known:
                told[name] = [{"name": one, **({"hash": digest} if digest else {})} for one, digest in known.items()]
        return told


def remembered(status: Mapping[str, Any]) -> dict[Place, Ours]:
    """What a status says is ours."""
    found = (_read(entry) for entry in status.get("scaling") or ())
    return {ours.place: ours for ours in found}


def planned(ours: Mapping[Place, Ours], wanted: Mapping[Place, Wanted]) -> dict[Place, Ours]:
    """What is ours while a plan is carried out: what was, and what is wanted."""
    merged = dict(ours)
    for place, one in wanted.items():
        before = ours.get(place, Ours(place))
        policies = {**before.policies, **{name: before.policies.get(name, "") for name in one.policies}}
        actions = {**before.actions, **{name: before.actions.get(name, "") for name in one.actions}}
        merged[place] = Ours(place, policies, actions)
    return merged


def done(wanted: Mapping[Place, Wanted]) -> dict[Place, Ours]:
    """What is ours once all is as wanted."""
    return {place: Ours(place, digests(one.policies), digests(one.actions)) for place, one in wanted.items()}


def digests(asked: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """A digest of what is asked of each policy or action: a member that is not asked for any more shows in nothing else."""
    return {name: fingerprint(members) for name, members in asked.items()}


def names(all_ours: Iterable[Ours]) -> list[tuple[Any, ...]]:
    """All that is ours, without digests."""
    return sorted((one.place, tuple(sorted(one.policies)), tuple(sorted(one.actions))) for one in all_ours)


def _read(entry: Mapping[str, Any]) -> Ours:
    place = Place(entry.get("variantName", ""), entry.get("resourceID", ""), entry.get("scalableDimension", ""))
    policies, actions = (
        {str(one["name"]): str(one.get("hash", "")) for one in entry.get(name) or ()}
        for name in ("policies", "scheduled")
    )
    return Ours(place, policies, actions)
