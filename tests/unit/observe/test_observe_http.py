"""What a probe and a scrape get."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from sagemaker_operator.observe.http import Address, parse, serve
from sagemaker_operator.observe.metrics import Metrics


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def test_a_process_that_is_well_and_ready_answers_200(http: aiohttp.ClientSession) -> None:
    async with serve("127.0.0.1:0", metrics=Metrics(version="1")) as address:
        for path in ("/healthz", "/readyz"):
            async with http.get(f"{address.url}{path}") as reply:
                assert (reply.status, await reply.text()) == (200, "ok\n")


async def test_a_standby_is_ready_and_says_that_it_is_one(http: aiohttp.ClientSession) -> None:
    async with (
        serve("127.0.0.1:0", metrics=Metrics(version="1"), role=lambda: "standby") as address,
        http.get(f"{address.url}/readyz") as reply,
    ):
        assert (reply.status, await reply.text()) == (200, "standby\n")


async def test_what_is_wrong_is_told_with_503(http: aiohttp.ClientSession) -> None:
    async with serve(
        "127.0.0.1:0", metrics=Metrics(version="1"), health=lambda: "3 workers died", readiness=lambda: "not listed yet"
    ) as address:
        async with http.get(f"{address.url}/healthz") as reply:
            assert (reply.status, await reply.text()) == (503, "3 workers died\n")
        async with http.get(f"{address.url}/readyz") as reply:
            assert (reply.status, await reply.text()) == (503, "not listed yet\n")


async def test_a_scrape_gets_the_metrics_of_the_moment(http: aiohttp.ClientSession) -> None:
    metrics = Metrics(version="1.2.3")
    async with serve("127.0.0.1:0", metrics=metrics) as address:
        metrics.passed("Endpoint", "error", 0.3)
        async with http.get(f"{address.url}/metrics") as reply:
            text = await reply.text()
            assert reply.content_type == "text/plain"

    assert 'sagemaker_operator_build_info{version="1.2.3"} 1.0' in text
    assert 'controller_runtime_reconcile_total{controller="endpoint",result="error"} 1.0' in text


async def test_an_address_that_is_taken_is_told() -> None:
    metrics = Metrics(version="1")
    async with serve("127.0.0.1:0", metrics=metrics) as address:
        with pytest.raises(OSError, match=str(address.port)):
            async with serve(str(address), metrics=metrics):
                pass


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("0.0.0.0:8080", Address("0.0.0.0", 8080)),
        (":8080", Address("127.0.0.1", 8080)),
        ("8080", Address("127.0.0.1", 8080)),
        ("[::]:8080", Address("::", 8080)),
        ("localhost:0", Address("localhost", 0)),
    ],
)
def test_an_address_without_host_is_loopback_only(given: str, meant: Address) -> None:
    assert parse(given) == meant


@pytest.mark.parametrize("given", ["", "localhost", "localhost:http", "localhost:70000"])
def test_what_is_no_address_is_refused(given: str) -> None:
    with pytest.raises(ValueError, match="write host:port"):
        parse(given)
