"""What a job leaves: directories packed as tar.gz or as they are, up to S3.

Symbolic links are followed where they lead to files of the job itself, and left out where they lead elsewhere, so that nothing of
this machine gets into an artifact.
"""

import os
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sagemaker_local.runner.contract.paths import Volume
from sagemaker_local.runner.contract.reasons import NO_BUCKET, UPLOAD_DISK_FULL, is_full
from sagemaker_local.runner.contract.sources import Shelf, split


@dataclass(frozen=True, slots=True)
class Mark:
    """By what a file is known to have changed: nanoseconds of its time, and its size."""

    time: int
    size: int


def files(directory: Path, volume: Volume | None = None) -> Iterator[tuple[str, Path]]:
    """The regular files below a directory by their relative names, sorted; none if there is no such directory.

    Args:
        volume: where links may lead; by default into the directory itself.
    """
    border = volume or Volume(directory)
    found: list[tuple[str, Path]] = []
    for folder, _, names in os.walk(directory):
        for name in names:
            path = Path(folder, name)
            own = border.own(path)
            if own is not None:
                found.append((path.relative_to(directory).as_posix(), own))
    yield from sorted(found)


def merged(directories: Sequence[Path], volumes: Sequence[Volume] = ()) -> dict[str, Path]:
    """The files of the same directory on several instances, by name; the first instance wins."""
    found: dict[str, Path] = {}
    for number, directory in enumerate(directories):
        for name, path in files(directory, volumes[number] if volumes else None):
            found.setdefault(name, path)
    return found


def pack(found: Mapping[str, Path], archive: Path) -> None:
    """Make a tar.gz of files by their names.

    Raises:
        JobFailed: the disk is full.
    """
    try:
        archive.parent.mkdir(parents=True, exist_ok=True)
        with tarfile.open(archive, "w:gz", compresslevel=1, dereference=True) as tar:
            for name, path in found.items():
                tar.add(path, arcname=name, recursive=False, filter=_anonymous)
    except OSError as trouble:
        if is_full(trouble):
            raise UPLOAD_DISK_FULL.error() from trouble
        raise


def upload(shelf: Shelf, url: str, body: bytes) -> None:
    """Write one object. Raises JobFailed if there is no such bucket."""
    bucket, key = split(url)
    if not bucket or not shelf.put(bucket, key, body):
        raise NO_BUCKET.error(bucket=bucket or url)


def upload_files(shelf: Shelf, url: str, found: Mapping[str, Path]) -> None:
    """Write files below a prefix, by their names. Raises JobFailed if there is no such bucket."""
    folder = url.rstrip("/")
    for name, path in found.items():
        upload(shelf, f"{folder}/{name}", path.read_bytes())


def upload_changed(shelf: Shelf, url: str, found: Mapping[str, Path], known: dict[str, Mark]) -> list[str]:
    """Write the files that are new or have changed since `known` was last brought up to date; returns their names.

    A file that is gone meanwhile is left out. Raises JobFailed if there is no such bucket.
    """
    written: list[str] = []
    for name, path in found.items():
        try:
            state = path.stat()
            mark = Mark(state.st_mtime_ns, state.st_size)
            if known.get(name) == mark:
                continue
            body = path.read_bytes()
        except FileNotFoundError:
            continue
        upload(shelf, f"{url.rstrip('/')}/{name}", body)
        known[name] = mark
        written.append(name)
    return written


def _anonymous(entry: tarfile.TarInfo) -> tarfile.TarInfo | None:
    """An entry that says nothing of this machine's users."""
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = "root"
    return entry
