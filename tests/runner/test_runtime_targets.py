"""What boto3 sees of endpoints with several models: target models of a process that loads them, and their errors."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.runner.models import Site
from tests.runner.test_serving_on_demand import site, zoo

__all__ = ["site", "zoo"]


@pytest.fixture
def client(zoo: Site) -> Iterator[Any]:
    made = zoo.emulator.client("sagemaker-runtime")
    yield made
    made.close()


def refused(client: Any, **target: str) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        client.invoke_endpoint(EndpointName="digits", Body=b"7", **target)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def test_each_target_model_answers_and_those_that_cannot_are_told_apart(client: Any) -> None:
    for name in ("ant", "bee", "cat", "ant"):
        answer = client.invoke_endpoint(EndpointName="digits", TargetModel=f"{name}.tar.gz", Body=b"7")
        assert answer["Body"].read() == f"{name}:7".encode()
        assert answer["InvokedProductionVariant"] == "AllTraffic"
    code, text = refused(client, TargetModel="dog.tar.gz")
    assert code == "ValidationError"
    assert "bucket: bucket, key: zoo/dog.tar.gz" in text
    code, text = refused(client, TargetModel="broken.tar.gz")
    assert code == "ModelError"
    assert "cannot be loaded" in text
    assert refused(client)[0] == "ValidationError"
    assert refused(client, TargetModel="ant.tar.gz", TargetContainerHostname="c")[0] == "ValidationError"
