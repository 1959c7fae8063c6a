"""The steps while a model is trained, and its way through the gate."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sagemaker_operator.composites.asks import Denied, Fetch
from sagemaker_operator.composites.plan import Situation
from sagemaker_operator.kinds import GROUP

from . import gate, template
from .comparing import current
from .memory import Decision, Measured, Memory, State
from .step import Step, ended, moved, waiting

_AGAIN = timedelta(minutes=1)


def train(situation: Situation, memory: Memory, decision: Decision) -> Step:
    """Have one job for the decision, and wait for its outcome."""
    child = next((one for one in situation.children if one.name == decision.job), None)
    if child is None:
        return _make(situation, memory, decision)
    known = replace(decision, uid=child.uid)
    if not child.finished:
        trouble = f" It needs somebody: {child.trouble}" if child.trouble else ""
        return waiting(memory, known, f"TrainingJob {known.job} trains a model.{trouble}")
    if not child.succeeded:
        said = f"TrainingJob {known.job} has failed or was stopped: {child.message or 'it does not say why'}"
        return ended(situation, memory, known, State.TRAINING_FAILED, said)
    return _judge(situation, memory, known)


def _make(situation: Situation, memory: Memory, decision: Decision) -> Step:
    if decision.uid:
        said = f"TrainingJob {decision.job} was deleted before anything came of it."
        return ended(situation, memory, decision, State.TRAINING_FAILED, said)
    refusal = situation.refused.get(decision.job)
    if refusal is not None and refusal.taken:
        said = f"TrainingJob {decision.job} cannot be created, as there is another of that name: {refusal.message}"
        return ended(situation, memory, decision, State.TRAINING_FAILED, said)
    if refusal is not None:
        said = (
            f"TrainingJob {decision.job} cannot be created: {refusal.message} Change onViolation.trainingJobTemplate."
        )
        return waiting(memory, decision, said)
    parent = situation.parent
    made = template.job(
        parent.spec["onViolation"],
        schedule=parent.name,
        decision=decision.id,
        region=str(parent.spec.get("region") or ""),
        captured=decision.captured,
    )
    if isinstance(made, template.Unfit):
        return waiting(memory, decision, made.message)
    return Step(memory, create=(replace(made, name=decision.job),))


def _judge(situation: Situation, memory: Memory, decision: Decision) -> Step:
    """What the gate says of a model."""
    rule = situation.parent.spec["onViolation"]
    ask = Fetch(template.MAKES, decision.job)
    answer = situation.answers.get(ask)
    if answer is None:
        return Step(memory.with_latest(decision), asks=(ask,))
    if isinstance(answer, Denied):
        said = f"TrainingJob {decision.job} is done and cannot be read: {answer.message}"
        return waiting(memory, decision, said, situation.now + _AGAIN)
    if answer.value is None:
        said = f"TrainingJob {decision.job} was deleted before anything came of it."
        return ended(situation, memory, decision, State.TRAINING_FAILED, said)
    artifacts = (answer.value.get("status") or {}).get("modelArtifacts") or {}
    known = replace(decision, artifact=str(artifacts.get("s3ModelArtifacts") or ""))
    if "gate" not in rule:
        return _through(situation, memory, known, "There is no gate.")
    judged = _measured(situation, memory, rule, answer.value)
    match judged:
        case Measured():
            return _through(situation, memory, replace(known, metric=judged), gate.passed(judged))
        case gate.Shut():
            return ended(situation, memory, replace(known, metric=judged.metric), State.GATE_FAILED, judged.message)
        case Fetch():
            return Step(memory.with_latest(known), asks=(judged,))
        case Denied():
            said = f"The model that serves cannot be compared with: {judged.message}"
            return waiting(memory, known, said, situation.now + _AGAIN)


def _measured(
    situation: Situation, memory: Memory, rule: Mapping[str, Any], job: Mapping[str, Any]
) -> Measured | gate.Shut | Fetch | Denied:
    told = rule["gate"]
    value = gate.value_of(job, told["metric"])
    if value is None:
        return gate.Shut(gate.missing(job, told["metric"]))
    if not told.get("betterThanCurrent") or "promote" not in rule:
        return gate.judge(told, value, None)
    serving = current(situation, memory, rule)
    return gate.judge(told, value, serving) if isinstance(serving, float) else serving


def _through(situation: Situation, memory: Memory, decision: Decision, said: str) -> Step:
    """What comes after the gate."""
    promote = situation.parent.spec["onViolation"].get("promote")
    if promote is None:
        told = f"TrainingJob {decision.job} has trained a model. {said} onViolation.promote is not set: nothing else follows."
        return ended(situation, memory, decision, State.TRAINED, told)
    if not decision.artifact:
        told = f"TrainingJob {decision.job} has left no artifact (status.modelArtifacts) that an Endpoint could serve."
        return ended(situation, memory, decision, State.PROMOTION_REFUSED, told)
    also = ("RetrainingGatePassed", f"TrainingJob {decision.job}: {said}")
    if promote.get("approval", "Manual") == "Manual":
        parent = situation.parent
        told = (
            f"{said} To have it serve: kubectl -n {parent.namespace} annotate {parent.kind.name.lower()} {parent.name} "
            f"{GROUP}/approve={decision.id} --overwrite; or reject it, likewise."
        )
        return moved(situation, memory, decision, State.AWAITING_APPROVAL, told, also=also)
    return moved(situation, memory, decision, State.PROMOTING, f"{said} It is to serve.", also=also)
