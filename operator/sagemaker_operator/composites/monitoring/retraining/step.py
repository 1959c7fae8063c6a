"""What one look at a decision comes to."""

from dataclasses import dataclass
from datetime import datetime

from sagemaker_operator.composites.asks import Ask
from sagemaker_operator.composites.plan import Situation, Wanted
from sagemaker_operator.engine.announce import Announcement, Type

from .memory import Decision, Memory, State
from .trigger import Held

_TROUBLE = frozenset(
    {State.ROLLED_BACK, State.GATE_FAILED, State.TRAINING_FAILED, State.PROMOTION_REFUSED, State.SUPERSEDED}
)
_ACTION = "Retraining"


@dataclass(frozen=True, slots=True)
class Step:
    """What to remember and to do; the other names are those of `composites.plan.Plan`.

    Attributes:
        memory: as it is from now on.
        held: why violations lead to nothing, if they do.
        moved: whether another step may follow at once.
    """

    memory: Memory
    events: tuple[Announcement, ...] = ()
    asks: tuple[Ask, ...] = ()
    create: tuple[Wanted, ...] = ()
    wake_at: datetime | None = None
    held: Held | None = None
    moved: bool = False


def moved(
    situation: Situation,
    memory: Memory,
    decision: Decision,
    state: State,
    message: str,
    *,
    also: tuple[str, str] = ("", ""),
) -> Step:
    """The decision comes to another state, with an Event about it.

    Args:
        situation: with the time.
        memory: whose latest decision it is.
        decision: as it is known by now.
        state: what it comes to.
        message: for people.
        also: the reason and the message of an Event to tell first, if there is one.
    """
    severity: Type = "Warning" if state in _TROUBLE else "Normal"
    first = (Announcement("Normal", *also, _ACTION),) if also[0] else ()
    event = Announcement(severity, f"{_ACTION}{state}", message, _ACTION)
    return Step(memory.with_latest(decision.at(state, message, situation.now)), (*first, event), moved=True)


def ended(situation: Situation, memory: Memory, decision: Decision, state: State, message: str) -> Step:
    """The decision is over; whether there is to be another is for a later look, which needs no hurry."""
    step = moved(situation, memory, decision, state, message)
    return Step(step.memory, step.events)


def waiting(memory: Memory, decision: Decision, message: str, until: datetime | None = None) -> Step:
    """Nothing is to be done now but to say what is waited for."""
    return Step(memory.with_latest(decision.saying(message)), wake_at=until)
