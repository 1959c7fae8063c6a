"""What a transform job with a DataCaptureConfig leaves for Model Monitor: manifests of what was read and written.

Nothing is copied: under `<DestinationS3Uri>/input/yyyy/mm/dd/hh/` and `…/output/…` lies a list of the objects
(https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-data-capture-batch.html). The hour is that in which the job began.
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from posixpath import commonpath

from sagemaker_local.runner.objects import Address


def manifests(
    destination: str, read: Sequence[Address], written: Sequence[Address], *, began: float, name: str
) -> list[tuple[Address, bytes]]:
    """The objects to write: where, and what.

    Args:
        destination: DestinationS3Uri.
        read: the input objects that were transformed.
        written: their outputs.
        began: when the job began, in epoch seconds.
        name: of the manifests, without the extension.
    """
    hour = datetime.fromtimestamp(began, UTC).strftime("%Y/%m/%d/%H")
    root = Address.parse(destination)
    return [
        (root.below(f"{side}/{hour}/{name}.jsonl"), _manifest(addresses))
        for side, addresses in (("input", read), ("output", written))
        if addresses
    ]


def _manifest(addresses: Sequence[Address]) -> bytes:
    """The objects, which are in one bucket, below the deepest folder that holds all of them."""
    folder = commonpath([f"/{address.bucket}/{address.key.rpartition('/')[0]}" for address in addresses])
    prefix = f"s3:/{folder.rstrip('/')}/"
    return json.dumps([{"prefix": prefix}, *(str(address).removeprefix(prefix) for address in addresses)]).encode()
