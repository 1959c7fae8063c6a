"""A schedule that retrains, its jobs and its Endpoint in memory: plans are carried out as the controller does, and it may die."""

import json
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sagemaker_operator.composites.asks import Ask, Denied, Edit, Fetch, Told
from sagemaker_operator.composites.child import Child
from sagemaker_operator.composites.monitoring import retraining
from sagemaker_operator.composites.monitoring.execution import Execution, Finding, Result
from sagemaker_operator.composites.monitoring.following import Captured, Following
from sagemaker_operator.composites.plan import Refusal, Situation, Wanted
from sagemaker_operator.engine.resource import Object
from sagemaker_operator.engine.times import written
from sagemaker_operator.kinds import GROUP, KINDS

START = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
OLD = "digits-1"
CAPTURED = Captured("s3://captured/digits/main/2026/01/05/11/", START - HOUR, START)
TEMPLATE: dict[str, Any] = {
    "metadata": {"labels": {"team": "digits"}},
    "spec": {
        "roleARN": "arn:aws:iam::123456789012:role/training",
        "inputDataConfig": [
            {
                "channelName": "train",
                "dataSource": {"s3DataSource": {"s3DataType": "S3Prefix", "s3URI": "s3://data/train"}},
            },
            {"channelName": "captured"},
        ],
        "environment": {"EPOCHS": "3"},
    },
}
PROMOTE: dict[str, Any] = {"endpointRef": {"name": "digits"}, "approval": "Automatic"}
GATE: dict[str, Any] = {"metric": "validation:accuracy", "min": 0.8}
VARIANT: dict[str, Any] = {"variantName": "main", "trainingJobRef": {"name": OLD}, "container": {"image": "serve"}}


class KilledError(Exception):
    """The operator is gone."""


def execution(hour: int, *, result: Result = Result.VIOLATIONS, many: int = 3, **more: Any) -> Execution:
    """The run of an hour, over the hour before."""
    at = START + hour * HOUR
    defaults: dict[str, Any] = {
        "start": at - HOUR,
        "end": at,
        "explained": True,
        "violations": many if result is Result.VIOLATIONS else 0,
        "by_check": {"baseline_drift_check": many} if result is Result.VIOLATIONS else {},
        "worst": (Finding("age", "baseline_drift_check", 0.4, 0.1),) if result is Result.VIOLATIONS else (),
        "records": 1000,
        "ended": at,
    }
    return Execution(f"digits-{hour}", at, result=result, **{**defaults, **more})


def endpoint(variant: Mapping[str, Any] = VARIANT, **spec: Any) -> dict[str, Any]:
    """An Endpoint at rest."""
    return {
        "metadata": {"name": "digits", "namespace": "default", "generation": 1, "resourceVersion": "1"},
        "spec": {"productionVariants": [dict(variant)], **spec},
        "status": {"observedGeneration": 1, "conditions": [said("Ready", 1)]},
    }


def said(kind: str, generation: int, message: str = "") -> dict[str, Any]:
    """A condition that is true."""
    return {"type": kind, "status": "True", "reason": kind, "message": message, "observedGeneration": generation}


