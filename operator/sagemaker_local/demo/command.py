"""The command `sagemaker-local demo`: exit code 0 only if everything was seen, and nothing left running in any case."""

import signal
import sys
from functools import partial
from pathlib import Path

import click

from sagemaker_local.demo import data, places
from sagemaker_local.demo.objects import Objects
from sagemaker_local.demo.playing import FAILURES, explain, play
from sagemaker_local.demo.screen import Screen, screen
from sagemaker_local.demo.stage import SPEED, Setting, Stage, stage
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
SPEED_WITH_MANY = 5.0
MANY = 5000
"""So many images need longer than the hour of a job, which takes 72 seconds at the higher speed."""
ENVIRONMENT, PREPARED = "algorithms", "XGBoost is installed, in a virtual environment of its own"


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
    play(out, partial(_play, out, keep=keep, images=images))


def _play(out: Screen, *, keep: bool, images: Path | None) -> None:
    manifests = places.find()
    everything = dict.fromkeys((*places.named(manifests.example), *places.named(manifests.update)))
    out.say(BEFORE)
    known = data.digits() if images is None else data.read(images)
    speed = SPEED if len(known.train) < MANY else SPEED_WITH_MANY
    setting = Setting(partial(data.send, images=known), {ENVIRONMENT: PREPARED}, speed)
    with stage(manifests.crds, out, setting) as running, Objects(running.cluster, tuple(everything)) as objects:
        story = Story(running, objects, manifests, known)
        try:
            story.deploy()
            story.ask()
            story.change()
            if keep:
                _wait_for_ctrl_c(running)
            else:
                story.remove()
        except FAILURES:
            explain(running, objects, out)
            raise
    out.did("done\n")
    out.say(AFTER)


def _wait_for_ctrl_c(running: Stage) -> None:
    running.screen.say(KEPT.format(exports=running.exports(), log=running.operator.log))
    try:
        signal.pause()
    except KeyboardInterrupt:
        running.screen.say("\nStopping.")
