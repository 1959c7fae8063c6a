"""A whole rehearsal: the operator's controller, a Kubernetes API server and SageMaker in one process, on one virtual clock.

    with Rehearsal() as play:
        job = play.apply(training_job("digits"))
        play.until("it is done", lambda: play.says(job, "Succeeded"))
        assert play.amazon.core.journal.committed("CreateTrainingJob") == 1

Nothing moves but in `run`, `until` and `settle`; between them a test is the user with kubectl, the console or the network. A
rehearsal watches by itself what must hold at every moment, and complains when it ends: statuses keep to kstatus, and no custom
resource ever has two live jobs in SageMaker. To kill the operator at each moment of a scenario see `moments`.
"""

import asyncio
import logging
import random
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from tests.cluster.kstatus import broken_turns, violations
from tests.rehearsal.amazon import REGION, Amazon
from tests.rehearsal.clockwork import Clockwork
from tests.rehearsal.complaints import Faults
from tests.rehearsal.doors import START, Event, Life, Moment, Surroundings
from tests.rehearsal.kubernetes import NAMESPACE, Cascade, Kubernetes, Object

from sagemaker_local.emulator.resource import Resource as SageMakerResource
from sagemaker_operator.composites.table import ALL_KINDS
from sagemaker_operator.controller.control import Control
from sagemaker_operator.engine.ownership import UID
from sagemaker_operator.engine.resource import Key
from sagemaker_operator.kinds import GROUP, KINDS, Lifecycle
from sagemaker_operator.kinds.kind import Stage

_LIVE = (Stage.CHANGING, Stage.STOPPING)
# Seconds for which the operator is away after its death.
_AWAY = 2.0


