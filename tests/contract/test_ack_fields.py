"""A manifest of AWS Controllers for Kubernetes is one of ours: what it can say, our CRDs know by the same name and type."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.contract.ack import fields

from sagemaker_operator.kinds import KINDS

CRDS = Path(__file__).parents[2] / "crds"

Schema = dict[str, Any]

of_each_kind = pytest.mark.parametrize("kind", fields.kinds())


@cache
def ours(kind: str) -> dict[str, Schema]:
    """Every schema within the spec of a kind, by path."""
    crd = yaml.load((CRDS / f"{KINDS[kind].plural}.yaml").read_text(), Loader=yaml.CSafeLoader)
    schema = crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    return dict(schemas(schema["properties"]["spec"], ""))


def schemas(schema: Schema, path: str) -> Iterator[tuple[str, Schema]]:
    yield path, schema
    for name, inner in schema.get("properties", {}).items():
        yield from schemas(inner, f"{path}.{name}" if path else name)
    if "items" in schema:
        yield from schemas(schema["items"], f"{path}[]")
    if "additionalProperties" in schema:
        yield from schemas(schema["additionalProperties"], f"{path}{{}}")


def test_there_are_as_many_kinds_and_fields_as_were_read() -> None:
    found = [path for kind in fields.kinds() for path in fields.paths(kind) if not path.endswith(("[]", "{}"))]

    assert (len(fields.kinds()), len(found)) == (26, 1556)


@of_each_kind
def test_every_field_is_there_and_of_the_same_type(kind: str) -> None:
    known = ours(kind)

    other = {path: type_ for path, type_ in fields.paths(kind).items() if known.get(path, {}).get("type") != type_}

    assert other == {}


@of_each_kind
def test_nothing_is_required_that_it_cannot_say(kind: str) -> None:
    theirs = fields.paths(kind)

    required = {
        f"{path}.{name}" if path else name
        for path, schema in ours(kind).items()
        if not path or path in theirs
        for name in schema.get("required", ())
    }

    assert required - set(theirs) == set()
