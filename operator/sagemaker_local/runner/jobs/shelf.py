"""The emulated S3 as a job sees it: that of its account."""

from dataclasses import dataclass

from sagemaker_local.emulator.resource import Place
from sagemaker_local.runner.objects import Address, Objects


@dataclass(frozen=True, slots=True)
class AccountShelf:
    """S3 in the account of a job; implements `contract.sources.Shelf`."""

    objects: Objects
    place: Place

    def keys(self, bucket: str, prefix: str) -> list[str]:
        """The keys that start with a prefix, sorted; empty if there is no such bucket."""
        return self.objects.keys(self.place, Address(bucket, prefix))

    def get(self, bucket: str, key: str) -> bytes | None:
        """The content of an object; None if there is none."""
        return self.objects.get(self.place, Address(bucket, key))

    def put(self, bucket: str, key: str, body: bytes) -> bool:
        """Write an object; False if there is no such bucket."""
        return self.objects.put(self.place, Address(bucket, key), body)
