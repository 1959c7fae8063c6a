"""The command `sagemaker-local demo`: exit code 0 only if everything was seen, and nothing left running in any case."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from sagemaker_local.cluster import ClusterError
from sagemaker_local.demo import places
from sagemaker_local.demo.errors import NotSeen
from sagemaker_local.demo.objects import Objects
from sagemaker_local.demo.screen import Screen, screen
from sagemaker_local.demo.stage import Stage, stage
from sagemaker_local.demo.story import Story

BEFORE = """\
This SageMaker is emulated: it answers as AWS does, but trains nothing, serves nothing and bills nothing.
The Kubernetes API server, kubectl and the operator are real.
"""
AFTER = """\
Everything is stopped and removed. This SageMaker was emulated: no model was trained, and no money spent.
Against AWS the same manifests and the same operator need a role and a bucket of yours: see examples/digits/README.md.
"""
KEPT = """
Everything keeps running until you press Ctrl-C. In another terminal:

{exports}
kubectl get sagemaker

The operator's log is {log}"""
_STOP = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_FAILURES = (NotSeen, ClusterError, subprocess.CalledProcessError)
INTERRUPTED = 130


@click.command()
@click.option(
    "--keep", is_flag=True, help="Delete nothing, and keep everything running until Ctrl-C, to look around in it."
)
def demo(keep: bool) -> None:
    """Train, deploy and monitor a model against an emulated SageMaker, change it, and delete it.

    Exit code 0 means that all of that was seen to happen.
    """
    out = screen(sys.stdout)
    try:
        with _signals_interrupt():
            _play(out, keep=keep)
    except KeyboardInterrupt:
        out.say("\nInterrupted; everything is stopped and removed.")
        sys.exit(INTERRUPTED)
    except _FAILURES as error:
        out.say(f"\nNot seen: {error}")
        sys.exit(1)


def _play(out: Screen, *, keep: bool) -> None:
    manifests = places.find()
    everything = dict.fromkeys((*places.named(manifests.example), *places.named(manifests.update)))
    out.say(BEFORE)
    with stage(manifests, out) as running, Objects(running.cluster, tuple(everything)) as objects:
        story = Story(running, objects, manifests)
        try:
            story.deploy()
            story.change()
            if keep:
                _wait_for_ctrl_c(running)
            else:
                story.remove()
        except _FAILURES:
            _explain(running, objects, out)
            raise
    out.did("done\n")
    out.say(AFTER)


def _wait_for_ctrl_c(running: Stage) -> None:
    running.screen.say(KEPT.format(exports=running.exports(), log=running.operator.log))
    try:
        signal.pause()
    except KeyboardInterrupt:
        running.screen.say("\nStopping.")


def _explain(running: Stage, objects: Objects, out: Screen) -> None:
    """Print what there is to know about a failure, while there is somebody to ask."""
    out.say("\nThis is how the objects were last:")
    try:
        for row in objects.read():
            if not row.settled:
                out.say(f"  {row.of}: {row.state or 'no state'}, Ready={row.ready}, {row.reason}: {row.message}")
    except NotSeen as error:
        out.say(f"  {error}")
    out.say("\nThe operator's last log lines:")
    for line in running.operator.end_of_log():
        out.say(f"  {line}")


@contextmanager
def _signals_interrupt() -> Iterator[None]:
    """Raise KeyboardInterrupt on any signal to stop, and keep further ones from disturbing the cleaning up."""

    def interrupt(_number: int, _frame: object) -> None:
        for number in _STOP:
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in _STOP}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
