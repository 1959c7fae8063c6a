"""The metrics that jobs report. Where no algorithm runs they are made up, but always the same for the same job.

A made-up value depends on the name of the metric and on the hyperparameters alone, so that tuning finds the same best job each
time, and that nothing has to be kept of it.
"""

import json
from collections.abc import Iterable
from hashlib import blake2b
from typing import Any, Final

from sagemaker_local.emulator.resource import Json, Resource

OBJECTIVE: Final = "_tuning_objective_metric"
"""The hyperparameter by which a job is told its objective; SageMaker adds it to StaticHyperParameters (ACK suppresses it)."""
WRITTEN: Final = "final metrics"
"""Where a job that is really done notes in its facts what its program has written; no answer has such a member."""
_DIGITS: Final = 6


def final_metrics(job: Resource) -> list[Json]:
    """FinalMetricDataList of a training job; empty until it has ended, and for one that failed or never trained.

    The metrics are those of AlgorithmSpecification.MetricDefinitions. The objective of a tuning job is reported too if the job
    defines no metrics, as images do that bring their own definitions. A job that is really done has what its program wrote.
    """
    if WRITTEN in job.facts:
        return list(job.facts[WRITTEN])
    ended = job.facts.get("TrainingEndTime")
    course = [transition["Status"] for transition in job.facts.get("SecondaryStatusTransitions", ())]
    if ended is None or "Training" not in course or course[-1] == "Failed":
        return []
    told = job.spec.get("HyperParameters", {})
    definitions: list[dict[str, Any]] = job.spec.get("AlgorithmSpecification", {}).get("MetricDefinitions", [])
    names = [str(definition["Name"]) for definition in definitions]
    if not names and OBJECTIVE in told:
        names = [told[OBJECTIVE]]
    found = values(dict.fromkeys(names), told)
    return [{"MetricName": name, "Value": value, "Timestamp": ended} for name, value in found.items()]


def values(metrics: Iterable[str], hyperparameters: Json) -> dict[str, float]:
    """The final value of each metric, at least 0 and less than 1."""
    told = {name: value for name, value in hyperparameters.items() if not name.startswith("_")}
    shared = json.dumps(told, sort_keys=True)  # once for all, because an image may bring many metrics
    return {name: _fraction(f"[{json.dumps(name)}, {shared}]") for name in metrics}


def _fraction(seed: str) -> float:
    return round(int.from_bytes(blake2b(seed.encode(), digest_size=4).digest()) / 2**32, _DIGITS)
