"""The generated requests are valid for every operation, by the emulator's checks and by those of boto3."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from botocore.validate import ParamValidator
from tests.emulator import generated

from sagemaker_local.emulator import model
from sagemaker_local.emulator.validation import complaints


def shapes() -> Iterator[tuple[str, Any]]:
    for operation in sorted(model.operation_names()):
        shape = model.operation(operation).input_shape
        if shape is not None:
            yield operation, shape


def wrong_with(shape: Any, request: dict[str, Any]) -> list[str]:
    """What the emulator, which drops what it does not know, and boto3 say about a request."""
    taken = deepcopy(request)
    said = complaints(shape.name, taken)
    report = ParamValidator().validate(request, shape)
    unknown = [] if taken == request else ["it has unknown members"]
    return [*said, *unknown, *([report.generate_report()] if report.has_errors() else [])]


def test_the_smallest_request_of_every_operation_is_valid() -> None:
    wrong = {operation: wrong_with(shape, generated.minimal(operation)) for operation, shape in shapes()}

    assert len(wrong) > 400
    assert {operation: said for operation, said in wrong.items() if said} == {}


def test_the_fullest_request_of_every_operation_is_valid() -> None:
    wrong = {operation: wrong_with(shape, generated.maximal(operation)) for operation, shape in shapes()}

    assert len(wrong) > 400
    assert {operation: said for operation, said in wrong.items() if said} == {}


def test_the_smallest_request_has_what_is_required_and_the_fullest_has_all() -> None:
    for operation, shape in shapes():
        assert set(generated.minimal(operation)) == set(shape.required_members), operation
        assert set(generated.maximal(operation)) == set(shape.members), operation


def test_members_are_replaced_added_and_left_out() -> None:
    request = generated.minimal("CreateModel", ModelName="mine", EnableNetworkIsolation=True)

    assert request == {"ModelName": "mine", "EnableNetworkIsolation": True}
    assert "Tags" not in generated.maximal("CreateModel", Tags=None)


def test_what_one_caller_changes_the_next_does_not_see() -> None:
    generated.maximal("CreateModel")["PrimaryContainer"].clear()

    assert generated.maximal("CreateModel")["PrimaryContainer"]["Image"] == generated.IMAGE
