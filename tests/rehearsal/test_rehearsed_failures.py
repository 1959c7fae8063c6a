"""What the status of a job tells over several attempts, and whenever the operator dies: failures, logs and costs."""

from typing import Any

from tests.builders import training_job
from tests.rehearsal.moments import at_each_moment
from tests.rehearsal.stage import Rehearsal

from sagemaker_local.emulator.logs.containers import training
from sagemaker_local.emulator.mount import DEFAULT_ACCOUNT
from sagemaker_local.emulator.resource import Place
from sagemaker_operator.engine.resource import Key

JOB = training_job(
    "digits",
    trainingJobName="digits",
    resourceConfig={"instanceType": "ml.m5.large", "instanceCount": 2, "volumeSizeInGB": 1},
    runPolicy={"backoffLimit": 1, "retryOn": ["AlgorithmError"]},
)


class Logs:
    """CloudWatch Logs of the SageMaker on a stage."""

    def __init__(self) -> None:
        self.play: Rehearsal | None = None
        self.read: list[str] = []

    async def __call__(
        self, group: str, streams: str, *, host: str, lines: int, region: str
    ) -> tuple[str, tuple[str, ...]]:
        assert self.play is not None
        self.read.append(streams)
        store = self.play.amazon.core.service.world.store
        job = store.find(Place(DEFAULT_ACCOUNT, region), "TrainingJob", streams.rstrip("/"))
        assert job is not None
        stream = max(training(job), key=lambda one: one.lines[-1].time)
        return stream.name, tuple(line.text for line in stream.lines[-lines:])


def fail(play: Rehearsal, **reasons: str) -> None:
    """Let attempts fail, by the names of their jobs."""
    for name, reason in reasons.items():
        match = f"^{name.replace('_', '-')}$"
        play.amazon.core.scenarios.fail("TrainingJob", match, reason=reason, at="Training")


def until(play: Rehearsal, key: Key, phase: str) -> None:
    play.until(f"its phase is {phase}", lambda: play.status(key).get("phase") == phase, within=7200)


def billed(play: Rehearsal, key: Key) -> int:
    return sum(int(one["billableSeconds"]) for one in play.status(key)["attempts"])


def test_each_failed_attempt_leaves_its_own_last_words() -> None:
    logs = Logs()
    with Rehearsal(logs=logs) as play:
        logs.play = play
        fail(play, digits="AlgorithmError: the first time", digits_2="AlgorithmError: the second time")
        key = play.apply(JOB)

        play.until("it has failed once", lambda: "failure" in play.status(key))
        assert "the first time" in play.status(key)["failure"]["logTail"]
        until(play, key, "Running")
        assert "failure" not in play.status(key)
        until(play, key, "Failed")

        failure: dict[str, Any] = play.status(key)["failure"]
        assert failure["logStream"].startswith("digits-2/algo-1-")
        assert "the second time" in failure["logTail"]
        assert "the first time" not in failure["logTail"]
        assert logs.read == ["digits/", "digits-2/"]


def test_a_job_costs_what_all_its_attempts_cost() -> None:
    with Rehearsal() as play:
        fail(play, digits="AlgorithmError: the first time")
        key = play.apply(JOB)

        until(play, key, "Succeeded")

        first, second = (int(one["billableSeconds"]) for one in play.status(key)["attempts"])
        assert (first > 0, second > first) == (True, True)
        assert play.status(key)["run"]["billableSeconds"] == first + second
        assert play.status(key)["run"]["logStreamPrefix"] == "digits-2/"


def failed_twice(play: Rehearsal) -> None:
    fail(play, digits="AlgorithmError: the first time", digits_2="AlgorithmError: the second time")
    key = play.apply(JOB)

    until(play, key, "Failed")

    status = play.status(key)
    assert (status["failure"]["class"], status["failure"]["message"]) == (
        "AlgorithmError",
        "AlgorithmError: the second time",
    )
    assert status["run"]["billableSeconds"] == billed(play, key)
    assert status["run"]["startTime"] == status["attempts"][-1]["startTime"]


def test_a_failure_and_its_costs_are_told_whenever_the_operator_dies() -> None:
    assert at_each_moment(failed_twice) > 10
