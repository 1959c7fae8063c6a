"""Model data from S3 in a directory: an archive extracted, or the objects of a prefix as files.

An archive comes from anywhere. What would be written outside of the directory, links, devices and what the disk cannot hold are
refused, and then nothing of the archive is left. SageMaker itself refuses links: AWS re:Post, "How can I troubleshoot ... when I
create a SageMaker endpoint". Not here: who runs what was fetched.
"""

import errno
import gzip
import io
import shutil
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Final, Protocol

from sagemaker_local.emulator.resource import Place
from sagemaker_local.runner.contract.paths import below
from sagemaker_local.runner.objects import Address
from sagemaker_local.runner.serving.blueprint import ContainerPlan, ModelData
from sagemaker_local.runner.serving.texts import NO_DATA, NOT_AN_ARCHIVE, TOO_LARGE

SPARE: Final = 64 * 1024 * 1024
"""Bytes of the disk that are left free whatever an archive says it holds."""
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class Source(Protocol):
    """S3, as far as it is read."""

    def keys(self, place: Place, address: Address) -> list[str]:
        """The keys that begin with that of the address, sorted; empty if there is no such bucket."""

    def get(self, place: Place, address: Address) -> bytes | None:
        """The content of an object; None if there is none."""


class Unservable(Exception):
    """A model that cannot be served; the text is SageMaker's FailureReason.

    Attributes:
        detail: what a log adds to it: which member of an archive, which problem.
    """

    def __init__(self, text: str, detail: str = "") -> None:
        super().__init__(text)
        self.detail = detail


class _Climbs(ValueError):
    """An archive would write where it must not."""


def fetch(source: Source, place: Place, plan: ContainerPlan, data: ModelData, into: Path) -> int:
    """Put model data into a directory; returns how many files there are.

    Raises:
        Unservable: it is not there, or is no archive that can be extracted safely.
    """
    into.mkdir(parents=True, exist_ok=True)
    if data.prefix:
        return _copy(source, place, plan, data, into)
    address = data.address
    content = source.get(place, address) if address is not None and address.key else None
    if address is None or content is None:
        raise Unservable(NO_DATA.text.format(container=plan.label, url=data.url), "there is no such object")
    if not data.archive:
        _write(into / PurePosixPath(address.key).name, content, plan, data)
        return 1
    return _extract(content, plan, data, into)


def unpack(archive: bytes, into: Path) -> int:
    """Extract a tar.gz archive into a directory; returns how many files there are.

    Raises:
        ValueError: it is none, or holds what must not be written; then nothing of it is left.
        OSError: the disk does not hold it.
    """
    into.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    try:
        with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as tar:
            room = shutil.disk_usage(into).free - SPARE
            for member in _checked(tar, into):
                room = _left(room, member)
                tar.extract(member, into, filter="data")
                if member.isfile():
                    written.append(into / member.name)
    except (tarfile.TarError, gzip.BadGzipFile, EOFError, zlib.error, _Climbs) as problem:
        _discard(written)
        raise ValueError(str(problem) or "it ends too early") from problem
    except OSError:
        _discard(written)
        raise
    return len(written)


def _checked(tar: tarfile.TarFile, into: Path) -> Iterator[tarfile.TarInfo]:
    root = into.resolve()
    for member in tar:
        name = PurePosixPath(member.name)
        if name.is_absolute() or ".." in name.parts or not (root / member.name).resolve().is_relative_to(root):
            raise _Climbs(f"{member.name!r} would be written outside of the model's directory")
        if not (member.isfile() or member.isdir()):
            raise _Climbs(f"{member.name!r} is a link or a device; only files and directories are extracted")
        yield member


def _left(room: int, member: tarfile.TarInfo) -> int:
    """The room on the disk after a member; OSError if it does not hold it."""
    if member.size > room:
        raise OSError(errno.ENOSPC, f"the disk has no room for {member.name!r} of {member.size} bytes")
    return room - member.size


def _extract(content: bytes, plan: ContainerPlan, data: ModelData, into: Path) -> int:
    try:
        return unpack(content, into)
    except ValueError as problem:
        raise Unservable(NOT_AN_ARCHIVE.text.format(container=plan.label, url=data.url), str(problem)) from problem
    except OSError as problem:
        raise _unwritable(problem, plan, data) from problem


def _unwritable(problem: OSError, plan: ContainerPlan, data: ModelData) -> Unservable:
    """The failure of data that cannot be written: there is too much of it, or a name is that of a file and of a directory."""
    text = TOO_LARGE if problem.errno in _FULL else NOT_AN_ARCHIVE
    return Unservable(text.text.format(container=plan.label, url=data.url), str(problem))


def _copy(source: Source, place: Place, plan: ContainerPlan, data: ModelData, into: Path) -> int:
    count = 0
    for address, name in _below(source, place, data):
        target, content = below(into, name), source.get(place, address)
        if target is not None and content is not None:
            _write(target, content, plan, data)
            count += 1
    if not count:
        raise Unservable(NO_DATA.text.format(container=plan.label, url=data.url), "there is no object below it")
    return count


def _below(source: Source, place: Place, data: ModelData) -> Iterator[tuple[Address, str]]:
    """The objects in the folder of S3, and their names in it."""
    if data.address is None:
        return
    folder = data.address.key.rstrip("/") + "/" if data.address.key else ""
    for key in source.keys(place, Address(data.address.bucket, folder)):
        if not key.endswith("/"):
            yield Address(data.address.bucket, key), key.removeprefix(folder)


def _write(target: Path, content: bytes, plan: ContainerPlan, data: ModelData) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    except OSError as problem:
        raise _unwritable(problem, plan, data) from problem


def _discard(files: list[Path]) -> None:
    for file in files:
        file.unlink(missing_ok=True)
