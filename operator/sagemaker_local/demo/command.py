"""The command `sagemaker-local demo`: exit code 0 only if everything was seen, and nothing left running in any case."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from sagemaker_local.cluster import ClusterError
from sagemaker_local.demo import data, places
from sagemaker_local.demo.errors import NotSeen
from sagemaker_local.demo.objects import Objects
from sagemaker_local.demo.screen import Screen, screen
from sagemaker_local.demo.stage import Stage, stage
from sagemaker_local.demo.story import Story

BEFORE = """\
This SageMaker is emulated: it answers as AWS does, and bills nothing. The model is really trained and really predicts, by XGBoost
on this machine; the Kubernetes API server, kubectl and the operator are real as well.
"""
AFTER = """\
Everything is stopped and removed. This SageMaker was emulated, and no money spent.
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
@click.option(
    "--images",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Images of 28 x 28 pixels in place of scikit-learn's digits: MNIST as mnist.npz, or as CSV, the label first.",
)
def demo(*, keep: bool, images: Path | None) -> None:
    """Train and deploy a model on an emulated SageMaker, ask it, change it, and delete it.

    Exit code 0 means that all of that was seen to happen.
    """
    out = screen(sys.stdout)
    try:
        with _signals_interrupt():
            _play(out, keep=keep, images=images)
    except KeyboardInterrupt:
        out.say("\nInterrupted; everything is stopped and removed.")
        sys.exit(INTERRUPTED)
    except _FAILURES as error:
        out.say(f"\nNot seen: {error}")
        sys.exit(1)


def _play(out: Screen, *, keep: bool, images: Path | None) -> None:
    manifests = places.find()
    everything = dict.fromkeys((*places.named(manifests.example), *places.named(manifests.update)))
    out.say(BEFORE)
    known = data.digits() if images is None else data.read(images)
    with stage(manifests, out, known) as running, Objects(running.cluster, tuple(everything)) as objects:
        story = Story(running, objects, manifests)
        try:
            story.deploy()
            story.ask()
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
