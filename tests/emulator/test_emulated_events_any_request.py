"""Whatever clients say to SQS and EventBridge is answered with an error in AWS's form, or by what fits the output shapes."""

import json
from random import Random
from typing import Any

import pytest

from sagemaker_local.emulator import model
from sagemaker_local.emulator.clock import VirtualClock
from sagemaker_local.emulator.events import Events
from sagemaker_local.emulator.events.front import PROTOCOLS, EventsFront
from sagemaker_local.emulator.validation import complaints

QUEUE = "http://127.0.0.1/123456789012/a"
WORDS = (
    "a", "b", "", QUEUE, "arn:aws:sqs:us-east-1:123456789012:a", "{}", '{"source": ["a"]}', "All", "3", "\ud800", "ENABLED",
    "$.detail", "YSAx", "String", "default",
    '{"deadLetterTargetArn": "arn:aws:sqs:us-east-1:123456789012:b", "maxReceiveCount": 1}',
    "VisibilityTimeout", "RedrivePolicy", "Policy", "arn:aws:events:us-east-1:123456789012:rule/a",
)  # fmt: skip
OPERATIONS = sorted(
    (protocol, operation)
    for protocol, service in (
        (0, Events(VirtualClock(), lambda _: {}).sqs),
        (1, Events(VirtualClock(), lambda _: {}).bridge),
    )
    for operation in service.operations
)


class Requests:
    """Random requests, mostly of the right types."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)

    def of(self, shape: Any, depth: int = 0) -> Any:
        if self._random.random() < 0.01 or depth > 5:
            return self._random.choice([None, 3, "x", [], {}, True, 1.5, ["x"], {"x": "x"}])
        match shape.type_name:
            case "structure":
                return {n: self.of(m, depth + 1) for n, m in shape.members.items() if self._wanted(shape, n)}
            case "list":
                return [self.of(shape.member, depth + 1) for _ in range(self._random.choice([1, 1, 2, 0]))]
            case "map":
                return {self._random.choice(WORDS): self.of(shape.value, depth + 1)}
            case "boolean":
                return self._random.random() < 0.5
            case "integer" | "long" | "timestamp":
                return self._random.choice([0, 1, 1, 5, -1, 10**20])
            case _:
                return self._random.choice(WORDS)

    def _wanted(self, shape: Any, member: str) -> bool:
        if member == "WaitTimeSeconds":
            return False
        return self._random.random() < (0.97 if member in shape.required_members else 0.3)


@pytest.mark.parametrize("seed", range(8))
async def test_any_request_is_answered_in_the_form_of_aws(seed: int) -> None:
    front = EventsFront(Events(VirtualClock(), lambda _: {}), lambda key: key)
    requests, random = Requests(seed), Random(seed)
    answered = 0
    for _ in range(1500):
        index, operation = random.choice(OPERATIONS)
        protocol = PROTOCOLS[index]
        shapes = model.service_model(protocol.service).operation_model(operation)
        request = requests.of(shapes.input_shape) if shapes.input_shape else {}
        signed = f"Credential=123456789012/20260101/us-east-1/{protocol.service}/aws4_request"
        headers = {"X-Amz-Target": f"{protocol.prefix}{operation}", "Authorization": signed}
        reply = await front.answer(protocol, headers, json.dumps(request).encode(), connected=lambda: True)
        answer = json.loads(reply.body)
        if reply.status == 200:
            answered += 1
            wrong = (
                complaints(shapes.output_shape.name, answer, service=protocol.service) if shapes.output_shape else []
            )
            # AWS answers an empty list for a rule without targets, which its own shape does not allow.
            assert [text for text in wrong if "at 'targets' failed" not in text] == [], (operation, request)
        else:
            assert (reply.status, bool(answer["__type"]), bool(answer["message"])) == (400, True, True), operation
    assert answered > 100
