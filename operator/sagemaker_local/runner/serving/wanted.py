"""Which servers an endpoint or an inference component needs now, and who takes which share of its requests.

Level-triggered: everything follows from what Describe shows at the moment, and from what was deployed. While an update goes on,
there are two fleets; the share of the new one is the part of its instances that traffic was activated on, whichever way it is
rolled out. Pure. Not here: starting anything (see `house`), when a stage is over (see `gates`).
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sagemaker_local.emulator.families.hosting.component_updates import specified
from sagemaker_local.emulator.families.hosting.variants import COMING, FLEET, LISTS
from sagemaker_local.emulator.resource import Json, Resource

ROLLING_BACK: Final = "RollingBack"
_NOTHING: Final = frozenset({"Failed", "Deleting", None})


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The instances of one variant in one fleet, or the copies of one specification of a component.

    Attributes:
        deployment: tells one fleet from another of the same variant.
        variant: the variant's name.
        shadow: whether it gets copies of requests only.
        instances: how many there should be.
        weight: of the requests of the endpoint, against all other groups.
        coming: whether it is being deployed, so that an update waits for it.
        settings: of the variant in the endpoint configuration, or the specification of the component.
        model: the members of CreateModel; None if the variant is for inference components, or the model is unknown by now.
    """

    deployment: str
    variant: str
    shadow: bool = False
    instances: int
    weight: float
    coming: bool
    settings: Json
    model: Json | None


def of_endpoint(endpoint: Resource) -> tuple[Group, ...]:
    """The groups of an endpoint."""
    if endpoint.status in _NOTHING:
        return ()
    old, new = endpoint.facts.get(FLEET), endpoint.facts.get(COMING)
    active = _active(endpoint)
    groups = [*_current(endpoint, old, active)] if old else []
    return (*groups, *_coming(endpoint, new, active)) if new else tuple(groups)


def of_component(component: Resource, model_of: dict[str, Json]) -> tuple[Group, ...]:
    """The groups of an inference component: its copies, and while it takes on another specification, copies of that too.

    Args:
        model_of: the models that its specifications name.
    """
    if component.status in _NOTHING:
        return ()
    copies, pending = component.facts["Copies"], component.pending or {}
    now, after = next(iter(specified(component.spec)), {}), next(iter(specified(pending)), None)
    changes = after is not None and after != now
    count = pending["Before"]["CurrentCopyCount"] if changes else copies["DesiredCopyCount"]
    groups = [_copies(component, now, count, model_of, coming=False)]
    if after is not None and changes:
        groups.append(_copies(component, after, copies["DesiredCopyCount"], model_of, coming=True))
    return tuple(groups)


def _copies(component: Resource, given: Json, count: int, model_of: dict[str, Json], *, coming: bool) -> Group:
    digest = hashlib.sha256(json.dumps(given, sort_keys=True, default=str).encode()).hexdigest()[:12]
    return Group(
        deployment=digest,
        variant=component.spec["VariantName"],
        instances=count,
        weight=0.0 if coming else 1.0,
        coming=coming,
        settings=given,
        model=model_of.get(given.get("ModelName", "")),
    )


def _current(endpoint: Resource, fleet: Json, active: dict[str, float]) -> Iterator[Group]:
    back = endpoint.detail == ROLLING_BACK
    before = {v["VariantName"]: v for kind in LISTS for v in (endpoint.pending or {}).get("Before", {}).get(kind, ())}
    elsewhere = sum(active.values()) / len(active) if active else 0.0
    total = _total(endpoint.facts, "CurrentWeight")
    for kind, variant, settings in _variants(endpoint.facts, fleet):
        name = variant["VariantName"]
        shown = before.get(name, variant) if back else variant
        wanted = int(shown.get("DesiredInstanceCount", 1))
        if endpoint.facts.get(COMING) and "CurrentInstanceCount" in shown:
            wanted = int(shown["CurrentInstanceCount"])
        yield Group(
            deployment=fleet["id"],
            variant=name,
            shadow=kind == "ShadowProductionVariants",
            instances=wanted,
            weight=variant.get("CurrentWeight", 1.0) / total * (1 - active.get(name, elsewhere)),
            coming=False,
            settings=settings,
            model=fleet["models"].get(settings.get("ModelName", "")),
        )


def _coming(endpoint: Resource, fleet: Json, active: dict[str, float]) -> Iterator[Group]:
    summary = endpoint.facts.get("PendingDeploymentSummary", {})
    weights = _total(summary, "DesiredWeight")
    for kind, variant, settings in _variants(summary, fleet):
        name = variant["VariantName"]
        total = int(variant.get("DesiredInstanceCount", 1))
        yield Group(
            deployment=fleet["id"],
            variant=name,
            shadow=kind == "ShadowProductionVariants",
            instances=fleet["launched"].get(name, total),
            weight=variant.get("DesiredWeight", 1.0) / weights * active.get(name, 0.0),
            coming=True,
            settings=settings,
            model=fleet["models"].get(settings.get("ModelName", "")),
        )


def _variants(shown: Json, fleet: Json) -> Iterator[tuple[str, Json, Json]]:
    """Each variant that is shown: in which list, what is shown, and what its configuration says."""
    for kind in LISTS:
        settings = {one["VariantName"]: one for one in fleet["config"].get(kind, ())}
        for variant in shown.get(kind, ()):
            if variant["VariantName"] in settings:
                yield kind, variant, settings[variant["VariantName"]]


def _total(shown: Json, member: str) -> float:
    """What the weights of the production variants sum up to, so that those of two fleets can be compared."""
    return sum(v.get(member, 1.0) for v in shown.get("ProductionVariants", ())) or 1.0


def _active(endpoint: Resource) -> dict[str, float]:
    """Which part of each variant of the coming fleet takes requests."""
    found: dict[str, float] = {}
    summary = endpoint.facts.get("PendingDeploymentSummary", {})
    for variant in (v for kind in LISTS for v in summary.get(kind, ())):
        if "DesiredInstanceCount" in variant:
            total = variant["DesiredInstanceCount"]
            found[variant["VariantName"]] = variant.get("CurrentInstanceCount", 0) / total if total else 1.0
        else:
            found[variant["VariantName"]] = float("CurrentServerlessConfig" in variant)
    return found
