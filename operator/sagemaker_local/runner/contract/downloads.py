"""Objects of S3 into the directory of an input, before the program starts: File mode, and what a program sees of FastFile.

FastFile mode shows objects as files that are read when they are opened; here all are read at once, which no program can tell.
"""

from collections.abc import Callable, Iterable
from pathlib import Path

from sagemaker_local.runner.contract.paths import below
from sagemaker_local.runner.contract.reasons import (
    CLASH,
    CLIMBS,
    DOWNLOAD_DISK_FULL,
    NO_SUCH_OBJECT,
    JobFailed,
    is_full,
)
from sagemaker_local.runner.contract.sources import Item, Shelf

_NOTHING_STOPS = bool


def download(
    wanted: Iterable[Item],
    shelf: Shelf,
    directory: Path,
    *,
    stopped: Callable[[], bool] = _NOTHING_STOPS,
) -> None:
    """Write objects below a directory; returns early once `stopped` says so.

    Raises:
        JobFailed: an object is not there, its name leads out of the directory, or the disk is full.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for item in wanted:
            if stopped():
                return
            _write(item, shelf, directory)
    except OSError as trouble:
        raise _reason(trouble, directory) from trouble


def _write(item: Item, shelf: Shelf, directory: Path) -> None:
    file = below(directory, item.name)
    if file is None:
        raise CLIMBS.error(url=item.url)
    body = shelf.get(item.bucket, item.key)
    if body is None:
        raise NO_SUCH_OBJECT.error(url=item.url)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(body)
    except OSError as trouble:
        if is_full(trouble):
            raise
        raise CLASH.error(url=item.url, trouble=trouble.strerror or trouble) from trouble


def _reason(trouble: OSError, directory: Path) -> JobFailed:
    if is_full(trouble):
        return DOWNLOAD_DISK_FULL.error()
    return CLASH.error(url=directory.name, trouble=trouble.strerror or trouble)
