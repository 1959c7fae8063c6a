"""An endpoint `digits` whose model doubles what it is asked; pytest finds the fixtures through conftest."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.runner.runtime_stage import Answer, Asked, Servers, endpoint, hosted, model_server

from sagemaker_local.emulator import Emulator

Hosted = tuple[Emulator, Servers, Any]


def doubled(asked: Asked) -> Answer:
    """A model that repeats what it is asked, and tells with what headers."""
    attributes = asked.headers.get("X-Amzn-SageMaker-Custom-Attributes", "")
    return (
        200,
        {"Content-Type": "text/csv; charset=utf-8", "X-Amzn-SageMaker-Custom-Attributes": f"{attributes}!"},
        asked.body * 2,
    )


@pytest.fixture
def seen() -> list[Asked]:
    return []


@pytest.fixture
def serving(seen: list[Asked]) -> Iterator[Hosted]:
    """An endpoint `digits` in service, and a client of sagemaker-runtime."""

    def answer(asked: Asked) -> Answer:
        seen.append(asked)
        return doubled(asked)

    servers = Servers()
    with model_server(answer) as url, hosted(servers) as (emulator, _):
        servers.variants["AllTraffic"] = [url]
        endpoint(emulator)
        client = emulator.client("sagemaker-runtime")
        yield emulator, servers, client
        client.close()


def refused(client: Any, **request: Any) -> tuple[str, str, int]:
    """Code, text and HTTP status of a refused invocation."""
    with pytest.raises(ClientError) as caught:
        client.invoke_endpoint(**{"EndpointName": "digits", "Body": b"1", **request})
    answer = caught.value.response
    return answer["Error"]["Code"], answer["Error"]["Message"], answer["ResponseMetadata"]["HTTPStatusCode"]
