"""A CustomResourceDefinition for each kind: what SageMaker's model says, and what this operator adds to it.

The additions are references, sources and names of images (`standins`), `controls`, our own status, immutability (`changes`) and
`columns`.
"""

from sagemaker_operator.composites.composite import Composite
from sagemaker_operator.kinds import GROUP, VERSION, Kind
from sagemaker_operator.model.names import field
from sagemaker_operator.model.schema import Schema, lenient, strict

from . import (
    changes,
    columns,
    controls,
    fields,
    inline,
    monitoring,
    monitoring_native,
    running,
    scaling,
    serving,
    standins,
    telling,
    variants,
)


def crd(kind: Kind) -> Schema:
    """The CustomResourceDefinition of a kind, ready for YAML."""
    return definition(kind, _version(kind))


def definition(kind: Kind | Composite, version: Schema) -> Schema:
    """A CustomResourceDefinition with one version."""
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{kind.plural}.{GROUP}", "labels": {"app.kubernetes.io/name": "sagemaker-operator"}},
        "spec": {
            "group": GROUP,
            "scope": "Namespaced",
            "names": {
                "kind": kind.name,
                "listKind": f"{kind.name}List",
                "plural": kind.plural,
                "singular": kind.name.lower(),
                "shortNames": [kind.short],
                "categories": ["sagemaker"],
            },
            "versions": [version],
        },
    }


def kind_and_version(kind: Kind | Composite) -> Schema:
    """The schemas of what every object has besides spec and status."""
    return {
        "apiVersion": {"type": "string", "description": f"{GROUP}/{VERSION}"},
        "kind": {"type": "string", "description": kind.name},
        "metadata": {"type": "object"},
    }


def spec(kind: Kind) -> Schema:
    """The schema of ``spec``."""
    members = kind.family.spec_members
    properties: Schema = {field(name): strict(shape) for name, shape in members.items()}
    required = [field(name) for name in members if name in kind.family.required and name != kind.family.identity]
    schema: Schema = {
        "description": f"What the {kind.name} is to be: the members of SageMaker's {kind.family.create}, and how to manage it.",
        "type": "object",
        "properties": properties | _apart(kind, controls.of(kind), properties),
        "required": required,
    }
    inline.add(schema, kind, spec)
    variants.constrain(schema, kind)
    scaling.add(schema, kind)
    standins.add(schema, kind)
    fields.name_identity(schema, kind)
    changes.exclude(schema, kind)
    changes.unordered(schema, kind)
    fields.mark_nested_immutable(schema, changes.immutable_within(kind))
    fields.mark_live(schema, kind)
    fields.mark_immutable(schema, changes.immutable_fields(kind, schema))
    running.constrain(schema, kind)
    monitoring.add(schema, kind)
    monitoring_native.constrain(schema, kind)
    if not schema["required"]:
        del schema["required"]
    return schema


def status(kind: Kind) -> Schema:
    """The schema of ``status``."""
    shown = {field(name): lenient(shape) for name, shape in kind.shown.items() if name != kind.family.arn}
    return {
        "description": f"What was seen of the {kind.name} in SageMaker, and what the operator makes of it.",
        "type": "object",
        "default": {"observedGeneration": -1},
        "properties": _apart(
            kind,
            fields.report(kind)
            | fields.inputs(kind)
            | fields.images(kind)
            | fields.edits(kind)
            | fields.details(kind)
            | running.report(kind)
            | inline.report(kind)
            | scaling.report(kind)
            | serving.report(kind)
            | telling.report(kind)
            | monitoring.report(kind),
            shown,
        )
        | shown,
    }


def _apart(kind: Kind, ours: Schema, theirs: Schema) -> Schema:
    if shared := ours.keys() & theirs.keys():
        raise ValueError(f"{kind.name}: {', '.join(sorted(shared))} would hide members of SageMaker's")
    return ours


def _version(kind: Kind) -> Schema:
    return {
        "name": VERSION,
        "served": True,
        "storage": True,
        "subresources": {"status": {}},
        "additionalPrinterColumns": columns.of(kind),
        "selectableFields": columns.selectable(kind),
        "schema": {
            "openAPIV3Schema": {
                "description": f"{kind.summary} {kind.closed}" if kind.closed else kind.summary,
                "type": "object",
                "required": ["spec"],
                "properties": {**kind_and_version(kind), "spec": spec(kind), "status": status(kind)},
            }
        },
    }