class Rehearsal:
    """One play from an empty stage.

    Attributes:
        kubernetes: the API server.
        amazon: SageMaker.
        complaints: what was wrong at any moment; the rehearsal fails with them when it ends.
        moments: how many moments there were so far at which the operator could have died.
        deaths: how often it died.
        made: the ARNs of the jobs that were made for each UID.
        opening: the number of the first moment at which `at_each_moment` kills the operator; what was before is the setting.
        checks: further rules that each new version of an object has to keep; each gives what is wrong.

    Args:
        seed: of everything random.
        die_at: the number of the moment at which the operator is killed, once.
        straggle: seconds after which a call of the killed operator is carried out all the same; None if it never is.
        lag: seconds by which a watch lags behind; a reply takes 0.01, and may come before what is heard or after it.
        workers: how many passes go side by side.
        noting: whether to note what tells each moment from others.
        control: further arguments of `Control`.
    """

    def __init__(
        self,
        *,
        seed: int = 0,
        die_at: int | None = None,
        straggle: float | None = None,
        lag: float = 0.03,
        workers: int = 4,
        noting: bool = False,
        **control: Any,
    ) -> None:
        self.amazon = Amazon(start=START.timestamp())
        self.loop = Clockwork(due=self.amazon.due, moved=self.amazon.move)
        self.around = Surroundings(self.loop, Kubernetes(lambda: self.around.now()), self.amazon)  # noqa: PLW0108
        self.around.each = self._each
        self.kubernetes = self.around.kubernetes
        self.complaints: list[str] = []
        self.moments, self.deaths, self.opening = 0, 0, 0
        self.labels: list[tuple[Moment, *tuple[Any, ...]]] = []
        self.checks: list[Callable[[Object], Any]] = []
        self._die_at, self._straggle, self._workers, self._noting = die_at, straggle, workers, noting
        self._lag = lag
        self._control_arguments = {"cluster_name": "rehearsal", "region": REGION, **control}
        self._live: dict[tuple[str, str], dict[str, str]] = {}
        self.made: dict[str, list[str]] = {}
        self._seed, self._random = seed, random.getstate()
        self._life: Life | None = None
        self._working: asyncio.Task[None] | None = None
        self._faults = Faults(self.complaints)
        self._return: asyncio.TimerHandle | None = None
        self._feeding: Callable[[], None] | None = None
        self.kubernetes.watchers.append(self._check)
        self.amazon.listen(self._count)
        self.loop.set_exception_handler(lambda _, context: self.complaints.append(f"asyncio: {context}"))

    # The operator

    def start(self) -> None:
        """Start an operator that knows nothing but what is listed to it; there is never more than one."""
        self._return = None
        if self._working is not None:
            return
        life = Life(self.around, self._died, straggle=self._straggle)
        sides: dict[str, Any] = dict.fromkeys(
            ("cluster", "cloud", "announcer", "clock", "meter", "files", "messages"), life
        )
        control = Control(**sides, sweep=life.sweep, **self._control_arguments)
        for found in self.kubernetes:
            control.ingest(ALL_KINDS[found["kind"]], None, found)
        self._life, self.control = life, control
        self._feed(control)
        self._working = self.loop.create_task(control.run(self._workers))

    def kill(self) -> None:
        """Kill the operator as SIGKILL does; it comes back a moment later."""
        assert self._life is not None
        self._life.kill()

    def stop(self) -> None:
        """End the operator gently, as SIGTERM does; it does not come back."""
        # A death that was just asked for comes first.
        self.loop.run_until_complete(asyncio.sleep(0))
        if self._working is not None:
            self.control.stop()
            with suppress(asyncio.CancelledError):
                self.loop.run_until_complete(self._working)
            self._starve()
            self._working = None
        if self._return is not None:
            self._return.cancel()

    def opens(self) -> None:
        """What was until now is the setting of the scenario, and of no interest to `at_each_moment`."""
        self.opening = self.moments

    def restart(self) -> None:
        """End the operator gently, and start another one."""
        self.stop()
        self.start()

    def die_in(self, moments: int) -> None:
        """Let the operator be killed so many moments from now; 0 is its next request."""
        self._die_at = self.moments + moments

    # What users do

    def apply(self, manifest: Mapping[str, Any]) -> Key:
        """``kubectl apply`` of a manifest."""
        metadata = manifest["metadata"]
        key = Key(manifest["kind"], metadata.get("namespace", NAMESPACE), metadata["name"])
        if self.kubernetes.get(key) is None:
            self.kubernetes.create(manifest)
        else:
            self.kubernetes.replace_spec(key, manifest["spec"], metadata.get("annotations"))
        return key

    def edit(self, key: Key, **spec: Any) -> None:
        """``kubectl patch`` of fields of the spec; None removes one."""
        assert self.kubernetes.patch(key, {"spec": spec}) is not None, f"{key} does not exist"

    def annotate(self, key: Key, **annotations: str | None) -> None:
        """``kubectl annotate`` with our annotations: paused="true"; underscores stand for hyphens."""
        named = {f"{GROUP}/{name.replace('_', '-')}": value for name, value in annotations.items()}
        self.kubernetes.patch(key, {"metadata": {"annotations": named}})

    def delete(self, key: Key, *, cascade: Cascade = "background") -> None:
        """``kubectl delete --wait=false``."""
        self.kubernetes.delete(key, cascade=cascade)

    def console(self, operation: str, **request: Any) -> dict[str, Any]:
        """Somebody calls SageMaker without the operator."""
        asked = self.amazon.ask(operation, request, region=REGION, caller="somebody")
        return self.loop.run_until_complete(asked)

    # What is to be seen

    def there(self, key: Key) -> bool:
        """Whether an object exists."""
        return self.kubernetes.get(key) is not None

    def status(self, key: Key) -> Object:
        """The status of an object; empty if there is none."""
        return dict((self.kubernetes.get(key) or {}).get("status") or {})

    def generation(self, key: Key) -> int:
        """The generation of an object's spec."""
        found = self.kubernetes.get(key)
        assert found is not None, f"{key} does not exist"
        return int(found["metadata"]["generation"])

    def condition(self, key: Key, kind: str) -> Object:
        """A condition by its type; empty if it is not there."""
        return next((dict(c) for c in self.status(key).get("conditions", ()) if c["type"] == kind), {})

    def says(self, key: Key, kind: str, status: str = "True") -> bool:
        """Whether a condition has a status."""
        return bool(self.condition(key, kind).get("status") == status)

    def events(self, key: Key, reason: str | None = None) -> list[Event]:
        """The Events about an object, of one reason or of all."""
        return [one for one in self.around.events if one.key == key and reason in (None, one.reason)]

    def jobs(self, kind: str) -> list[SageMakerResource]:
        """What SageMaker has of a kind, oldest first."""
        return self.amazon.resources(kind)

    def live(self, kind: str) -> list[str]:
        """The names of the jobs of a kind that SageMaker works on."""
        return [job.name for job in self.jobs(kind) if KINDS[kind].stage(job.status) in _LIVE]

    def committed(self, operation: str) -> int:
        """How often SageMaker has carried out an operation."""
        return self.amazon.core.journal.committed(operation)

    # Time

    @property
    def seconds(self) -> float:
        """Since the beginning."""
        return self.loop.time()

    def run(self, seconds: float) -> None:
        """Let time pass."""
        self.loop.run_until_complete(asyncio.sleep(seconds))
        self._healthy()

    def until(self, what: str, seen: Callable[[], bool], *, within: float = 3600.0) -> None:
        """Let time pass until something is so; fails if it is not in time."""
        self.loop.run_until_complete(self._until(what, seen, within))
        self._healthy()

    def quiet(self, seconds: float = 7200.0) -> None:
        """Let time pass, and fail if the operator changes anything meanwhile."""
        before = self.kubernetes.writes, self.amazon.core.journal.changes()
        self.run(seconds)
        after = self.kubernetes.writes, self.amazon.core.journal.changes()
        assert before == after, f"not quiet: writes at Kubernetes and SageMaker went from {before} to {after}"

    def told(self, key: Key) -> str:
        """An object's status and what SageMaker has of its kind, for messages."""
        conditions = [
            f"{c['type']}={c['status']} {c['reason']}: {c['message']}" for c in self.status(key).get("conditions", ())
        ]
        rest = {name: value for name, value in self.status(key).items() if name != "conditions"}
        jobs = [f"{job.name} {job.status} {job.detail or ''}" for job in self.jobs(key.kind)]
        return "\n  ".join((f"at {self.seconds:.1f} s {key}:", *conditions, str(rest), "SageMaker:", *jobs))

    # Behind the curtain

    def __enter__(self) -> Self:
        logging.getLogger("sagemaker_operator").addHandler(self._faults)
        self._random = random.getstate()
        random.seed(self._seed)
        asyncio.set_event_loop(self.loop)
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._sweep_up()
        finally:
            logging.getLogger("sagemaker_operator").removeHandler(self._faults)
            self.loop.close()
            asyncio.set_event_loop(None)
            random.setstate(self._random)
        if error is None:
            assert not self.complaints, "\n".join(dict.fromkeys(self.complaints))

    def _sweep_up(self) -> None:
        self._starve()
        left = asyncio.all_tasks(self.loop)
        for task in left:
            task.cancel()
        if left:
            self.loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))

    async def _until(self, what: str, seen: Callable[[], bool], within: float) -> None:
        deadline = self.loop.time() + within
        bound = self.loop.call_at(deadline, lambda: None)
        try:
            while True:
                await self.loop.settled()
                if seen():
                    return
                if self.loop.time() >= deadline:
                    objects = "\n".join(self.told(_key(found)) for found in self.kubernetes)
                    raise AssertionError(f"not within {within:.0f} s: {what}\n{objects}")
                await self.loop.moment()
        finally:
            bound.cancel()

    def _healthy(self) -> None:
        if self._working is not None and self._working.done() and not self._working.cancelled():
            self._working.result()
        assert not self.complaints, "\n".join(dict.fromkeys(self.complaints))

    def _feed(self, control: Control) -> None:
        """Tell the operator of every change, a little late and in order."""
        waiting: deque[tuple[str, Object]] = deque()
        going = True

        def deliver() -> None:
            event, found = waiting.popleft()
            if going:
                control.ingest(ALL_KINDS[found["kind"]], event, found)

        def hear(event: str, after: Object, before: Object | None) -> None:
            waiting.append((event, after))
            self.loop.call_later(self._lag, deliver)

        def end() -> None:
            nonlocal going
            going = False
            self.kubernetes.watchers.remove(hear)

        self.kubernetes.watchers.append(hear)
        self._feeding = end

    def _starve(self) -> None:
        if self._feeding is not None:
            self._feeding()
            self._feeding = None

    def _each(self, moment: Moment) -> bool:
        self.moments += 1
        if self._noting:
            self.labels.append((moment, *self._scene()))
        return self._die_at == self.moments - 1

    def _scene(self) -> tuple[Any, ...]:
        """What tells one moment from another."""
        objects = tuple(
            (
                found["metadata"]["generation"],
                "deletionTimestamp" in found["metadata"],
                (found.get("status") or {}).get("phase"),
                tuple((c["type"], c["reason"]) for c in (found.get("status") or {}).get("conditions", ())),
            )
            for found in self.kubernetes
        )
        return *objects, *((job.name, job.status) for kind in self._kinds() for job in self.jobs(kind))

    def _kinds(self) -> list[str]:
        return sorted({found["kind"] for found in self.kubernetes})

    def _died(self) -> None:
        self.deaths += 1
        self._starve()
        assert self._working is not None
        self._working.cancel()
        self._working = None
        self._return = self.loop.call_later(_AWAY, self.start)

    def _check(self, event: str, after: Object, before: Object | None) -> None:
        """The rules that every version of every object keeps."""
        if event == "DELETED":
            return
        wrong = [*violations(after), *(what for check in self.checks for what in check(after))]
        if before is not None:
            wrong += broken_turns(before, after)
        self.complaints += [f"at {self.seconds:.1f} s {_key(after)}: {what}" for what in wrong]

    def _begun(self, kind: str, owner: str) -> None:
        """Nothing is begun for a custom resource whose outcome is told."""
        (found,) = (one for one in self.kubernetes if one["kind"] == kind and one["metadata"]["uid"] == owner)
        told = [c["status"] for c in (found.get("status") or {}).get("conditions", ()) if c["type"] == "Succeeded"]
        if told:
            self.complaints.append(f"at {self.seconds:.1f} s a finished {kind} was begun again: Succeeded={told[0]}")

    def _count(self, job: SageMakerResource, _: float) -> None:
        """No custom resource has two live jobs."""
        kind = KINDS.get(job.kind)
        if kind is None or kind.lifecycle is not Lifecycle.JOB:
            return
        owner = job.tags.get(UID)
        ours = [o["metadata"]["uid"] for o in self.kubernetes if o["kind"] == job.kind]
        if owner is None and not kind.family.taggable and len(ours) == 1:
            (owner,) = ours
        if owner is None or owner not in ours:
            return
        live = self._live.setdefault((job.kind, owner), {})
        if job.arn not in self.made.setdefault(owner, []):
            self.made[owner].append(job.arn)
            self._begun(job.kind, owner)
        live.pop(job.arn, None)
        if not job.gone and kind.stage(job.status) in _LIVE:
            live[job.arn] = str(job.status)
        if len(live) > 1:
            self.complaints.append(f"at {self.seconds:.1f} s two live jobs of one {job.kind}: {live}")


def _key(found: Object) -> Key:
    return Key(found["kind"], found["metadata"]["namespace"], found["metadata"]["name"])
