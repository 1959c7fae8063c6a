"""Training that goes on: checkpoints, spot capacity that is taken away, attempts after trouble, a queue for slots."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.runner.floor import IMAGE, Floor, floor, until

from sagemaker_local.emulator import Emulator
from sagemaker_local.runner.execution import Execution


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Floor]:
    with floor(tmp_path_factory.mktemp("floor"), speed=60.0) as made:
        yield made


CHECKPOINTS = {"S3Uri": "s3://data/checkpoints/spot"}
SPOT: dict[str, Any] = {
    "EnableManagedSpotTraining": True,
    "StoppingCondition": {"MaxRuntimeInSeconds": 3600, "MaxWaitTimeInSeconds": 7200},
}
COUNTS = """
    import pathlib, signal, sys, time
    place = pathlib.Path("/opt/ml/checkpoints/epoch")
    epoch = int(place.read_text()) if place.exists() else 0
    print("begins at", epoch)
    def leave(*_):
        print("leaving at", epoch)
        sys.exit(143)
    signal.signal(signal.SIGTERM, leave)
    while epoch < LAST:
        epoch += 1
        place.write_text(str(epoch))
        print("epoch", epoch)
        while epoch == HOLD and HOLDS:
            time.sleep(0.02)
    pathlib.Path("/opt/ml/model/epochs").write_text(str(epoch))
"""


HOLDS = """
    import time
    print("at work")
    while True:
        time.sleep(0.02)
"""


def counting(*, last: int, hold: int, holds: str = "True") -> str:
    return COUNTS.replace("LAST", str(last)).replace("HOLDS", holds).replace("HOLD", str(hold))


def test_an_interrupted_spot_job_goes_on_from_its_checkpoint(shop: Floor) -> None:
    code = counting(last=5, hold=3, holds="not pathlib.Path('/opt/ml/checkpoints/resumed').exists()")
    code += "    print('over')\n"
    shop.train(code, "spot", CheckpointConfig=CHECKPOINTS, **SPOT)
    shop.says("epoch 3", "spot")
    shop.put(checkpoints__spot__resumed="yes")

    shop.emulator.interrupt("spot")

    job = shop.ended("spot")
    assert job["TrainingJobStatus"] == "Completed", job
    assert [one["Status"] for one in job["SecondaryStatusTransitions"]] == [
        "Starting",
        "Downloading",
        "Training",
        "Interrupted",
        "Starting",
        "Downloading",
        "Training",
        "Uploading",
        "Completed",
    ]
    written = [line for line in shop.lines("spot") if not line.startswith("epoch")]
    assert sorted(written) == ["begins at 0", "begins at 3", "leaving at 3", "over"]
    assert len(shop.streams("spot")) == 2
    assert shop.get("checkpoints/spot/epoch") == b"5"
    assert shop.archive("out/spot/output/model.tar.gz") == {"epochs": b"5"}
    assert job["BillableTimeInSeconds"] <= job["TrainingTimeInSeconds"]


def test_a_job_on_demand_is_not_interrupted(shop: Floor) -> None:
    shop.train(HOLDS.replace("    while True:", "    while True:\n        print('tick')"), "steady")
    shop.says("tick", "steady")

    shop.emulator.interrupt("steady")
    before = len(shop.lines("steady"))
    until(lambda: len(shop.lines("steady")) > before + 20)
    shop.sagemaker.stop_training_job(TrainingJobName="steady")

    assert "Interrupted" not in [one["Status"] for one in shop.ended("steady")["SecondaryStatusTransitions"]]


def test_a_spot_job_waits_no_longer_than_it_may(shop: Floor) -> None:
    limits = {"MaxRuntimeInSeconds": 90, "MaxWaitTimeInSeconds": 90}
    shop.train(HOLDS, "patient", EnableManagedSpotTraining=True, StoppingCondition=limits)

    job = shop.ended("patient")
    assert (job["TrainingJobStatus"], job["SecondaryStatus"]) == ("Stopped", "MaxWaitTimeExceeded")


def test_checkpoints_are_in_s3_while_the_job_trains_and_stay_when_it_is_stopped(shop: Floor) -> None:
    where = {"S3Uri": "s3://data/checkpoints/live", "LocalPath": "/opt/ml/mine"}
    code = counting(last=9, hold=2).replace("/opt/ml/checkpoints", "/opt/ml/mine")
    shop.train(code, "live", CheckpointConfig=where)

    until(lambda: shop.keys("checkpoints/live") and shop.get("checkpoints/live/epoch") == b"2")
    shop.sagemaker.stop_training_job(TrainingJobName="live")

    assert shop.ended("live")["TrainingJobStatus"] == "Stopped"
    assert shop.get("checkpoints/live/epoch") == b"2"


def test_a_job_is_stopped_while_it_waits_for_spot_capacity_to_come_back(tmp_path: Path) -> None:
    with floor(tmp_path, speed=1.0) as slow:
        slow.train(counting(last=9, hold=1), "waits", CheckpointConfig={"S3Uri": "s3://data/c"}, **SPOT)
        slow.says("epoch 1", "waits")
        slow.emulator.interrupt("waits")
        until(lambda: slow.job("waits")["SecondaryStatus"] == "Interrupted")

        slow.sagemaker.stop_training_job(TrainingJobName="waits")

        assert slow.ended("waits")["SecondaryStatus"] == "Stopped"


def test_a_job_waits_for_a_slot_and_says_so(tmp_path: Path) -> None:
    with floor(tmp_path, slots=1, speed=60.0) as narrow:
        narrow.train(HOLDS, "first")
        narrow.says("at work", "first")
        narrow.train("print('my turn')", "second")
        until(lambda: narrow.job("second")["SecondaryStatus"] == "Pending")

        narrow.sagemaker.stop_training_job(TrainingJobName="first")

        job = narrow.ended("second")
        assert job["TrainingJobStatus"] == "Completed"
        assert narrow.lines("second") == ["my turn"]


def test_a_job_that_is_stopped_while_it_waits_never_runs(tmp_path: Path) -> None:
    with floor(tmp_path, slots=1, speed=60.0) as narrow:
        narrow.train(HOLDS, "first")
        narrow.says("at work", "first")
        narrow.train("print('never')", "second")

        narrow.sagemaker.stop_training_job(TrainingJobName="second")

        job = narrow.ended("second")
        assert job["TrainingJobStatus"] == "Stopped"
        assert "Training" not in [one["Status"] for one in job["SecondaryStatusTransitions"]]


def test_an_environment_that_cannot_be_made_is_tried_again_and_then_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    images = tmp_path / "images.yaml"
    row = {"name": "own", "match": [IMAGE], "train": ["python", "x.py"]}
    images.write_text(yaml.safe_dump({"images": [row]}))
    (tmp_path / "cache").write_text("no directory")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with Emulator.start(speed=60.0, execution=Execution(images=images)) as emulator:
        own = Floor(emulator)
        own.train("", "tries", RetryStrategy={"MaximumRetryAttempts": 1})

        job = own.ended("tries")
        own.close()

    assert job["FailureReason"].startswith("InternalServerError: the environment scripts cannot be made")
    assert [one["Status"] for one in job["SecondaryStatusTransitions"]] == [
        "Starting",
        "Restarting",
        "Starting",
        "Failed",
    ]
