"""CEL rules: what a schema alone cannot say about a spec."""

import re
from collections.abc import Sequence

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


def unchanged(name: str) -> Schema:
    """Refuses to change a field; it stands on the field itself.

    The API server runs every rule on every write, status writes too, and reading one field of a wide object costs it a walk over
    all of them: a rule for each field on their parent made up a third of its work in a burst of jobs.
    """
    return {"rule": "self == oldSelf", "message": f"{name} is immutable", "reason": "FieldValueForbidden"}


def neither_come_nor_gone(names: Sequence[str]) -> Schema:
    """Refuses to set fields later or to remove them; it stands on the parent, as no rule on a field is run when it comes or goes.

    The comparison in front spares the rest whenever the spec stays as it is, which is nearly always.
    """
    them = [identifier(name) for name in names]
    same = " && ".join(f"has(self.{it}) == has(oldSelf.{it})" for it in them)
    first = "".join(
        f'has(self.{it}) != has(oldSelf.{it}) ? "{name} is immutable" : ' for it, name in zip(them, names, strict=True)
    )
    return {
        "rule": f"self == oldSelf || ({same})",
        "message": "an immutable field was set or removed",
        # It names the first one: to join all of them is beyond what the API server lets a message cost.
        "messageExpression": f'{first}"an immutable field was set or removed"',
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
