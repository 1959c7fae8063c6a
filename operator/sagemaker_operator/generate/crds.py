"""A CustomResourceDefinition for each kind: what SageMaker's model says, and what this operator adds to it.

The additions are references (`fields.refer`), control fields, the status of the operator itself, immutability and columns.
"""

from sagemaker_operator.kinds import GROUP, VERSION, Kind
from sagemaker_operator.model.names import field
from sagemaker_operator.model.schema import Schema, lenient, strict

from . import columns, fields, rules


def crd(kind: Kind) -> Schema:
    """The CustomResourceDefinition of a kind, ready for YAML."""
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
            "versions": [_version(kind)],
        },
    }


def spec(kind: Kind) -> Schema:
    """The schema of ``spec``."""
    members = kind.family.spec_members
    properties: Schema = {field(name): strict(shape) for name, shape in members.items()}
    required = [field(name) for name in members if name in kind.family.required and name != kind.family.identity]
    schema: Schema = {
        "description": f"What the {kind.name} is to be: the members of SageMaker's {kind.family.create}, and how to manage it.",
        "type": "object",
        "properties": properties | fields.controls(kind),
        "required": required,
    }
    for reference in kind.references:
        fields.refer(schema, reference)
    fields.name_identity(schema, kind)
    if immutable := rules.immutable_fields(kind, schema):
        fields.mark_immutable(schema, immutable)
        optional = [name for name in immutable if name not in required]
        schema["x-kubernetes-validations"] = [*rules.of(schema), rules.neither_come_nor_gone(optional)]
    if not schema["required"]:
        del schema["required"]
    return schema


def status(kind: Kind) -> Schema:
    """The schema of ``status``."""
    return {
        "description": f"What was seen of the {kind.name} in SageMaker, and what the operator makes of it.",
        "type": "object",
        "default": {"observedGeneration": -1},
        "properties": fields.report() | {field(name): lenient(shape) for name, shape in kind.shown.items()},
    }


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
                "description": kind.summary,
                "type": "object",
                "required": ["spec"],
                "properties": {
                    "apiVersion": {"type": "string", "description": f"{GROUP}/{VERSION}"},
                    "kind": {"type": "string", "description": kind.name},
                    "metadata": {"type": "object"},
                    "spec": spec(kind),
                    "status": status(kind),
                },
            }
        },
    }
