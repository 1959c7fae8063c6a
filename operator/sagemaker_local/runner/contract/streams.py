"""What a program reads from a pipe, in Pipe mode: the objects of a channel one after the other, unpacked and in records if asked.

Rules: CompressionType's, RecordWrapperType's and S3DataSource's documentation
(https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_Channel.html). All of them hold for Pipe mode alone: in File mode
objects are left as they are.
"""

import gzip
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sagemaker_local.runner.contract.reasons import NO_SUCH_OBJECT, NOT_GZIP
from sagemaker_local.runner.contract.recordio import wrapped
from sagemaker_local.runner.contract.sources import WHOLE, Share, Shelf, Source, items, lines, shared, split

_REFERS = "-ref"


@dataclass(frozen=True, slots=True)
class Stream:
    """What flows through the pipe of a channel on one instance.

    Attributes:
        unpack: whether objects are unpacked with gzip.
        records: whether each object, or each attribute of an augmented manifest, is a record in RecordIO.
    """

    source: Source
    share: Share = WHOLE
    unpack: bool = False
    records: bool = False

    def bodies(self, shelf: Shelf, epoch: int) -> Iterator[bytes]:
        """The bytes of one epoch, in pieces. Raises JobFailed."""
        for body in self._objects(shelf, epoch):
            if self.records:
                yield from wrapped(body)
            else:
                yield body

    def _objects(self, shelf: Shelf, epoch: int) -> Iterator[bytes]:
        if self.source.kind == "AugmentedManifestFile":
            order = shared(lines(self.source, shelf), self.source, self.share, epoch=epoch)
            for record in order:
                for name in self.source.attributes:
                    yield self._attribute(name, record[name], shelf)
            return
        for item in items(self.source, shelf, self.share, epoch=epoch):
            yield self._body(shelf, item.bucket, item.key)

    def _attribute(self, name: str, value: Any, shelf: Shelf) -> bytes:
        """An attribute as it is, or the object that it refers to, as names that end in `-ref` do."""
        if name.endswith(_REFERS) and isinstance(value, str):
            return self._body(shelf, *split(value))
        return (value if isinstance(value, str) else json.dumps(value)).encode()

    def _body(self, shelf: Shelf, bucket: str, key: str) -> bytes:
        body = shelf.get(bucket, key)
        if body is None:
            raise NO_SUCH_OBJECT.error(url=f"s3://{bucket}/{key}")
        if not self.unpack:
            return body
        try:
            return gzip.decompress(body)
        except (OSError, EOFError, zlib.error):
            raise NOT_GZIP.error(url=f"s3://{bucket}/{key}") from None
