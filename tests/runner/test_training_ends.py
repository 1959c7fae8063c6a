"""How training jobs end that do not simply complete: in SageMaker's words, with what they have written kept."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.runner.floor import Floor, channel, floor, until

SPEED = 60.0
"""The grace of 120 seconds is two here."""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Floor]:
    with floor(tmp_path_factory.mktemp("floor"), speed=SPEED) as made:
        yield made


CRASHES = """
    import pathlib
    pathlib.Path("/opt/ml/model/part").write_text("half")
    try:
        {}["labels"]
    except KeyError as error:
        pathlib.Path("/opt/ml/output/failure").write_text(f"no column {error}")
        raise
"""


def test_a_crash_fails_the_job_with_its_failure_file_and_its_traceback_is_in_the_log(shop: Floor) -> None:
    shop.train(CRASHES, "crash")

    job = shop.ended("crash")
    assert job["TrainingJobStatus"] == "Failed"
    assert job["FailureReason"] == "AlgorithmError: no column 'labels', exit code: 1"
    assert [one["Status"] for one in job["SecondaryStatusTransitions"]][-2:] == ["Uploading", "Failed"]
    lines = shop.lines("crash")
    assert lines[0] == "Traceback (most recent call last):"
    assert lines[-1] == "KeyError: 'labels'"
    assert shop.archive("out/crash/output/model.tar.gz") == {"part": b"half"}


def test_an_exit_code_alone_is_told(shop: Floor) -> None:
    shop.train("raise SystemExit(7)", "seven")

    assert shop.ended("seven")["FailureReason"] == "AlgorithmError: , exit code: 7"


def test_a_program_that_does_not_exist_fails_and_the_log_says_which(shop: Floor) -> None:
    shop.train("", "absent", AlgorithmSpecification={"ContainerEntrypoint": ["/opt/program/train"]})

    assert shop.ended("absent")["FailureReason"] == "AlgorithmError: , exit code: 127"
    assert "/opt/program/train" in shop.lines("absent")[0]


def test_a_program_that_the_kernel_kills_has_the_code_of_its_signal(shop: Floor) -> None:
    shop.train("import os; os.kill(os.getpid(), 11)", "killed")

    assert shop.ended("killed")["FailureReason"] == "AlgorithmError: , exit code: 139"


def test_data_that_went_away_fails_the_job(shop: Floor) -> None:
    shop.put(lists__gone=json.dumps([{"prefix": "s3://data/nowhere/"}, "a"]))

    source = {"S3DataType": "ManifestFile"}
    shop.train("", "missing", InputDataConfig=[channel("train", "s3://data/lists/gone", source=source)])

    job = shop.ended("missing")
    assert job["FailureReason"] == (
        "ClientError: Data download failed:Unable to download object s3://data/nowhere/a "
        "(NoSuchKey: The specified key does not exist.)"
    )
    assert "Training" not in [one["Status"] for one in job["SecondaryStatusTransitions"]]


def test_a_key_that_climbs_out_of_its_channel_fails_the_job_and_writes_nothing(shop: Floor, tmp_path: Path) -> None:
    target = tmp_path / "gotcha"
    up = "../" * 12
    shop.put(lists__climbs=json.dumps([{"prefix": "s3://data/"}, f"{up}{str(target)[1:]}"]))
    shop.s3.put_object(Bucket="data", Key=f"{up}{str(target)[1:]}", Body=b"owned")

    source = {"S3DataType": "ManifestFile"}
    shop.train("", "climbs", InputDataConfig=[channel("train", "s3://data/lists/climbs", source=source)])

    assert "would be written outside" in shop.ended("climbs")["FailureReason"]
    assert not target.exists()


def test_a_model_for_a_bucket_that_does_not_exist_fails_the_job(shop: Floor) -> None:
    code = "open('/opt/ml/model/m', 'w').write('x')"

    shop.train(code, "lost", OutputDataConfig={"S3OutputPath": "s3://no-such-bucket/out"})

    reason = shop.ended("lost")["FailureReason"]
    assert reason == "ClientError: Artifact upload failed:The bucket no-such-bucket does not exist."


STOPS_WELL = """
    import pathlib, signal, sys, time
    def leave(*_):
        pathlib.Path("/opt/ml/model/saved").write_text("in time")
        print("leaving")
        sys.exit(0)
    signal.signal(signal.SIGTERM, leave)
    print("running")
    while True:
        time.sleep(0.02)
