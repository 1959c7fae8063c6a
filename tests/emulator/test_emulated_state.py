"""What exists in an emulated account survives a restart: resources, what is under way, tags and objects in S3."""

import json
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request
import zipfile
from functools import partial
from pathlib import Path
from typing import Any, cast

import boto3
import pytest
from tests.emulator.asking import serving_endpoint, training_job
from tests.emulator.listening import SAGEMAKER, Listening

from sagemaker_local.emulator import Emulator
from sagemaker_local.emulator.effects import gone
from sagemaker_local.emulator.families import FAMILIES
from sagemaker_local.emulator.state import timelines

XGBOOST = "141502667606.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-xgboost:1.7-1"


def job(client: Any, name: str = "digits") -> Any:
    return client.describe_training_job(TrainingJobName=name)


def test_work_that_was_under_way_goes_on_after_a_restore(sagemaker: Emulator, client: Any, tmp_path: Path) -> None:
    arn = client.create_training_job(**training_job(Tags=[{"Key": "team", "Value": "a"}]))["TrainingJobArn"]
    sagemaker.clock.advance(200)
    before = job(client)
    sagemaker.save(tmp_path / "account")

    with Emulator.start(virtual=True) as other:
        other.restore(tmp_path / "account")
        restored = other.client()
        assert job(restored)["SecondaryStatusTransitions"] == before["SecondaryStatusTransitions"]
        assert restored.list_tags(ResourceArn=arn)["Tags"] == [{"Key": "team", "Value": "a"}]
        other.clock.advance(144)
        assert job(restored)["TrainingJobStatus"] == "Completed"
    assert job(client)["TrainingJobStatus"] == "InProgress"


def test_a_finished_job_reports_the_same_metrics_after_a_restore(
    sagemaker: Emulator, client: Any, tmp_path: Path
) -> None:
    algorithm = {"TrainingImage": XGBOOST, "TrainingInputMode": "File"}
    client.create_training_job(**training_job(AlgorithmSpecification=algorithm, HyperParameters={"eta": "0.3"}))
    sagemaker.clock.advance(400)
    before = job(client)["FinalMetricDataList"]
    sagemaker.save(tmp_path / "account")

    with Emulator.start(virtual=True, seed=7) as other:
        other.restore(tmp_path / "account")
        assert before
        assert job(other.client())["FinalMetricDataList"] == before


def test_an_update_in_flight_takes_effect_after_a_restore(sagemaker: Emulator, client: Any, tmp_path: Path) -> None:
    serving_endpoint(sagemaker, client)
    client.update_endpoint(EndpointName="digits", EndpointConfigName="second")
    sagemaker.save(tmp_path / "account")

    sagemaker.reset()
    sagemaker.restore(tmp_path / "account")
    sagemaker.clock.advance(300)

    seen = client.describe_endpoint(EndpointName="digits")
    assert (seen["EndpointStatus"], seen["EndpointConfigName"]) == ("InService", "second")


def test_objects_in_s3_are_kept_with_their_metadata(sagemaker: Emulator, tmp_path: Path) -> None:
    s3 = sagemaker.client("s3", account="222222222222")
    s3.create_bucket(Bucket="data")
    s3.put_object(Bucket="data", Key="a/b.csv", Body=b"\x00\xff1,2", Metadata={"rows": "1"}, ContentType="text/csv")
    sagemaker.save(tmp_path / "account")

    sagemaker.reset()
    sagemaker.restore(tmp_path / "account")

    found = s3.get_object(Bucket="data", Key="a/b.csv")
    assert (found["Body"].read(), found["Metadata"], found["ContentType"]) == (
        b"\x00\xff1,2",
        {"rows": "1"},
        "text/csv",
    )


def test_what_was_there_before_a_restore_is_gone(sagemaker: Emulator, client: Any, tmp_path: Path) -> None:
    client.create_training_job(**training_job("first"))
    sagemaker.save(tmp_path / "account")
    client.create_training_job(**training_job("second"))

    sagemaker.restore(tmp_path / "account")

    assert sagemaker.resources("TrainingJob") == ["first"]


@pytest.mark.parametrize("content", [b"", b"not a zip", None, {"format": 99}, {"format": 1}, ["format"]])
def test_a_file_of_another_kind_is_refused_and_changes_nothing(
    sagemaker: Emulator, client: Any, tmp_path: Path, content: Any
) -> None:
    client.create_training_job(**training_job())
    file = tmp_path / "account"
    if isinstance(content, bytes):
        file.write_bytes(content)
    else:
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("state.json", json.dumps(content))

    with pytest.raises(ValueError, match="not a state that this version"):
        sagemaker.restore(file)

    assert sagemaker.resources("TrainingJob") == ["digits"]


