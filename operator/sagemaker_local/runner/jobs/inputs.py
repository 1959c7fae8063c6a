"""What is in the directories of a training container before its program starts, and the pipes that are filled while it runs."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from sagemaker_local.emulator.resource import Json, Resource
from sagemaker_local.runner.contract import documents, reasons, sources
from sagemaker_local.runner.contract.documents import channels, input_mode
from sagemaker_local.runner.contract.downloads import download
from sagemaker_local.runner.contract.hosts import Host
from sagemaker_local.runner.contract.paths import BASE, Volume
from sagemaker_local.runner.contract.pipes import Feeder
from sagemaker_local.runner.contract.sources import Share, Shelf, Source
from sagemaker_local.runner.contract.streams import Stream

PIPE: Final = "Pipe"
FAST_FILE: Final = "FastFile"
_EMPTY: Final = ("input/config", "input/data", "model", "output/data")


def lay_out(job: Resource, hosts: tuple[Host, ...], host: Host, volume: Volume) -> None:
    """Make the directories and configuration files of one instance. Raises JobFailed if the disk is full."""
    try:
        for name in _EMPTY:
            (volume.root / name).mkdir(parents=True, exist_ok=True)
        documents.write(documents.training(job.spec, hosts, host), volume)
    except OSError as trouble:
        if reasons.is_full(trouble):
            raise reasons.DOWNLOAD_DISK_FULL.error() from trouble
        raise


def fetch(
    job: Resource,
    hosts: tuple[Host, ...],
    host: Host,
    volume: Volume,
    shelf: Shelf,
    *,
    stopped: Callable[[], bool],
) -> list[Feeder]:
    """Get the data of all channels of one instance; returns what is to fill the pipes of those that are read from pipes.

    Raises:
        JobFailed: some data cannot be had.
    """
    data = volume.root / "input" / "data"
    feeders: list[Feeder] = []
    for channel in channels(job.spec, host):
        name, source, share = channel["ChannelName"], source_of(channel), _share(channel, hosts, host)
        if input_mode(job.spec, channel) == PIPE:
            feeders.append(_feeder(data / name, channel, source, share, shelf))
            continue
        if source.kind == "AugmentedManifestFile":
            raise reasons.PIPE_ONLY.error(channel=name)
        whole = input_mode(job.spec, channel) == FAST_FILE
        found = sources.items(source, shelf, share, whole_names=whole)
        download(found, shelf, data / name, stopped=stopped)
        if source.kind == "S3Prefix":
            _write_manifest(data / f"{name}-manifest", source, found)
    return feeders


def source_of(channel: Json) -> Source:
    """What a channel is made from."""
    given = channel["DataSource"]["S3DataSource"]
    return Source(
        given["S3Uri"],
        kind=given.get("S3DataType", "S3Prefix"),
        sharded=given.get("S3DataDistributionType") == "ShardedByS3Key",
        seed=channel.get("ShuffleConfig", {}).get("Seed"),
        attributes=tuple(given.get("AttributeNames") or ()),
    )


def _share(channel: Json, hosts: tuple[Host, ...], host: Host) -> Share:
    """The part of an instance among those that get the channel."""
    groups = channel["DataSource"]["S3DataSource"].get("InstanceGroupNames")
    getting = [one for one in hosts if not groups or one.group in groups]
    return Share(getting.index(host), len(getting))


def _feeder(path: Path, channel: Json, source: Source, share: Share, shelf: Shelf) -> Feeder:
    stream = Stream(
        source,
        share,
        unpack=channel.get("CompressionType") == "Gzip",
        records=channel.get("RecordWrapperType") == "RecordIO",
    )
    if source.kind == "AugmentedManifestFile":
        sources.lines(source, shelf)
    else:
        sources.items(source, shelf, share)  # what is missing is told before the program starts
    return Feeder(path, lambda epoch: stream.bodies(shelf, epoch))


def _write_manifest(path: Path, source: Source, found: list[sources.Item]) -> None:
    """The file that lies beside the directory of a channel; seen in listings of real containers, its form is a guess."""
    try:
        documents.write_json(path, sources.manifest_of(source, found))
    except OSError as trouble:
        if reasons.is_full(trouble):
            raise reasons.DOWNLOAD_DISK_FULL.error() from trouble
        raise


def elsewhere(spec: Json) -> str | None:
    """What of a training job's inputs is not in S3, or not where a container can have it; None if all is."""
    for channel in spec.get("InputDataConfig") or ():
        if "S3DataSource" not in channel.get("DataSource", {}):
            return f"the channel {channel['ChannelName']} is not in S3, and other data sources are not here"
    checkpoints = spec.get("CheckpointConfig") or {}
    path = checkpoints.get("LocalPath")
    if path is not None and not _in_volume(path):
        return f"its checkpoints are to be in {path}, and only what is below {BASE} is its own here"
    return None


def _in_volume(path: str) -> bool:
    return Volume(Path("/")).host(path) is not None and path.rstrip("/") != str(BASE)