"""
STOPS_NEVER = """
    import pathlib, signal, time
    signal.signal(signal.SIGTERM, lambda *_: print("not yet"))
    pathlib.Path("/opt/ml/model/saved").write_text("before")
    print("running")
    while True:
        time.sleep(0.02)
"""


def test_a_stopped_job_may_save_its_model_first(shop: Floor) -> None:
    shop.train(STOPS_WELL, "stopped")
    shop.says("running", "stopped")

    shop.sagemaker.stop_training_job(TrainingJobName="stopped")

    job = shop.ended("stopped")
    assert (job["TrainingJobStatus"], job["SecondaryStatus"]) == ("Stopped", "Stopped")
    assert shop.lines("stopped") == ["running", "leaving"]
    assert shop.archive("out/stopped/output/model.tar.gz") == {"saved": b"in time"}


def test_a_job_that_does_not_stop_is_killed_after_the_grace(shop: Floor) -> None:
    shop.train(STOPS_NEVER, "stubborn")
    shop.says("running", "stubborn")

    shop.sagemaker.stop_training_job(TrainingJobName="stubborn")

    shop.says("not yet", "stubborn")
    assert shop.job("stubborn")["TrainingJobStatus"] == "Stopping"
    job = shop.ended("stubborn")
    course = {one["Status"]: one for one in job["SecondaryStatusTransitions"]}
    took = (course["Stopping"]["EndTime"] - course["Stopping"]["StartTime"]).total_seconds()
    assert 120 / SPEED <= took < 120 / SPEED + 5
    assert shop.archive("out/stubborn/output/model.tar.gz") == {"saved": b"before"}


def test_a_job_that_takes_too_long_is_stopped_and_keeps_its_model(shop: Floor) -> None:
    shop.train(STOPS_WELL, "slow", StoppingCondition={"MaxRuntimeInSeconds": 60})

    job = shop.ended("slow")
    assert (job["TrainingJobStatus"], job["SecondaryStatus"]) == ("Stopped", "MaxRuntimeExceeded")
    last = job["SecondaryStatusTransitions"][-1]
    assert last["StatusMessage"] == "Training job runtime exceeded MaxRuntimeInSeconds provided"
    assert shop.archive("out/slow/output/model.tar.gz") == {"saved": b"in time"}


FILLS = """
    import os, time
    file = os.open("/opt/ml/model/weights", os.O_WRONLY | os.O_CREAT)
    os.posix_fallocate(file, 0, 1200 << 20)
    print("full", flush=True)
    time.sleep(600)
"""


def test_a_disk_that_is_full_ends_the_job_and_says_so(shop: Floor) -> None:
    shop.train(FILLS, "full", ResourceConfig={"VolumeSizeInGB": 1}, OutputDataConfig={"S3OutputPath": "s3://nowhere/x"})

    assert shop.ended("full")["FailureReason"] == "AlgorithmError: [Errno 28] No space left on device, exit code: 137"


def test_a_job_that_failed_may_be_made_again_under_another_name_at_once(shop: Floor) -> None:
    shop.train("raise SystemExit(1)", "first")
    shop.ended("first")

    shop.train("print('second')", "second")

    assert shop.ended("second")["TrainingJobStatus"] == "Completed"


def test_a_reset_ends_what_runs_and_leaves_no_process(tmp_path: Path) -> None:
    with floor(tmp_path) as own:
        own.train("import os, time\nprint('at work', flush=True)\ntime.sleep(600)", "endless")
        own.says("at work", "endless")

        own.emulator.reset()

        until(lambda: not list(own.emulator._core.service.world.worker._shop._threads))  # type: ignore[union-attr]
        assert own.sagemaker.list_training_jobs()["TrainingJobSummaries"] == []


def test_an_emulator_that_stops_leaves_no_process_and_no_file(tmp_path: Path) -> None:
    with floor(tmp_path) as own:
        own.train(
            "import time\nprint('at work', flush=True)\ntime.sleep(600)", "left", Environment={"MARK": str(tmp_path)}
        )
        own.says("at work", "left")
        directory = own.emulator._core.service.world.worker._tools.directory  # type: ignore[union-attr]
        assert marked(str(tmp_path))

    assert not directory.exists()
    assert not marked(str(tmp_path))


def marked(text: str) -> list[str]:
    """The processes that have a text among their variables."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if f"MARK={text}".encode() in (process / "environ").read_bytes().split(b"\0"):
                found.append(process.name)
        except OSError:
            continue  # it is gone, or somebody else's
    return found
