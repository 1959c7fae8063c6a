"""Which objects of S3 an input consists of, on which instance, and how they are called there.

The rules are those of S3DataSource's and ShuffleConfig's documentation
(https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_S3DataSource.html).
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Final, Protocol

from sagemaker_local.runner.contract.reasons import BAD_MANIFEST, NO_OBJECTS, NO_SUCH_OBJECT, PARTIAL_PREFIX

_URL: Final = re.compile(r"s3://([^/]+)/?(.*)", re.DOTALL)


class Shelf(Protocol):
    """S3 of one account."""

    def keys(self, bucket: str, prefix: str) -> list[str]:
        """The keys that start with a prefix, sorted; empty if there is no such bucket."""

    def get(self, bucket: str, key: str) -> bytes | None:
        """The content of an object; None if there is none."""

    def put(self, bucket: str, key: str, body: bytes) -> bool:
        """Write an object; False if there is no such bucket."""


@dataclass(frozen=True, slots=True)
class Item:
    """One object of an input, and the name of its file there, relative to the directory of the input."""

    bucket: str
    key: str
    name: str

    @property
    def url(self) -> str:
        """Where the object is."""
        return f"s3://{self.bucket}/{self.key}"


@dataclass(frozen=True, slots=True)
class Source:
    """What an input is made from.

    Attributes:
        url: S3Uri: a prefix, or the manifest.
        kind: S3Prefix, ManifestFile or AugmentedManifestFile.
        sharded: whether each instance gets a part of it only.
        seed: of ShuffleConfig; None leaves the order.
        attributes: AttributeNames of an augmented manifest.
    """

    url: str
    kind: str = "S3Prefix"
    sharded: bool = False
    seed: int | None = None
    attributes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Share:
    """The part of an instance: the `number`th of `count`, from 0."""

    number: int = 0
    count: int = 1


WHOLE: Final = Share()


def split(url: str) -> tuple[str, str]:
    """Bucket and key of an S3 URL; two empty texts if it is none."""
    found = _URL.fullmatch(url)
    return (found[1], found[2]) if found else ("", "")


def items(source: Source, shelf: Shelf, share: Share, *, epoch: int = 0, whole_names: bool = False) -> list[Item]:
    """The objects of an input on one instance, in their order.

    Args:
        epoch: which time the input is read; a shuffled one is in another order each time.
        whole_names: whether the prefix has to end where a name does, as FastFile mode wants it.

    Raises:
        JobFailed: there are none, or the manifest cannot be read.
    """
    if source.kind == "ManifestFile":
        found = list(_of_manifest(source.url, shelf))
    else:
        found = _of_prefix(source.url, shelf, whole_names=whole_names)
    return shared(found, source, share, epoch=epoch)


def shared(found: Sequence[Any], source: Source, share: Share, *, epoch: int) -> list[Any]:
    """The part of an instance, shuffled before if that is asked for, so that parts differ from epoch to epoch."""
    order = list(found)
    if source.seed is not None:
        Random(source.seed + epoch).shuffle(order)
    return order[share.number :: share.count] if source.sharded else order


def lines(source: Source, shelf: Shelf) -> list[dict[str, Any]]:
    """The records of an augmented manifest: JSON objects, one a line.

    Raises:
        JobFailed: there is no such manifest, or it holds something else.
    """
    found: list[dict[str, Any]] = []
    text = _text(source.url, shelf)
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            record = None
        if not isinstance(record, dict):
            raise BAD_MANIFEST.error(url=source.url, trouble=f"line {number} is no JSON object")
        missing = [name for name in source.attributes if name not in record]
        if missing:
            raise BAD_MANIFEST.error(url=source.url, trouble=f"line {number} has no attribute {missing[0]}")
        found.append(record)
    return found


def manifest_of(source: Source, found: Sequence[Item]) -> list[Any]:
    """The manifest that lies beside the directory of an input: a prefix, then the names below it."""
    bucket, key = split(source.url)
    base = key[: key.rfind("/") + 1]
    return [{"prefix": f"s3://{bucket}/{base}"}, *(item.key.removeprefix(base) for item in found)]


def _of_prefix(url: str, shelf: Shelf, *, whole_names: bool) -> list[Item]:
    bucket, prefix = split(url)
    found = [key for key in shelf.keys(bucket, prefix) if not key.endswith("/")]
    if not found:
        raise NO_OBJECTS.error(url=url)
    if whole_names:
        for key in found:
            rest = key[len(prefix) :]
            if rest and prefix and not prefix.endswith("/") and not rest.startswith("/"):
                raise PARTIAL_PREFIX.error(prefix=prefix, key=key)
    return [Item(bucket, key, _name(key, prefix)) for key in found]


def _name(key: str, prefix: str) -> str:
    """What an object is called in the directory of its input: what follows the last folder that the prefix names."""
    rest = key[len(prefix) :]
    if rest.startswith("/") and not prefix.endswith("/"):
        return rest[1:]
    return key[prefix.rfind("/") + 1 :]


def _of_manifest(url: str, shelf: Shelf) -> Iterator[Item]:
    try:
        entries = json.loads(_text(url, shelf))
    except (ValueError, RecursionError):
        raise BAD_MANIFEST.error(url=url, trouble="it is no JSON") from None
    if not isinstance(entries, list) or not entries:
        raise BAD_MANIFEST.error(url=url, trouble="it is no list")
    bucket = prefix = ""
    for entry in entries:
        if isinstance(entry, dict) and isinstance(entry.get("prefix"), str):
            bucket, prefix = split(entry["prefix"])
        elif isinstance(entry, str) and bucket:
            yield Item(bucket, prefix + entry, entry)
        else:
            raise BAD_MANIFEST.error(
                url=url, trouble="it does not begin with a prefix, or holds more than names after it"
            )


def _text(url: str, shelf: Shelf) -> str:
    bucket, key = split(url)
    body = shelf.get(bucket, key)
    if body is None:
        raise NO_SUCH_OBJECT.error(url=url)
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise BAD_MANIFEST.error(url=url, trouble="it is not UTF-8") from None
