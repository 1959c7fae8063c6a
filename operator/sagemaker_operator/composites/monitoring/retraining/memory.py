"""What the status remembers of decisions to train: ``status.retraining``."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from sagemaker_operator.composites.monitoring.following import Captured
from sagemaker_operator.engine.times import read, written

KEPT = 10
_DIGEST = 10  # characters of base32
_LONGEST_MESSAGE = 1024


class State(StrEnum):
    """How far a decision is, or how it ended; the words are reasons of the condition ``Retraining``."""

    TRAINING = "Training"
    AWAITING_APPROVAL = "AwaitingApproval"
    PROMOTING = "Promoting"
    ROLLING_OUT = "RollingOut"
    TRAINED = "Trained"
    PROMOTED = "Promoted"
    ROLLED_BACK = "RolledBack"
    GATE_FAILED = "GateFailed"
    TRAINING_FAILED = "TrainingFailed"
    PROMOTION_REFUSED = "PromotionRefused"
    REJECTED = "Rejected"
    SUPERSEDED = "Superseded"
    CANCELLED = "Cancelled"


UNDER_WAY = frozenset({State.TRAINING, State.AWAITING_APPROVAL, State.PROMOTING, State.ROLLING_OUT})


@dataclass(frozen=True, slots=True)
class Measured:
    """A metric of a new model, and of the one that served, where that was asked for."""

    name: str
    value: float
    current: float | None = None

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        """As the status has it."""
        return cls(str(told["name"]), float(told["value"]), told.get("current"))

    def told(self) -> dict[str, Any]:
        """As it stands in the status."""
        current = {} if self.current is None else {"current": self.current}
        return {"name": self.name, "value": self.value, **current}


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a model was promoted to: the Endpoint, its variant, and its generation that has the model."""

    name: str
    variant: str
    generation: int

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        """As the status has it."""
        return cls(str(told["name"]), str(told["variantName"]), int(told["generation"]))

    def told(self) -> dict[str, Any]:
        """As it stands in the status."""
        return {"name": self.name, "variantName": self.variant, "generation": self.generation}


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision to train, and what became of it.

    Attributes:
        id: the same for the same run of the same schedule, whoever decides.
        execution: the name of the run.
        job: the name of the TrainingJob.
        decided: when.
        state: how far it is.
        since: since when.
        message: what there is to say about it.
        uid: that of the TrainingJob, once it was there.
        captured: what the job is given of what was captured.
        artifact: what was trained.
        metric: what the gate looked at.
        endpoint: where the model went.
        steps: the states so far, each with the time when it began.
    """

    id: str
    execution: str
    job: str
    decided: datetime
    state: State
    since: datetime
    message: str = ""
    uid: str = ""
    captured: Captured | None = None
    artifact: str = ""
    metric: Measured | None = None
    endpoint: Placed | None = None
    steps: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        """A decision as the history tells it."""
        since = _moment(told["since"])
        return cls(
            id=told["decision"],
            execution=told["execution"],
            job=told["trainingJob"],
            decided=read(told.get("decidedTime")) or since,
            state=State(told["state"]),
            since=since,
            message=told.get("message", ""),
            uid=told.get("trainingJobUID", ""),
            captured=_captured(told.get("captured") or {}),
            artifact=told.get("artifact", ""),
            metric=Measured.of(told["metric"]) if "metric" in told else None,
            endpoint=Placed.of(told["endpoint"]) if "endpoint" in told else None,
            steps=tuple((step["state"], step["time"]) for step in told.get("steps") or ()),
        )

    @property
    def over(self) -> bool:
        """Whether nothing more follows from it."""
        return self.state not in UNDER_WAY

    def at(self, state: State, message: str, now: datetime) -> Self:
        """The same one step further."""
        steps = (*self.steps, (str(state), written(now)))
        return replace(self, state=state, since=now, message=message[:_LONGEST_MESSAGE], steps=steps)

    def saying(self, message: str) -> Self:
        """The same with something else to say."""
        return replace(self, message=message[:_LONGEST_MESSAGE])

    def told(self) -> dict[str, Any]:
        """As it stands in the status, without its steps."""
        told = {
            "decision": self.id,
            "execution": self.execution,
            "trainingJob": self.job,
            "trainingJobUID": self.uid or None,
            "decidedTime": written(self.decided),
            "state": str(self.state),
            "since": written(self.since),
            "message": self.message or None,
            "captured": None if self.captured is None else prefix(self.captured),
            "artifact": self.artifact or None,
            "metric": None if self.metric is None else self.metric.told(),
            "endpoint": None if self.endpoint is None else self.endpoint.told(),
        }
        return {name: value for name, value in told.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Memory:
    """All that is remembered.

    Attributes:
        decisions: the latest, the newest first.
        lasting: what outlives decisions: ``promoted``, ``baselineSince``, ``baselineFrom``.
    """

    decisions: tuple[Decision, ...] = ()
    lasting: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        """What the status tells."""
        lasting = {name: told[name] for name in ("promoted", "baselineSince", "baselineFrom") if name in told}
        return cls(tuple(map(Decision.of, told.get("history") or ())), lasting)

    @property
    def latest(self) -> Decision | None:
        """The decision that is under way, or was the last one."""
        return self.decisions[0] if self.decisions else None

    def begun(self, decision: Decision) -> Self:
        """With one decision more."""
        return replace(self, decisions=(decision, *self.decisions)[:KEPT])

    def with_latest(self, decision: Decision) -> Self:
        """With something else about the latest one."""
        return replace(self, decisions=(decision, *self.decisions[1:]))

    def told(self) -> dict[str, Any]:
        """As it stands in the status."""
        if self.latest is None:
            return dict(self.lasting)
        history = [
            {**one.told(), "steps": [{"state": state, "time": time} for state, time in one.steps]}
            for one in self.decisions
        ]
        return {**self.latest.told(), **self.lasting, "history": history}


def identity(uid: str, execution: str) -> str:
    """What tells a decision from others: there is one for each run of each schedule."""
    digest = hashlib.sha256(f"{uid}/{execution}".encode()).digest()
    return base64.b32encode(digest).decode()[:_DIGEST].lower()


def prefix(captured: Captured) -> dict[str, str]:
    """What was captured, as the status tells it."""
    return {"s3URI": captured.uri, "startTime": written(captured.start), "endTime": written(captured.end)}


def _captured(told: Mapping[str, Any]) -> Captured | None:
    start, end = read(told.get("startTime")), read(told.get("endTime"))
    return None if start is None or end is None else Captured(str(told.get("s3URI", "")), start, end)


def _moment(text: str) -> datetime:
    moment = read(text)
    assert moment is not None, text
    return moment
