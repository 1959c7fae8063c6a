"""What a manifest asks of AWS, in AWS's words."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sagemaker_operator.kinds import Kind
from sagemaker_operator.model.convert import to_request
from sagemaker_operator.model.service import input_shape

from .naming import sagemaker_name
from .ownership import merge
from .resource import Resource


@dataclass(frozen=True, slots=True)
class Waiting:
    """The manifest cannot be understood yet: other resources must come first.

    Attributes:
        message: which ones, and what they lack.
    """

    message: str


@dataclass(frozen=True, slots=True)
class Target:
    """The manifest with its references resolved.

    Attributes:
        name: the resource's name in SageMaker.
        members: everything that the manifest sets, in the service model's spelling, without tags.
        tags: the tags that the manifest and our ownership ask for.
    """

    name: str
    members: Mapping[str, Any]
    tags: Mapping[str, str]

    def create_request(self, kind: Kind) -> dict[str, Any]:
        """The input of the Create operation."""
        request = _only(self.members, kind.family.create) | {kind.family.identity: self.name}
        if kind.family.taggable:
            request["Tags"] = [{"Key": key, "Value": tag} for key, tag in self.tags.items()]
        return request

    def update_request(self, kind: Kind) -> dict[str, Any]:
        """The input of the Update operation: all members that it takes."""
        assert kind.family.update is not None
        sends = {**kind.update_sends, **self.members, kind.family.identity: self.name}
        return _only(sends, kind.family.update)


def understand(resource: Resource, resolved: Mapping[str, Any], owned: Mapping[str, str]) -> Target:
    """The target of a manifest.

    Args:
        resource: the custom resource.
        resolved: its spec with all references resolved.
        owned: the tags that mark the SageMaker resource as ours; they win over the manifest's.
    """
    members = to_request(resource.kind.family.spec_members, resolved)
    tags = merge(members.pop("Tags", ()), owned)  # type: ignore[arg-type]
    return Target(sagemaker_name(resource), members, {tag["Key"]: tag["Value"] for tag in tags})


def fingerprint(request: Mapping[str, Any]) -> str:
    """A short stable name for a request, to recognise one that was tried before."""
    told = json.dumps(request, sort_keys=True, default=str)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _only(members: Mapping[str, Any], operation: str) -> dict[str, Any]:
    accepted = input_shape(operation).members
    return {name: member for name, member in members.items() if name in accepted}
