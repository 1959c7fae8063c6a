"""What the operator hears about objects in a cluster."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.cluster.kube.world import Probes, Seen, define, until

from sagemaker_local.cluster import Cluster
from sagemaker_operator.kinds import GROUP, Kind
from sagemaker_operator.kube.access import Access, load_access
from sagemaker_operator.kube.client import KubeClient
from sagemaker_operator.kube.errors import KubeError
from sagemaker_operator.kube.ingest import OnEvent, watch

Watching = Callable[..., AbstractAsyncContextManager[asyncio.Task[None]]]


@pytest.fixture
def watching(access: Access, probes: Probes) -> Watching:
    """Runs an ingest of the probes, ready."""

    @asynccontextmanager
    async def watching(
        on_event: OnEvent, *, through: Access = access, **options: Any
    ) -> AsyncIterator[asyncio.Task[None]]:
        stop, ready = asyncio.Event(), asyncio.Event()
        task = asyncio.create_task(watch([probes.kind], through, on_event, stop=stop, ready=ready, **options))
        await until("ready", lambda: ready.is_set() or task.done())
        try:
            yield task
        finally:
            stop.set()
            await asyncio.wait([task])

    return watching


async def test_objects_that_exist_are_told_once_and_later_ones_as_they_come_and_go(
    watching: Watching, probes: Probes, seen: Seen
) -> None:
    probes.apply("early")
    async with watching(seen):
        await until("early", lambda: "early" in seen.objects)
        probes.apply("late")
        await until("late", lambda: "late" in seen.objects)
        probes.delete("early")
        await until("early deleted", lambda: "early" not in seen.objects)

    assert seen.events == [(None, "early"), ("ADDED", "late"), ("DELETED", "early")]


async def test_a_change_brings_the_whole_object(watching: Watching, probes: Probes, seen: Seen) -> None:
    probes.apply("grower", size=1)
    async with watching(seen):
        probes.apply("grower", size=2)
        await until("size 2", lambda: seen.objects.get("grower", {}).get("spec") == {"size": 2})

    assert seen.objects["grower"]["metadata"]["generation"] == 2


async def test_watching_leaves_no_trace_on_objects(
    watching: Watching, client: KubeClient, probes: Probes, seen: Seen
) -> None:
    probes.apply("untouched")
    before = await client.get(probes.kind, probes.namespace, "untouched")
    async with watching(seen):
        await until("untouched", lambda: "untouched" in seen.objects)

    assert await client.get(probes.kind, probes.namespace, "untouched") == before


async def test_after_the_api_server_was_away_changes_are_told_again(
    cluster: Cluster, watching: Watching, probes: Probes, seen: Seen
) -> None:
    probes.apply("before")
    async with watching(seen) as task:
        await until("before", lambda: "before" in seen.objects)
        await asyncio.to_thread(cluster.stop_api_server)
        await asyncio.to_thread(cluster.start_api_server)
        probes.apply("after")
        await until("after", lambda: "after" in seen.objects, within=60)
        assert not task.done()


async def test_only_the_given_namespaces_are_watched(watching: Watching, probes: Probes) -> None:
    elsewhere: list[str] = []

    def note(_kind: Kind, _what: str | None, found: dict[str, Any]) -> None:
        elsewhere.append(found["metadata"]["namespace"])

    probes.apply("here")
    async with watching(note, namespaces=[probes.namespace]):
        await until("here", lambda: elsewhere)

    assert set(elsewhere) == {probes.namespace}


async def test_a_kind_whose_definition_is_removed_ends_the_watch_instead_of_leaving_it_blind(
    cluster: Cluster, watching: Watching, seen: Seen
) -> None:
    async with watching(seen) as task:
        cluster.kubectl("delete", "crd", f"probes.{GROUP}")
        try:
            await until("the end", task.done, within=60)
        finally:
            define(cluster)
        with pytest.raises(KubeError, match=r"404|not found"):
            await task


async def test_a_watch_can_be_started_again_in_the_same_process(watching: Watching, probes: Probes, seen: Seen) -> None:
    async with watching(seen):
        probes.apply("one")
        await until("one", lambda: "one" in seen.objects)
    seen.events.clear()

    async with watching(seen):
        await until("one again", lambda: seen.events)

    assert seen.events == [(None, "one")]


async def test_an_event_that_cannot_be_taken_in_ends_the_watch_with_its_reason(
    watching: Watching, probes: Probes
) -> None:
    def fail(*_: object) -> None:
        raise ValueError("no room")

    probes.apply("poison")
    async with watching(fail) as task:
        await until("the end", task.done)
        with pytest.raises(KubeError, match="no room"):
            await task


async def test_the_end_of_a_watch_cancels_no_task_of_the_application(watching: Watching, seen: Seen) -> None:
    async with watching(seen):
        mine = asyncio.create_task(asyncio.Event().wait())

    assert not mine.done()
    mine.cancel()


async def test_signal_handlers_of_the_application_stay(watching: Watching, seen: Seen) -> None:
    loop, got = asyncio.get_running_loop(), asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, got.set)
    try:
        async with watching(seen) as task:
            signal.raise_signal(signal.SIGTERM)
            await until("SIGTERM reaches the application", got.is_set)
            assert not task.done()
    finally:
        loop.remove_signal_handler(signal.SIGTERM)


async def test_credentials_that_are_refused_end_the_watch_with_a_clear_reason(
    cluster: Cluster, tmp_path: Path, watching: Watching, seen: Seen
) -> None:
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_text(cluster.kubeconfig.read_text().replace(cluster.token, "not-the-token"))
    async with watching(seen, through=load_access(kubeconfig=str(kubeconfig))) as task:
        await until("the end", task.done)
        with pytest.raises(KubeError, match="does not accept the credentials of"):
            await task
