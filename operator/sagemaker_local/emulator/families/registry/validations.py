"""What SageMaker finds out about containers that are registered: digests of images, scans, and validation jobs."""

import re
from collections.abc import Iterator
from hashlib import sha256
from typing import Final

from sagemaker_local.emulator.resource import Json, Resource

_OF_STATUS: Final = {"Pending": "NotStarted", "Failed": "Failed", "InProgress": "InProgress"}


def digest(image: str) -> str:
    """A digest that is always the same for the same image; registries are not asked."""
    return f"sha256:{sha256(image.encode()).hexdigest()}"


def add_digests(spec: Json) -> None:
    """Add the digest of each container's image, as AWS does."""
    for container in _containers(spec):
        if "Image" in container:
            container.setdefault("ImageDigest", digest(container["Image"]))


def details(resource: Resource) -> Json:
    """How scans and validations are, going by the status of the whole."""
    status = _OF_STATUS.get(resource.status or "", "Completed")
    profiles = resource.spec.get("ValidationSpecification", {}).get("ValidationProfiles", ())
    images = [container["Image"] for container in _containers(resource.spec) if "Image" in container]
    return {
        "ValidationStatuses": [_item(profile["ProfileName"], status, resource) for profile in profiles],
        "ImageScanStatuses": [_item(image, status, resource) for image in images] if status == "Failed" else [],
    }


def _item(name: str, status: str, resource: Resource) -> Json:
    item = {"Name": re.sub("[^A-Za-z0-9]+", "-", name)[-63:].strip("-"), "Status": status}
    return {**item, "FailureReason": resource.reason} if status == "Failed" and resource.reason else item


def _containers(spec: Json) -> Iterator[Json]:
    for one in (spec.get("InferenceSpecification", {}), *spec.get("AdditionalInferenceSpecifications", ())):
        yield from one.get("Containers", ())
