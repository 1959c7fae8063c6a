"""The objects that a transform job reads, and the keys under which their transformed data is written.

What was at `<S3Uri>/a/b.csv` goes to `<S3OutputPath>/a/b.csv.out`: the part of the key below the prefix stays
(https://docs.aws.amazon.com/sagemaker/latest/dg/batch-transform.html; amazon-sagemaker-examples#1903 shows that the last folder
of a prefix without a slash at its end goes too). Not here: what is in them.
"""

import gzip
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from sagemaker_local.emulator.resource import Json, Place
from sagemaker_local.runner.objects import Address, Objects


class BadInput(ValueError):
    """An input that cannot be read; the text is for the data log."""


@dataclass(frozen=True, slots=True)
class InputFile:
    """One object of the input.

    Attributes:
        name: the part of its key that its output keeps.
    """

    address: Address
    name: str

    @property
    def shown(self) -> str:
        """How the data log calls it."""
        return f"{self.address.bucket}/{self.address.key}"


def find(source: Json, s3: Objects, place: Place) -> list[InputFile]:
    """The objects of an S3DataSource, in order. Raises BadInput where it is a manifest that cannot be read."""
    try:
        address = Address.parse(source["S3Uri"])
    except ValueError as wrong:
        raise BadInput(str(wrong)) from None
    if source.get("S3DataType", "S3Prefix") == "ManifestFile":
        return _listed(s3.get(place, address), source["S3Uri"])
    keys = [key for key in s3.keys(place, address) if not key.endswith("/")]
    return [InputFile(Address(address.bucket, key), _below(key, address.key)) for key in keys]


def output_of(file: InputFile, path: str) -> Address:
    """Where the transformed data of an object goes, below S3OutputPath."""
    return Address.parse(path).below(f"{file.name}.out")


def shares(files: Sequence[InputFile], instances: int) -> list[list[InputFile]]:
    """The files of each instance: a file is never split between instances, and some may have none."""
    return [list(files[number::instances]) for number in range(instances)]


def content(file: InputFile, s3: Objects, place: Place, *, compression: str) -> bytes:
    """What is in an object, not compressed. Raises BadInput."""
    body = s3.get(place, file.address)
    if body is None:
        raise BadInput(f"There is no object at {file.address}.")
    if compression != "Gzip":
        return body
    try:
        return gzip.decompress(body)
    except (OSError, EOFError, zlib.error) as wrong:
        raise BadInput(f"CompressionType is Gzip, and {file.address} is not compressed with gzip: {wrong}") from None


def _below(key: str, prefix: str) -> str:
    folder = f"{prefix.rstrip('/')}/" if prefix.rstrip("/") else ""
    if not key.startswith(folder):
        folder = prefix[: prefix.rfind("/") + 1]
    return key[len(folder) :]


def _listed(body: bytes | None, url: str) -> list[InputFile]:
    """The objects of a manifest: `[{"prefix": "s3://bucket/some/"}, "a.csv", "b/c.csv"]`; a prefix is not required."""
    if body is None:
        raise BadInput(f"There is no manifest at {url}.")
    try:
        rows = json.loads(body)
    except ValueError as wrong:
        raise BadInput(f"The manifest at {url} is not JSON: {wrong}") from None
    if not isinstance(rows, list) or not rows:
        raise BadInput(f"The manifest at {url} is not a list of objects.")
    prefix = ""
    if isinstance(rows[0], dict):
        prefix, rows = str(rows[0].get("prefix", "")), rows[1:]
    files: list[InputFile] = []
    for row in rows:
        try:
            address = Address.parse(f"{prefix}{row}")
        except ValueError:
            raise BadInput(f"The manifest at {url} has an entry that is no object: {prefix}{row}") from None
        name = str(row) if prefix else address.key
        files.append(InputFile(address, name.lstrip("/")))
    return files
