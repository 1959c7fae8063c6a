"""Whatever fits the input shapes is answered, by a reply that fits the output shapes or by an error in AWS's form."""

from copy import deepcopy
from random import Random
from typing import Any

import pytest
from tests.emulator.asking import ROLE

from sagemaker_local.emulator import Emulator, model
from sagemaker_local.emulator.refusal import ServiceError
from sagemaker_local.emulator.resource import Place
from sagemaker_local.emulator.validation import complaints

HERE = Place("123456789012", "us-east-1")
# Members that AWS answers, or has to answer, with a value that its own shape does not allow.
ASIDE = (
    "nputDataConfig' failed",
    ".endpointName' failed",
    "dgePackagingJobArn' failed",
    "dgeDeploymentPlanArn' failed",
    "eviceFleetArn' failed",
    "eviceArn' failed",
)


class Requests:
    """Random requests that fit the shapes, with few names, so that they meet each other's resources."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def of(self, shape: Any, depth: int = 0) -> Any:
        match shape.type_name:
            case "structure":
                return self._structure(shape, depth)
            case "list":
                count = max(shape.metadata.get("min", 0), self.random.choice([0, 1, 2]))
                return [self.of(shape.member, depth + 1) for _ in range(count)]
            case "map":
                return {self.of(shape.key): self.of(shape.value, depth + 1)} if self.random.random() < 0.5 else {}
            case "string":
                return self._text(shape)
            case "boolean":
                return self.random.random() < 0.5
            case "integer" | "long":
                return shape.metadata.get("min", 0) + self.random.choice([0, 1])
            case _:
                return self.random.choice([0, 0.5, 1.0])

    def _structure(self, shape: Any, depth: int) -> dict[str, Any]:
        if shape.is_tagged_union:
            chosen = self.random.choice(list(shape.members))
            return {chosen: self.of(shape.members[chosen], depth + 1)}
        likely = 0.3 * 0.8**depth if depth < 5 else 0
        return {
            name: self.of(member, depth + 1)
            for name, member in shape.members.items()
            if name in shape.required_members or self.random.random() < likely
        }

    def _text(self, shape: Any) -> str:
        if shape.enum:
            return str(self.random.choice(shape.enum))
        if shape.name == "RoleArn":
            return ROLE
        if shape.name == "ScheduleExpression":
            return self.random.choice(["cron(0 * ? * * *)", "NOW", "hourly"])
        if shape.name == "ResourceArn":
            return "arn:aws:sagemaker:us-east-1:123456789012:model/a"
        if any(word in shape.name for word in ("S3", "Uri", "Url")):
            return self.random.choice(["s3://bucket/prefix", "s3://bucket", "https://bucket/prefix"])
        return self.random.choice(["a", "b", "A"])


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_request_ever_breaks_it(sagemaker: Emulator, seed: int) -> None:
    service, requests, answered = sagemaker._core.service, Requests(seed), set()
    operations, said = sorted(service.operations()), []
    for _ in range(4000):
        operation = requests.random.choice(operations)
        request = requests.of(model.operation(operation).input_shape)
        if requests.random.random() < 0.05:
            sagemaker.clock.advance(requests.random.choice([1, 100, 1000]))
        try:
            answer = service.call(operation, deepcopy(request), HERE)
        except ServiceError as error:
            said.append(error.text)
            continue
        answered.add(operation)
        shape = model.operation(operation).output_shape
        if shape is not None:
            wrong = [text for text in complaints(shape.name, deepcopy(answer)) if not any(a in text for a in ASIDE)]
            assert wrong == [], (operation, request)
    assert not any(blank in text for text in said for blank in ("{arn}", "{name}", "{status}"))
    assert len(answered) > len(operations) // 2
