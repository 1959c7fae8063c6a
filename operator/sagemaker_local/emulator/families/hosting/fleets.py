"""What an endpoint shows while its new fleet takes over from its old one, stage by stage.

The effects of a roll-out's steps. The messages are those of "Endpoint deployment state change" in the developer guide's list of
events. Not here: which stages there are and when (see `rollouts`).
"""

from collections.abc import Iterable
from copy import deepcopy
from functools import partial
from typing import Final

from sagemaker_local.emulator.families.hosting.rollouts import LAUNCH, Policy, Stage, number_of_batches, taken
from sagemaker_local.emulator.families.hosting.variants import COMING, LISTS
from sagemaker_local.emulator.family import Step, Timeline, at
from sagemaker_local.emulator.resource import Json, Resource
from sagemaker_local.emulator.timeline import Effect
from sagemaker_local.emulator.world import World

ALARMED: Final = "The deployment was rolled back because the CloudWatch alarm {alarm} is in the state ALARM."
"""A FailureReason of this project's own: AWS's wording was not found."""
TIMED_OUT: Final = "The deployment was rolled back because it took longer than {seconds} seconds."
"""A FailureReason of this project's own: AWS's wording was not found."""
_STATUS: Final = {
    "Launching": "Creating",
    "ActivatingTraffic": "ActivatingTraffic",
    "Baking": "Baking",
    "Terminating": "Deleting",
}


def course(asked: Policy, steps: Iterable[Stage], *, first: Effect, last: Effect, failed: Step) -> Timeline:
    """The timeline of an update.

    Args:
        asked: how it is rolled out.
        steps: its stages.
        first: what happens before anything is shown.
        last: what happens when it is done.
        failed: what the endpoint becomes if it fails.
    """
    made = [at(0, "Updating", effect=first)]
    for stage in steps:
        if stage.name == "Done":
            made.append(at(stage.after, "InService", effect=last))
        elif stage.name == "Watching":
            made.append(at(stage.after, None, effect=tripped))
        elif stage.name == "TimedOut":
            made.append(at(stage.after, None, effect=partial(timed_out, seconds=int(stage.after))))
        else:
            made.append(at(stage.after, None, stage.name, effect=_shown(asked, stage)))
    return Timeline(tuple(made), failed=failed)


def _shown(asked: Policy, stage: Stage) -> Effect:
    return partial(
        show, stage=stage.name, batches=stage.batches, seconds=stage.seconds, size=asked.size, rolling=asked.rolling,
        canary=asked.canary,
    )  # fmt: skip


def show(
    endpoint: Resource,
    world: World,
    now: float,
    *,
    stage: str,
    batches: int | None,
    seconds: int,
    size: Json | None,
    rolling: bool,
    canary: bool,
) -> str | None:
    """Show a stage on both fleets; fails if an alarm of the deployment was tripped before it."""
    alarmed = None if stage == "Launching" else tripped(endpoint, world, now)
    if alarmed is not None:
        return alarmed
    summary = endpoint.facts["PendingDeploymentSummary"]
    before = endpoint.facts if stage == "Terminating" else {}
    old = {variant["VariantName"]: variant for name in LISTS for variant in before.get(name, ())}
    for variant in (v for name in LISTS for v in summary.get(name, ())):
        total = variant.get("DesiredInstanceCount", 1)
        active = taken(size, total, batches)
        going = old.get(variant["VariantName"])
        count = active
        if stage == "Launching":
            endpoint.facts.get(COMING, {}).get("launched", {})[variant["VariantName"]] = active
        if stage == "Launching" and rolling and batches is not None:
            count = active - taken(size, total, batches - 1)
        if stage == "Terminating":
            count = _leave(endpoint, going, size, batches if rolling else None)
        words = _words(stage, count, seconds, whole=active == total, canary=canary)
        variant["VariantStatus"] = [{"Status": _STATUS[stage], "StatusMessage": words, "StartTime": now}]
        if going is not None:
            going["VariantStatus"] = deepcopy(variant["VariantStatus"])
        if stage == "ActivatingTraffic":
            _activate(variant, active)
    return None


