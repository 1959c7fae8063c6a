"""Events, as kubectl shows them."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import pytest
from tests.cluster.kube.world import PROBE

from sagemaker_local.cluster import Cluster
from sagemaker_operator.kube.client import KubeClient
from sagemaker_operator.kube.recorder import ObjectRef, Recorder


class Recorded:
    """A recorder at work, and what kubectl shows of it."""

    def __init__(self, cluster: Cluster, client: KubeClient, namespace: str) -> None:
        self.cluster, self.namespace, self.dropped = cluster, namespace, Counter[str]()
        self.recorder = Recorder(client, instance="pod-1", dropped=lambda why: self.dropped.update([why]))

    def tell(self, name: str = "digits", *, namespace: str = "", reason: str = "Created", message: str = "m") -> None:
        reference = ObjectRef(PROBE, namespace or self.namespace, name, f"uid-of-{name}")
        self.recorder.record(reference, type="Normal", reason=reason, message=message, action="Create")

    async def shown(self) -> list[dict[str, Any]]:
        async with asyncio.timeout(30):
            await self.recorder.drain()
        out = self.cluster.kubectl("get", "events", "-n", self.namespace, "-o", "json").stdout
        return list(json.loads(out)["items"])


@pytest.fixture
async def recorded(cluster: Cluster, client: KubeClient, namespace: str) -> AsyncIterator[Recorded]:
    recorded = Recorded(cluster, client, namespace)
    running = asyncio.create_task(recorded.recorder.run())
    yield recorded
    running.cancel()


async def test_an_event_names_the_object_the_reason_and_who_told_it(recorded: Recorded) -> None:
    recorded.tell(reason="Created", message="Created arn:x")

    (event,) = await recorded.shown()

    assert event["involvedObject"] == {
        "apiVersion": "sagemaker-operator.dev/v1alpha1",
        "kind": PROBE.name,
        "name": "digits",
        "namespace": recorded.namespace,
        "uid": "uid-of-digits",
    }
    assert (event["type"], event["reason"], event["message"]) == ("Normal", "Created", "Created arn:x")
    assert (event["source"]["component"], event["reportingInstance"]) == ("sagemaker-operator", "pod-1")


async def test_repeats_are_counted_in_one_event(recorded: Recorded) -> None:
    for _ in range(3):
        recorded.tell()
        await recorded.shown()
    recorded.tell()
    recorded.tell()

    (event,) = await recorded.shown()

    assert event["count"] == 5
    line = recorded.cluster.kubectl("events", "-n", recorded.namespace).stdout
    assert "x5 over" in line


async def test_counting_goes_on_after_a_restart(recorded: Recorded, client: KubeClient) -> None:
    recorded.tell()
    await recorded.shown()

    successor = Recorder(client, instance="pod-2")
    running = asyncio.create_task(successor.run())
    reference = ObjectRef(PROBE, recorded.namespace, "digits", "uid-of-digits")
    successor.record(reference, type="Normal", reason="Created", message="m", action="Create")
    await successor.drain()
    running.cancel()

    (event,) = await recorded.shown()
    assert event["count"] == 2


async def test_an_event_that_was_deleted_is_made_anew(recorded: Recorded) -> None:
    recorded.tell()
    await recorded.shown()
    recorded.cluster.kubectl("delete", "events", "--all", "-n", recorded.namespace)

    recorded.tell()

    (event,) = await recorded.shown()
    assert event["count"] == 1


async def test_one_noisy_object_does_not_silence_the_others(recorded: Recorded) -> None:
    for number in range(40):
        recorded.tell("noisy", message=f"try {number}")
    recorded.tell("quiet")

    shown = Counter(event["involvedObject"]["name"] for event in await recorded.shown())

    assert shown == {"noisy": 25, "quiet": 1}
    assert recorded.dropped == {"object": 15}


async def test_a_message_that_is_too_long_is_cut(recorded: Recorded) -> None:
    recorded.tell(message="x" * 5000)

    (event,) = await recorded.shown()

    assert len(event["message"]) == 1024
    assert event["message"].endswith("x…")


async def test_events_of_a_namespace_that_is_gone_are_dropped_and_others_are_written(recorded: Recorded) -> None:
    recorded.tell(namespace="never-was")
    recorded.tell("other")

    (event,) = await recorded.shown()

    assert event["involvedObject"]["name"] == "other"
    assert recorded.dropped == {"refused": 1}
