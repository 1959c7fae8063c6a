"""The play in four acts: apply the example, ask the endpoint, change it, delete it; and what must be seen in each.

Readiness is what the API server says; what exists is what SageMaker says; whether a model was really trained shows in what it
says about images that it has never seen. Not here: starting and stopping (`stage`), and how it
looks (`screen`).
"""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sagemaker_local.demo import places
from sagemaker_local.demo.asking import examine, matched
from sagemaker_local.demo.data import BUCKET, Images
from sagemaker_local.demo.errors import NotSeen
from sagemaker_local.demo.objects import Objects, Row
from sagemaker_local.demo.pictures import gallery
from sagemaker_local.demo.places import Manifests, Named
from sagemaker_local.demo.stage import Stage

ACT_SECONDS = 120.0
SECONDS_PER_IMAGE = 0.01
LOOK_AGAIN_SECONDS = 0.15
SERVED = Named("Endpoint", "digits")
PREDICTIONS = "predictions/digits.csv.out"
KEPT_FOR_EVER = ("TransformJob",)
"""Kinds whose resources SageMaker has no operation to delete."""


@dataclass(frozen=True, slots=True)
class Serving:
    """What an endpoint serves with, as SageMaker says."""

    config: str
    instances: int

    def __str__(self) -> str:
        return f"{self.config} ({self.instances} instance{'s' if self.instances > 1 else ''})"


@dataclass(frozen=True, slots=True)
class Story:
    """What happens on a stage, with which objects."""

    stage: Stage
    objects: Objects
    manifests: Manifests
    images: Images

    def deploy(self) -> None:
        """Train a model, deploy it, and monitor it."""
        example = places.named(self.manifests.example)
        self._say("\nAct 1: from data to a monitored model. Each object waits for those it refers to.")
        self.stage.kubectl("apply", "-f", places.shown(self.manifests.example))
        self._watch(lambda rows: _all_settled(rows, example), what="all objects Ready")
        self.stage.screen.did(f"all {len(example)} objects are Ready; SageMaker has {self._inventory()}")
        self._once(example)

    def ask(self) -> None:
        """Ask the endpoint about images that the model has never seen, and compare with the batch that was transformed."""
        images = self.images
        self._say(f"\nAct 2: what does the model say about {len(images.held_out)} images that it has never seen?")
        examined = examine(self.stage.runtime, SERVED.name, images.held_out)
        self._say(gallery(examined.worth_seeing(), side=images.side, darkest=images.darkest))
        if examined.accuracy < images.recognised:
            raise NotSeen(f"{images.recognised:.0%} of the digits recognised: it was {examined.accuracy:.1%}")
        self.stage.screen.did(f"{SERVED} recognises {examined.accuracy:.1%} of them")
        batch = matched(images.held_out, self.stage.read(BUCKET, PREDICTIONS))
        if batch != list(examined.taken):
            raise NotSeen("the same predictions from the batch transform job as from the endpoint")
        self.stage.screen.did(f"the batch transform job says the same about each, in s3://{BUCKET}/{PREDICTIONS}")

    def change(self) -> None:
        """Have the endpoint move to twice as many instances, while it serves."""
        before, states = self._serving(), dict.fromkeys(["InService"])
        self._say("\nAct 3: a configuration with two instances, to which the endpoint moves without an interruption.")
        self.stage.kubectl("apply", "-f", places.shown(self.manifests.update))

        def moved(rows: Sequence[Row]) -> bool:
            endpoint = next(row for row in rows if row.of == SERVED)
            states.setdefault(endpoint.state)
            if endpoint.ready != "True":
                raise NotSeen(f"{SERVED} Ready all the time: it is {endpoint.state}, Ready={endpoint.ready}")
            return "Updating" in states and _all_settled(rows, places.named(self.manifests.update))

        self._watch(moved, what=f"{SERVED} updated and InService again")
        after = self._serving()
        if before.config == after.config or after.instances == before.instances:
            raise NotSeen(f"another configuration and another number of instances: {before}, then {after}")
        self.stage.screen.did(f"{SERVED} went from {before} to {after} and was Ready all the time")

    def remove(self) -> None:
        """Delete everything, in the order that SageMaker needs."""
        self._say("\nAct 4: one delete takes everything down, users before what they use.")
        where = places.shown(self.manifests.example)
        self.stage.kubectl("delete", "--recursive", "--ignore-not-found", "--wait=false", "-f", where)
        self._watch(lambda rows: all(row.gone for row in rows), what="all objects gone", tolerate_stalled=True)
        left = self.stage.inventory(self._kinds)
        kept = Counter({kind: left.pop(kind) for kind in KEPT_FOR_EVER if kind in left})
        if left:
            raise NotSeen(f"SageMaker empty: it still has {_counted(left)}")
        self.stage.screen.did(f"all objects are gone, and SageMaker is empty but for the record of {_counted(kept)}")

    @property
    def _kinds(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(named.kind for named in self.objects.order))

    def _say(self, text: str) -> None:
        self.stage.screen.say(text)

    def _inventory(self) -> str:
        return _counted(self.stage.inventory(self._kinds))

    def _once(self, example: Sequence[Named]) -> None:
        for kind, count in Counter(named.kind for named in example).items():
            created = self.stage.sagemaker.journal.committed(f"Create{kind}")
            if created != count:
                raise NotSeen(f"{count} Create{kind} in SageMaker's journal: it has {created}")

    def _serving(self) -> Serving:
        said = self.stage.aws.describe_endpoint(EndpointName=SERVED.name)
        instances = sum(variant["CurrentInstanceCount"] for variant in said["ProductionVariants"])
        return Serving(said["EndpointConfigName"], instances)

    def _watch(self, seen: Callable[[Sequence[Row]], bool], *, what: str, tolerate_stalled: bool = False) -> None:
        act = ACT_SECONDS + len(self.images.train) * SECONDS_PER_IMAGE
        deadline = time.monotonic() + act
        try:
            while True:
                rows = self.objects.read()
                self.stage.screen.show(rows)
                if seen(rows):
                    return
                self.stage.check()
                stalled = [str(row.of) for row in rows if row.stalled and not tolerate_stalled]
                if stalled:
                    raise NotSeen(f"{what}: {', '.join(stalled)} cannot go on")
                if time.monotonic() > deadline:
                    raise NotSeen(f"{what} within {act:.0f} s")
                time.sleep(LOOK_AGAIN_SECONDS)
        finally:
            self.stage.screen.leave()


def _all_settled(rows: Sequence[Row], wanted: Sequence[Named]) -> bool:
    settled = {row.of for row in rows if row.settled}
    return settled.issuperset(wanted)


def _counted(inventory: Counter[str]) -> str:
    return ", ".join(f"{count} {kind}" for kind, count in inventory.items()) or "nothing"
