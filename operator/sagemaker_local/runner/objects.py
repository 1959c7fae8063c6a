"""The emulated S3 as the work reads and writes it: without the network, and without a client library."""

import re
from dataclasses import dataclass
from typing import Final

from sagemaker_local.emulator.resource import Place
from sagemaker_local.emulator.world import Objects as Storage

_URI: Final = re.compile(r"(?:s3|https)://([^/]+)/?(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Address:
    """Where something is in S3: an object, or whatever has a key that begins so."""

    bucket: str
    key: str

    @classmethod
    def parse(cls, uri: str) -> "Address":
        """Read `s3://bucket/key`. Raises ValueError for anything else."""
        found = _URI.fullmatch(uri)
        if found is None:
            raise ValueError(f"{uri!r} is not an S3 URI")
        return cls(found[1], found[2])

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.key}"

    def below(self, name: str) -> "Address":
        """The address of something in this folder."""
        return Address(self.bucket, f"{self.key.rstrip('/')}/{name}" if self.key else name)


@dataclass(frozen=True, slots=True)
class Objects:
    """The buckets of all accounts. Every method may be called from any thread."""

    storage: Storage

    def keys(self, place: Place, address: Address) -> list[str]:
        """The keys that begin with that of the address, sorted; empty if there is no such bucket."""
        return self.storage.keys(place.account, address.bucket, address.key)

    def get(self, place: Place, address: Address) -> bytes | None:
        """The content of an object; None if there is none."""
        return self.storage.get(place.account, address.bucket, address.key)

    def put(self, place: Place, address: Address, body: bytes) -> bool:
        """Write an object; False if there is no such bucket."""
        return self.storage.put(place.account, address.bucket, address.key, body)
