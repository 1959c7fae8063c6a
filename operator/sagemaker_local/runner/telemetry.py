"""Metrics of what really runs: counted in memory, in CloudWatch within a second, readable by whoever scales.

A value costs a few additions. Once in a second a thread writes what has changed to CloudWatch, one datum for each metric and
minute, so that ten thousand invocations are as many data as one. Not here: what is measured (see `runtime`, `serving`, `jobs`),
and what follows from it (see `scaler`).
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol, Self

from sagemaker_local.emulator.neighbours import Statistics
from sagemaker_local.emulator.resource import Place

MINUTE: Final = 60
WRITTEN_EVERY: Final = 1.0
"""Seconds of real time between two writings to CloudWatch."""
_log = logging.getLogger(__name__)

Dimensions = tuple[tuple[str, str], ...]


class CloudWatch(Protocol):
    """CloudWatch, as far as metrics are put into it."""

    def measure(
        self,
        place: Place,
        namespace: str,
        name: str,
        *,
        dimensions: Mapping[str, str],
        unit: str,
        when: float,
        values: Statistics,
    ) -> Callable[[Statistics], None]:
        """Put a datum; what is returned says later what its values have become. Raises ImportError if there is none."""


@dataclass(frozen=True, slots=True)
class Series:
    """One metric with its dimensions, in the order of their names, in one account and region."""

    place: Place
    namespace: str
    name: str
    dimensions: Dimensions

    @classmethod
    def of(cls, place: Place, namespace: str, name: str, dimensions: Mapping[str, str]) -> Self:
        """The metric with these dimensions."""
        return cls(place, namespace, name, tuple(sorted(dimensions.items())))


@dataclass(slots=True)
class Tally:
    """Values that were counted."""

    count: float = 0
    total: float = 0.0
    least: float = 0.0
    most: float = 0.0

    def add(self, value: float) -> None:
        """Count one more."""
        self.least = min(self.least, value) if self.count else value
        self.most = max(self.most, value) if self.count else value
        self.count += 1
        self.total += value

    def frozen(self) -> Statistics:
        """What it is now."""
        return Statistics(self.count, self.total, self.least, self.most)


@dataclass(slots=True)
class _Minute:
    unit: str
    tally: Tally = field(default_factory=Tally)
    changed: bool = False
    change: Callable[[Statistics], None] | None = None


@dataclass(slots=True)
class Watch:
    """Somebody who looks at one metric."""

    telemetry: "Telemetry"
    series: Series
    tally: Tally = field(default_factory=Tally)

    def take(self) -> Statistics | None:
        """What was put since this was last asked; None if nothing was."""
        return self.telemetry.taken(self)

    def close(self) -> None:
        """Look no more."""
        self.telemetry.unwatch(self)


class Telemetry:
    """All metrics of one emulator. Every method may be called from any thread.

    Args:
        cloud: where they go.
        now: the emulator's time, in epoch seconds.
    """

    def __init__(self, cloud: CloudWatch, now: Callable[[], float] = time.time) -> None:
        self._cloud, self._now = cloud, now
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._minutes: dict[tuple[Series, int], _Minute] = {}
        self._watches: dict[Series, list[Watch]] = {}
        self._stopping = threading.Event()
        self._dirty = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Write to CloudWatch from now on, in a thread."""
        self._thread = threading.Thread(target=self._keep_writing, name="telemetry", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Write no more; what was not written is lost."""
        self._stopping.set()
        self._dirty.set()
        if self._thread is not None:
            self._thread.join()

    def put(  # noqa: PLR0917 what CloudWatch's own call takes, in its order
        self,
        place: Place,
        namespace: str,
        name: str,
        value: float,
        dimensions: Mapping[str, str],
        unit: str = "None",
        when: float | None = None,
    ) -> None:
        """Count one value of a metric.

        Args:
            place: the account and region.
            namespace: for example `AWS/SageMaker`.
            name: the metric's.
            value: in its unit.
            dimensions: names to values.
            unit: one of CloudWatch's.
            when: epoch seconds; None is now.
        """
        self.add(Series.of(place, namespace, name, dimensions), value, unit, when)

    def add(self, series: Series, value: float, unit: str = "None", when: float | None = None) -> None:
        """The same, for those who keep their series."""
        minute = int((self._now() if when is None else when) // MINUTE) * MINUTE
        with self._lock:
            entry = self._minutes.get((series, minute))
            if entry is None:
                entry = self._minutes[series, minute] = _Minute(unit)
            entry.tally.add(value)
            entry.changed = True
            for watch in self._watches.get(series, ()):
                watch.tally.add(value)
        self._dirty.set()

    def measure(self, series: Series, values: Statistics, unit: str, when: float) -> None:
        """Put what somebody else has already counted, at once. Raises ImportError if there is no CloudWatch."""
        self._cloud.measure(
            series.place,
            series.namespace,
            series.name,
            dimensions=dict(series.dimensions),
            unit=unit,
            when=when,
            values=values,
        )

    def watch(self, series: Series) -> "Watch":
        """Look at a metric from now on."""
        made = Watch(self, series)
        with self._lock:
            self._watches.setdefault(series, []).append(made)
        return made

    def taken(self, watch: "Watch") -> Statistics | None:
        """What a watch has seen since it was last asked."""
        with self._lock:
            tally, watch.tally = watch.tally, Tally()
        return tally.frozen() if tally.count else None

    def unwatch(self, watch: "Watch") -> None:
        """Look no more."""
        with self._lock:
            self._watches[watch.series].remove(watch)
            if not self._watches[watch.series]:
                del self._watches[watch.series]

    def knows(self, series: Series) -> bool:
        """Whether a metric had a value in the last minutes that was put here."""
        with self._lock:
            return any(known == series for known, _ in self._minutes)

    def forget(self) -> None:
        """Start anew."""
        with self._lock:
            self._minutes.clear()

    def write(self) -> None:
        """Write what has changed to CloudWatch. Raises ImportError if there is none."""
        with self._writing:
            with self._lock:
                changed = [(*key, entry, entry.tally.frozen()) for key, entry in self._minutes.items() if entry.changed]
                for *_, entry, _ in changed:
                    entry.changed = False
            for series, minute, entry, values in changed:
                self._write(series, minute, entry, values)
            self._drop(before=self._now() - 2 * MINUTE)

    def _write(self, series: Series, minute: int, entry: _Minute, values: Statistics) -> None:
        if entry.change is not None:
            entry.change(values)
            return
        entry.change = self._cloud.measure(
            series.place,
            series.namespace,
            series.name,
            dimensions=dict(series.dimensions),
            unit=entry.unit,
            when=minute,
            values=values,
        )

    def _drop(self, *, before: float) -> None:
        with self._lock:
            for key in [key for key, entry in self._minutes.items() if key[1] < before and not entry.changed]:
                del self._minutes[key]

    def _keep_writing(self) -> None:
        while not self._stopping.is_set():
            self._dirty.wait()
            self._dirty.clear()
            try:
                self.write()
            except ImportError as missing:
                _log.warning(
                    "there are no metrics in CloudWatch, which needs moto, and it is not installed: %s", missing
                )
                return
            except Exception:  # noqa: BLE001 a metric that is lost must not end all of them
                _log.exception("metrics could not be written to CloudWatch")
            self._stopping.wait(WRITTEN_EVERY)
