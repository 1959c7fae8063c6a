"""The data that an execution looks at: where endpoints and batch transforms capture it in S3, and what is there.

The layout is `<destination>/<endpoint>/<variant>/yyyy/mm/dd/hh/*.jsonl` in UTC (SageMaker's documentation of data capture), and
`<destination>/input/yyyy/mm/dd/hh/` for batch transforms.
"""

import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from sagemaker_local.emulator.families.monitoring.cron import HOUR
from sagemaker_local.emulator.resource import Json, Place
from sagemaker_local.emulator.world import World

MOST_LINES: Final = 10_000
"""How many captured requests an analysis reads; enough to judge, and bounded."""


@dataclass(frozen=True, slots=True)
class Window:
    """The time that an execution looks at: from `start` up to, but not including, `end`, in epoch seconds."""

    start: float
    end: float


def folder(moment: float) -> str:
    """yyyy/mm/dd/hh of a moment."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y/%m/%d/%H")


def split(url: str) -> tuple[str, str]:
    """Bucket and key of an S3 URL."""
    bucket, _, key = url.partition("://")[2].partition("/")
    return bucket, key


def folders(source: Json, place: Place, window: Window, world: World) -> list[str]:
    """The S3 URLs of the hours of a window in which something was captured; all of them if inputs are not checked."""
    urls = [f"{root}/{folder(hour)}" for root in roots(source, place, world) for hour in _hours(window)]
    if world.inputs is None:
        return urls
    return [url for url in urls if world.inputs.has(place.account, *split(f"{url}/"))]


def truth_folders(url: str, window: Window, place: Place, world: World) -> list[str]:
    """The S3 URLs of the hours of a window that have ground truth, or of the first hour if none has; at most four, or parents."""
    hours = [f"{url.rstrip('/')}/{folder(hour)}" for hour in _hours(window)]
    found = [one for one in hours if world.inputs is not None and world.inputs.has(place.account, *split(f"{one}/"))]
    return parents(found or hours[:1], 4)


def parents(urls: list[str], most: int) -> list[str]:
    """At most so many folders that hold these: themselves, or their common parents."""
    few = urls
    while len(few) > most:
        few = list(dict.fromkeys(url.rpartition("/")[0] for url in few))
    return few


def lines(urls: list[str], source: Json, place: Place, world: World) -> Iterator[str]:
    """The captured requests under some S3 URLs, oldest file first, up to `MOST_LINES`.

    Batch transforms capture no data but manifests of the files that they read; each record in these counts as a request.
    """
    found = _captured(urls, source.get("DatasetFormat", {}), place, world)
    yield from itertools.islice(found, MOST_LINES)


def _captured(urls: list[str], dataset: Json, place: Place, world: World) -> Iterator[str]:
    for url in urls:
        bucket, prefix = split(f"{url}/")
        for key in world.storage.keys(place.account, bucket, prefix) if world.storage else ():
            text = _text(f"s3://{bucket}/{key}", place, world)
            listed = _manifest(text)
            if listed is None:
                yield from text.splitlines()
                continue
            for file in listed:
                records = _text(file, place, world).splitlines()
                skipped = 1 if dataset.get("Csv", {}).get("Header") else 0
                yield from (_as_request(record, dataset) for record in records[skipped:])


def _text(url: str, place: Place, world: World) -> str:
    body = world.storage.get(place.account, *split(url)) if world.storage else None
    return (body or b"").decode(errors="replace")


def _manifest(text: str) -> list[str] | None:
    """The files of a manifest, `[{"prefix": "s3://…/"}, "a.csv", …]`; None if it is none."""
    try:
        rows = json.loads(text)
    except ValueError:
        return None
    if not (isinstance(rows, list) and rows and isinstance(rows[0], dict) and "prefix" in rows[0]):
        return None
    return [f"{rows[0]['prefix']}{row}" for row in rows[1:]]


def _as_request(record: str, dataset: Json) -> str:
    """A record of a file as a request to an endpoint would have been captured."""
    kind, encoding = ("application/json", "JSON") if "Json" in dataset else ("text/csv", "CSV")
    said = {"observedContentType": kind, "mode": "INPUT", "data": record, "encoding": encoding}
    return json.dumps({"captureData": {"endpointInput": said}})


def roots(source: Json, place: Place, world: World) -> list[str]:
    """The S3 URLs under which the hours are."""
    if "DataCapturedDestinationS3Uri" in source:
        return [f"{source['DataCapturedDestinationS3Uri'].rstrip('/')}/input"]
    endpoint = world.find(place, "Endpoint", source["EndpointName"].lower())
    capture = endpoint.facts.get("DataCaptureConfig") if endpoint else None
    if endpoint is None or capture is None:
        return []
    variants = [variant["VariantName"] for variant in endpoint.facts.get("ProductionVariants", ())]
    return [f"{capture['DestinationS3Uri'].rstrip('/')}/{endpoint.name}/{variant}" for variant in variants]


def _hours(window: Window) -> list[float]:
    first = window.start // HOUR
    count = max(1, int(-(-window.end // HOUR) - first))
    return [(first + later) * HOUR for later in range(count)]
