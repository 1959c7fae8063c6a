"""A schedule and its jobs in memory: plans are made and carried out as the controller does, on a clock that tests move."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sagemaker_operator.composites.child import Child
from sagemaker_operator.composites.plan import Plan, Refusal, Situation
from sagemaker_operator.composites.table import COMPOSITES
from sagemaker_operator.engine.resource import Object
from sagemaker_operator.engine.times import written
from sagemaker_operator.engine.verdict import Verdict

ROW = COMPOSITES["CronTrainingJob"]
START = datetime(2026, 1, 5, 12, 0, 30, tzinfo=UTC)


@dataclass
class Play:
    """One schedule from the moment when it was applied.

    Attributes:
        told: the reasons of all Events so far.
        made: the names of all jobs that were ever made, in order.
    """

    spec: dict[str, Any] = field(default_factory=dict)
    now: datetime = START
    status: dict[str, Any] = field(default_factory=dict)
    children: dict[str, Child] = field(default_factory=dict)
    refused: dict[str, Refusal] = field(default_factory=dict)
    deleting: bool = False
    told: list[str] = field(default_factory=list)
    made: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.spec = {"schedule": "0 * * * *", "jobTemplate": {"spec": {"roleARN": "arn"}}, **self.spec}
        self.uids = iter(range(10**9))

    @property
    def parent(self) -> Object:
        """The schedule as it stands."""
        return Object(
            kind=ROW,
            namespace="default",
            name="nightly",
            uid="parent",
            generation=1,
            version="1",
            deleting=self.deleting,
            finalizers=(),
            annotations={},
            spec=self.spec,
            status=self.status,
            created=written(START),
        )

    def plan(self) -> Plan:
        """The plan for this moment."""
        return ROW.plan(Situation(self.parent, tuple(self.children.values()), self.now, self.refused))

    def step(self, *, survives: int = 99) -> Plan:
        """Plan and carry out until nothing is left to do; the process may die after some of the effects."""
        while True:
            plan = self.plan()
            for effect in self._effects(plan):
                if survives <= 0:
                    return plan
                survives -= 1
                effect()
            if not plan.create or set(self.refused) & {wanted.name for wanted in plan.create}:
                return plan

    def _effects(self, plan: Plan) -> Iterable[Any]:
        if plan.status != self.status:
            yield lambda: self.__setattr__("status", dict(plan.status))
        yield lambda: self.told.extend(event.reason for event in plan.events)
        for wanted in plan.create:
            yield lambda wanted=wanted: self._create(wanted)
        for child in plan.delete:
            yield lambda child=child: self._delete(child)

    def _create(self, wanted: Any) -> None:
        if wanted.name in self.children:
            return
        self.made.append(wanted.name)
        uid = f"uid-{next(self.uids)}"
        self.children[wanted.name] = Child(
            wanted.kind, wanted.name, uid, written(self.now), annotations=dict(wanted.annotations)
        )

    def _delete(self, child: Child) -> None:
        if child.finished:
            self.children.pop(child.name, None)
        elif child.name in self.children:
            self.children[child.name] = replace(self.children[child.name], deleting=True)

    # What happens

    def pass_time(self, **span: float) -> None:
        """Time passes, and nothing is done."""
        self.now += timedelta(**span)

    def wait(self, **span: float) -> Plan:
        """Time passes, then the operator is at work."""
        self.pass_time(**span)
        return self.step()

    def end(self, name: str, *, succeeded: bool = True) -> None:
        """A job comes to its end; one that was to go is gone."""
        if self.children[name].deleting:
            del self.children[name]
        else:
            over = replace(self.children[name], finished=True, succeeded=succeeded, ended=written(self.now))
            self.children[name] = over

    # What is to be seen

    @property
    def active(self) -> list[str]:
        """The names of the jobs that the status shows as active."""
        return [each["name"] for each in self.status.get("active", ())]

    @property
    def over(self) -> list[str]:
        """The names of the jobs that are over and still there."""
        return [child.name for child in self.children.values() if child.finished]


def name(hour: int, minute: int = 0, day: int = 5) -> str:
    """The name of the job of a time on 5 January, or another day."""
    return f"nightly-{int(datetime(2026, 1, day, hour, minute, tzinfo=UTC).timestamp()) // 60}"


def verdict(plan: Plan) -> Verdict:
    """What a plan says, which has all the say here."""
    assert plan.verdict is not None
    return plan.verdict
