"""The play in five acts: deploy and watch, images as they were, images that have drifted, another model, such images again.

What counts as seen: what the model recognises, what runs of the schedule find, and what the webhook is told. Not here: starting
and stopping (`demo.stage`).
"""

import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from sagemaker_local.demo import places
from sagemaker_local.demo.asking import Examined, examine
from sagemaker_local.demo.data import Image, Images
from sagemaker_local.demo.drift import supplies
from sagemaker_local.demo.drift.images import Traffic
from sagemaker_local.demo.drift.receiver import Receiver
from sagemaker_local.demo.drift.schedule import NAME, Run, Schedule
from sagemaker_local.demo.errors import NotSeen
from sagemaker_local.demo.objects import Objects
from sagemaker_local.demo.pictures import Taken, gallery
from sagemaker_local.demo.stage import Stage

_T = TypeVar("_T")
ACT_SECONDS = 180.0
LOOK_AGAIN_SECONDS = 0.3
AT_ONCE = 100
WELL, BADLY = 0.85, 0.6
"""Shares of the images that are recognised: at least, where the model knows such images, and at most, where it does not."""
CLEAN, FOUND = "Completed", "CompletedWithViolations"


@dataclass(slots=True)
class Story:
    """What happens on a stage."""

    stage: Stage
    objects: Objects
    example: Path
    images: Images
    traffic: Traffic
    receiver: Receiver
    _told: dict[str, str] = field(default_factory=dict)

    def deploy(self) -> None:
        """Train and deploy a model, and watch what it is asked."""
        self._say("\nAct 1: a model that is deployed and watched.")
        self.stage.cluster.kubectl(
            *("create", "secret", "generic", "drift-webhook"),
            *(f"--from-literal=url={self.receiver.url}", f"--from-literal=signing-key={self.receiver.key}"),
        )
        self.stage.kubectl("apply", "-f", places.shown(self.example))
        wanted = set(places.named(self.example))
        self._watch(lambda: wanted.issubset(row.of for row in self.objects.read() if row.settled), "all objects Ready")
        baseline = self._schedule(lambda one: one.baseline, "a baseline")
        self._did(f"all {len(wanted)} objects are Ready, and ProcessingJob/{baseline} has made a baseline")

    def before(self) -> None:
        """Images as they were."""
        self._say("\nAct 2: images like those that the model was trained on.")
        self._ask(self.traffic.before, well=True)
        run = self._run_after(datetime.now(UTC))
        if run.result != CLEAN:
            raise NotSeen(f"a run without violations: {run.name} ended as {run.result}: {run.line}")
        self._did(f"{run.name}: {run.line}")

    def during(self) -> None:
        """Images that have drifted: the schedule notices within one run, and tells the webhook."""
        self._say("\nAct 3: now the images come rotated, and with noise. Nobody has told the model.")
        sent = self._ask(self.traffic.during, well=False)
        supplies.label(self.stage.s3, sent)
        self._did(f"people have labelled them: s3://{supplies.BUCKET}/truth/")
        run = self._run_after(datetime.now(UTC))
        if run.result != FOUND:
            raise NotSeen(f"a run with violations: {run.name} ended as {run.result}: {run.line}")
        self._did(f"{run.name}: {run.line}")
        for one in run.worst[:3]:
            self._say(f"           {one['feature']}: {one['check']} {one.get('value')}, allowed {one.get('threshold')}")
        self._did(f"the page for people is {run.report}")
        message = self._watch(lambda: self.receiver.heard(run.name), "a message to the webhook")
        self._did(f"the webhook was told, and the signature fits: {message}")

    def retrain(self) -> None:
        """Another model, through the gate, to the endpoint."""
        self._say("\nAct 4: another model, trained on what was captured and on what there was before.")
        self._watch(self._promoted, "another model promoted")
        done = Schedule.read(self.stage.cluster)
        self._did(f"TrainingJob/{done.job} has validation:accuracy {done.metric}, and Endpoint/{NAME} serves it")
        baseline = self._schedule(lambda one: _other(one, self._told["baseline"]), "another baseline")
        self._did(f"ProcessingJob/{baseline} has made another baseline, of what was captured")

    def after(self) -> None:
        """Such images again: they are recognised, and drift no more."""
        self._say("\nAct 5: such images again, none of which the model has seen.")
        self._ask(self.traffic.after, well=True)
        run = self._run_after(datetime.now(UTC))
        if run.result != CLEAN:
            raise NotSeen(f"a run without violations: {run.name} ended as {run.result}: {run.line}")
        self._did(f"{run.name}: {run.line}")

    def remove(self) -> None:
        """Delete everything."""
        self._say("\nOne delete takes everything down.")
        where = places.shown(self.example)
        self.stage.kubectl("delete", "--ignore-not-found", "--wait=false", "-f", where)
        self._watch(lambda: all(row.gone for row in self.objects.read()), "all objects gone")
        left = self.stage.inventory(("Endpoint", "EndpointConfig", "Model"))
        if left:
            raise NotSeen(f"SageMaker without endpoints and models: it still has {dict(left)}")
        self._did("all objects are gone, and SageMaker serves nothing")

    def _ask(self, some: Sequence[Image], *, well: bool) -> dict[str, list[int]]:
        """Ask the endpoint about images, see how many it recognises, and tell what each request showed."""
        labels: dict[str, list[int]] = {}
        taken: list[Taken] = []
        for start in range(0, len(some), AT_ONCE):
            part, request = some[start : start + AT_ONCE], str(uuid.uuid4())
            taken += examine(self.stage.runtime, NAME, part, request=request).taken
            labels[request] = [image.label for image in part]
        examined = Examined(taken)
        self._say(gallery(examined.worth_seeing(), side=self.images.side, darkest=self.images.darkest))
        if examined.accuracy < WELL if well else examined.accuracy > BADLY:
            bound = f"at least {WELL:.0%}" if well else f"at most {BADLY:.0%}"
            raise NotSeen(f"{bound} of {len(some)} images recognised: it was {examined.accuracy:.1%}")
        self._did(f"Endpoint/{NAME} recognises {examined.accuracy:.1%} of {len(some)} images")
        return labels

    def _run_after(self, moment: datetime) -> Run:
        """The first run whose window has what was asked before a moment."""

        def found() -> Run | None:
            runs = [run for run in Schedule.read(self.stage.cluster).runs if _time(run.end) >= moment]
            return runs[-1] if runs else None

        return self._watch(found, "a run over what was asked")

    def _promoted(self) -> bool:
        now = Schedule.read(self.stage.cluster)
        said = f"{now.retraining}: {now.message}"
        if self._told.get("retraining") != said and now.retraining:
            self._told["retraining"] = said
            self._did(said)
        if now.retraining not in ("", "Training", "AwaitingApproval", "Promoting", "RollingOut", "Promoted"):
            raise NotSeen(f"another model promoted: {said}")
        return now.retraining == "Promoted"

    def _schedule(self, wanted: Callable[[Schedule], str], what: str) -> str:
        found = self._watch(lambda: wanted(Schedule.read(self.stage.cluster)), what)
        self._told["baseline"] = found
        return found

    def _watch(self, seen: Callable[[], _T | None], what: str) -> _T:
        deadline = time.monotonic() + ACT_SECONDS
        try:
            while not (found := seen()):
                self.stage.check()
                self.stage.screen.show(self.objects.read())
                if time.monotonic() > deadline:
                    raise NotSeen(f"{what} within {ACT_SECONDS:.0f} s")
                time.sleep(LOOK_AGAIN_SECONDS)
            return found
        finally:
            self.stage.screen.leave()

    def _say(self, text: str) -> None:
        self.stage.screen.say(text)

    def _did(self, text: str) -> None:
        self.stage.screen.did(text)


def _other(schedule: Schedule, known: str) -> str:
    return schedule.baseline if schedule.baseline != known else ""


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text) if text else datetime.min.replace(tzinfo=UTC)
