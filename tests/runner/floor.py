"""An emulator whose jobs are really done, by small programs of a test, and what a test sees of them."""

import io
import sys
import tarfile
import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import yaml

from sagemaker_local.emulator import Emulator
from sagemaker_local.runner.execution import Execution

IMAGE = "registry.example/own:1"
ROLE = "arn:aws:iam::123456789012:role/any"
PATIENCE = 30.0
T = TypeVar("T")
OVER = ("Completed", "Failed", "Stopped")


class Floor:
    """The emulator, its clients, and how jobs are asked for."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        self.sagemaker = emulator.client()
        self.s3 = emulator.client("s3")
        self.logs = emulator.client("logs")
        self.s3.create_bucket(Bucket="data")

    def put(self, **objects: str | bytes) -> None:
        """Objects of bucket data; `__` in a name is a slash, `_dot_` a dot."""
        for name, body in objects.items():
            self.s3.put_object(Bucket="data", Key=name.replace("__", "/").replace("_dot_", "."), Body=body)

    def get(self, key: str) -> bytes:
        return bytes(self.s3.get_object(Bucket="data", Key=key)["Body"].read())

    def keys(self, prefix: str = "") -> list[str]:
        return [one["Key"] for one in self.s3.list_objects_v2(Bucket="data", Prefix=prefix).get("Contents", ())]

    def archive(self, key: str) -> dict[str, bytes]:
        """The files of a tar.gz in S3."""
        with tarfile.open(fileobj=io.BytesIO(self.get(key))) as tar:
            return {one.name: content.read() for one in tar if (content := tar.extractfile(one)) is not None}

    def train(self, code: str, name: str = "job", *, count: int = 1, **members: Any) -> None:
        """Begin a training job whose program is `code`."""
        self.s3.put_object(Bucket="data", Key=f"code-{name}/main.py", Body=textwrap.dedent(code))
        channels = members.pop("InputDataConfig", [])
        algorithm = {"TrainingImage": IMAGE, "TrainingInputMode": "File", **members.pop("AlgorithmSpecification", {})}
        resources = {"InstanceType": "ml.m5.large", "InstanceCount": count, "VolumeSizeInGB": 1}
        request = {
            "TrainingJobName": name,
            "AlgorithmSpecification": algorithm,
            "RoleArn": ROLE,
            "OutputDataConfig": {"S3OutputPath": "s3://data/out"},
            "ResourceConfig": {**resources, **members.pop("ResourceConfig", {})},
            "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
        }
        code_channel = channel("code", f"s3://data/code-{name}/", InputMode="File")
        self.sagemaker.create_training_job(**{**request, **members}, InputDataConfig=[code_channel, *channels])

    def process(self, code: str, name: str = "job", *, count: int = 1, **members: Any) -> None:
        """Begin a processing job whose program is `code`."""
        self.s3.put_object(Bucket="data", Key=f"code-{name}/main.py", Body=textwrap.dedent(code))
        inputs = [into("code", f"s3://data/code-{name}/"), *members.pop("ProcessingInputs", [])]
        cluster = {"InstanceType": "ml.m5.large", "InstanceCount": count, "VolumeSizeInGB": 1}
        entry = [sys.executable, "-u", "/opt/ml/processing/input/code/main.py"]
        application = {"ImageUri": IMAGE, "ContainerEntrypoint": entry, **members.pop("AppSpecification", {})}
        self.sagemaker.create_processing_job(
            ProcessingJobName=name,
            AppSpecification=application,
            ProcessingResources={"ClusterConfig": cluster},
            RoleArn=ROLE,
            ProcessingInputs=inputs,
            **members,
        )

    def job(self, name: str = "job") -> dict[str, Any]:
        return dict(self.sagemaker.describe_training_job(TrainingJobName=name))

    def processing(self, name: str = "job") -> dict[str, Any]:
        return dict(self.sagemaker.describe_processing_job(ProcessingJobName=name))

    def ended(self, name: str = "job") -> dict[str, Any]:
        """A training job, once it is over."""
        return until(lambda: found if (found := self.job(name))["TrainingJobStatus"] in OVER else None)

    def processed(self, name: str = "job") -> dict[str, Any]:
        """A processing job, once it is over."""
        return until(lambda: found if (found := self.processing(name))["ProcessingJobStatus"] in OVER else None)

    def says(self, text: str, name: str = "job", kind: str = "Training") -> str:
        """Wait for a line that holds a text."""
        return until(lambda: next((line for line in self.lines(name, kind) if text in line), None))

    def lines(self, name: str = "job", kind: str = "Training") -> list[str]:
        """What a job has written, stream after stream."""
        group = f"/aws/sagemaker/{kind}Jobs"
        return [line for stream in self.streams(name, kind) for line in self._lines(group, stream)]

    def streams(self, name: str = "job", kind: str = "Training") -> list[str]:
        group = f"/aws/sagemaker/{kind}Jobs"
        found = self.logs.describe_log_streams(logGroupName=group, logStreamNamePrefix=f"{name}/")["logStreams"]
        return [one["logStreamName"] for one in found]

    def _lines(self, group: str, stream: str) -> list[str]:
        found = self.logs.get_log_events(logGroupName=group, logStreamName=stream, startFromHead=True)
        return [event["message"] for event in found["events"]]

    def close(self) -> None:
        for client in (self.sagemaker, self.s3, self.logs):
            client.close()


@contextmanager
def floor(directory: Path, *, speed: float = 1.0, slots: int | None = 4) -> Iterator[Floor]:
    """An emulator that knows the image of these tests: python, and what lies in the channel `code`."""
    row = {
        "name": "own",
        "match": [IMAGE],
        "train": [sys.executable, "-u", "/opt/ml/input/data/code/main.py"],
    }
    images = directory / "images.yaml"
    images.write_text(yaml.safe_dump({"images": [row]}))
    with Emulator.start(speed=speed, execution=Execution(slots=slots, images=images)) as emulator:
        made = Floor(emulator)
        try:
            yield made
        finally:
            made.close()


def until(found: Callable[[], T | None]) -> T:
    """What a look brings once it brings something; looks again as long as one may wait."""
    latest = time.monotonic() + PATIENCE
    while True:
        something = found()
        if something:
            return something
        assert time.monotonic() < latest, "it did not come to pass"
        time.sleep(0.03)  # the emulator is asked over the network, and tells nobody by itself


def channel(name: str, url: str, *, source: dict[str, Any] | None = None, **members: Any) -> dict[str, Any]:
    """A channel of a training job."""
    given = {"S3DataType": "S3Prefix", "S3Uri": url, "S3DataDistributionType": "FullyReplicated", **(source or {})}
    return {"ChannelName": name, "DataSource": {"S3DataSource": given}, **members}


def into(name: str, url: str, **members: Any) -> dict[str, Any]:
    """An input of a processing job."""
    given = {
        "S3Uri": url,
        "LocalPath": f"/opt/ml/processing/input/{name}",
        "S3DataType": "S3Prefix",
        "S3InputMode": "File",
    }
    return {"InputName": name, "S3Input": {**given, **members}}


def out(name: str, url: str, **members: Any) -> dict[str, Any]:
    """An output of a processing job."""
    given = {"S3Uri": url, "LocalPath": f"/opt/ml/processing/output/{name}", "S3UploadMode": "EndOfJob"}
    return {"OutputName": name, "S3Output": {**given, **members}}
