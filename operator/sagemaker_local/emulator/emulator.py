"""An emulated SageMaker for a Python process: starts the server in a thread and gives access to its parts."""

import asyncio
import threading
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Protocol, Self

from sagemaker_local.emulator.control import Control
from sagemaker_local.emulator.core import PROFILES, Core
from sagemaker_local.emulator.events.front import EventsFront
from sagemaker_local.emulator.events.topics_front import TopicsFront
from sagemaker_local.emulator.logs.front import LogsFront
from sagemaker_local.emulator.mount import DEFAULT_ACCOUNT
from sagemaker_local.emulator.server import Runtime, Server
from sagemaker_local.emulator.state.keeper import Keeper

LOOPBACK: Final = "127.0.0.1"
_EVERYWHERE: Final = {"": LOOPBACK, "0.0.0.0": LOOPBACK, "::": "::1"}  # noqa: S104 only where somebody asks for it
_making_clients = threading.Lock()


@lru_cache(maxsize=1)
def _models() -> Any:
    """What reads the service models for all sessions, because each would read them anew."""
    from botocore.loaders import Loader  # noqa: PLC0415 the server alone does not need it

    return Loader()


def new_session() -> Any:
    """A boto3 session without a past, whose clients are made fast once there was another."""
    import boto3  # noqa: PLC0415 the server alone does not need it
    from botocore.session import Session  # noqa: PLC0415

    session = Session()
    session.register_component("data_loader", _models())
    return boto3.session.Session(botocore_session=session)


@lru_cache(maxsize=1)
def _session() -> Any:
    """One session for all clients; used under `_making_clients`."""
    return new_session()


class Executing(Protocol):
    """What does the work of one running emulator."""

    @property
    def runtime(self) -> Runtime:
        """Where endpoints are invoked."""

    async def stop(self) -> None:
        """End all work, and leave nothing behind."""


class Execution(Protocol):
    """How work is to be done."""

    def begin(self, core: Core, url: str) -> Executing:
        """Let an emulator that listens on `url` do its work from now on. Called in its event loop; raises OSError, ValueError."""


