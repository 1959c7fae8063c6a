"""The Models and the EndpointConfig that a manifest describes in place."""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sagemaker_operator.composites.plan import Wanted
from sagemaker_operator.engine.resource import Resource
from sagemaker_operator.kinds import KINDS, Kind
from sagemaker_operator.kinds.inline import Inline
from sagemaker_operator.model.names import field

_DIGEST = 10  # characters of base32
_LONGEST_BASE = 200
# What another value of needs no other configuration: SageMaker changes it in place.
SIZES = ("initialVariantWeight", "initialInstanceCount")
# What of a variant is ours, and no part of a configuration.
_OURS = ("modelDataURL", "trainingJobRef", "container", "autoscaling", "recommendationRef")
_MODEL_PARTS = ("executionRoleARN", "vpcConfig", "enableNetworkIsolation")


@dataclass(frozen=True, slots=True)
class Described:
    """What a manifest describes in place.

    Attributes:
        children: the objects that are to exist, what others refer to first.
        config: the name of the object whose SageMaker resource the manifest means.
    """

    children: tuple[Wanted, ...]
    config: str


def uses(kind: Kind, spec: Mapping[str, Any]) -> bool:
    """Whether a manifest describes something in place."""
    return kind.inline is not None and kind.inline.field in spec


def describe(resource: Resource, spec: Mapping[str, Any]) -> Described:
    """The objects that a manifest asks for.

    Args:
        resource: the custom resource.
        spec: its spec with references resolved; of those that a child resolves itself nothing need be known.
    """
    row = resource.kind.inline
    assert row is not None, f"{resource.kind.name} describes nothing in place"
    maker = _Maker(resource, spec, row)
    lists = {name: [maker.variant(one) for one in _at_first(row, name, spec)] for name in row.lists if name in spec}
    members = {name: spec[name] for name in content_of(KINDS[row.kind]) if name in spec}
    if maker.models:
        # In a configuration these are for inference components alone; here they are for the models.
        members = _without(members, _MODEL_PARTS)
    content = {**members, **lists}
    name = _named(resource.name, {**content, **{name: [_without(one, SIZES) for one in lists[name]] for name in lists}})
    config = Wanted(row.kind, name, {**content, **maker.common})
    return Described((*maker.models.values(), config), name)


def variants(row: Inline, name: str, spec: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """The variants of a list, with the canary beside the one that it is tried against."""
    listed: list[Mapping[str, Any]] = list(spec.get(name) or ())
    canary = spec.get("canary")
    if name != row.field or not canary or not listed:
        return listed
    share = int(canary["trafficPercent"])
    forms = (row.inner_sets, row.inner_ref, row.inner_field, *_OURS)
    first = _without(listed[0], forms)
    own = {key: value for key, value in canary.items() if key != "trafficPercent"}
    second = {**first, "variantName": "canary", **own, "initialVariantWeight": share}
    return [{**listed[0], "initialVariantWeight": 100 - share}, second]


def _at_first(row: Inline, name: str, spec: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """The variants as a configuration has them: a canary is dark in it, whatever its share was or will be."""
    if "canary" not in spec:
        return variants(row, name, spec)
    return variants(row, name, {**spec, "canary": {**spec["canary"], "trafficPercent": 0}})


class _Maker:
    """Makes the children of one manifest."""

    def __init__(self, resource: Resource, spec: Mapping[str, Any], row: Inline) -> None:
        self._resource, self._spec, self._row = resource, spec, row
        self.models: dict[str, Wanted] = {}
        # Not a part of the content: another region or other tags make no other object.
        self.common = {name: spec[name] for name in ("region", "tags") if name in spec}

    def variant(self, variant: Mapping[str, Any]) -> dict[str, Any]:
        """A variant as a configuration has it, with the object that is made of its model."""
        content = self._model(variant)
        kept = _without(variant, (self._row.inner_field, *_OURS))
        if content is None:
            return kept
        name = _named(self._resource.name, content)
        self.models[name] = Wanted(self._row.inner, name, {**content, **self.common})
        return {**kept, self._row.inner_ref: {"name": name}}

    def _model(self, variant: Mapping[str, Any]) -> dict[str, Any] | None:
        shared = {name: self._spec[name] for name in _MODEL_PARTS if name in self._spec}
        if self._row.inner_field in variant:
            return {**shared, **variant[self._row.inner_field]}
        if "modelDataURL" not in variant:
            return None
        container = {**variant.get("container", {}), "modelDataURL": variant["modelDataURL"]}
        return {**shared, "primaryContainer": container}


def content_of(kind: Kind) -> list[str]:
    """The fields of a spec that say what is to be."""
    return [name for name in map(field, kind.family.spec_members) if name not in (kind.identity_field, "tags")]


def _named(base: str, content: Mapping[str, Any]) -> str:
    """A name that says what is in it: the same for the same content."""
    told = json.dumps(content, sort_keys=True)
    digest = base64.b32encode(hashlib.sha256(told.encode()).digest()).decode()[:_DIGEST].lower()
    return f"{base[:_LONGEST_BASE].rstrip('-.')}-{digest}"


def _without(node: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: value for name, value in node.items() if name not in names}
