"""How long a job may take."""

from typing import Any

from sagemaker_local.runner.jobs.limits import Budget


class Clock:
    def __init__(self) -> None:
        self.time = 100.0

    def now(self) -> float:
        return self.time


def budget(clock: Clock, speed: float = 60.0, **condition: Any) -> Budget:
    return Budget(condition, speed, 100.0, clock.now)


def test_a_job_waits_in_sagemakers_time_from_its_creation_on() -> None:
    clock = Clock()
    own = budget(clock, MaxRuntimeInSeconds=3600, MaxWaitTimeInSeconds=3600)

    clock.time += 59
    assert not own.over()
    clock.time += 2
    assert own.over()
    assert own.exceeded == "MaxWaitTimeExceeded"


def test_time_in_which_a_job_only_waits_is_no_runtime() -> None:
    clock = Clock()
    own = budget(clock, speed=1e9, MaxRuntimeInSeconds=1)

    clock.time += 1000
    assert not own.over()
    own.work()
    assert own.over()
    assert own.exceeded == "MaxRuntimeExceeded"


def test_runtime_of_several_attempts_counts_together_and_stands_still_between_them() -> None:
    own = budget(Clock(), speed=1e9, MaxRuntimeInSeconds=1)

    own.work()
    own.pause()

    assert own.over()


def test_which_limit_was_first_stays_told() -> None:
    clock = Clock()
    own = budget(clock, speed=1.0, MaxRuntimeInSeconds=1, MaxWaitTimeInSeconds=50)
    clock.time += 51
    assert own.over()

    own.work()
    clock.time += 1e9

    assert own.exceeded == "MaxWaitTimeExceeded"
