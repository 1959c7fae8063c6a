"""One training job to be done: everything that stays the same over its attempts, and how its stages are reported."""

import threading
from dataclasses import dataclass, field

from sagemaker_local.emulator.families.jobs import pools
from sagemaker_local.emulator.families.jobs.metrics import WRITTEN
from sagemaker_local.emulator.resource import Json, Resource
from sagemaker_local.runner.assignment import Assignment
from sagemaker_local.runner.contract.hosts import Host, of_training
from sagemaker_local.runner.contract.reasons import LONGEST
from sagemaker_local.runner.jobs import stages
from sagemaker_local.runner.jobs.limits import Budget
from sagemaker_local.runner.jobs.measuring import Definition, definitions
from sagemaker_local.runner.jobs.output import final
from sagemaker_local.runner.jobs.programs import Task
from sagemaker_local.runner.jobs.shelf import AccountShelf
from sagemaker_local.runner.tools import Tools


@dataclass(slots=True)
class Order:
    """A training job to be done.

    Attributes:
        task: what is run for it.
        complaints: what is wrong with the request and does no harm, for its log.
    """

    assignment: Assignment
    tools: Tools
    task: Task
    hosts: tuple[Host, ...] = field(init=False)
    shelf: AccountShelf = field(init=False)
    budget: Budget = field(init=False)
    metrics: list[Definition] = field(init=False)
    complaints: list[str] = field(init=False)
    _epoch: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self.hosts = of_training(self.spec["ResourceConfig"])
        self.shelf = AccountShelf(self.tools.s3, self.job.place)
        condition, now = self.spec["StoppingCondition"], self.tools.desk.now
        self.budget = Budget(condition, self.tools.speed, self.job.created, now)
        given = self.spec["AlgorithmSpecification"].get("MetricDefinitions") or ()
        self.metrics, self.complaints = definitions(given)

    @property
    def job(self) -> Resource:
        """The job."""
        return self.assignment.resource

    @property
    def spec(self) -> Json:
        """What was asked for."""
        return self.job.spec

    @property
    def stopping(self) -> threading.Event:
        """Set once somebody stopped the job."""
        return self.assignment.stopping

    def next_epoch(self) -> int:
        """The second by which the log streams of a new attempt are called; no two attempts have the same."""
        self._epoch = max(self._epoch + 1, int(self.tools.desk.now()))
        return self._epoch

    def begin(self) -> None:
        """Nothing was written yet."""
        self.tools.series.begin(self.job.arn)
        self.tools.desk.note(self.assignment, **{WRITTEN: []})

    def enter(self, detail: str, status: str = "InProgress") -> bool:
        """The job reaches a stage, unless somebody stopped it; returns whether it did."""
        with self.tools.desk.lock:
            if self.stopping.is_set():
                return False
            return self.tools.desk.enter(self.assignment, status, detail, stages.MESSAGES[detail])

    def end(self, status: str, detail: str, *, reason: str | None = None) -> None:
        """The job is over; one that somebody stopped meanwhile is Stopped, unless it failed."""
        desk, job = self.tools.desk, self.job
        with desk.lock:
            if status == "Completed" and self.stopping.is_set():
                status = detail = "Stopped"
            effect = pools.retain if status == "Completed" and pools.kept(job) else None
            desk.note(self.assignment, **{WRITTEN: final(job, self.tools)})
            text = reason[:LONGEST] if reason is not None else None
            desk.enter(self.assignment, status, detail, stages.MESSAGES[detail], reason=text, effect=effect)
