"""Checkpoints of a training job: from S3 before it trains, and back while and after it does.

What a program removes stays in S3, as in SageMaker
(https://docs.aws.amazon.com/sagemaker/latest/dg/model-checkpoints.html).
"""

import time
from pathlib import PurePosixPath
from typing import Final

from sagemaker_local.emulator.resource import Json
from sagemaker_local.runner.contract import archives
from sagemaker_local.runner.contract.documents import CHECKPOINTS
from sagemaker_local.runner.contract.downloads import download
from sagemaker_local.runner.contract.paths import Volume
from sagemaker_local.runner.contract.sources import Item, Shelf, split

EVERY: Final = 1.0
"""Real seconds between two looks for new checkpoints."""


class Checkpoints:
    """The checkpoints of one instance.

    Args:
        config: CheckpointConfig.
        volume: of the instance.
        shelf: where they are kept.
    """

    def __init__(self, config: Json, volume: Volume, shelf: Shelf) -> None:
        self._url = str(config["S3Uri"]).rstrip("/")
        directory = volume.host(local_path(config))
        assert directory is not None, "a job with checkpoints elsewhere is not done"
        self._directory, self._volume, self._shelf = directory, volume, shelf
        self._known: dict[str, archives.Mark] = {}
        self._next = 0.0

    def restore(self) -> None:
        """Put what is in S3 where the program looks for it. Raises JobFailed."""
        self._directory.mkdir(parents=True, exist_ok=True)
        bucket, key = split(self._url)
        prefix = f"{key}/" if key else ""
        keys = [found for found in self._shelf.keys(bucket, prefix) if not found.endswith("/")]
        download([Item(bucket, found, found.removeprefix(prefix)) for found in keys], self._shelf, self._directory)
        for name, path in archives.files(self._directory, self._volume):
            state = path.stat()
            self._known[name] = archives.Mark(state.st_mtime_ns, state.st_size)

    def look(self) -> None:
        """Bring S3 up to date, now and then. Raises JobFailed."""
        if time.monotonic() >= self._next:
            self.save()

    def save(self) -> None:
        """Bring S3 up to date. Raises JobFailed."""
        found = dict(archives.files(self._directory, self._volume))
        archives.upload_changed(self._shelf, self._url, found, self._known)
        self._next = time.monotonic() + EVERY


def local_path(config: Json) -> PurePosixPath:
    """Where in the container they are."""
    return PurePosixPath(config.get("LocalPath") or CHECKPOINTS)