class Emulator:
    """A running emulator. Every attribute may be used from any thread.

    Attributes:
        url: where it listens, for `endpoint_url`.
        journal: every request so far.
        faults: what is to go wrong with requests.
        events: how events are delivered to EventBridge rules and SQS queues.
        scenarios: what is to go wrong with resources, and how long work takes.
        lags: how far answers lag behind what was done.
        rates: how many requests per second are allowed.
        quotas: how many instances are allowed.
        accounts: whether trust policies and the age of credentials count.
        roles: which roles cannot be assumed.
        clock: the time, and `advance` for a virtual one.
    """

    def __init__(self, core: Core, host: str, port: int, execution: Execution | None = None) -> None:
        self._core = core
        self._execution = execution
        self.journal = core.journal
        self.faults = core.faults
        self.events = core.events
        self.scenarios = core.scenarios
        self.rates = core.rates
        self.quotas = core.quotas
        self.roles = core.roles
        self.accounts = core.accounts
        self.clock = core.time
        self.lags = core.lags
        self._keeper: Keeper | None = None
        self._stopping: Callable[[], None] | None = None
        self._thread = threading.Thread(target=self._serve, args=(host, port), name="sagemaker", daemon=True)
        self._ready = threading.Event()
        self._failure: BaseException | None = None
        self.url = ""

    @classmethod
    def start(
        cls,
        port: int = 0,
        *,
        host: str = LOOPBACK,
        speed: float = 1.0,
        virtual: bool = False,
        latency: float = 0.0,
        seed: int = 0,
        check_s3: bool = True,
        state: Path | None = None,
        profile: str = "free",
        execution: Execution | None = None,
    ) -> Self:
        """Start an emulator.

        Args:
            port: the port; 0 takes a free one.
            host: the address to listen on; 0.0.0.0 and :: are all, which whoever reaches the machine may then use.
            speed: how much faster than SageMaker work proceeds; timestamps stay real.
            virtual: let time stand still until `clock.advance`.
            latency: seconds by which every answer of SageMaker is delayed.
            seed: makes faults with a probability repeatable.
            check_s3: refuse training jobs whose input is not in the emulated S3.
            state: a directory that keeps what exists over restarts.
            profile: `free` limits nothing; `aws` has the request rates that AWS has published, and answers that lag;
                `new-customer` refuses what AWS has closed to new customers: monitoring schedules.
            execution: how the work of jobs and endpoints is really done (`sagemaker_local.runner.Execution`); without it all
                of it is simulated. It needs a clock that goes by itself.

        Raises:
            OSError: the port is taken, the address is not this machine's, or the directory cannot be used.
            ValueError: a number makes no sense, or the directory holds something else.
        """
        if execution is not None and virtual:
            raise ValueError("work that is really done takes its time: it needs a clock that is not virtual")
        core = Core(speed=speed, virtual=virtual, latency=latency, seed=seed, check_s3=check_s3)
        if profile not in PROFILES:
            raise ValueError(f"no profile is called {profile!r}; there are {', '.join(PROFILES)}")
        core.use(profile)
        emulator = cls(core, host, port, execution)
        if state is not None:
            emulator._keeper = core.keep(state)
        emulator._thread.start()
        emulator._ready.wait()
        if emulator._failure is not None:
            emulator.stop()
            raise emulator._failure
        return emulator

    @property
    def latency(self) -> float:
        """Seconds by which every answer of SageMaker is delayed; may be set."""
        return self._core.front.latency

    @latency.setter
    def latency(self, seconds: float) -> None:
        self._core.set_latency(seconds)

    def resources(self, kind: str) -> list[str]:
        """The names of the resources of a kind that exist now, in all accounts and regions."""
        return self._core.service.names(kind)

    def scale(
        self, endpoint: str, variant: str, count: int, *, account: str = DEFAULT_ACCOUNT, region: str = "us-east-1"
    ) -> None:
        """Let Application Auto Scaling change the instance count of a variant that is registered as a scalable target.

        Raises:
            ValueError: there is no such endpoint or target, the count is outside of its capacities, or SageMaker refuses.
        """
        self._core.scale(endpoint, variant, count, account=account, region=region)

    def interrupt(self, name: str, *, account: str = DEFAULT_ACCOUNT, region: str = "us-east-1") -> None:
        """Take the spot capacity of a training job that is really at work away, now, as managed spot training may.

        Raises:
            ValueError: there is no such job at work.
        """
        self._core.interrupt(name, account=account, region=region)

    def reset(self) -> None:
        """Forget resources, buckets, faults, scenarios, rates, quotas and the journal; the clock goes on."""
        self._core.reset()

    def save(self, path: Path) -> None:
        """Write resources, all that is under way, and the objects of S3 to a file. Raises OSError."""
        self._core.save(path)

    def restore(self, path: Path) -> None:
        """Let exist what a file holds, in place of what does; what would have happened meanwhile, happens.

        Raises:
            OSError: the file cannot be read.
            ValueError: it was not written by `save`, or by another version.
        """
        self._core.restore(path)

    def client(
        self,
        service: str = "sagemaker",
        region: str = "us-east-1",
        account: str = DEFAULT_ACCOUNT,
    ) -> Any:
        """A boto3 client of this emulator that asks once and does not retry.

        Args:
            service: sagemaker, or one that moto emulates: s3, sts, iam …
            region: any region.
            account: the account whose resources it sees.
        """
        from botocore.config import Config  # noqa: PLC0415 the server alone does not need it

        with _making_clients:
            return _session().client(
                service,
                endpoint_url=self.url,
                region_name=region,
                aws_access_key_id=account,
                aws_secret_access_key="sagemaker-local",  # noqa: S106 not a secret
                config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}),
            )

    def stop(self) -> None:
        """Stop listening and forget everything; may be called twice."""
        if self._stopping is not None:
            self._stopping()
            self._stopping = None
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _serve(self, host: str, port: int) -> None:
        try:
            asyncio.run(self._run(host, port))
        except BaseException as failure:  # noqa: BLE001 handed to the thread that waits in start
            self._failure = failure
        finally:
            self._ready.set()

    async def _run(self, host: str, port: int) -> None:
        loop, stopped = asyncio.get_running_loop(), asyncio.Event()
        core = self._core
        events = EventsFront(core.events, core.accounts.account_of)
        logs = LogsFront(core.service, core.faults, core.accounts.account_of, elsewhere=lambda: core.moto.loaded)
        server = Server(
            front=core.front,
            events=events,
            topics=TopicsFront(core.events, core.journal, core.faults, core.accounts.account_of),
            logs=logs,
            scaling=core.scaling,
            control=Control(core),
            accounts=core.accounts,
        )
        executing: Executing | None = None
        try:
            self.url = f"http://{reached_at(host)}:{await server.start(host, port)}"
            if self._execution is not None:
                executing = self._execution.begin(core, self.url)
                server.runtime = executing.runtime

            def stop() -> None:
                loop.call_soon_threadsafe(stopped.set)

            self._stopping = stop
            self._ready.set()
            await stopped.wait()
        finally:
            await server.stop()
            if executing is not None:
                await executing.stop()
            if self._keeper is not None:
                self._keeper.stop()
            self._core.events.stop()
            self._core.moto.stop()


def reached_at(host: str) -> str:
    """How clients on this machine write the address that is listened on."""
    reached = _EVERYWHERE.get(host, host)
    return f"[{reached}]" if ":" in reached else reached
