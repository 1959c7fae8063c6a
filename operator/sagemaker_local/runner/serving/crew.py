"""The servers of one variant of one fleet: as many as are wanted, started again when they end, and drained before they go.

Not thread-safe by itself but for what it does in threads of its own: whoever calls holds `Quarters.lock`. Not here: how many are
wanted (see `wanted`), which crew takes a request (see `hosting`).
"""

import hashlib
import logging
import threading
import time
from collections.abc import Callable
from itertools import count
from typing import Final

from sagemaker_local.runner.serving.blueprint import Blueprint, ContainerPlan
from sagemaker_local.runner.serving.multimodel import LoadedModels
from sagemaker_local.runner.serving.quarters import Berth, Quarters
from sagemaker_local.runner.serving.server import Hall, ModelServer, Unservable, Withdrawn
from sagemaker_local.runner.shop import BROKEN

DRAIN: Final = 3600.0
"""Real seconds that requests in flight have: no invocation takes longer (AsyncInferenceClientConfig's maximum)."""
GRACE: Final = 5.0
SETTLED: Final = 60.0
"""A server that served so long may be started again at once."""
SLOWEST: Final = 30.0
_log = logging.getLogger(__name__)
_turn = count(1)


class Crew:
    """The servers of one variant of one fleet."""

    def __init__(self, blueprint: Blueprint, quarters: Quarters) -> None:
        self.blueprint = blueprint
        self._quarters = quarters
        self._berths: list[Berth] = []
        self._leaving: list[Berth] = []
        self._ending: set[threading.Thread] = set()
        self._ended = threading.Event()
        self._told = 0
        self._made = 0
        self.instances = 0

    def adjust(self, instances: int) -> None:
        """Have as many servers as there are instances, or as a setting allows."""
        most = self._quarters.tools.servers
        wanted = min(instances, most)
        self.instances = instances
        while len(self._berths) > wanted:
            self._dismiss(min(reversed(self._berths), key=lambda berth: (berth.serves, berth.users)))
        while len(self._berths) < wanted:
            self._berths.append(Berth(self._new_id()))
        if instances > most and instances != self._told and self._berths:
            self._told = instances
            self._write(self._berths[0], self.blueprint.containers[0])(
                f"sagemaker-local: the {instances} instances of {self._quarters.variant} share {most} processes, as many as the "
                "emulator is set to run for a variant"
            )

    def work(self, *, at_once: bool = False) -> None:
        """Start what is to be started, and end what is drained.

        Args:
            at_once: end it although it is not drained.
        """
        now = time.monotonic()
        for berth in self._berths:
            if berth.server is None and not berth.starting and now >= berth.not_before:
                berth.starting = True
                name = f"start {self._quarters.variant}"
                threading.Thread(target=self._start, args=(berth,), name=name, daemon=True).start()
        for berth in list(self._leaving):
            drained = not berth.users or at_once or now - (berth.leaving or now) > DRAIN
            if drained and not berth.starting:
                self._leaving.remove(berth)
                self._end(berth)

    def close(self) -> None:
        """Nobody wants any of them any more."""
        for berth in list(self._berths):
            self._dismiss(berth)

    def finish(self, seconds: float) -> None:
        """Wait until nothing is left, for so long at most. Not under the lock."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            with self._quarters.lock:
                self.work(at_once=True)
                if self.is_gone:
                    return
            self._ended.wait(0.1)
            self._ended.clear()

    @property
    def is_gone(self) -> bool:
        """Whether nothing is left."""
        return not (self._berths or self._leaving or self._ending)

    @property
    def is_complete(self) -> bool:
        """Whether all of them serve."""
        return all(berth.serves for berth in self._berths)

    @property
    def failure(self) -> str:
        """Why one of them could not be started; empty if nothing is wrong so far."""
        return next((berth.failure for berth in self._berths if berth.failure), "")

    @property
    def serving(self) -> list[Berth]:
        """Those that take requests."""
        return [berth for berth in self._berths if berth.serves]

    def forgive(self) -> None:
        """Try anew at once what failed before."""
        for berth in self._berths:
            berth.failure, berth.not_before = "", 0.0

    def pick(self, *, session: str | None, model: str | None) -> Berth | None:
        """Who takes a request: the one that knows the session or has the model, or else the one with least to do."""
        serving = self.serving
        if not serving:
            return None
        if session is not None:
            return max(serving, key=lambda berth: hashlib.sha256(f"{session}/{berth.instance}".encode()).digest())
        if model is not None:
            serving = [b for b in serving if b.models is not None and b.models.has(model)] or serving
        return min(serving, key=lambda berth: berth.users)

    def _dismiss(self, berth: Berth) -> None:
        self._berths.remove(berth)
        berth.leaving = time.monotonic()
        berth.withdrawn.set()
        self._leaving.append(berth)

    def _start(self, berth: Berth) -> None:
        """In a thread of its own."""
        quarters = self._quarters
        failure, server = "", None
        try:
            server = ModelServer.start(self.blueprint, self._hall(berth))
        except Withdrawn:
            pass
        except Unservable as problem:
            failure = str(problem)
        except Exception:  # noqa: BLE001 whatever it is, the endpoint is told, and the log says why
            _log.exception("a server of %s could not be started", quarters.name)
            failure = BROKEN
        with quarters.lock:
            berth.starting = False
            berth.server, berth.failure = server, failure
            berth.since = time.monotonic()
            if server is not None and self.blueprint.multi_model:
                plan = next(plan for plan in self.blueprint.containers if plan.multi_model)
                berth.models = LoadedModels(server, plan, quarters.place, quarters.tools)
            if server is None:
                self._put_off(berth)
            elif not server.running:
                self._lost(berth)
            if berth in self._leaving:
                self._leaving.remove(berth)
                self._end(berth)
        self._ended.set()
        quarters.wake()

    def _hall(self, berth: Berth) -> Hall:
        quarters = self._quarters

        def ended() -> None:
            with quarters.lock:
                self._lost(berth)
            quarters.wake()

        return Hall(
            place=quarters.place,
            directory=quarters.tools.directory / "serving" / str(next(_turn)),
            tools=quarters.tools,
            write=lambda plan: self._write(berth, plan),
            unhealthy=quarters.unhealthy,
            patience=quarters.patience,
            withdrawn=berth.withdrawn,
            ended=ended,
        )

    def _lost(self, berth: Berth) -> None:
        """A server that was healthy has ended by itself; it is started again, ever more slowly."""
        if berth.server is None:
            return
        if time.monotonic() - berth.since > SETTLED:
            berth.ends = 0
        self._end(berth)
        self._put_off(berth)
        if berth.leaving is None:
            seconds = max(0.0, berth.not_before - time.monotonic())
            self._write(berth, self.blueprint.containers[0])(
                f"sagemaker-local: it is started again in {seconds:.1f} seconds"
            )

    def _put_off(self, berth: Berth) -> None:
        berth.not_before = time.monotonic() + min(SLOWEST, 0.25 * 2**berth.ends)
        berth.ends = min(berth.ends + 1, 10)

    def _end(self, berth: Berth) -> None:
        server, models = berth.server, berth.models
        berth.server = berth.models = None
        if server is None:
            return

        def end() -> None:
            if models is not None:
                models.close()
            server.stop(grace=GRACE)
            with self._quarters.lock:
                self._ending.discard(thread)
            self._ended.set()
            self._quarters.wake()

        thread = threading.Thread(target=end, name=f"stop {self._quarters.variant}", daemon=True)
        self._ending.add(thread)
        thread.start()

    def _write(self, berth: Berth, plan: ContainerPlan) -> Callable[[str], None]:
        quarters = self._quarters
        several = len(self.blueprint.containers) > 1
        # The guide's logging-cloudwatch.html: "[production-variant-name]/[instance-id]", for pipelines with the container's name.
        name = f"{quarters.variant}/{berth.instance}" + (f"/{plan.name}" if several else "")
        return quarters.tools.log.stream(quarters.place, quarters.group, name).write

    def _new_id(self) -> str:
        self._made += 1
        return f"i-{hashlib.sha256(f'{self._quarters.name}/{self._made}'.encode()).hexdigest()[:17]}"