def tripped(endpoint: Resource, world: World, _: float) -> str | None:
    """Why the deployment is rolled back, if one of its alarms was tripped. Alarms that do not exist never are."""
    deployment = (endpoint.pending or {}).get("DeploymentConfig") or {}
    for alarm in deployment.get("AutoRollbackConfiguration", {}).get("Alarms", ()):
        name = alarm.get("AlarmName")
        if name and world.services is not None and world.services.alarm(endpoint.place, name) == "ALARM":
            return ALARMED.format(alarm=name)
    return None


def timed_out(_: Resource, __: World, ___: float, *, seconds: int) -> str:
    """The deployment took too long."""
    return TIMED_OUT.format(seconds=seconds)


def restore(endpoint: Resource, _: World, __: float) -> None:
    """Be as before the update."""
    endpoint.facts.update(deepcopy((endpoint.pending or {}).get("Before", {})))
    _end(endpoint)


def stay_mixed(endpoint: Resource, _: World, __: float) -> None:
    """Neither the update nor the way back succeeded: instances of both configurations serve."""
    _end(endpoint)


def turn_back(endpoint: Resource, world: World, now: float, *, size: Json | None) -> None:
    """Launch what was terminated of the old fleet, batch by batch, and then be as before the update."""
    old = {v["VariantName"]: v for name in LISTS for v in (endpoint.pending or {}).get("Before", {}).get(name, ())}
    missing = [
        old[variant["VariantName"]].get("CurrentInstanceCount", 0) - variant.get("CurrentInstanceCount", 0)
        for name in LISTS
        for variant in endpoint.facts.get(name, ())
        if variant["VariantName"] in old
    ]
    if not any(count > 0 for count in missing):
        restore(endpoint, world, now)
        endpoint.status = "InService"
        return
    batches = number_of_batches(size, (variant.get("CurrentInstanceCount", 0) for variant in old.values()))
    way = (at(0, None, "RollingBack"), at(batches * LAUNCH, "InService", effect=restore))
    world.stage.begin(endpoint, Timeline(way, failed=at(0, "UpdateRollbackFailed", effect=stay_mixed)), now=now)


def _end(endpoint: Resource) -> None:
    """The update is over."""
    endpoint.pending = None
    for name in ("PendingDeploymentSummary", COMING):
        endpoint.facts.pop(name, None)


def _leave(endpoint: Resource, going: Json | None, size: Json | None, batches: int | None) -> int:
    """Let instances of an old variant go; returns how many."""
    if going is None or "CurrentInstanceCount" not in going:
        return 0
    before = (v for name in LISTS for v in (endpoint.pending or {})["Before"].get(name, ()))
    total = next(int(v["CurrentInstanceCount"]) for v in before if v["VariantName"] == going["VariantName"])
    left = total - taken(size, total, batches)
    gone: int = going["CurrentInstanceCount"] - left
    if batches is not None:
        going["CurrentInstanceCount"] = left
    return gone


def _activate(variant: Json, active: int) -> None:
    variant["CurrentWeight"] = variant["DesiredWeight"]
    if "CurrentInstanceCount" in variant:
        variant["CurrentInstanceCount"] = active
    if "DesiredServerlessConfig" in variant:
        variant["CurrentServerlessConfig"] = variant["DesiredServerlessConfig"]


def _words(stage: str, count: int, seconds: int, *, whole: bool, canary: bool) -> str:
    capacity = f"{'full ' if whole else 'canary ' if canary else ''}capacity of {count} instance(s)."
    match stage:
        case "Launching":
            return f"Launching {count} instance(s)."
        case "ActivatingTraffic":
            return f"Activating traffic on {capacity}"
        case "Baking":
            wait = "TerminationWaitInSeconds" if whole or canary else "WaitIntervalInSeconds"
            return f"Baking for {seconds} seconds ({wait}) with traffic enabled on {capacity}"
        case _:
            return f"Terminating {count} instance(s)."
