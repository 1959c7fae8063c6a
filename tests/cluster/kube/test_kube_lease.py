"""Which of several operators leads."""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
from tests.cluster.kube.world import until

from sagemaker_local.cluster import Cluster
from sagemaker_operator.kube.access import Access
from sagemaker_operator.kube.client import KubeClient
from sagemaker_operator.kube.lease import Lease

LEADER = """
import asyncio, sys
from sagemaker_operator.kube.access import load_access
from sagemaker_operator.kube.client import KubeClient
from sagemaker_operator.kube.lease import Lease

async def main(kubeconfig, namespace):
    async with KubeClient(load_access(kubeconfig=kubeconfig)) as client:
        lease = Lease(client, namespace=namespace, name="operator", identity="first")
        await lease.acquire()
        print("leading", flush=True)
        await lease.lost.wait()

asyncio.run(main(*sys.argv[1:]))
"""


class Contenders:
    """Makes claims on one Lease, each over its own connections, and gives them back in the end."""

    def __init__(self, access: Access, namespace: str, stack: AsyncExitStack) -> None:
        self._access, self._namespace, self._stack = access, namespace, stack

    async def claim(self, identity: str, *, duration: float = 12.0, renew: float = 2.0) -> Lease:
        client = await self._stack.enter_async_context(KubeClient(self._access))
        lease = Lease(
            client, namespace=self._namespace, name="operator", identity=identity, duration=duration, renew=renew
        )
        self._stack.push_async_callback(lease.release)
        return lease


@pytest.fixture
async def contenders(access: Access, namespace: str) -> AsyncIterator[Contenders]:
    async with AsyncExitStack() as stack:
        yield Contenders(access, namespace, stack)


def spec(cluster: Cluster, namespace: str) -> dict[str, Any]:
    shown = cluster.kubectl("get", "lease", "operator", "-n", namespace, "-o", "json", "--ignore-not-found").stdout
    return dict(json.loads(shown)["spec"]) if shown else {}


def holder(cluster: Cluster, namespace: str) -> str:
    return str(spec(cluster, namespace).get("holderIdentity"))


def renewed(cluster: Cluster, namespace: str) -> str:
    return str(spec(cluster, namespace)["renewTime"])


async def test_of_two_that_start_together_one_leads_and_the_other_waits(contenders: Contenders) -> None:
    leases = [await contenders.claim(name) for name in ("first", "second")]
    claims = [asyncio.create_task(lease.acquire()) for lease in leases]

    done, waiting = await asyncio.wait(claims, return_when=asyncio.FIRST_COMPLETED)

    assert (len(done), len(waiting)) == (1, 1)
    assert [lease.held() for lease in leases].count(True) == 1
    waiting.pop().cancel()


async def test_a_lease_that_is_given_back_is_taken_at_once(
    cluster: Cluster, namespace: str, contenders: Contenders
) -> None:
    first, second = await contenders.claim("first"), await contenders.claim("second")
    await first.acquire()
    waiting = asyncio.create_task(second.acquire())

    await first.release()

    async with asyncio.timeout(3):
        await waiting
    assert second.held()
    assert not first.held()
    assert holder(cluster, namespace) == "second"


async def test_a_claim_that_was_broken_off_half_way_is_given_back(
    cluster: Cluster, namespace: str, contenders: Contenders
) -> None:
    first = await contenders.claim("first")
    claiming = asyncio.create_task(first.acquire())
    await until("the claim has arrived", lambda: holder(cluster, namespace) == "first")
    claiming.cancel()

    await first.release()

    assert holder(cluster, namespace) in ("", "None")


async def test_another_leads_within_20_seconds_after_the_leader_was_killed(
    cluster: Cluster, namespace: str, contenders: Contenders
) -> None:
    argv = ["-c", LEADER, str(cluster.kubeconfig), namespace]
    leader = await asyncio.create_subprocess_exec(sys.executable, *argv, stdout=asyncio.subprocess.PIPE)
    assert leader.stdout is not None
    assert await leader.stdout.readline() == b"leading\n"
    second = await contenders.claim("second")
    waiting = asyncio.create_task(second.acquire())
    await until("the second has looked", lambda: holder(cluster, namespace) == "first")

    leader.kill()
    await leader.wait()
    killed_at = time.monotonic()
    await waiting

    assert time.monotonic() - killed_at < 18


async def test_a_leader_stays_leader_for_longer_than_one_duration(contenders: Contenders) -> None:
    first = await contenders.claim("first", duration=2.0, renew=0.3)
    second = await contenders.claim("second", duration=2.0, renew=0.3)
    await first.acquire()

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(4.5):
            await second.acquire()

    assert first.held()
    assert not first.lost.is_set()


async def test_a_leader_that_cannot_reach_the_api_server_gives_up_before_its_claim_ends(
    cluster: Cluster, contenders: Contenders
) -> None:
    first = await contenders.claim("first", duration=3.0, renew=0.3)
    await first.acquire()

    await asyncio.to_thread(cluster.stop_api_server)
    stopped_at = time.monotonic()
    try:
        async with asyncio.timeout(10):
            await first.lost.wait()
        gave_up_after = time.monotonic() - stopped_at
    finally:
        await asyncio.to_thread(cluster.start_api_server)

    assert gave_up_after < 3.0
    assert not first.held()


async def test_a_leader_whose_lease_somebody_took_gives_up(
    cluster: Cluster, namespace: str, contenders: Contenders
) -> None:
    first = await contenders.claim("first", renew=0.3)
    await first.acquire()

    patch = '{"spec":{"holderIdentity":"usurper"}}'
    cluster.kubectl("patch", "lease", "operator", "-n", namespace, "--type=merge", "-p", patch)

    async with asyncio.timeout(3):
        await first.lost.wait()
    assert not first.held()


async def test_a_leader_whose_lease_was_only_annotated_goes_on(
    cluster: Cluster, namespace: str, contenders: Contenders
) -> None:
    first = await contenders.claim("first", renew=0.3)
    await first.acquire()

    cluster.kubectl("annotate", "lease", "operator", "-n", namespace, "team=ml")
    annotated = renewed(cluster, namespace)
    await until("renewed after that", lambda: renewed(cluster, namespace) > annotated)

    assert first.held()
    assert not first.lost.is_set()


async def test_a_leader_whose_lease_was_deleted_gives_up(
    cluster: Cluster, namespace: str, contenders: Contenders
) -> None:
    first = await contenders.claim("first", renew=0.3)
    await first.acquire()

    cluster.kubectl("delete", "lease", "operator", "-n", namespace)

    async with asyncio.timeout(3):
        await first.lost.wait()
