"""All parts of one emulator, put together, without a port.

Both the Python API (`emulator`) and the control API (`control`) work on these parts.
"""

import re
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from random import Random
from typing import IO, Any, Final

from sagemaker_local.emulator import autoscaling
from sagemaker_local.emulator.accounts import Accounts
from sagemaker_local.emulator.clock import Clock, VirtualClock, WallClock
from sagemaker_local.emulator.events import Events
from sagemaker_local.emulator.families import FAMILIES
from sagemaker_local.emulator.faults import Faults
from sagemaker_local.emulator.front import Front
from sagemaker_local.emulator.journal import Journal
from sagemaker_local.emulator.mount import DEFAULT_ACCOUNT, Moto
from sagemaker_local.emulator.neighbours import Neighbours
from sagemaker_local.emulator.quotas import Quotas
from sagemaker_local.emulator.rates import Rates
from sagemaker_local.emulator.resource import Place
from sagemaker_local.emulator.scaling.front import ScalingFront
from sagemaker_local.emulator.scaling.targets import Targets
from sagemaker_local.emulator.scenarios import CLOSED
from sagemaker_local.emulator.service import SageMaker
from sagemaker_local.emulator.state import snapshot
from sagemaker_local.emulator.state.keeper import Keeper
from sagemaker_local.emulator.state.snapshot import Kept
from sagemaker_local.emulator.store import Store
from sagemaker_local.emulator.world import World


class Time:
    """The clock as people use it."""

    def __init__(self, service: SageMaker) -> None:
        self._service = service

    @property
    def speed(self) -> float:
        """How many seconds of SageMaker's time pass in one second."""
        return self._service.world.clock.speed

    @property
    def virtual(self) -> bool:
        """Whether time only moves by `advance`."""
        return self._service.world.clock.virtual

    def now(self) -> float:
        """The time now, in epoch seconds."""
        return self._service.world.clock.now()

    def advance(self, seconds: float) -> None:
        """Move the virtual clock by so many seconds; everything that is due on the way happens, in order.

        Raises:
            ValueError: the clock is real.
        """
        with self._service.lock:
            self._service.machine.advance(seconds)

    def as_json(self) -> dict[str, Any]:
        """What the control API shows."""
        return {"now": self.now(), "speed": self.speed, "virtual": self.virtual}


class Roles:
    """Which roles SageMaker cannot assume."""

    def __init__(self, world: World) -> None:
        self._world = world

    def refuse(self, match: str) -> None:
        """Let every role whose ARN contains a match of the regular expression be one that cannot be assumed."""
        try:
            re.compile(match)
        except re.error as wrong:
            raise ValueError(f"{match!r} is not a regular expression: {wrong}") from None
        self._world.distrusting.append(match)

    def refused(self) -> tuple[str, ...]:
        """The expressions in force."""
        return tuple(self._world.distrusting)

    def clear(self) -> None:
        """Let all roles be assumed again."""
        self._world.distrusting.clear()


class Core:
    """One emulator without its port."""

    def __init__(self, *, speed: float, virtual: bool, latency: float, seed: int, check_s3: bool) -> None:
        clock: Clock = VirtualClock(speed=speed) if virtual else WallClock(speed=speed)
        self.moto = Moto()
        self.quotas = Quotas()
        self.neighbours = neighbours = Neighbours(self.moto)
        world = World(
            clock,
            Store(),
            self.quotas,
            inputs=neighbours if check_s3 else None,
            storage=neighbours,
            services=neighbours,
            random=Random(seed),
        )
        self.service = SageMaker(world, FAMILIES)
        self.scenarios = self.service.scenarios
        self.lags = world.lags
        self.accounts = Accounts(self.moto, clock)
        self.events = Events(clock, self.service.describe, seed=seed)
        world.listeners.append(self.events.noticed)
        self.targets = Targets(
            exists=partial(autoscaling.exists, self.service), new_id=world.new_id, now=world.clock.now
        )
        neighbours.targets = self.targets
        self._kept = Kept(self.service, self.events, self.moto, self.targets)
        self.journal = Journal()
        self.faults = Faults(seed=seed)
        self.rates = Rates()
        self.roles = Roles(world)
        self.time = Time(self.service)
        self.front = Front(self.service, self.journal, self.faults, self.rates, self.accounts.account_of)
        self.scaling = ScalingFront(self.service, self.targets, self.journal, self.faults, self.accounts.account_of)
        self.set_latency(latency)

    def keep(self, directory: Path) -> Keeper:
        """Take up the state in a directory, and keep it there from now on. Raises OSError, ValueError."""
        keeper = Keeper(self._kept, self.journal, directory)
        keeper.start()
        return keeper

    def use(self, profile: str) -> None:
        """Set limits and lags as one of `PROFILES` has them; KeyError if there is none of that name."""
        PROFILES[profile](self)

    def set_latency(self, seconds: float) -> None:
        """Delay every answer by so many seconds."""
        if not 0 <= seconds <= 3600:
            raise ValueError(f"latency must be between 0 and 3600 seconds, not {seconds}")
        self.front.latency = float(seconds)

    def scale(
        self, endpoint: str, variant: str, count: int, *, account: str = DEFAULT_ACCOUNT, region: str = "us-east-1"
    ) -> None:
        """Change an instance count as Application Auto Scaling does; ValueError as in `autoscaling`."""
        autoscaling.scale(self.service, endpoint, variant, count, account=account, region=region)

    def interrupt(self, name: str, *, account: str = DEFAULT_ACCOUNT, region: str = "us-east-1") -> None:
        """Take the spot capacity of a training job that is really at work away, now. ValueError if there is none of that name."""
        worker = self.service.world.worker
        if worker is None or not worker.interrupt(Place(account, region), name):
            raise ValueError(f"account {account} has no training job {name!r} at work in {region}")

    def save(self, path: Path) -> None:
        """Write resources, all that is under way, and the objects of S3 to a file. Raises OSError."""
        snapshot.save(self._kept, path)

    def dump(self, file: IO[bytes]) -> None:
        """The same to an open file."""
        snapshot.dump(self._kept, file)

    def restore(self, source: Path | IO[bytes]) -> None:
        """Let exist what a file holds, in place of what does. Raises OSError, or ValueError for another kind of file."""
        snapshot.restore(self._kept, source)

    def reset(self) -> None:
        """Forget resources, buckets, faults, scenarios, rates, quotas and the journal; the clock goes on."""
        with self.service.lock:
            self.service.clear()
            if self.service.world.worker is not None:
                self.service.world.worker.forget()
        self.events.reset()
        self.moto.reset()
        self.targets.known.clear()
        for part in (
            self.journal,
            self.faults,
            self.scenarios,
            self.rates,
            self.quotas,
            self.roles,
            self.lags,
            self.accounts,
        ):
            part.clear()


def _free(_: Core) -> None:
    """No limits."""


def _as_aws(core: Core) -> None:
    """The request rates that AWS has published; how far answers lag is a guess."""
    core.rates.use_known()
    core.lags.set(reads=1, lists=5)


def _as_to_new_customers(core: Core) -> None:
    """What AWS has closed to new customers is closed."""
    for kind in CLOSED:
        core.scenarios.close(kind)


PROFILES: Final[Mapping[str, Callable[[Core], None]]] = {
    "free": _free,
    "aws": _as_aws,
    "new-customer": _as_to_new_customers,
}
"""Settings by a name, for `--profile`."""
