"""A job among random edits, outcomes, faults and deaths of the operator: what must hold, holds at every moment.

What each version of a status must keep to, and that no custom resource has two live jobs, is watched by the rehearsal itself.
Examples are always the same, and few; ``REHEARSALS=20000 pytest tests/rehearsal/test_rehearsed_fates.py`` looks for new ones.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from hypothesis import Phase, event, given, note, settings
from hypothesis import strategies as st
from tests.builders import training_job
from tests.rehearsal.company import in_company
from tests.rehearsal.doors import KUBERNETES_FAULTS
from tests.rehearsal.kubernetes import Object
from tests.rehearsal.stage import Rehearsal

from sagemaker_local.emulator.resource import Resource as SageMakerResource
from sagemaker_operator.engine.resource import Key
from sagemaker_operator.kinds import KINDS, Kind
from sagemaker_operator.kinds.kind import Stage
from sagemaker_operator.kube.errors import Invalid
from sagemaker_operator.model.service import input_shape

EXAMPLES = int(os.environ.get("REHEARSALS", "0"))
Step = tuple[Any, ...]

OUTCOMES = {
    "done": None,
    "capacity": ("CapacityError: Unable to provision requested ML compute capacity.", "Starting"),
    "internal": ("InternalServerError: We encountered an internal error. Please try again.", None),
    "algorithm": ("AlgorithmError: ExecuteUserScriptError: exit code 1", None),
    "client": ("ClientError: Data download failed", "Downloading"),
    "throttled": ("ClientError: ThrottlingException: Rate exceeded", "Downloading"),
    "interrupted": None,
    "queued": None,
}
RETRYABLE = ("CapacityError", "InternalServerError", "ThrottlingError", "Interrupted", "AlgorithmError")
OPERATIONS = ("CreateTrainingJob", "DescribeTrainingJob", "StopTrainingJob", "ListTags", ".*")


def policies() -> st.SearchStrategy[dict[str, Any]]:
    times = st.sampled_from([1, 100, 200, 400, 900])
    fields: dict[str, st.SearchStrategy[Any]] = {
        "backoffLimit": st.integers(0, 3),
        "activeDeadlineSeconds": times,
        "startupDeadlineSeconds": st.sampled_from([100, 250]),
        "ttlSecondsAfterFinished": st.sampled_from([0, 30, 600]),
        "ttlSecondsAfterFailed": st.sampled_from([0, 30, 600]),
        "instanceTypes": st.lists(st.sampled_from(["ml.m5.xlarge", "ml.m5.2xlarge"]), min_size=1, unique=True),
        "retryOn": st.lists(st.sampled_from(RETRYABLE), min_size=1, unique=True),
    }
    return st.fixed_dictionaries({}, optional=fields)


def steps() -> st.SearchStrategy[Step]:
    edits = st.tuples(st.just("edit"), policies())
    faults = st.tuples(
        st.just("fault"),
        st.sampled_from(["throttle", "error", "lose_reply", "cut", "deny", "hang"]),
        st.sampled_from(OPERATIONS),
        st.integers(1, 4),
    )
    conflicts = st.tuples(
        st.just("kubernetes fault"), st.lists(st.sampled_from(sorted(KUBERNETES_FAULTS)), min_size=1, max_size=3)
    )
    alone = st.sampled_from(
        [
            *(("suspend", value) for value in (True, False, None)),
            *(("pause", value) for value in (True, False)),
            *(
                (name,)
                for name in ("look", "delete", "apply", "stop in console", "delete in console", "kill", "restart")
            ),
        ]
    )
    deaths = st.tuples(st.just("die in"), st.integers(0, 12))
    waits = st.tuples(st.just("wait"), st.sampled_from([0.005, 0.05, 0.5, 3, 20, 100, 190, 350, 1000]))
    return st.one_of(waits, waits, alone, edits, faults, conflicts, deaths)


@dataclass
class Fate:
    """One job, and what its user knows of it.

    Attributes:
        manifest: what is applied, again and again.
        limits, types, suspensions: what bounds the attempts of each UID: the highest limit that ever was, the instance types
            of all policies together, and how often it was suspended.
        removed: the jobs whose records were deleted in the console.
    """

    play: Rehearsal
    manifest: dict[str, Any]
    limits: dict[str, int] = field(default_factory=dict)
    types: dict[str, int] = field(default_factory=dict)
    suspensions: dict[str, int] = field(default_factory=dict)
    removed: set[str] = field(default_factory=set)

    def do(self, step: Step) -> None:
        name, *arguments = step
        getattr(self, f"_{name.replace(' ', '_')}")(*arguments)

    @property
    def key(self) -> Key:
        return Key(self.manifest["kind"], "default", "digits")

    @property
    def row(self) -> Kind:
        return KINDS[self.key.kind]

    @property
    def live(self) -> list[str]:
        return self.play.live(self.key.kind)

    @property
    def uid(self) -> str:
        found = self.play.kubernetes.get(self.key)
        return "" if found is None else str(found["metadata"]["uid"])

    def _wait(self, seconds: float) -> None:
        self.play.run(seconds)

    def _suspend(self, value: bool | None) -> None:
        if self.uid:
            self.suspensions[self.uid] = self.suspensions.get(self.uid, 0) + 1
            self.play.edit(self.key, suspend=value)

    def _pause(self, value: bool) -> None:
        self.play.annotate(self.key, paused="true" if value else None)

    def _edit(self, policy: dict[str, Any]) -> None:
        if self.uid:
            try:
                self.play.edit(self.key, runPolicy=policy)
            except Invalid:
                return
            self._bound()

    def _bound(self) -> None:
        found = self.play.kubernetes.get(self.key)
        assert found is not None
        policy = found["spec"].get("runPolicy") or {}
        self.limits[self.uid] = max(self.limits.get(self.uid, 0), policy.get("backoffLimit", 0))
        types = len(policy.get("instanceTypes", ())) + 1
        # Each edit may name others.
        self.types[self.uid] = self.types.get(self.uid, 0) + types

    def _fault(self, effect: str, operation: str, times: int) -> None:
        self.play.amazon.core.faults.by_name(effect)(operation, times=times)

    def _kubernetes_fault(self, names: Sequence[str]) -> None:
        self.play.around.faults.extend(names)

    def _look(self) -> None:
        self.play.annotate(self.key, reconcile_requested_at=str(self.play.seconds))

    def _delete(self) -> None:
        self.play.delete(self.key)

    def _apply(self) -> None:
        if not self.uid:
            self.play.apply(self.manifest)
            self._bound()

    def _stop_in_console(self) -> None:
        for job in self.play.jobs(self.key.kind):
            if self.row.stage(job.status) is Stage.CHANGING:
                self._in_console(self.row.family.stop, job)

    def _delete_in_console(self) -> None:
        for job in self.play.jobs(self.key.kind):
            if self.row.stage(job.status) in (Stage.READY, Stage.FAILED, Stage.STOPPED) and self.row.family.delete:
                self.removed.add(job.arn)
                self._in_console(self.row.family.delete, job)

    def _in_console(self, operation: str | None, job: SageMakerResource) -> None:
        assert operation is not None
        members = self.row.family.addressed(operation)
        known = {**job.spec, self.row.family.arn: job.arn}
        tokens = {"ClientRequestToken": "0" * 32} if "ClientRequestToken" in input_shape(operation).members else {}
        request = tokens | {member: known.get(member, job.name) for member in members}
        self.play.amazon.core.service.call(operation, request, job.place)

    def _kill(self) -> None:
        self.play.kill()

    def _restart(self) -> None:
        self.play.restart()

    def _die_in(self, moments: int) -> None:
        self.play.die_in(moments)

    # What must hold

    def wrong(self, found: Object) -> Iterator[str]:
        """What is wrong with one version of the job."""
        status, uid = found.get("status") or {}, found["metadata"]["uid"]
        conditions = {c["type"]: c for c in status.get("conditions", ())}
        if "Suspended" in conditions and self.live:
            yield f"it says that it is suspended, and {self.live} is at work"
        if status.get("retries", 0) > self.limits.get(uid, 0):
            yield f"{status['retries']} retries, and the limit was never above {self.limits.get(uid, 0)}"
        numbers = [one["attempt"] for one in status.get("attempts", ())]
        if sorted(set(numbers)) != numbers or any(number > status["attempt"] for number in numbers):
            yield f"the attempts are numbered {numbers}, and the current one is {status.get('attempt')}"
        if "Succeeded" in conditions:
            yield from self._wrong_end(status, conditions["Succeeded"])
            if self.live:
                yield f"it says that it is over, and {self.live} is at work"

    def _wrong_end(self, status: Object, told: Object) -> Iterator[str]:
        """The final status is SageMaker's final word."""
        jobs = {job.arn: job.status for job in self.play.jobs(self.key.kind)}
        last, phase = self.row.stage(jobs.get(status.get("arn", ""), "")), status["phase"]
        if status.get("arn") not in jobs:
            if told["reason"] != "NotFound" and not self.removed and told["reason"] != "DeadlineExceeded":
                yield f"it is {phase} because of {told['reason']}, and SageMaker has no such job"
            return
        fits = {"Succeeded": (Stage.READY,), "Failed": (Stage.FAILED, Stage.STOPPED), "Stopped": (Stage.STOPPED,)}[
            phase
        ]
        if last not in (*fits, Stage.LEAVING) and told["reason"] != "NotFound":
            yield f"it is {phase} because of {told['reason']}, and SageMaker says {jobs[status['arn']]}"

    def bounded(self) -> None:
        """No UID has more jobs than its limits and suspensions allow."""
        for uid, made in self.play.made.items():
            types = self.types.get(uid, 1)
            allowed = (1 + self.limits.get(uid, 0)) * types + self.suspensions.get(uid, 0)
            assert len(made) <= allowed, f"{len(made)} jobs for one object: {made}"

    def settle(self) -> None:
        """Everything works again and nobody edits any more: then the job comes to its end, and all is quiet."""
        play = self.play
        play.around.faults.clear()
        play.amazon.core.faults.clear()
        play.around.each = lambda _: False
        play.annotate(self.key, paused=None)
        play.until("it has come to rest", self._rests, within=40_000)
        self.bounded()
        if play.kubernetes.get(self.key) is None:
            assert not self.live, f"left at work: {self.live}"
        expires = any("ttl" in name for name in self._policy())
        play.run(1200 if expires else 5)
        play.quiet(4000)

    def _policy(self) -> dict[str, Any]:
        found = self.play.kubernetes.get(self.key)
        return {} if found is None else dict(found["spec"].get("runPolicy") or {})

    def _rests(self) -> bool:
        found = self.play.kubernetes.get(self.key)
        if found is None:
            return True
        if "deletionTimestamp" in found["metadata"]:
            return False
        current = self.play.status(self.key)["observedGeneration"] == found["metadata"]["generation"]
        done = self.play.says(self.key, "Suspended") or bool(self.play.condition(self.key, "Succeeded"))
        return current and done and not self.live


