"""The objects in S3, which moto holds, one by one. Versions, access rules and the like are not kept."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from sagemaker_local.emulator.mount import Moto

# What moto calls an account's place for all its buckets, by partition.
_PARTITIONS: Final = ("aws", "aws-cn", "aws-us-gov")


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket with its objects.

    Attributes:
        contents: key to content and metadata (headers such as content-type).
    """

    account: str
    partition: str
    region: str
    name: str
    contents: dict[str, tuple[bytes, dict[str, str]]] = field(default_factory=dict)


def read(moto: Moto) -> Iterator[Bucket]:
    """Every bucket that exists now, in all accounts."""
    if not moto.loaded:
        return
    from moto.s3.models import s3_backends  # noqa: PLC0415 heavy, and only needed once moto is in use

    for account, places in list(s3_backends.items()):
        for partition in _PARTITIONS:
            backend = places.get(partition)
            for name, held in list(backend.buckets.items()) if backend else ():
                contents = {
                    str(key): (bytes(one.value), {str(k): str(v) for k, v in one.metadata.items()})
                    for key, one in list(held.keys.items())
                }
                yield Bucket(account, partition, held.region_name, name, contents)


def write(moto: Moto, buckets: list[Bucket]) -> None:
    """Put the buckets there, in place of those that are."""
    moto.reset()
    if not buckets:
        return
    moto.load()
    from moto.s3.models import s3_backends  # noqa: PLC0415 see above

    for bucket in buckets:
        backend: Any = s3_backends[bucket.account][bucket.partition]
        backend.create_bucket(bucket.name, bucket.region)
        for key, (content, metadata) in bucket.contents.items():
            backend.put_object(bucket.name, key, content).set_metadata(metadata)
