"""The first step: from violations to a decision to train.

Whether what is trained can be promoted is looked at first, as far as that can be known: a training costs money.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sagemaker_operator.composites.asks import Denied, Fetch
from sagemaker_operator.composites.monitoring.execution import Execution
from sagemaker_operator.composites.monitoring.following import Captured
from sagemaker_operator.composites.plan import Situation
from sagemaker_operator.engine.announce import Announcement

from . import promotion, template
from .comparing import comparable
from .memory import Decision, Memory, State, identity
from .step import Step
from .trigger import Held, Rule, consider

_AGAIN = timedelta(minutes=1)


def decide(situation: Situation, memory: Memory, executions: Sequence[Execution], captured: Captured | None) -> Step:
    """A decision to train if there is reason to, else why there is none."""
    parent, rule = situation.parent, situation.parent.spec["onViolation"]
    found = consider(Rule.of(rule), executions, memory.decisions, situation.now)
    if found is None:
        return Step(memory)
    if isinstance(found, Held):
        return Step(memory, held=found, wake_at=found.until)
    if "promote" in rule:
        unfit = _promotable(situation, memory, rule, found)
        if unfit is not None:
            return unfit
    number = identity(parent.uid, found.name)
    region = str(parent.spec.get("region") or "")
    made = template.job(rule, schedule=parent.name, decision=number, region=region, captured=captured)
    if isinstance(made, template.Unfit):
        return Step(memory, held=Held(found.name, made.reason, made.message, grave=True))
    many = f"{found.violations:,} violations" if found.violations else "violations"
    said = f"TrainingJob {made.name} trains a model, as execution {found.name} has found {many}."
    decision = Decision(number, found.name, made.name, situation.now, State.TRAINING, situation.now, captured=captured)
    event = Announcement("Normal", "RetrainingStarted", said, "Retraining")
    return Step(memory.begun(decision.at(State.TRAINING, said, situation.now)), (event,), moved=True)


def _promotable(situation: Situation, memory: Memory, rule: Mapping[str, Any], execution: Execution) -> Step | None:
    """Why what would be trained could not be promoted; None if it could as far as anybody knows."""
    promote = rule["promote"]
    name = promote["endpointRef"]["name"]
    ask = Fetch("Endpoint", name)
    answer = situation.answers.get(ask)
    if answer is None:
        return Step(memory, asks=(ask,))
    if isinstance(answer, Denied):
        return _held(
            memory, execution, "EndpointUnknown", f"Endpoint {name} cannot be read: {answer.message}", situation
        )
    if answer.value is None:
        said = f"Endpoint {situation.parent.namespace}/{name} of onViolation.promote does not exist."
        return _held(memory, execution, "EndpointNotFound", said, situation)
    if promotion.rolled_back(answer.value):
        return _held(memory, execution, "EndpointRolledBack", promotion.obstacle(answer.value), situation)
    fit = promotion.fitting(answer.value, promote)
    if isinstance(fit, promotion.Unpromotable):
        return _held(memory, execution, "CannotPromote", fit.message, situation)
    if said := comparable(rule, memory, fit):
        return _held(memory, execution, "CannotCompare", said, situation)
    return None


def _held(memory: Memory, execution: Execution, reason: str, message: str, situation: Situation) -> Step:
    held = Held(execution.name, reason, f"Nothing is trained: {message}", grave=True)
    return Step(memory, held=held, wake_at=situation.now + _AGAIN if reason == "EndpointUnknown" else None)
