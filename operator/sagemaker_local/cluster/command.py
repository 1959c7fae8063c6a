"""The subcommands around a session in the background: `up`, `status`, `down`, and `prepare`.

What a shell may evaluate goes to stdout, what people read to stderr, so that `eval "$(sagemaker-local up)"` works. Not here: how
any of it is done (see `background`, `binaries`).
"""

import json
import os
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from http import HTTPStatus
from pathlib import Path

import click

from sagemaker_local.cluster import background, binaries, places
from sagemaker_local.cluster.errors import ClusterError
from sagemaker_local.cluster.health import Access, answers, resident_bytes
from sagemaker_local.cluster.session import Running, Session
from sagemaker_local.runner.options import Work, about_work

MEBIBYTE = 1024 * 1024


@contextmanager
def _told() -> Iterator[None]:
    """Turn our errors into a message and exit code 1."""
    try:
        yield
    except ClusterError as error:
        raise click.ClickException(str(error)) from error


def _session() -> Session:
    return Session(places.state(os.environ))


def _exports(running: Running) -> str:
    """Shell lines that make kubectl, boto3 and the AWS CLI use what runs."""
    settings = {
        "KUBECONFIG": running.kubeconfig,
        "AWS_ENDPOINT_URL": running.emulator,
        "AWS_DEFAULT_REGION": "us-east-1",
        # The emulator takes any key; one of 12 digits is the account. Without any the SDKs sign nothing.
        "AWS_ACCESS_KEY_ID": "123456789012",
        "AWS_SECRET_ACCESS_KEY": "local",
    }
    return "\n".join(f"export {name}={shlex.quote(value)}" for name, value in settings.items())


@dataclass(frozen=True, slots=True)
class Process:
    """One running process. `well` is None where only its existence can be told."""

    name: str
    pid: int
    memory_bytes: int | None
    url: str | None = None
    well: bool | None = None

    @property
    def healthy(self) -> bool:
        """Whether it exists, and answers if it should."""
        return self.memory_bytes is not None and self.well is not False

    def __str__(self) -> str:
        memory = self.memory_bytes
        size = "gone" if memory is None else f"{memory / MEBIBYTE:.0f} MB"
        health = {None: "", True: "answers", False: "does not answer"}[self.well]
        return f"  {self.name:<24} pid {self.pid:<8} {size:>7}  {self.url or ''} {health}".rstrip()


def _processes(running: Running) -> list[Process]:
    access = Access(running.server, running.token, Path(running.ca))
    found = []
    for name, pid in {"sagemaker-local": running.pid, **running.pids}.items():
        url, well = None, None
        if name == "kube-apiserver":
            url, well = running.server, access.get("/readyz") == HTTPStatus.OK
        elif name == "sagemaker-local":
            url, well = running.emulator, answers(running.emulator)
        found.append(Process(name, pid, resident_bytes(pid), url, well))
    return found


def _describe(running: Running, processes: list[Process]) -> str:
    """What runs, for people: one line per process."""
    head = f"running since {running.since}; Kubernetes from {running.origin}"
    return "\n".join([head, *map(str, processes)])


@click.command()
@click.option(
    "--port",
    default=background.DEFAULT_PORT,
    show_default=True,
    help="Port of the emulated SageMaker; 0 takes a free one.",
)
@click.option("--speed", default=1.0, show_default=True, help="How much faster than SageMaker work proceeds.")
@click.option("--foreground", is_flag=True, help="Stay until interrupted, then remove everything.")
@about_work
def up(*, port: int, speed: float, foreground: bool, work: Work) -> None:
    """Start a Kubernetes API server and an emulated SageMaker.

    Prints the shell settings that make kubectl and the AWS SDKs use them:
    eval "$(sagemaker-local up)".
    """
    session = _session()
    options = background.Options(port=port, speed=speed, work=work)
    with _told():
        if session.holder() is not None:
            running = session.read()
            if running is None:
                raise ClusterError("another `up` or `down` is at work: try again in a moment")
            click.echo("running already; `sagemaker-local status` tells more", err=True)
            click.echo(_exports(running))
            return
        # Here, and not in the background, where nobody would see a build's progress.
        binaries.ensure(os.environ)
        if foreground:
            background.serve(session, options, _announce)
        else:
            _announce(background.start(session, options))


def _announce(running: Running) -> None:
    click.echo(_describe(running, _processes(running)), err=True)
    click.echo("stop it with: sagemaker-local down", err=True)
    click.echo(_exports(running))
    sys.stdout.flush()


@click.command()
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
def status(ctx: click.Context, as_json: bool) -> None:
    """Tell what runs: addresses, health, memory.

    Exit code 0 when all is well, 1 when something is not, 3 when nothing runs.
    """
    session = _session()
    running = session.read()
    if running is None:
        between = session.holder() is not None
        words = "starting or stopping" if between else "not running: start it with `sagemaker-local up`"
        click.echo("{}" if as_json else words)
        ctx.exit(1 if between else 3)
    processes = _processes(running)
    if as_json:
        listed = [asdict(process) for process in processes]
        shown = {"since": running.since, "kubeconfig": running.kubeconfig, "processes": listed}
        click.echo(json.dumps(shown, indent=2))
    else:
        click.echo(_describe(running, processes))
        click.echo(_exports(running))
    ctx.exit(0 if all(process.healthy for process in processes) else 1)


@click.command()
def down() -> None:
    """Stop them and remove their data."""
    with _told():
        ended = background.stop(_session())
    click.echo("stopped; nothing is left" if ended else "not running", err=True)


@click.command()
@click.option("--no-controller-manager", is_flag=True, help="Do without kube-controller-manager.")
def prepare(no_controller_manager: bool) -> None:
    """Find or build the API server, and start nothing.

    For images and CI caches: what is built is reused by everything else here.
    """
    with _told():
        found = binaries.ensure(os.environ, controller_manager=not no_controller_manager)
    click.echo(found.origin)
