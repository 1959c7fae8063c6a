"""What is on offer for training plans: made up, but always the same for the same question at the same time.

The id of an offering says all about it, so that nothing has to be remembered between a search and a purchase. Prices are round
figures of the right order, no quotations.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sagemaker_local.emulator.resource import Json

HOUR: Final = 3600
DAY: Final = 24 * HOUR
CURRENCY: Final = "USD"
SOONEST: Final = HOUR / 2
"""Seconds between a search and the earliest start on offer."""
LATER: Final = (0, 7 * DAY)
"""Seconds after the earliest start at which offerings begin."""

_PRICES: Final = {
    "ml.p4d.24xlarge": 12, "ml.p5.48xlarge": 32, "ml.p5e.48xlarge": 36, "ml.p5en.48xlarge": 40, "ml.trn1.32xlarge": 9,
    "ml.trn2.48xlarge": 16, "ml.p6-b200.48xlarge": 72, "ml.p4de.24xlarge": 15, "ml.p6e-gb200.36xlarge": 44,
    "ml.p5.4xlarge": 4, "ml.p6-b300.48xlarge": 90,
}  # fmt: skip
_TYPES: Final = tuple(_PRICES)
_ULTRA_SERVERS: Final = {"ml.u-p6e-gb200x36": 9, "ml.u-p6e-gb200x72": 18}
"""Instances in an UltraServer."""
_ULTRA_TYPES: Final = tuple(_ULTRA_SERVERS)
_ULTRA_INSTANCE: Final = "ml.p6e-gb200.36xlarge"
_TARGETS: Final = ("training-job", "hyperpod-cluster", "endpoint", "studio-apps")
_ID: Final = re.compile(r"tpo-([iu])(\d+)-(\d+)-(\d+)-(\d+)-(\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Offering:
    """Capacity that can be bought.

    Attributes:
        server: the type of UltraServer, if it is whole ones.
        servers: how many of them.
        instance: the type of instance.
        instances: how many altogether.
        start: epoch seconds.
        hours: how long.
        target: what the capacity is for, for example training-job.
    """

    instance: str
    instances: int
    start: int
    hours: int
    target: str
    server: str | None = None
    servers: int = 0

    @property
    def end(self) -> int:
        """Epoch seconds."""
        return self.start + self.hours * HOUR

    @property
    def id(self) -> str:
        """The id, from which `read` makes the same offering."""
        kind = f"u{_ULTRA_TYPES.index(self.server)}" if self.server else f"i{_TYPES.index(self.instance)}"
        count = self.servers if self.server else self.instances
        return f"tpo-{kind}-{count}-{self.start}-{self.hours}-{_TARGETS.index(self.target)}"

    @property
    def fee(self) -> str:
        """What it costs, to be paid at once."""
        return price(self.instance, self.instances, self.hours)


def price(instance: str, count: int, hours: int) -> str:
    """An upfront fee."""
    return f"{_PRICES[instance] * count * hours:.2f}"


def read(offering_id: str) -> Offering | None:
    """The offering that has the id; None if none has."""
    found = _ID.fullmatch(offering_id)
    if found is None:
        return None
    kind = found[1]
    number, count, start, hours, target = (int(part) for part in found.groups()[1:])
    known = _ULTRA_TYPES if kind == "u" else _TYPES
    if number >= len(known) or target >= len(_TARGETS) or not (count and hours):
        return None
    return _offering(known[number], count, start=start, hours=hours, target=_TARGETS[target])


def search(request: Json, now: float) -> Iterator[Offering]:
    """What fits a SearchTrainingPlanOfferings request."""
    earliest = max(now + SOONEST, request.get("StartTimeAfter", 0))
    start = int(-(-earliest // (HOUR / 2)) * (HOUR / 2))
    hours = -(-int(request.get("DurationHours", 24)) // 24) * 24
    target = (request.get("TargetResources") or _TARGETS)[0]
    for kind in _kinds(request):
        count = request.get("UltraServerCount", 1) if kind in _ULTRA_SERVERS else request.get("InstanceCount", 1)
        for later in LATER:
            offering = _offering(kind, count, start=start + later, hours=hours, target=target)
            if count and offering.end <= request.get("EndTimeBefore", float("inf")):
                yield offering


def _kinds(request: Json) -> tuple[str, ...]:
    if "UltraServerType" in request:
        return tuple(kind for kind in _ULTRA_TYPES if kind == request["UltraServerType"])
    return (request["InstanceType"],) if "InstanceType" in request else _TYPES


def _offering(kind: str, count: int, *, start: int, hours: int, target: str) -> Offering:
    if kind in _ULTRA_SERVERS:
        return Offering(
            instance=_ULTRA_INSTANCE, instances=count * _ULTRA_SERVERS[kind], start=start, hours=hours, target=target,
            server=kind, servers=count,
        )  # fmt: skip
    return Offering(instance=kind, instances=count, start=start, hours=hours, target=target)
