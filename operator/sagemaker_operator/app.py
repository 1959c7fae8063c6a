"""The operator as a process: puts the parts together, and takes them apart in the right order.

A standby serves its probes and waits for the lease before it lists or calls anything. Losing the lease ends the process at once,
whatever it is doing, as another one leads by then. A signal ends it gently: no new pass, the running ones to their end, and the
lease is given back so that a successor need not wait.

Exit codes: 0 asked to stop, 1 cannot go on (start it again), 2 set up wrongly (mend that first), 3 lost the lease.
"""

import asyncio
import logging
import os
import signal
from collections.abc import Coroutine
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from sagemaker_operator import __version__, images
from sagemaker_operator.aws.cloud import Cloud
from sagemaker_operator.aws.files import Files
from sagemaker_operator.aws.limits import Limits
from sagemaker_operator.aws.logs import tail
from sagemaker_operator.aws.sessions import Sessions, default_region
from sagemaker_operator.aws.sweeps import sweep
from sagemaker_operator.aws.topics import publish
from sagemaker_operator.composites.table import ALL_KINDS
from sagemaker_operator.controller.clock import WallClock
from sagemaker_operator.controller.control import Control
from sagemaker_operator.controller.listening import Listener
from sagemaker_operator.engine.announce import Announcement
from sagemaker_operator.engine.resource import Object
from sagemaker_operator.errors import AWSFailure
from sagemaker_operator.kube.access import Access, load_access
from sagemaker_operator.kube.client import KubeClient
from sagemaker_operator.kube.errors import AccessError, KubeError
from sagemaker_operator.kube.lease import Lease
from sagemaker_operator.kube.recorder import ObjectRef, Recorder
from sagemaker_operator.observe import http, logs, webhooks
from sagemaker_operator.observe.metrics import Metrics
from sagemaker_operator.settings import Settings

_log = logging.getLogger(__name__)

# Passes that are under way when a signal comes get this long; Kubernetes itself waits 30 s.
_GRACE = 15.0
_LOST = 3


@dataclass(slots=True)
class _State:
    """What the parts of the process tell each other."""

    stop: asyncio.Event = field(default_factory=asyncio.Event)
    listed: asyncio.Event = field(default_factory=asyncio.Event)
    leading: bool = False

    def readiness(self) -> str | None:
        """What keeps the process from being ready; a standby is ready to take over."""
        return "the cluster is not listed yet" if self.leading and not self.listed.is_set() else None


@dataclass(frozen=True, slots=True)
class _Announcer:
    """Implements `controller.ports.Announcer` with Kubernetes Events."""

    recorder: Recorder

    def announce(self, resource: Object, announcement: Announcement) -> None:
        """Queue an Event about a resource."""
        self.recorder.record(
            ObjectRef(resource.kind, resource.namespace, resource.name, resource.uid),
            type=announcement.type,
            reason=announcement.reason,
            message=announcement.message,
            action=announcement.action,
        )


@dataclass(frozen=True, slots=True)
class _Messages:
    """Implements `controller.asking.Messages` with SNS and webhooks."""

    cloud: Cloud

    async def publish(self, topic: str, *, subject: str, message: str, region: str) -> str:
        """Publish to an SNS topic."""
        return await publish(self.cloud, topic, subject=subject, message=message, region=region)

    async def post(self, url: str, *, body: str, key: str | None, delivery: str) -> int:
        """Post JSON to a URL."""
        return await webhooks.post(url, body=body, key=key, delivery=delivery)


async def serve(settings: Settings) -> int:
    """Run the operator until a signal; the exit code of the process."""
    logs.configure(level=settings.log_level, format=settings.log_format)
    try:
        region = settings.region or await asyncio.to_thread(default_region)
    except AWSFailure as failure:
        _log.error("AWS's own configuration cannot be used", extra={"error": failure.message})
        return 2
    if region is None:
        _log.error("No AWS region is set: pass --region, or set AWS_REGION or a region in the AWS profile")
        return 2
    try:
        overrides = await asyncio.to_thread(_image_overrides, settings.image_overrides)
    except (images.Unusable, OSError, UnicodeDecodeError) as error:
        said = {"file": str(settings.image_overrides), "error": str(error)}
        _log.error("The image overrides cannot be used: see docs/built-in-images.md", extra=said)
        return 2
    try:
        access = await asyncio.to_thread(load_access, kubeconfig=settings.kubeconfig, context=settings.context)
    except AccessError as error:
        _log.error("The Kubernetes API server cannot be reached", extra={"error": str(error)})
        return 2
    return await _Process(settings, access, region, overrides).run()


def _image_overrides(file: Path | None) -> images.Overrides:
    return images.NONE if file is None else images.parse(file.read_text(encoding="utf-8"))


