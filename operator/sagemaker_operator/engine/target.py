"""What a manifest asks of AWS, in AWS's words."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sagemaker_operator.kinds import Kind
from sagemaker_operator.model.convert import to_request
from sagemaker_operator.model.service import input_shape

from .naming import create_token, sagemaker_name
from .ownership import merge
from .resource import Resource
from .scaling.wanted import Wanted, wanted
from .schedule import Pace
from .verdict import Reason, Verdict, reconciling, stalled


@dataclass(frozen=True, slots=True)
class Waiting:
    """The manifest cannot be understood yet: other resources must come first.

    Attributes:
        message: which ones, and what they lack.
        reason: whether they are not ready or not there.
        hopeless: whether they can never be, until somebody changes a manifest.
        made_of: the objects that the manifest describes in place, as far as that is known; see `composites`.
    """

    message: str
    reason: Reason = Reason.DEPENDENCY_NOT_READY
    hopeless: bool = False
    made_of: tuple[Any, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """What to say about a manifest that waits."""
        return (stalled if self.hopeless else reconciling)(self.reason, self.message)

    @property
    def pace(self) -> Pace:
        """When to look again: custom resources wake who waits for them, ConfigMaps and Secrets are not watched."""
        return Pace.SOON if self.reason is Reason.SOURCE_UNREADABLE else Pace.EVENT


@dataclass(frozen=True, slots=True)
class Target:
    """The manifest with its references resolved.

    Attributes:
        name: the resource's name in SageMaker.
        token: makes a repeated Create of the same attempt harmless, where SageMaker takes one.
        members: everything that the manifest sets, in the service model's spelling, without tags.
        tags: the tags that the manifest and our ownership ask for.
        attached: what the resource is to be attached to, by field.
        secrets: the values among them that nobody may see, with what stands for each in digests (`sources.veiled`).
        images: the images that it names and does not spell out, in the order of the spec.
        made_of: the objects that the manifest describes in place; see `composites`.
        artifacts: what it takes from training jobs, by their names.
        revision: the name of the one of them that a roll-out is about.
        models: the names of the models in SageMaker, by the name of the variant that serves them.
        sizes: what SageMaker can change of variants in place, by the name of the variant.
        scaling: what is to be scaled, and how.
        inputs: a digest of what it takes from other objects, which changes without the manifest; None if it takes nothing.
    """

    name: str
    token: str
    members: Mapping[str, Any]
    tags: Mapping[str, str]
    attached: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    images: tuple[str, ...] = ()
    inputs: str | None = None
    made_of: tuple[Any, ...] = ()
    artifacts: Mapping[str, Any] = field(default_factory=dict)
    revision: str = ""
    models: Mapping[str, str] = field(default_factory=dict)
    sizes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    scaling: tuple[Wanted, ...] = ()

    def create_request(self, kind: Kind) -> dict[str, Any]:
        """The input of the Create operation."""
        tokens = {kind.family.token: self.token} if kind.family.token else {}
        request = {**tokens, **_only(self.members, kind.family.create), kind.family.identity: self.name}
        if kind.family.taggable and kind.untagged_with not in self.members:
            request["Tags"] = [{"Key": key, "Value": tag} for key, tag in self.tags.items()]
        return request


def understand(resource: Resource, resolved: Mapping[str, Any], owned: Mapping[str, str]) -> Target:
    """The target of a manifest.

    Args:
        resource: the custom resource.
        resolved: its spec with all references resolved.
        owned: the tags that mark the SageMaker resource as ours; they win over the manifest's.
    """
    members = to_request(resource.kind.family.spec_members, resolved)
    tags = merge(members.pop("Tags", ()), owned)  # type: ignore[arg-type]
    attached = {one.field: tuple(resolved.get(one.field) or ()) for one in resource.kind.attachments}
    by_key = {tag["Key"]: tag["Value"] for tag in tags}
    name = sagemaker_name(resource)
    scaled = wanted(resource.kind.scalable, resolved, name)
    return Target(name, create_token(resource), members, by_key, attached, scaling=scaled)


def fingerprint(request: Mapping[str, Any]) -> str:
    """A short stable name for a request, to recognise one that was tried before."""
    told = json.dumps(request, sort_keys=True, default=str)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _only(members: Mapping[str, Any], operation: str) -> dict[str, Any]:
    accepted = input_shape(operation).members
    return {name: member for name, member in members.items() if name in accepted}
