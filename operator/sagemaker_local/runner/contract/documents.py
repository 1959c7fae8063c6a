"""The configuration files that a container finds.

Forms are those of the Developer Guide
(https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-running-container.html and
https://docs.aws.amazon.com/sagemaker/latest/dg/build-your-own-processing-container.html) and of what smdebug reads. Files whose
content nobody has published (init-config.json, trainingjobconfig.json) are left out.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from sagemaker_local.emulator.resource import Json
from sagemaker_local.runner.contract.hosts import Host, resource_config
from sagemaker_local.runner.contract.paths import Volume

CHECKPOINTS: Final = "/opt/ml/checkpoints"
TENSORS: Final = "/opt/ml/output/tensors"
_INPUT: Final = "/opt/ml/input/config"
_PROCESSING: Final = "/opt/ml/config"
_OF_JOB: Final = (
    "ProcessingInputs", "ProcessingOutputConfig", "AppSpecification", "Environment", "ProcessingResources", "RoleArn",
    "StoppingCondition", "NetworkConfig", "ExperimentConfig",
)  # fmt: skip


def training(spec: Mapping[str, Any], hosts: Sequence[Host], host: Host) -> dict[str, Json]:
    """The files of a training job on one instance, by their paths in the container."""
    files: dict[str, Json] = {
        f"{_INPUT}/hyperparameters.json": dict(spec.get("HyperParameters", {})),
        f"{_INPUT}/inputdataconfig.json": input_data(spec, host),
        f"{_INPUT}/resourceconfig.json": resource_config(hosts, host),
    }
    checkpoints = spec.get("CheckpointConfig")
    if checkpoints:
        where = {"S3Uri": checkpoints["S3Uri"], "LocalPath": checkpoints.get("LocalPath") or CHECKPOINTS}
        files[f"{_INPUT}/checkpointconfig.json"] = where
    hook = spec.get("DebugHookConfig")
    if hook:
        files[f"{_INPUT}/debughookconfig.json"] = {**hook, "LocalPath": hook.get("LocalPath") or TENSORS}
    return files


def input_data(spec: Mapping[str, Any], host: Host) -> Json:
    """The channels of an instance, as inputdataconfig.json has them."""
    mode = spec.get("AlgorithmSpecification", {}).get("TrainingInputMode", "File")
    return {channel["ChannelName"]: _channel(channel, mode) for channel in channels(spec, host)}


def channels(spec: Mapping[str, Any], host: Host) -> list[Json]:
    """The channels that an instance gets: all of them, unless they name groups of instances."""
    found: list[Json] = []
    for channel in spec.get("InputDataConfig") or ():
        groups = channel.get("DataSource", {}).get("S3DataSource", {}).get("InstanceGroupNames")
        if not groups or host.group in groups:
            found.append(channel)
    return found


def input_mode(spec: Mapping[str, Any], channel: Mapping[str, Any]) -> str:
    """File, FastFile or Pipe: the channel's own, or the algorithm's."""
    mode = channel.get("InputMode") or spec.get("AlgorithmSpecification", {}).get("TrainingInputMode")
    return str(mode or "File")


def processing(name: str, arn: str, spec: Mapping[str, Any], hosts: Sequence[Host], host: Host) -> dict[str, Json]:
    """The files of a processing job on one instance, by their paths in the container."""
    job: Json = {"ProcessingJobArn": arn, "ProcessingJobName": name}
    job |= {member: spec[member] for member in _OF_JOB if member in spec}
    job.setdefault("Environment", {})  # container code of Model Monitor reads it without asking whether it is there
    config = resource_config(hosts, host)
    del config["network_interface_name"]
    return {f"{_PROCESSING}/processingjobconfig.json": job, f"{_PROCESSING}/resourceconfig.json": config}


def write(files: Mapping[str, Json], volume: Volume) -> None:
    """Write configuration files where the container finds them. Raises OSError."""
    for path, content in files.items():
        place = volume.host(path)
        if place is None:
            raise ValueError(f"{path} is not under /opt/ml")
        write_json(place, content)


def write_json(path: Path, content: object) -> None:
    """Write one document. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")


def _channel(channel: Mapping[str, Any], mode: str) -> Json:
    source = channel.get("DataSource", {}).get("S3DataSource", {})
    said: Json = {
        "TrainingInputMode": channel.get("InputMode") or mode,
        "S3DistributionType": source.get("S3DataDistributionType", "FullyReplicated"),
        "RecordWrapperType": channel.get("RecordWrapperType", "None"),
    }
    if "ContentType" in channel:
        said["ContentType"] = channel["ContentType"]
    if channel.get("CompressionType", "None") != "None":
        said["CompressionType"] = channel["CompressionType"]
    return said
