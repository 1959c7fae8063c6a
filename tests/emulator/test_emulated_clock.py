"""Time in the emulator: virtual, scaled and real."""

import time
from typing import Any

import pytest
from tests.emulator.asking import training_job

from sagemaker_local.emulator import Emulator
from sagemaker_local.emulator.resource import Place


def test_virtual_time_stands_still(sagemaker: Emulator, client: Any) -> None:
    before = sagemaker.clock.now()
    client.create_training_job(**training_job())

    assert sagemaker.clock.now() == before
    assert client.describe_training_job(TrainingJobName="digits")["CreationTime"].timestamp() == before


def test_advancing_stops_at_each_step_on_the_way(sagemaker: Emulator, client: Any) -> None:
    client.create_training_job(**training_job())
    began = sagemaker.clock.now()

    sagemaker.clock.advance(100_000)

    job = client.describe_training_job(TrainingJobName="digits")
    assert job["TrainingEndTime"].timestamp() == began + 344
    assert sagemaker.clock.now() == began + 100_000


def test_time_does_not_go_backwards(sagemaker: Emulator) -> None:
    with pytest.raises(ValueError, match="backwards"):
        sagemaker.clock.advance(-1)
    with pytest.raises(ValueError, match="backwards"):
        sagemaker.clock.advance(float("nan"))


def test_a_real_clock_cannot_be_advanced() -> None:
    with (
        Emulator.start(check_s3=False) as sagemaker,
        pytest.raises(ValueError, match="start the emulator with a virtual clock"),
    ):
        sagemaker.clock.advance(1)


def test_scaled_work_is_short_and_its_timestamps_are_real() -> None:
    with Emulator.start(speed=3440, check_s3=False) as sagemaker:
        client = sagemaker.client()
        client.create_training_job(**training_job())
        began = time.time()
        seen: list[str] = []
        while "Completed" not in seen:
            assert time.time() - began < 10
            seen.append(client.describe_training_job(TrainingJobName="digits")["SecondaryStatus"])
        job = client.describe_training_job(TrainingJobName="digits")
        client.close()

    assert 0.09 < (job["TrainingEndTime"] - job["CreationTime"]).total_seconds() < 0.11
    assert abs(job["CreationTime"].timestamp() - began) < 5


def test_timers_run_without_being_read() -> None:
    with Emulator.start(speed=34_400, check_s3=False) as sagemaker:
        client = sagemaker.client()
        client.create_training_job(**training_job())
        client.close()
        world = sagemaker._core.service.world
        (job,) = world.store.everywhere("TrainingJob")
        deadline = time.time() + 10
        while job.status != "Completed":
            assert time.time() < deadline
            time.sleep(0.005)

        assert sagemaker.journal.count("DescribeTrainingJob") == 0


@pytest.mark.parametrize("wrong", [{"speed": 0.0}, {"speed": -1.0}, {"latency": -1.0}, {"latency": float("nan")}])
def test_numbers_that_make_no_sense_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Emulator.start(**wrong)  # type: ignore[arg-type]


def test_ten_thousand_jobs_finish_in_seconds(sagemaker: Emulator) -> None:
    service = sagemaker._core.service
    for number in range(10_000):
        service.call("CreateTrainingJob", training_job(f"job-{number}"), Place("123456789012", "us-east-1"))
    began = time.process_time()

    sagemaker.clock.advance(344)

    assert {job.status for job in service.world.store.everywhere("TrainingJob")} == {"Completed"}
    assert time.process_time() - began < 10
