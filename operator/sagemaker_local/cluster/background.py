"""Bringing a session up and down: the process that runs it, and those that ask for it.

`serve` runs it until told to stop; `start` has another process do that and waits for it; `stop` ends it. Not here: what is
printed (see `command`).
"""

import datetime as dt
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from sagemaker_local.cluster.control_plane import Cluster
from sagemaker_local.cluster.errors import ClusterError
from sagemaker_local.cluster.health import resident_bytes
from sagemaker_local.cluster.session import Running, Session
from sagemaker_local.runner.options import Work

START_SECONDS = 120.0
STOP_SECONDS = 30.0
LOOK_AGAIN_SECONDS = 0.05
CHECK_SECONDS = 2.0
LOG_LINES_SHOWN = 20
# That of `sagemaker-local emulator`: settings and bookmarks work for either.
DEFAULT_PORT = 4580


@dataclass(frozen=True, slots=True)
class Options:
    """What the emulated SageMaker is started with.

    Attributes:
        port: 0 is any.
        speed: how fast its clock runs.
        work: how its jobs and endpoints really run; they do unless it says otherwise.
    """

    port: int = DEFAULT_PORT
    speed: float = 1.0
    work: Work = field(default_factory=Work)

    def arguments(self) -> list[str]:
        """The same on a command line."""
        return [f"--port={self.port}", f"--speed={self.speed}", *self.work.arguments()]


def serve(session: Session, options: Options, ready: Callable[[Running], None]) -> None:
    """Run cluster and emulator in this process until SIGINT, SIGTERM or SIGHUP.

    Raises:
        RunningAlready: another process does.
        ClusterError: it does not start, or a component ended.
    """
    with ExitStack() as stack:
        stack.enter_context(session.hold())
        stack.enter_context(_until_signalled())
        # Left by a power cut: nothing else outlives a keeper, and only the holder comes here.
        shutil.rmtree(session.directory, ignore_errors=True)
        emulator = stack.enter_context(_emulator(options))
        cluster = stack.enter_context(Cluster.start(session.directory))
        running = Running(
            pid=os.getpid(),
            since=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
            kubeconfig=str(cluster.kubeconfig),
            server=cluster.server,
            token=cluster.token,
            ca=str(cluster.ca),
            origin=cluster.origin,
            emulator=emulator,
            pids=cluster.pids,
        )
        session.publish(running)
        ready(running)
        while True:
            time.sleep(CHECK_SECONDS)
            cluster.check()


def start(session: Session, options: Options) -> Running:
    """Have a process of its own serve; what is where once all is ready.

    Raises:
        ClusterError: it ended or was not ready in time; with the end of its log.
    """
    session.state.mkdir(mode=0o700, parents=True, exist_ok=True)
    argv = [sys.executable, "-m", "sagemaker_local", "up", "--foreground", *options.arguments()]
    with session.log.open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 - ourselves
            argv,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        return _wait_until_ready(session, process)
    except BaseException:
        process.terminate()
        process.wait()
        raise


def stop(session: Session) -> bool:
    """End the session and wait until nothing of it is left; whether there was one.

    Raises:
        ClusterError: it does not end.
    """
    holder = session.holder()
    if holder is None:
        return False
    for number in (signal.SIGTERM, signal.SIGKILL):
        os.kill(holder, number)
        deadline = time.monotonic() + STOP_SECONDS
        while time.monotonic() < deadline:
            ended = session.holder() != holder and not resident_bytes(holder)
            if ended and not session.directory.exists():
                session.log.unlink(missing_ok=True)
                return True
            time.sleep(LOOK_AGAIN_SECONDS)
    raise ClusterError(f"process {holder} and {session.directory} are still there: see {session.log}")


@contextmanager
def _emulator(options: Options) -> Iterator[str]:
    # Here, as moto takes a second to import, which `status` and `down` need not wait for.
    from sagemaker_local.emulator import Emulator  # noqa: PLC0415
    from sagemaker_local.runner.execution import Execution  # noqa: PLC0415

    work = options.work
    wanted = Execution(slots=work.slots, images=work.images, servers=work.servers)
    try:
        emulator = Emulator.start(
            options.port, speed=options.speed, execution=wanted if work.execute is not False else None
        )
    except (OSError, ValueError, OverflowError) as error:
        raise ClusterError(
            f"the emulated SageMaker cannot start on port {options.port}: {error} (--port=0 takes a free one)"
        ) from error
    with emulator:
        yield emulator.url


@contextmanager
def _until_signalled() -> Iterator[None]:
    """End the block quietly on a signal to stop; do not let a second one disturb the cleaning up."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def interrupt(_number: int, _frame: object) -> None:
        for number in numbers:
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in numbers}
    try:
        yield
    except KeyboardInterrupt:
        pass
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _wait_until_ready(session: Session, process: subprocess.Popen[bytes]) -> Running:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        running = session.read()
        if running is not None and running.pid == process.pid:
            return running
        code = process.poll()
        if code is not None:
            raise ClusterError(f"the background process ended with {code}:\n{_end_of_log(session)}")
        time.sleep(LOOK_AGAIN_SECONDS)
    raise ClusterError(f"not ready after {START_SECONDS:.0f} s:\n{_end_of_log(session)}")


def _end_of_log(session: Session) -> str:
    lines = session.log.read_text(errors="replace").splitlines()
    return "\n".join(lines[-LOG_LINES_SHOWN:])
