"""The command `sagemaker-local drift`: exit code 0 only if every step was seen, and nothing left running in any case."""

import sys
from functools import partial

import click

from sagemaker_local.demo import data, places
from sagemaker_local.demo.drift import supplies
from sagemaker_local.demo.drift.images import traffic
from sagemaker_local.demo.drift.receiver import receiving
from sagemaker_local.demo.drift.story import Story
from sagemaker_local.demo.objects import Objects
from sagemaker_local.demo.playing import FAILURES, explain, play
from sagemaker_local.demo.screen import Screen, screen
from sagemaker_local.demo.stage import Setting, stage

BEFORE = """\
This SageMaker is emulated: it answers as AWS does, and bills nothing. Models are really trained and really predict, what is
captured is really analysed; the Kubernetes API server, kubectl and the operator are real as well. Runs begin at full minutes, so
it takes four.
"""
AFTER = "Everything is stopped and removed. The manifests are in examples/drift/; docs/monitoring.md tells more."
ENVIRONMENTS = {
    "algorithms": "XGBoost is installed, in a virtual environment of its own",
    "analyzer": "the analyzer is installed, in another",
}


@click.command()
def drift() -> None:
    """Deploy a model, let its inputs drift, and see it noticed, trained anew and replaced.

    Exit code 0 means that all of that was seen to happen.
    """
    out = screen(sys.stdout)
    play(out, partial(_play, out))


def _play(out: Screen) -> None:
    manifests, images = places.drift(), data.digits()
    parts = traffic(images)
    out.say(BEFORE)
    send = partial(supplies.send, known=parts.known, side=images.side, source=manifests.example / "source")
    with (
        receiving() as receiver,
        stage(manifests.crds, out, Setting(send, ENVIRONMENTS)) as running,
        Objects(running.cluster, places.named(manifests.example)) as objects,
    ):
        story = Story(running, objects, manifests.example, images, parts, receiver)
        try:
            for act in (story.deploy, story.before, story.during, story.retrain, story.after, story.remove):
                act()
        except FAILURES:
            explain(running, objects, out)
            raise
    out.did("done\n")
    out.say(AFTER)