@pytest.mark.parametrize("function", ["os:system", "families.jobs.training:nothing", "machine:heapq", "..cluster:x"])
def test_a_file_cannot_name_what_is_not_an_effect_of_the_emulator(function: str) -> None:
    with pytest.raises(timelines.Unreadable):
        timelines.effect_of({"function": function})


def test_every_timeline_of_every_family_can_be_kept() -> None:
    everything = [(f.kind, f.create) for f in FAMILIES]
    everything += [(a.operation, a.timeline) for f in FAMILIES for a in f.actions if a.timeline is not None]

    for name, timeline in everything:
        saved = json.loads(json.dumps(timelines.dump(timeline)))
        assert timelines.dump(timelines.load(saved)) == saved, name


def test_an_effect_keeps_its_arguments() -> None:
    effect: Any = partial(cast("Any", gone), "x", y=1)

    again: Any = timelines.effect_of(json.loads(json.dumps(timelines.name_of(effect))))

    assert (again.func, again.args, again.keywords) == (gone, ("x",), {"y": 1})


def test_the_state_travels_over_http(sagemaker: Emulator, client: Any) -> None:
    client.create_training_job(**training_job())
    url = f"{sagemaker.url}/_sagemaker-local/state"
    with urllib.request.urlopen(url) as answer:
        file = answer.read()
    sagemaker.reset()

    with urllib.request.urlopen(urllib.request.Request(url, file)) as answer:
        assert json.load(answer) == {"ok": True}

    assert sagemaker.resources("TrainingJob") == ["digits"]
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(urllib.request.Request(url, b"nonsense"))
    assert refused.value.code == 400
    assert "not a state" in json.load(refused.value)["error"]


def test_rules_and_messages_are_kept(sagemaker: Emulator, client: Any, listening: Listening, tmp_path: Path) -> None:
    listening.rule(SAGEMAKER)
    client.create_training_job(**training_job())
    sagemaker.save(tmp_path / "account")
    sagemaker.reset()

    sagemaker.restore(tmp_path / "account")

    assert [event["detail"]["SecondaryStatus"] for event in listening.heard()] == ["Starting"]
    sagemaker.clock.advance(185)
    assert [event["detail"]["SecondaryStatus"] for event in listening.heard()] == ["Downloading"]


def test_a_directory_keeps_an_emulator_over_restarts(tmp_path: Path) -> None:
    with Emulator.start(virtual=True, state=tmp_path / "state") as first:
        first.client("s3").create_bucket(Bucket="data")
        first.client().create_training_job(**training_job())
        first.clock.advance(10)

    with Emulator.start(virtual=True, state=tmp_path / "state") as second:
        assert second.resources("TrainingJob") == ["digits"]
        assert [b["Name"] for b in second.client("s3").list_buckets()["Buckets"]] == ["data"]
        second.clock.advance(334)
        assert job(second.client())["TrainingJobStatus"] == "Completed"


def boto3_client(url: str) -> Any:
    return boto3.client(
        "sagemaker",
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id="123456789012",
        aws_secret_access_key="any",
    )


def test_a_killed_emulator_has_kept_what_it_did(tmp_path: Path) -> None:
    """Kept within seconds, without being stopped."""
    command = [
        sys.executable,
        "-m",
        "sagemaker_local.emulator",
        "--port",
        "0",
        "--virtual",
        "--no-check-s3",
        "--state",
        str(tmp_path),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            url = re.findall(r"http://[\d.]+:\d+", process.stdout.readline())[0]
            empty = (tmp_path / "state.zip").stat().st_mtime_ns
            boto3_client(url).create_training_job(**training_job())
            while (tmp_path / "state.zip").stat().st_mtime_ns == empty:
                with pytest.raises(subprocess.TimeoutExpired):  # it runs on
                    process.wait(timeout=0.05)
        finally:
            process.send_signal(signal.SIGKILL)

    with Emulator.start(virtual=True, state=tmp_path) as again:
        assert again.resources("TrainingJob") == ["digits"]


def test_a_directory_that_cannot_be_used_is_told_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "state.zip").write_bytes(b"mine")
    with pytest.raises(ValueError, match="not a state"):
        Emulator.start(state=tmp_path)
    assert (tmp_path / "state.zip").read_bytes() == b"mine"

    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="file"):
        Emulator.start(state=tmp_path / "file" / "state")
