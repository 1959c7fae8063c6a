"""The steps from a model that is good enough to one that serves."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sagemaker_operator.composites.asks import Denied, Edit, Fetch
from sagemaker_operator.composites.plan import Situation
from sagemaker_operator.engine.times import written
from sagemaker_operator.kinds import GROUP

from . import promotion, template
from .memory import Decision, Memory, Placed, State, prefix
from .step import Step, ended, moved, waiting

APPROVE, REJECT = f"{GROUP}/approve", f"{GROUP}/reject"
_SOON = timedelta(seconds=10)
# The Endpoint's own changes come sooner.
_LATER = timedelta(minutes=5)


def wait_for_approval(situation: Situation, memory: Memory, decision: Decision) -> Step:
    """Wait for a person to say yes or no."""
    promote = situation.parent.spec["onViolation"].get("promote")
    told = situation.parent.annotations
    if promote is None:
        return _not_wanted(situation, memory, decision)
    if told.get(REJECT) == decision.id:
        said = f"The model of TrainingJob {decision.job} was rejected by the annotation {REJECT}."
        return ended(situation, memory, decision, State.REJECTED, said)
    if told.get(APPROVE) == decision.id or promote.get("approval", "Manual") == "Automatic":
        said = f"The model of TrainingJob {decision.job} is to serve."
        return moved(
            situation, memory, decision, State.PROMOTING, said, also=("RetrainingApproved", "It was approved.")
        )
    return Step(memory)


def promote(situation: Situation, memory: Memory, decision: Decision) -> Step:
    """Give the model to the Endpoint, once that can take it."""
    wish = situation.parent.spec["onViolation"].get("promote")
    if wish is None:
        return _not_wanted(situation, memory, decision)
    name, later = wish["endpointRef"]["name"], situation.now + _LATER
    ask = Fetch("Endpoint", name)
    answer = situation.answers.get(ask)
    if answer is None:
        return Step(memory, asks=(ask,))
    if isinstance(answer, Denied):
        return waiting(memory, decision, f"Endpoint {name} cannot be read: {answer.message}", later)
    if answer.value is None:
        said = f"Waiting for Endpoint {situation.parent.namespace}/{name}, which does not exist."
        return waiting(memory, decision, said, later)
    return _give(situation, memory, decision, wish, answer.value)


def _give(
    situation: Situation, memory: Memory, decision: Decision, wish: Mapping[str, Any], endpoint: Mapping[str, Any]
) -> Step:
    """Give the model to an Endpoint that has it already, can take it, or has to be waited for."""
    fit = promotion.fitting(endpoint, wish)
    if isinstance(fit, promotion.Unpromotable):
        return ended(situation, memory, decision, State.PROMOTION_REFUSED, fit.message)
    if promotion.has(endpoint, wish.get("variantName"), job=decision.job, artifact=decision.artifact):
        return _given(situation, memory, decision, wish, endpoint)
    if said := promotion.obstacle(endpoint):
        said = f"The model of TrainingJob {decision.job} waits: {said}"
        return waiting(memory, decision, said, situation.now + _LATER)
    if fit.job and not any(one.name == decision.job and not one.deleting for one in situation.children):
        where = f"Endpoint {endpoint['metadata']['name']}"
        said = f"TrainingJob {decision.job} was deleted, and {where} refers to such jobs by name (trainingJobRef)."
        return ended(situation, memory, decision, State.PROMOTION_REFUSED, said)
    return _edit(situation, memory, decision, wish, endpoint)


def _edit(
    situation: Situation, memory: Memory, decision: Decision, wish: Mapping[str, Any], endpoint: Mapping[str, Any]
) -> Step:
    name = wish["endpointRef"]["name"]
    patch = promotion.patch(endpoint, wish, job=decision.job, artifact=decision.artifact)
    version = str(endpoint["metadata"]["resourceVersion"])
    edit = Edit("Endpoint", name, version, json.dumps(patch, sort_keys=True))
    answer = situation.answers.get(edit)
    if answer is None:
        return Step(memory, asks=(edit,))
    if isinstance(answer, Denied) and not answer.passing:
        said = f"Endpoint {situation.parent.namespace}/{name} cannot be given the model: {answer.message}"
        return ended(situation, memory, decision, State.PROMOTION_REFUSED, said)
    if isinstance(answer, Denied) or answer.value is None:
        # Somebody was faster; the next pass looks at what they have done.
        return Step(memory, wake_at=situation.now + _SOON)
    return _given(situation, memory, decision, wish, answer.value)


def _given(
    situation: Situation, memory: Memory, decision: Decision, wish: Mapping[str, Any], endpoint: Mapping[str, Any]
) -> Step:
    """The Endpoint has the model in its manifest."""
    chosen = promotion.variant(endpoint, wish.get("variantName"))
    assert not isinstance(chosen, promotion.Unpromotable), chosen.message
    placed = Placed(
        str(endpoint["metadata"]["name"]), str(chosen["variantName"]), int(endpoint["metadata"].get("generation", 0))
    )
    said = f"Endpoint {placed.name} rolls out the model of TrainingJob {decision.job} to its variant {placed.variant}."
    return moved(situation, memory, replace(decision, endpoint=placed), State.ROLLING_OUT, said)


def roll_out(situation: Situation, memory: Memory, decision: Decision) -> Step:
    """Wait for what becomes of the roll-out."""
    placed = decision.endpoint
    assert placed is not None, decision.id
    later = situation.now + _LATER
    ask = Fetch("Endpoint", placed.name)
    answer = situation.answers.get(ask)
    if answer is None:
        return Step(memory, asks=(ask,))
    if isinstance(answer, Denied):
        return waiting(memory, decision, f"Endpoint {placed.name} cannot be read: {answer.message}", later)
    endpoint, where = answer.value, f"Endpoint {situation.parent.namespace}/{placed.name}"
    if endpoint is None:
        return ended(
            situation, memory, decision, State.SUPERSEDED, f"{where} was deleted while it rolled out the model."
        )
    if int(endpoint["metadata"].get("generation", 0)) < placed.generation:
        # It was looked at before it was edited.
        return Step(memory, wake_at=situation.now + _SOON)
    if not promotion.has(endpoint, placed.variant, job=decision.job, artifact=decision.artifact):
        said = f"{where} was given another model for its variant {placed.variant} before this one served."
        return ended(situation, memory, decision, State.SUPERSEDED, said)
    if why := promotion.rolled_back(endpoint):
        said = (
            f"{where} has rolled back to the model before: {why} Nothing else is trained for it until its manifest says what is "
            "to serve."
        )
        return ended(situation, memory, decision, State.ROLLED_BACK, said)
    if promotion.serves(endpoint, placed.generation):
        return _promoted(situation, memory, decision, where)
    trouble = promotion.trouble(endpoint)
    said = f"{where} rolls out the model of TrainingJob {decision.job}."
    return waiting(memory, decision, f"{said} It needs somebody: {trouble}" if trouble else said, later)


def _promoted(situation: Situation, memory: Memory, decision: Decision, where: str) -> Step:
    rule = situation.parent.spec["onViolation"]
    metric = {} if decision.metric is None else {"metric": decision.metric.told()}
    promoted = {"trainingJob": decision.job, "artifact": decision.artifact, **metric}
    rebased = _baseline(rule, decision)
    since = {"baselineSince": written(situation.now), "baselineFrom": rebased} if rebased else {}
    said = f"{where} serves the model of TrainingJob {decision.job}."
    if rebased:
        said += " Later runs are compared with another baseline: the condition BaselineReady tells of it."
    kept = replace(memory, lasting={**memory.lasting, "promoted": promoted, **since})
    return ended(situation, kept, decision, State.PROMOTED, said)


def _baseline(rule: Mapping[str, Any], decision: Decision) -> dict[str, Any]:
    """What later runs are to be compared with, in the form of ``spec.baseline.from``; empty if with the same as before."""
    match rule.get("rebaseline", "Never"):
        case "Captured" if decision.captured is not None:
            return {"captured": prefix(decision.captured)}
        case "TrainingData":
            return {"trainingJob": {"name": decision.job, "channel": template.other_channel(rule)}}
        case _:
            return {}


def _not_wanted(situation: Situation, memory: Memory, decision: Decision) -> Step:
    said = (
        f"onViolation.promote was removed: the model of TrainingJob {decision.job} is there, and nothing else follows."
    )
    return ended(situation, memory, decision, State.TRAINED, said)