@dataclass
class Play:
    """One schedule and what is around it.

    Attributes:
        told: the Events so far: reason and message.
        made: the jobs that were ever created.
        edits: how often the Endpoint was changed.
        kill_at: after how many effects the operator dies, once.
    """

    rule: dict[str, Any] | None = field(default_factory=dict)
    executions: list[Execution] = field(default_factory=lambda: [execution(0)])
    endpoint: dict[str, Any] | None = field(default_factory=endpoint)
    now: datetime = START
    captured: Captured | None = CAPTURED
    spec: dict[str, Any] = field(default_factory=dict)
    annotations: dict[str, str] = field(default_factory=dict)
    status: dict[str, Any] = field(default_factory=dict)
    children: dict[str, Child] = field(default_factory=dict)
    jobs: dict[str, dict[str, Any]] = field(default_factory=dict)
    refused: dict[str, Refusal] = field(default_factory=dict)
    denied: dict[type[Any], Denied] = field(default_factory=dict)
    told: list[tuple[str, str]] = field(default_factory=list)
    made: list[Wanted] = field(default_factory=list)
    edits: int = 0
    kill_at: int = -1
    effects: int = 0
    deleting: bool = False

    def __post_init__(self) -> None:
        if self.rule is not None:
            self.rule = {"trainingJobTemplate": TEMPLATE, "gate": GATE, "promote": PROMOTE, **self.rule}
            self.rule = {name: value for name, value in self.rule.items() if value is not None}
        self.jobs.setdefault(OLD, job_body(OLD, 0.7))

    @property
    def parent(self) -> Object:
        """The schedule as it stands."""
        rule = {} if self.rule is None else {"onViolation": self.rule}
        return Object(
            kind=KINDS["MonitoringSchedule"],
            namespace="default",
            name="digits",
            uid="parent",
            generation=1,
            version="1",
            deleting=self.deleting,
            finalizers=(),
            annotations=self.annotations,
            spec={**rule, **self.spec},
            status=self.status,
            created=written(START - 100 * HOUR),
        )

    def look(self, answers: Mapping[Ask, Told | Denied] | None = None) -> Following:
        """What follows at this moment."""
        children = tuple(self.children.values())
        situation = Situation(self.parent, children, self.now, self.refused, answers or {})
        return retraining.follow(situation, self.executions, self.captured)

    def step(self) -> Following:
        """Plan and carry out until nothing is left to do; whoever comes after the one who died does the same."""
        try:
            return self._pass()
        except KilledError:
            return self._pass()

    def _pass(self) -> Following:
        answers: dict[Ask, Told | Denied] = {}
        for _ in range(24):
            found = self.look(answers)
            if dict(found.status) != self.status:
                self._effect()
                self.status = json.loads(json.dumps(found.status))
            self.told += [(event.reason, event.message) for event in found.events]
            asked = [ask for ask in found.asks if ask not in answers]
            for ask in asked:
                self._effect()
                answers[ask] = self.denied.get(type(ask)) or Told(self._answer(ask))
            for wanted in found.create:
                if wanted.name not in self.refused:
                    self._effect()
                    self._create(wanted)
            for child in (*found.delete, *found.release):
                self._effect()
                self.children.pop(child.name)
            if not asked and not [wanted for wanted in found.create if wanted.name not in self.refused]:
                self._effect()
                return found
        raise AssertionError("a plan that never has enough")

    def _effect(self) -> None:
        self.effects += 1
        if self.effects == self.kill_at + 1:
            raise KilledError

    def _answer(self, ask: Ask) -> Any:
        match ask:
            case Fetch(kind="Endpoint"):
                return deepcopy(self.endpoint)
            case Fetch(kind="TrainingJob"):
                return deepcopy(self.jobs.get(ask.name))
            case Edit():
                assert self.endpoint is not None
                assert ask.version == self.endpoint["metadata"]["resourceVersion"]
                self.edits += 1
                return deepcopy(self.edit(json.loads(ask.patch)))
        raise AssertionError(ask)

    def _create(self, wanted: Wanted) -> None:
        if wanted.name in self.children:
            return
        self.made.append(wanted)
        self.jobs[wanted.name] = {"metadata": {"name": wanted.name}, "status": {}}
        self.children[wanted.name] = Child(
            wanted.kind, wanted.name, f"uid-{len(self.made)}", written(self.now), annotations=dict(wanted.annotations)
        )

    # What happens

    def edit(self, patch: Mapping[str, Any]) -> dict[str, Any]:
        """Somebody changes the Endpoint's manifest."""
        assert self.endpoint is not None
        self.endpoint = merged(self.endpoint, patch)
        self.endpoint["metadata"]["generation"] += 1
        self.endpoint["metadata"]["resourceVersion"] += "1"
        return self.endpoint

    def trained(self, value: float | None = 0.9, *, succeeded: bool = True, message: str = "") -> Following:
        """The job that is under way comes to its end."""
        name = self.made[-1].name
        self.jobs[name] = job_body(name, value)
        self.children[name] = replace(self.children[name], finished=True, succeeded=succeeded, message=message)
        return self.step()

    def rolled_out(self, *, back: str = "", stalled: str = "") -> Following:
        """The Endpoint comes to rest with its manifest, goes back to what served before, or needs somebody."""
        assert self.endpoint is not None
        generation = self.endpoint["metadata"]["generation"]
        conditions = [said("Ready", generation - 1 if back or stalled else generation)]
        conditions += [said("RolledBack", generation, back), said("Stalled", generation, back)] if back else []
        conditions += [said("Stalled", generation, stalled)] if stalled else []
        self.endpoint["status"] = {"observedGeneration": generation, "conditions": conditions}
        return self.step()

    def wait(self, **span: float) -> Following:
        """Time passes, then the operator is at work."""
        self.now += timedelta(**span)
        return self.step()

    # What is to be seen

    @property
    def state(self) -> str:
        """How far the decision is."""
        return str(self.status.get("retraining", {}).get("state", ""))

    @property
    def message(self) -> str:
        """What there is to say about it."""
        return str(self.status["retraining"].get("message", ""))

    @property
    def held(self) -> tuple[str, str]:
        """Why violations lead to nothing: the reason and the message."""
        told = self.status.get("retraining", {}).get("held", {})
        return told.get("reason", ""), told.get("message", "")

    @property
    def decision(self) -> str:
        """What an approval has to name."""
        return str(self.status["retraining"]["decision"])

    @property
    def variant(self) -> dict[str, Any]:
        """The first variant of the Endpoint."""
        assert self.endpoint is not None
        found: dict[str, Any] = self.endpoint["spec"]["productionVariants"][0]
        return found

    def reasons(self) -> list[str]:
        """The reasons of all Events so far."""
        return [reason for reason, _ in self.told]

    def condition(self) -> tuple[str, str]:
        """The condition Retraining: status and reason; nothing if it is not there."""
        asides = {aside.type: aside for aside in self.look(self._known()).asides}
        return (asides["Retraining"].status, asides["Retraining"].reason) if asides else ("", "")

    def _known(self) -> dict[Ask, Told | Denied]:
        return {Fetch("Endpoint", "digits"): Told(deepcopy(self.endpoint))}


def job_body(name: str, value: float | None, *, metric: str = "validation:accuracy") -> dict[str, Any]:
    """A TrainingJob that has succeeded."""
    listed = [] if value is None else [{"metricName": metric, "value": value, "timestamp": "2026-01-05T12:00:00Z"}]
    status = {"finalMetricDataList": listed, "modelArtifacts": {"s3ModelArtifacts": f"s3://models/{name}/model.tar.gz"}}
    return {"metadata": {"name": name}, "status": status}


def merged(target: Any, patch: Any) -> Any:
    """A JSON merge patch, applied: RFC 7396."""
    if not isinstance(patch, Mapping):
        return patch
    found = dict(target) if isinstance(target, Mapping) else {}
    for name, value in patch.items():
        if value is None:
            found.pop(name, None)
        else:
            found[name] = merged(found.get(name), value)
    return found


def approve(play: Play, *, word: str = "approve") -> Following:
    """A person says yes, or no."""
    play.annotations[f"{GROUP}/{word}"] = play.decision
    return play.step()


def promoted(play: Play) -> Play:
    """The whole way with a model that is good enough."""
    play.step()
    play.wait(minutes=5)
    play.trained()
    play.wait(minutes=1)
    play.rolled_out()
    return play
