"""CEL rules: what a schema alone cannot say about a spec."""

import re
from collections.abc import Sequence

from sagemaker_operator.model.schema import Schema

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


def neither_comes_nor_goes(name: str) -> Schema:
    """Refuses to set one field later or to remove it; it stands on the parent."""
    it = identifier(name)
    return {
        "rule": f"has(self.{it}) == has(oldSelf.{it})",
        "message": f"{name} is immutable",
        "reason": "FieldValueForbidden",
    }


def stays(name: str) -> Schema:
    """Refuses to remove a field, which can be set later; it stands on the parent."""
    it = identifier(name)
    return {
        "rule": f"has(self.{it}) || !has(oldSelf.{it})",
        "message": f"{name} cannot be removed: SageMaker only adds to it",
        "reason": "FieldValueForbidden",
    }


def keeps_items(name: str, key: str) -> Schema:
    """Refuses to take an item out of a list; it stands on the list, whose items a key tells apart."""
    it = identifier(key)
    return {
        "rule": f"oldSelf.all(was, self.exists(item, item.{it} == was.{it}))",
        "message": f"items of {name} cannot be removed: SageMaker only adds to them",
        "reason": "FieldValueForbidden",
    }


def one_of(alternatives: Sequence[Sequence[str]], *, required: bool) -> Schema:
    """Allows one of several alternatives, and demands one if a value is required; it stands on the parent.

    Args:
        alternatives: the fields of each: the value itself, then what can stand in for it.
        required: whether one of them must be set.
    """
    there = [" || ".join(f"has(self.{identifier(name)})" for name in fields) for fields in alternatives]
    there = [f"({test})" if "||" in test else test for test in there]
    if len(there) == 2:
        rule = f"{there[0]} != {there[1]}" if required else f"!({there[0]} && {there[1]})"
    else:
        rule = f"{' + '.join(f'({test} ? 1 : 0)' for test in there)} {'==' if required else '<='} 1"
    *first, last = (_or_its_stand_ins(fields) for fields in alternatives)
    names = f"{', '.join(first)} and {last}"
    message = f"exactly one of {names} must be set" if required else f"at most one of {names} can be set"
    return {"rule": rule, "message": message, "fieldPath": f".{alternatives[-1][-1]}"}


def _or_its_stand_ins(fields: Sequence[str]) -> str:
    value, *others = fields
    return f"{value} (or {', '.join(others)})" if others else value


def add(schema: Schema, rule: Schema) -> None:
    """Add a rule to those that a schema has."""
    schema["x-kubernetes-validations"] = [*of(schema), rule]


def of(schema: Schema) -> list[Schema]:
    """The rules that a schema has so far."""
    found: list[Schema] = schema.get("x-kubernetes-validations", [])
    return found


def loosen(schema: Schema) -> None:
    """Take away all rules about what may change."""
    if "description" in schema:
        schema["description"] = schema["description"].removesuffix(" Immutable.").removesuffix("Immutable.")
    kept = [rule for rule in of(schema) if "oldSelf" not in rule["rule"]]
    schema.pop("x-kubernetes-validations", None)
    if kept:
        schema["x-kubernetes-validations"] = kept
    for inner in schema.get("properties", {}).values():
        loosen(inner)
    for part in ("items", "additionalProperties"):
        if part in schema:
            loosen(schema[part])