def outcomes(play: Rehearsal, kind: str, told: Sequence[str]) -> None:
    """What becomes of each attempt, in order; further ones are done."""
    scenarios = play.amazon.core.scenarios
    for number, one in enumerate(told, 1):
        match, way = rf"-[a-z2-7]{{10}}{'' if number == 1 else f'-{number}'}$", OUTCOMES[one]
        if one == "interrupted":
            scenarios.interrupt(kind, match, times=1)
        elif one == "queued":
            scenarios.wait(kind, match, seconds=500)
        elif way is not None:
            scenarios.fail(kind, match, reason=way[0], at=way[1])


def examples(share: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """As many examples as somebody asks for, or always the same few."""
    return settings(
        max_examples=EXAMPLES or share,
        derandomize=not EXAMPLES,
        database=None,
        deadline=None,
        # To explain a failure takes a hundred times as long as to find it.
        phases=[Phase.generate, Phase.shrink],
    )


Nature = tuple[float | None, float, float]


def natures() -> st.SearchStrategy[Nature]:
    """How late what a killed operator asked for is still done, SageMaker shows what is new, and a watch tells of it."""
    return st.tuples(
        st.sampled_from([None, 0.5, 2.5]), st.sampled_from([0.0, 0.0, 2.0]), st.sampled_from([0.03, 0.03, 0.001])
    )


@examples(100)
@given(
    policy=policies(),
    suspend=st.sampled_from([None, None, True]),
    told=st.lists(st.sampled_from(sorted(OUTCOMES)), max_size=4),
    todo=st.lists(steps(), max_size=14),
    nature=natures(),
)
def test_no_fate_makes_two_live_jobs_or_begins_a_finished_one_again(
    policy: dict[str, Any],
    suspend: bool | None,
    told: list[str],
    todo: list[Step],
    nature: Nature,
) -> None:
    straggle, lag, heard = nature
    with Rehearsal(straggle=straggle, lag=heard) as play:
        outcomes(play, "TrainingJob", told)
        play.amazon.core.lags.set(reads=lag)
        _through(Fate(play, training_job("digits", runPolicy=policy)), todo, suspend=suspend)


@examples(12)
@given(
    kind=st.sampled_from(["ProcessingJob", "PipelineExecution", "AutoMLJobV2", "CompilationJob", "Job"]),
    limit=st.integers(0, 3),
    failures=st.integers(0, 3),
    todo=st.lists(steps().filter(lambda step: step[0] != "edit"), max_size=14),
    nature=natures(),
)
def test_the_fates_of_other_jobs_are_no_worse(
    kind: str, limit: int, failures: int, todo: list[Step], nature: Nature
) -> None:
    straggle, lag, heard = nature
    with Rehearsal(straggle=straggle, lag=heard) as play:
        play.amazon.core.scenarios.take(kind, "", seconds=100)
        if failures:
            play.amazon.core.scenarios.fail(kind, "", reason=str(OUTCOMES["internal"][0]), times=failures)  # type: ignore[index]
        play.amazon.core.lags.set(reads=lag)
        policy = {"backoffLimit": limit, "ttlSecondsAfterFinished": 600}
        manifest = in_company(play, kind, runPolicy=policy)
        _through(Fate(play, manifest), todo, suspend=None)


def _through(fate: Fate, todo: Sequence[Step], *, suspend: bool | None) -> None:
    """Lead a job through its fate to its end."""
    play = fate.play
    play.checks.append(fate.wrong)
    if not fate.uid:
        play.apply({**fate.manifest, "spec": {**fate.manifest["spec"], **({"suspend": True} if suspend else {})}})
    fate._bound()
    for step in todo:
        fate.do(step)
    fate.settle()
    event(play.status(fate.key).get("phase", "gone"))
    note(play.told(fate.key))
