"""The metric of the model that serves now."""

from collections.abc import Mapping
from typing import Any

from sagemaker_operator.composites.asks import Denied, Fetch
from sagemaker_operator.composites.plan import Situation

from . import gate, promotion
from .gate import Shut
from .memory import Memory


def comparable(rule: Mapping[str, Any], memory: Memory, serving: promotion.Serving) -> str:
    """Why the metric of the model that serves can never be known, where it is asked for; "" if it can."""
    told = rule.get("gate") or {}
    if not told.get("betterThanCurrent") or serving.job or _remembered(memory, serving, told["metric"]) is not None:
        return ""
    return (
        f"onViolation.gate.betterThanCurrent cannot be told, as no TrainingJob is known of the artifact {serving.artifact}: "
        "refer to it by trainingJobRef in the Endpoint, or use gate.min or gate.max for the first time."
    )


def current(situation: Situation, memory: Memory, rule: Mapping[str, Any]) -> float | Shut | Fetch | Denied:
    """The metric of the model that serves, why it is not known, what has to be asked first, or why there is no answer."""
    promote, metric = rule["promote"], str(rule["gate"]["metric"])
    name = promote["endpointRef"]["name"]
    ask = Fetch("Endpoint", name)
    answer = situation.answers.get(ask)
    if answer is None or isinstance(answer, Denied):
        return answer or ask
    if answer.value is None:
        return Shut(f"Endpoint {situation.parent.namespace}/{name} does not exist: there is no model to compare with.")
    found = promotion.fitting(answer.value, promote)
    if isinstance(found, promotion.Unpromotable):
        return Shut(found.message)
    if (known := _remembered(memory, found, metric)) is not None:
        return known
    if said := comparable(rule, memory, found):
        return Shut(said)
    return _of_job(situation, found.job, metric)


def _of_job(situation: Situation, job: str, metric: str) -> float | Shut | Fetch | Denied:
    ask = Fetch("TrainingJob", job)
    answer = situation.answers.get(ask)
    if answer is None or isinstance(answer, Denied):
        return answer or ask
    if answer.value is None:
        return Shut(
            f"TrainingJob {situation.parent.namespace}/{job} of the model that serves does not exist any more: its {metric} is "
            "not known. Use gate.min or gate.max in place of betterThanCurrent for once."
        )
    value = gate.value_of(answer.value, metric)
    return (
        Shut(f"The model that serves cannot be compared with: {gate.missing(answer.value, metric)}")
        if value is None
        else value
    )


def _remembered(memory: Memory, serving: promotion.Serving, metric: str) -> float | None:
    """The metric of a model that was promoted here and still serves."""
    promoted: Mapping[str, Any] = memory.lasting.get("promoted") or {}
    measured: Mapping[str, Any] = promoted.get("metric") or {}
    same = (serving.job and serving.job == promoted.get("trainingJob")) or (
        serving.artifact and serving.artifact == promoted.get("artifact")
    )
    return float(measured["value"]) if same and measured.get("name") == metric else None
