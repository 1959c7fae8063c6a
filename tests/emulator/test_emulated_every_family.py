"""Every family goes through its life, from the smallest and from the fullest request that the model allows, through boto3.

Each reply is held against its output shape as it comes over the wire: required members, types, enums, nothing invented.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.emulator import generated
from tests.emulator.life import LIVES, Life

from sagemaker_local.emulator import Emulator, model
from sagemaker_local.emulator.bound import Bound
from sagemaker_local.emulator.families import FAMILIES
from sagemaker_local.emulator.family import Action
from sagemaker_local.emulator.refusal import DECLARED
from sagemaker_local.emulator.validation import complaints

# What no answer of AWS can satisfy: AWS itself answers an empty list where the shape wants at least one channel (ACK sets this
# difference aside), and the patterns of three ARNs know no region with a digit, or IAM in place of SageMaker.
KNOWN = (
    "at 'inputDataConfig' failed to satisfy constraint: Member must have length greater than or equal to 1",
    "edgePackagingJobArn' failed to satisfy constraint: Member must satisfy regular expression pattern",
    "edgeDeploymentPlanArn' failed to satisfy constraint: Member must satisfy regular expression pattern",
    "deviceFleetArn' failed to satisfy constraint: Member must satisfy regular expression pattern",
)
# Errors that a client can act on; anything else would be a fault of the emulator.
REFUSALS = DECLARED | {"ValidationException"}
MOMENTS = (0, 1, 10, 100, 1_000, 10_000)
CASES = [pytest.param(f, size, id=f"{f.kind}-{size}") for f in FAMILIES for size in ("minimal", "maximal")]


class Walk:
    """One family in one emulator, with what its requests have brought to light so far."""

    def __init__(self, sagemaker: Emulator, bound: Bound, size: str) -> None:
        self.sagemaker = sagemaker
        self.bound = bound
        self.kind = bound.family.kind
        self.life = LIVES.get(self.kind, Life())
        self.size = size
        self.client = sagemaker.client()
        self.client.meta.events.register("before-parse.sagemaker", _hold_against_its_shape)
        self.known: dict[str, Any] = {}

    def ask(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        shape = model.operation(operation).input_shape
        members = shape.members if shape is not None else {}
        known = {name: value for name, value in self.known.items() if name in members}
        return dict(self.client._make_api_call(operation, {**request, **known}))

    def create(self) -> None:
        for operation, given in self.life.needs:
            self.known.update(_facts(self.ask(operation, generated.minimal(operation, **given))))
            self.sagemaker.clock.advance(10_000)
        make = getattr(generated, self.size)
        given = {**self.life.given, **(self.life.full if self.size == "maximal" else {})}
        request = make(self.bound.creating, **given)
        answer = self.ask(self.bound.creating, request)
        whole = {**request, **self.known, **_facts(answer)}
        arn = answer.get(self.bound.arn_member)
        texts = {n for n, m in model.input_members(f"Describe{self.kind}").members.items() if m.type_name == "string"}
        self.known.update({name: whole.get(name, arn) for name in self.bound.identified_by if name in texts})
        self.known.update(_facts(answer))

    def look(self) -> dict[str, Any]:
        describe = f"Describe{self.kind}"
        seen = self.ask(describe, generated.minimal(describe, **self.life.asked.get(describe, {})))
        if self.bound.list_operation is not None:
            listed = self.ask(self.bound.list_operation, generated.minimal(self.bound.list_operation))
            assert listed[self.bound.summaries[0]], f"{self.bound.list_operation} does not list it"
        return seen

    def watch(self) -> None:
        for seconds in MOMENTS:
            self.sagemaker.clock.advance(seconds)
            self.look()

    def act(self, action: Action) -> None:
        request = generated.minimal(action.operation, **self.life.asked.get(action.operation, {}))
        if not self.refuses(action):
            self.ask(action.operation, request)
            return
        with pytest.raises(ClientError) as caught:
            self.ask(action.operation, request)
        assert caught.value.response["Error"]["Code"] in REFUSALS

    def refuses(self, action: Action) -> bool:
        """Whether the operation is refused in the status that the resource has now."""
        family = self.bound.family
        if action.operation in self.life.refused:
            return True
        if action.accepts is None or family.status is None:
            return False
        seen = self.ask(f"Describe{self.kind}", self.described())
        inner = [seen, *(value for value in seen.values() if isinstance(value, dict))]
        [status] = [part[family.status] for part in inner if family.status in part][:1]
        return status not in action.accepts | action.tolerates

    def described(self) -> dict[str, Any]:
        operation = f"Describe{self.kind}"
        return generated.minimal(operation, **self.life.asked.get(operation, {}))


@pytest.fixture
def walks(sagemaker: Emulator) -> Iterator[list[Walk]]:
    begun: list[Walk] = []
    yield begun
    for walk in begun:
        walk.client.close()


@pytest.mark.parametrize(("family", "size"), CASES)
def test_a_family_lives_from_create_to_gone(sagemaker: Emulator, walks: list[Walk], family: Any, size: str) -> None:
    walk = Walk(sagemaker, Bound(family), size)
    walks.append(walk)
    walk.create()
    walk.watch()
    deletions = [action for action in family.actions if action.operation == f"Delete{family.kind}"]
    for action in family.actions:
        if action not in deletions:
            walk.act(action)
            walk.watch()
    for action in deletions:
        walk.act(action)
        sagemaker.clock.advance(100_000)
        with pytest.raises(ClientError) as caught:
            walk.look()
        assert caught.value.response["Error"]["Code"] == family.missing.code


def _facts(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if isinstance(value, str)}


def _hold_against_its_shape(operation_model: Any, response_dict: dict[str, Any], **_: Any) -> None:
    if response_dict["status_code"] != 200:
        assert response_dict["status_code"] < 500, response_dict["body"]
        return
    answer = json.loads(response_dict["body"])
    shape = model.operation(operation_model.name).output_shape
    if shape is None:
        assert answer == {}, operation_model.name
        return
    pruned = json.loads(response_dict["body"])
    wrong = [text for text in complaints(shape.name, pruned) if not any(known in text for known in KNOWN)]
    assert wrong == [], operation_model.name
    assert pruned == answer, f"{operation_model.name} answers members that the model does not have"
