"""What goes into a processing job, and what comes out of it.

LocalPath is below /opt/ml/processing for both, as ProcessingS3Input's and ProcessingS3Output's documentation has it. Inputs and
outputs that the program manages itself (AppManaged) are its own affair.
"""

from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import Final

from sagemaker_local.emulator.resource import Json
from sagemaker_local.runner.contract import archives, reasons, sources
from sagemaker_local.runner.contract.downloads import download
from sagemaker_local.runner.contract.paths import Volume
from sagemaker_local.runner.contract.pipes import Feeder
from sagemaker_local.runner.contract.sources import Share, Shelf, Source
from sagemaker_local.runner.contract.streams import Stream

PROCESSING: Final = PurePosixPath("/opt/ml/processing")
CONTINUOUS: Final = "Continuous"


def elsewhere(spec: Json) -> str | None:
    """What of a processing job's inputs and outputs is not in S3; None if all is."""
    for one in spec.get("ProcessingInputs") or ():
        if not one.get("AppManaged") and "S3Input" not in one:
            return f"the input {one['InputName']} is not in S3, and other data sources are not here"
    for one in spec.get("ProcessingOutputConfig", {}).get("Outputs") or ():
        if not one.get("AppManaged") and "S3Output" not in one:
            return f"the output {one['OutputName']} does not go to S3, and other places are not here"
    return None


def fetch(spec: Json, volume: Volume, shelf: Shelf, share: Share, *, stopped: Callable[[], bool]) -> list[Feeder]:
    """Get all inputs of one instance; returns what is to fill the pipes of those that are read from pipes.

    Args:
        share: which instance it is.

    Raises:
        JobFailed: some data cannot be had, or is wanted where it cannot be.
    """
    feeders: list[Feeder] = []
    for given in _managed(spec.get("ProcessingInputs") or (), "S3Input"):
        source = Source(
            given["S3Uri"],
            kind=given.get("S3DataType", "S3Prefix"),
            sharded=given.get("S3DataDistributionType") == "ShardedByS3Key",
        )
        path = place(given["LocalPath"], volume)
        if given.get("S3InputMode") == "Pipe":
            sources.items(source, shelf, share)  # what is missing is told before the program starts
            stream = Stream(source, share, unpack=given.get("S3CompressionType") == "Gzip")
            feeders.append(Feeder(path, lambda epoch, stream=stream: stream.bodies(shelf, epoch)))  # type: ignore[misc]
            continue
        download(sources.items(source, shelf, share), shelf, path, stopped=stopped)
    return feeders


class Outputs:
    """The outputs of one instance.

    Args:
        volume: of the instance.
        shelf: where they go.
    """

    def __init__(self, spec: Json, volume: Volume, shelf: Shelf) -> None:
        self._given = list(_managed(spec.get("ProcessingOutputConfig", {}).get("Outputs") or (), "S3Output"))
        self._volume, self._shelf = volume, shelf
        self._known: dict[str, dict[str, archives.Mark]] = {}

    def make(self) -> None:
        """Make the directories that the program writes to. Raises JobFailed for a path that cannot be, and OSError."""
        for given in self._given:
            place(given["LocalPath"], self._volume).mkdir(parents=True, exist_ok=True)

    def save(self, *, continuous: bool = False) -> None:
        """Write to S3 what is new: all of it, or only what is uploaded continuously. Raises JobFailed."""
        for given in self._given:
            if not continuous or given.get("S3UploadMode") == CONTINUOUS:
                path = place(given["LocalPath"], self._volume)
                known = self._known.setdefault(given["LocalPath"], {})
                archives.upload_changed(self._shelf, given["S3Uri"], _found(path, self._volume), known)


def place(path: str, volume: Volume) -> Path:
    """Where the LocalPath of an input or output is on this machine. Raises JobFailed if it is not below /opt/ml/processing."""
    found = volume.host(path)
    if found is None or PROCESSING not in PurePosixPath(path).parents:
        raise reasons.ELSEWHERE.error(path=path)
    return found


def _found(path: Path, volume: Volume) -> dict[str, Path]:
    """The files of an output, which may be a single file."""
    own = volume.own(path)
    return {path.name: own} if own is not None else dict(archives.files(path, volume))


def _managed(given: list[Json] | tuple[Json, ...], member: str) -> Iterator[Json]:
    """What SageMaker itself brings or takes; without LocalPath there is nothing to bring."""
    for one in given:
        if not one.get("AppManaged") and one.get(member, {}).get("LocalPath"):
            yield one[member]
