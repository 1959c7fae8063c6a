"""Manifests of labeling jobs: what there is to label, and the labels that came of it, as lines of JSON in S3.

The labels are random, from the seed, among the categories of the job if its category file can be read.
"""

import json
import re
from datetime import UTC, datetime
from typing import Final

from sagemaker_local.emulator.resource import Json, Resource
from sagemaker_local.emulator.world import World

_URI: Final = re.compile(r"s3://([^/]+)/(.+)")


def entries(job: Resource, world: World) -> list[Json] | None:
    """The objects to label; None if the job has no manifest, or S3 does not have it."""
    source = job.spec["InputConfig"]["DataSource"].get("S3DataSource", {})
    text = _read(job, world, source.get("ManifestS3Uri", ""))
    if text is None:
        return None
    found = (_object(line) for line in text.splitlines() if line.strip())
    return [entry for entry in found if entry is not None]


def output_uri(job: Resource) -> str:
    """Where the labels are written (Ground Truth's documentation)."""
    folder = job.spec["OutputConfig"]["S3OutputPath"].rstrip("/")
    return f"{folder}/{job.name}/manifests/output/output.manifest"


def write(job: Resource, world: World, now: float) -> None:
    """Write the objects that were labeled so far with their labels; nothing if S3 does not have the bucket."""
    place = _URI.fullmatch(output_uri(job))
    objects = entries(job, world)
    if world.storage is None or place is None or objects is None:
        return
    labeled = objects[: job.facts.get("LabelCounters", {}).get("TotalLabeled", 0)]
    lines = [json.dumps({**entry, **_label(job, world, now)}) for entry in labeled]
    world.storage.put(job.place.account, place[1], place[2], "".join(f"{line}\n" for line in lines).encode())


def _label(job: Resource, world: World, now: float) -> Json:
    categories = _categories(job, world)
    chosen = world.random.randrange(len(categories))
    name = job.spec["LabelAttributeName"]
    moment = datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")
    metadata = {
        "class-name": categories[chosen],
        "job-name": f"labeling-job/{job.name}",
        "confidence": round(world.random.uniform(0.5, 1), 2),
        "type": "groundtruth/image-classification",
        "human-annotated": "yes",
        "creation-date": moment,
    }
    return {name: chosen, f"{name.removesuffix('-ref')}-metadata": metadata}


def _categories(job: Resource, world: World) -> list[str]:
    text = _read(job, world, job.spec.get("LabelCategoryConfigS3Uri", ""))
    config = _object(text) if text is not None else None
    labels = config.get("labels") if config is not None else None
    found = [str(label.get("label")) for label in labels if isinstance(label, dict)] if isinstance(labels, list) else []
    return found or ["0"]


def _read(job: Resource, world: World, uri: str) -> str | None:
    place = _URI.fullmatch(uri)
    if place is None or world.storage is None:
        return None
    body = world.storage.get(job.place.account, place[1], place[2])
    return None if body is None else body.decode("utf-8", errors="replace")


def _object(text: str) -> Json | None:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
