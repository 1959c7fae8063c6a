"""CEL rules: what a schema alone cannot say about a spec."""

import re

from sagemaker_operator.kinds import Kind, Reference
from sagemaker_operator.model.names import field
from sagemaker_operator.model.schema import Schema

# Fields that are ours to change at any time, whatever Update can do: tags have operations of their own.
_ALWAYS_MUTABLE = ("tags", "deletionPolicy", "adoptionPolicy")

# https://kubernetes.io/docs/reference/kubernetes-api/extend-resources/custom-resource-definition-v1/ on x-kubernetes-validations
_RESERVED = frozenset(
    (
        *("true", "false", "null", "in", "as", "break", "const", "continue", "else", "for", "function", "if", "import"),
        *("let", "loop", "package", "namespace", "return", "var", "void", "while"),
    )
)


def identifier(name: str) -> str:
    """A field's name as CEL spells it."""
    if name in _RESERVED:
        return f"__{name}__"
    escaped = (
        name.replace("__", "__underscores__").replace(".", "__dot__").replace("-", "__dash__").replace("/", "__slash__")
    )
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", escaped):
        raise ValueError(f"CEL cannot name the field {name}")
    return escaped


def immutable_fields(kind: Kind, spec: Schema) -> list[str]:
    """The top-level fields of a spec that cannot change after the create; a reference is as mutable as what it sets."""
    mutable = {field(member) for member in kind.mutable} | set(_ALWAYS_MUTABLE)
    mutable |= {r.field for r in kind.references if "." not in r.field and r.sets in mutable}
    return [name for name in spec["properties"] if name not in mutable]


def immutable(name: str) -> Schema:
    """Refuses to set, change or remove a field after the create.

    It stands on the parent, as a rule on an optional field itself is not run when the field comes or goes.
    """
    it = identifier(name)
    return {
        "rule": f"has(self.{it}) == has(oldSelf.{it}) && (!has(self.{it}) || self.{it} == oldSelf.{it})",
        "message": f"{name} is immutable",
        "fieldPath": f".{name}",
        "reason": "FieldValueForbidden",
    }


def one_of(reference: Reference, *, required: bool) -> Schema:
    """Allows a value or a reference to it, not both; demands one of them if the value is required."""
    own = reference.field.rsplit(".", 1)[-1]
    value, ref = identifier(reference.sets), identifier(own)
    if required:
        rule, message = (
            f"has(self.{value}) != has(self.{ref})",
            f"exactly one of {reference.sets} and {own} must be set",
        )
    else:
        rule, message = (
            f"!(has(self.{value}) && has(self.{ref}))",
            f"at most one of {reference.sets} and {own} can be set",
        )
    return {"rule": rule, "message": message, "fieldPath": f".{own}"}


def of(schema: Schema) -> list[Schema]:
    """The rules that a schema has so far."""
    found: list[Schema] = schema.get("x-kubernetes-validations", [])
    return found