class _Process:
    """One run of the operator."""

    def __init__(self, settings: Settings, access: Access, region: str, overrides: images.Overrides) -> None:
        self._settings, self._access, self._region, self._images = settings, access, region, overrides
        self._state, self._metrics = _State(), Metrics(version=__version__)
        self._client = KubeClient(access, told=self._metrics.requested)
        # A queue of writes must not keep the lease from being renewed, nor Events keep anything from being written.
        self._lease_client = KubeClient(access, limit=1, timeout=5.0, told=self._metrics.requested)
        self._event_client = KubeClient(access, limit=2, told=self._metrics.requested)

    async def run(self) -> int:
        """Until a signal."""
        settings, loop = self._settings, asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._state.stop.set)
        async with AsyncExitStack() as stack:
            for client in (self._client, self._lease_client, self._event_client):
                await stack.enter_async_context(client)
            serving = http.serve(
                settings.http_address,
                readiness=self._state.readiness,
                metrics=self._metrics,
                role=lambda: "leading" if self._state.leading else "standby",
            )
            try:
                address = await stack.enter_async_context(serving)
            except (OSError, ValueError) as error:
                _log.error(
                    "Health and metrics cannot be served: set another --http-address", extra={"error": str(error)}
                )
                return 2
            _log.info("Started", extra={"version": __version__, "http": str(address), "api": self._access.server})
            lease = await self._acquire(stack)
            if self._state.stop.is_set():
                return 0
            return await self._lead(lease)

    async def _acquire(self, stack: AsyncExitStack) -> Lease | None:
        settings = self._settings
        if not settings.leader_elect:
            return None
        lease = Lease(
            self._lease_client,
            namespace=settings.lease_namespace or self._access.namespace,
            name=settings.lease_name,
            identity=settings.identity,
        )
        stack.push_async_callback(lease.release)
        await _unless(self._state.stop, lease.acquire())
        return lease

    async def _lead(self, lease: Lease | None) -> int:
        """Work until asked to stop."""
        self._state.leading = True
        self._metrics.led(self._settings.lease_name, leading=True)
        recorder = Recorder(self._event_client, instance=self._settings.identity, dropped=self._metrics.dropped_event)
        cloud = self._cloud()
        control = self._control(cloud, recorder)
        listener = Listener(
            self._client,
            control,
            kinds=[ALL_KINDS[name] for name in self._settings.kinds],
            namespaces=self._settings.namespaces,
            listed=self._state.listed,
        )
        working = asyncio.create_task(control.run(self._settings.workers))
        background = [asyncio.create_task(recorder.run()), asyncio.create_task(self._measure(control))]
        if lease is not None:
            background.append(asyncio.create_task(_die_when(lease.lost)))
        try:
            await listener.run(self._state.stop)
        finally:
            _log.info("Stopping: finishing the passes that are under way")
            control.stop()
            done, _ = await asyncio.wait([working], timeout=_GRACE)
            if not done:
                _log.warning("Some passes did not finish in time; the next start takes them up")
                working.cancel()
            with suppress(KubeError, TimeoutError):
                async with asyncio.timeout(5):
                    await recorder.drain()
            for task in background:
                task.cancel()
            # Whoever was waited for in vain needs no second time.
            await cloud.close(grace=5.0 if done else 0.0)
        return 0

    def _cloud(self) -> Cloud:
        settings = self._settings
        sessions = Sessions(
            endpoint_url=settings.endpoint_url,
            identity=f"sagemaker-operator/{__version__} {settings.identity}",
            connections=settings.threads,
        )
        return Cloud(sessions, Limits(), threads=settings.threads, observer=self._metrics)

    def _control(self, cloud: Cloud, recorder: Recorder) -> Control:
        settings = self._settings
        return Control(
            cluster=self._client,
            cloud=cloud,
            sweep=partial(sweep, cloud),
            logs=partial(tail, cloud),
            files=Files(cloud),
            messages=_Messages(cloud),
            announcer=_Announcer(recorder),
            clock=WallClock(),
            meter=self._metrics,
            cluster_name=settings.cluster_name,
            region=self._region,
            deletion_policy=settings.deletion_policy,
            images=self._images,
            elsewhere=settings.endpoint_url or _runtime_elsewhere(),
            analyzer=settings.analyzer_image,
            resync=settings.resync,
            drift=settings.drift,
            first_look=settings.first_look,
        )

    async def _measure(self, control: Control) -> None:
        while True:
            self._metrics.counted(control.states())
            self._metrics.violated(control.violations())
            self._metrics.working(control.busy(), limit=self._settings.workers)
            await asyncio.sleep(5)


async def _unless(stop: asyncio.Event, work: Coroutine[Any, Any, None]) -> None:
    """Wait for work to be done, or to be asked to stop."""
    tasks = [asyncio.create_task(work), asyncio.create_task(stop.wait())]
    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
    for task in done:
        task.result()


async def _die_when(lost: asyncio.Event) -> None:
    await lost.wait()
    _log.error("The lease is lost: another instance leads, or the API server cannot be reached; ending at once")
    logging.shutdown()
    # Calls in flight cannot be taken back, and nothing of ours may begin another one.
    os._exit(_LOST)


def _runtime_elsewhere() -> str:
    """Where endpoints are invoked if the surroundings say so, as they do for every AWS SDK."""
    named = ("AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME", "AWS_ENDPOINT_URL")
    return next((os.environ[name] for name in named if os.environ.get(name)), "")
