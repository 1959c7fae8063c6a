"""What was recorded of SageMaker, and what the emulator answers about an equivalent resource, read by boto3's own parser.

Both have the same members, nested in the same way and of the same types; members with an enumeration have the same values.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.parsers import create_parser
from tests.emulator.recorded_hosting_replies import HOSTING, MONITORING
from tests.emulator.recorded_other_replies import OTHERS
from tests.emulator.recorded_replies import JOBS, TRAINING, Recorded

from sagemaker_local.emulator import Emulator, model

RECORDED: list[Recorded] = [*TRAINING, *JOBS, *HOSTING, *MONITORING, *OTHERS]


def parsed(reply: dict[str, Any], shape: Any) -> Any:
    """A reply as boto3 reads it from the wire."""
    answer = {"status_code": 200, "headers": {}, "body": json.dumps(reply).encode()}
    read = create_parser("json").parse(answer, shape)
    read.pop("ResponseMetadata")
    return read


def form(value: Any, shape: Any) -> str:
    """The type of a value as boto3 gives it, or the value if it has an enumeration."""
    if getattr(shape, "enum", ()):
        return f"{value!r} of {shape.enum}"
    if shape.type_name in ("float", "double"):
        return "number" if type(value) in (int, float) else type(value).__name__
    return type(value).__name__


def forms(value: Any, shape: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every member with its form: the type, or the value if it has an enumeration."""
    if path:
        yield path, form(value, shape)
    match shape.type_name:
        case "structure":
            for name, inner in value.items():
                yield from forms(inner, shape.members[name], f"{path}.{name}".lstrip("."))
        case "list":
            for inner in value:
                yield from forms(inner, shape.member, f"{path}[]")
        case "map":
            for inner in value.values():
                yield from forms(inner, shape.value, f"{path}{{}}")


@pytest.mark.parametrize("row", [pytest.param(row, id=row.case) for row in RECORDED])
def test_a_recorded_reply_and_the_emulators_parse_alike(sagemaker: Emulator, client: Any, row: Recorded) -> None:
    for do in row.given:
        do(sagemaker, client)
    request = row.request(client) if callable(row.request) else row.request
    raw: list[bytes] = []
    client.meta.events.register("before-parse.sagemaker", lambda response_dict, **_: raw.append(response_dict["body"]))
    client._make_api_call(row.operation, request)
    shape = model.operation(row.operation).output_shape

    recorded = set(forms(parsed(row.reply, shape), shape))
    emulated = set(forms(parsed(json.loads(raw[-1]), shape), shape))

    differing = sorted(recorded ^ emulated)
    assert {path for path, _ in differing} == row.differs.keys(), differing


@pytest.mark.parametrize("row", [pytest.param(row, id=row.case) for row in RECORDED])
def test_a_recorded_reply_has_no_member_that_the_model_lacks(row: Recorded) -> None:
    shape = model.operation(row.operation).output_shape

    assert list(_unknown(row.reply, shape)) == []


def _unknown(value: Any, shape: Any) -> Iterator[str]:
    """Members that boto3's parser passes over."""
    if shape.type_name == "structure":
        for name, inner in value.items():
            if name not in shape.members:
                yield f"{shape.name}.{name}"
            else:
                yield from _unknown(inner, shape.members[name])
    elif shape.type_name == "list":
        for inner in value:
            yield from _unknown(inner, shape.member)
