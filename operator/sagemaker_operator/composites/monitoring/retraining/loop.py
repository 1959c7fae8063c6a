"""The steps from a violation to another model that serves, each taken once.

Every step follows from the status, the children and the answers alone. What a step does in the world is done after the status
says that it is under way; whoever comes after a crash finds it done, or does it again under the same name.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sagemaker_operator.composites.child import Child
from sagemaker_operator.composites.monitoring.execution import Execution
from sagemaker_operator.composites.monitoring.following import Captured, Following
from sagemaker_operator.composites.plan import Situation
from sagemaker_operator.engine.announce import Announcement
from sagemaker_operator.engine.verdict import Aside

from . import promoting, starting, training
from .memory import Decision, Memory, State
from .step import Step, ended
from .template import DECISION
from .trigger import Held

_CONDITION = "Retraining"
# From the decision to the end in one plan, if all answers are there.
_MOST_STEPS = 8
_TAKEN: Mapping[State, Callable[[Situation, Memory, Decision], Step]] = {
    State.TRAINING: training.train,
    State.AWAITING_APPROVAL: promoting.wait_for_approval,
    State.PROMOTING: promoting.promote,
    State.ROLLING_OUT: promoting.roll_out,
}
_TOLD_HELD = frozenset({"CoolingDown", "LimitReached"})


def follow(situation: Situation, executions: Sequence[Execution], captured: Captured | None = None) -> Following:
    """What follows from the runs of a schedule for the model that it watches.

    Args:
        situation: with all children.
        executions: the latest runs, in any order.
        captured: where the data of the latest run that is over lies; None if that is not known.
    """
    memory = Memory.of(situation.parent.status.get("retraining") or {})
    if situation.parent.deleting:
        return Following({"retraining": memory.told()} if memory.told() else {})
    events: tuple[Announcement, ...] = ()
    for _ in range(_MOST_STEPS):
        step = _next(situation, memory, executions, captured)
        memory, events = step.memory, (*events, *step.events)
        if not step.moved:
            break
    told = memory.told() | ({} if step.held is None else {"held": step.held.told()})
    return Following(
        status={"retraining": told} if told else {},
        events=(*events, *_held_back(situation, step.held)),
        asks=step.asks,
        create=step.create,
        delete=_forgotten(situation, memory),
        release=_promoted(situation, memory),
        asides=_condition(memory, step.held),
        wake_at=step.wake_at,
    )


def _next(situation: Situation, memory: Memory, executions: Sequence[Execution], captured: Captured | None) -> Step:
    rule: Mapping[str, Any] | None = situation.parent.spec.get("onViolation")
    latest = memory.latest
    if latest is not None and not latest.over:
        if rule is None:
            return ended(situation, memory, latest, State.CANCELLED, "spec.onViolation was removed.")
        return _TAKEN[latest.state](situation, memory, latest)
    if rule is None or situation.parent.spec.get("suspend"):
        return Step(memory)
    return starting.decide(situation, memory, executions, captured)


def _held_back(situation: Situation, held: Held | None) -> tuple[Announcement, ...]:
    """The Event about violations that lead to nothing, once for each run and reason."""
    if held is None or not (held.grave or held.reason in _TOLD_HELD):
        return ()
    before = (situation.parent.status.get("retraining") or {}).get("held") or {}
    if (before.get("execution"), before.get("reason")) == (held.execution, held.reason):
        return ()
    return (Announcement("Warning" if held.grave else "Normal", "RetrainingHeld", held.message, _CONDITION),)


def _condition(memory: Memory, held: Held | None) -> tuple[Aside, ...]:
    latest = memory.latest
    if latest is not None and not latest.over:
        return (Aside(_CONDITION, "True", latest.state, latest.message),)
    if latest is None:
        return () if held is None else (Aside(_CONDITION, "False", held.reason, held.message),)
    said = latest.message if held is None else f"{latest.message.rstrip('.')}. {held.message}"
    return (Aside(_CONDITION, "False", latest.state, said),)


def _forgotten(situation: Situation, memory: Memory) -> tuple[Child, ...]:
    """The jobs of decisions that nobody remembers any more."""
    known = {one.id for one in memory.decisions}
    made = (child for child in situation.children if DECISION in child.annotations and not child.deleting)
    return tuple(child for child in made if child.annotations[DECISION] not in known)


def _promoted(situation: Situation, memory: Memory) -> tuple[Child, ...]:
    """The jobs whose models an Endpoint has been given: they stay when the schedule goes."""
    given = {one.job for one in memory.decisions if one.endpoint is not None}
    return tuple(child for child in situation.children if child.name in given and not child.deleting)
