"""What the emulator says, as the operator understands it.

Both keep SageMaker's words on their own, so that neither can be bent to suit the other unseen. Every text of a family stands in
`heard` with what it must mean to the kinds that can hear it.
"""

from importlib import import_module
from pkgutil import walk_packages
from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.contract.heard import HEARD

from sagemaker_local.emulator import families
from sagemaker_local.emulator.evidence import refusals
from sagemaker_local.emulator.family import Family
from sagemaker_operator.aws import failures
from sagemaker_operator.errors import AWSFailure, Denied, Limited, Refused, Throttled, Unknown
from sagemaker_operator.kinds import KINDS

# What the emulated SageMaker says to the operator; what it says to those who invoke endpoints is none of the operator's business.
_OF_SAGEMAKER = "emulator."
REFUSALS = {n.removeprefix(_OF_SAGEMAKER): one for n, one in refusals().items() if n.startswith(_OF_SAGEMAKER)}


class _Facts(dict[str, str]):
    """What stands in the gaps of a text: an ARN where it wants one, else something short."""

    def __missing__(self, name: str) -> str:
        return "arn:aws:sagemaker:eu-west-1:123456789012:thing/x" if name == "arn" else "x"


CASES = [pytest.param(name, *heard, id=f"{name}-{heard[1]}") for name, hearings in HEARD.items() for heard in hearings]


@pytest.mark.parametrize(("name", "kind", "operation", "meaning"), CASES)
def test_the_operator_understands_what_the_emulator_says(
    name: str, kind: str, operation: str, meaning: type[AWSFailure]
) -> None:
    refusal = REFUSALS[f"families.{name}"]

    heard = KINDS[kind].read(Refused(refusal.code, refusal.text.format_map(_Facts()), operation))

    assert type(heard) is meaning


def test_every_text_of_a_family_has_a_meaning() -> None:
    said = {name.removeprefix("families.") for name in REFUSALS if name.startswith("families.")}
    modules = {f"{room}." for room in _rooms_of(set(KINDS))}

    assert {name for name in said if name.startswith(tuple(modules))} == set(HEARD)


def _rooms_of(kinds: set[str]) -> set[str]:
    """The modules of the emulator that hold the families which the operator has as kinds."""
    rooms = set()
    for info in walk_packages(families.__path__, f"{families.__name__}."):
        module = import_module(info.name)
        if not info.ispkg and any(isinstance(row, Family) and row.kind in kinds for row in vars(module).values()):
            rooms.add(info.name.removeprefix(f"{families.__name__}."))
    return rooms


@pytest.mark.parametrize(
    ("name", "meaning"),
    [
        ("faults.THROTTLED", Throttled),
        ("faults.INTERNAL", Unknown),
        ("faults.DENIED", Denied),
        ("faults.EXPIRED", Denied),
        ("quotas.EXCEEDED", Limited),
        ("checks.UNTRUSTED_ROLE", Refused),
        ("checks.NO_OBJECTS", Refused),
        ("validation.INVALID", Refused),
    ],
)
def test_failures_that_no_family_owns_are_told_apart_by_code_alone(name: str, meaning: type[AWSFailure]) -> None:
    refusal = REFUSALS[name]
    reply: Any = {
        "Error": {"Code": refusal.code, "Message": refusal.text},
        "ResponseMetadata": {"HTTPStatusCode": refusal.status},
    }

    assert type(failures.read(ClientError(reply, "CreateTrainingJob"), "CreateTrainingJob")) is meaning
