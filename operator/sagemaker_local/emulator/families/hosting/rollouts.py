"""Roll-outs: from a deployment configuration to the stages of an update, and how many instances each stage is about.

Pure: times, batches and counts alone. Blue/green launches the whole new fleet and moves traffic to it in batches; a rolling
update launches, fills and empties one batch after the other. Not here: what a stage shows (see `fleets`), which configurations
are refused (see `guardrails`).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from sagemaker_local.emulator.resource import Json

LAUNCH: Final = 240.0
SHIFT: Final = 30.0
TERMINATE: Final = 30.0
WATCH: Final = 60.0
"""Seconds between two looks at the alarms while a fleet bakes; unverified, like the durations above."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A moment of a roll-out.

    Attributes:
        after: seconds from the start.
        name: Launching, ActivatingTraffic, Baking, Watching, Terminating, TimedOut or Done.
        batches: how many batches of the new fleet it is about; None means the whole fleet.
        seconds: how long the fleet bakes.
    """

    after: float
    name: str
    batches: int | None = None
    seconds: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What a deployment configuration asks for, the same for blue/green and rolling updates.

    Attributes:
        size: of a batch; None moves all traffic at once.
        rolling: whether each batch of the old fleet is terminated before the next one of the new fleet is launched.
        canary: whether there is one small batch, and then all the rest.
        interval: seconds to bake after each batch.
        final: seconds to bake before the old fleet is terminated.
        limit: seconds that the update may take; None means any.
        launch: seconds until a batch is launched.
        shift: seconds until traffic is shifted to it.
        terminate: seconds until an old batch is gone.
    """

    size: Json | None = None
    rolling: bool = False
    canary: bool = False
    interval: int = 0
    final: int = 0
    limit: int | None = None
    launch: float = LAUNCH
    shift: float = SHIFT
    terminate: float = TERMINATE


ALL_AT_ONCE: Final = Policy()


def policy(deployment: Json | None) -> Policy:
    """The policy of a deployment configuration; without one, blue/green and all at once."""
    deployment = deployment or {}
    if (rolling := deployment.get("RollingUpdatePolicy")) is not None:
        return Policy(
            size=rolling["MaximumBatchSize"],
            rolling=True,
            interval=rolling["WaitIntervalInSeconds"],
            limit=rolling.get("MaximumExecutionTimeoutInSeconds"),
        )
    if (blue_green := deployment.get("BlueGreenUpdatePolicy")) is None:
        return ALL_AT_ONCE
    routing = blue_green["TrafficRoutingConfiguration"]
    sizes = {"CANARY": routing.get("CanarySize"), "LINEAR": routing.get("LinearStepSize")}
    size = sizes.get(routing["Type"])
    return Policy(
        size=size,
        canary=routing["Type"] == "CANARY",
        interval=routing["WaitIntervalInSeconds"] if size else 0,
        final=blue_green.get("TerminationWaitInSeconds", 0),
        limit=blue_green.get("MaximumExecutionTimeoutInSeconds"),
    )


def batch(size: Json | None, total: int) -> int:
    """Instances in one batch of a fleet: at least one, percentages rounded down."""
    if size is None:
        return total
    wanted = total * size["Value"] // 100 if size["Type"] == "CAPACITY_PERCENT" else size["Value"]
    return min(total, max(1, int(wanted)))


def taken(size: Json | None, total: int, batches: int | None) -> int:
    """Instances in the first batches of a fleet; None means all of it."""
    return total if batches is None else min(total, batches * batch(size, total))


def number_of_batches(size: Json | None, totals: Iterable[int]) -> int:
    """How many batches the largest of several fleets needs."""
    return max((-(-total // batch(size, total)) for total in totals if total > 0), default=1)


def stages(asked: Policy, totals: Mapping[str, int]) -> tuple[Stage, ...]:
    """The stages of an update, from Launching to Done.

    Args:
        asked: how it is to be rolled out.
        totals: instances of the new fleet by variant.
    """
    needed = number_of_batches(asked.size, totals.values())
    moments = (
        _rolling(asked, needed) if asked.rolling else _blue_green(asked, min(needed, 2) if asked.canary else needed)
    )
    found: list[Stage] = []
    clock = 0.0
    for stage, lasting in moments:
        if asked.limit is not None and clock > asked.limit:
            break
        found.append(replace(stage, after=clock))
        found.extend(_looks(stage, clock))
        clock += lasting
    if asked.limit is not None and clock > asked.limit:
        kept = [stage for stage in found if stage.after <= asked.limit]
        return (*kept, Stage(after=float(asked.limit), name="TimedOut"), Stage(after=asked.limit + 1.0, name="Done"))
    return (*found, Stage(after=clock, name="Done"))


def _blue_green(asked: Policy, needed: int) -> Iterator[tuple[Stage, float]]:
    yield Stage(after=0, name="Launching"), asked.launch
    for number in range(1, needed):
        yield Stage(after=0, name="ActivatingTraffic", batches=number), asked.shift
        yield from _bake(asked.interval, number)
    yield Stage(after=0, name="ActivatingTraffic"), asked.shift
    yield from _bake(asked.final, None)
    yield Stage(after=0, name="Terminating"), asked.terminate


def _rolling(asked: Policy, needed: int) -> Iterator[tuple[Stage, float]]:
    for number in range(1, needed + 1):
        yield Stage(after=0, name="Launching", batches=number), asked.launch
        yield Stage(after=0, name="ActivatingTraffic", batches=number), asked.shift
        yield from _bake(asked.interval, number)
        yield Stage(after=0, name="Terminating", batches=number), asked.terminate


def _bake(seconds: int, batches: int | None) -> Iterator[tuple[Stage, float]]:
    if seconds:
        yield Stage(after=0, name="Baking", batches=batches, seconds=seconds), float(seconds)


def _looks(stage: Stage, clock: float) -> Iterator[Stage]:
    after = WATCH
    while after < stage.seconds:
        yield Stage(after=clock + after, name="Watching")
        after += WATCH
