"""The metrics that jobs report although no algorithm runs: made up, but always the same for the same job.

A value depends on the name of the metric and on the hyperparameters alone, so that tuning finds the same best job each time.
"""

import json
from hashlib import blake2b
from typing import Any

from sagemaker_local.emulator.resource import Json

_DIGITS = 6


def value_of(metric: str, hyperparameters: Json) -> float:
    """The final value of a metric, at least 0 and less than 1."""
    told = {name: value for name, value in hyperparameters.items() if not name.startswith("_")}
    seed = json.dumps([metric, told], sort_keys=True).encode()
    return round(int.from_bytes(blake2b(seed, digest_size=4).digest()) / 2**32, _DIGITS)


def final_metrics(spec: Json, *, now: float, objective: str | None = None) -> list[Json]:
    """FinalMetricDataList of a training job that ends now.

    Args:
        spec: its request; the metrics are those of AlgorithmSpecification.MetricDefinitions.
        objective: the metric that a tuning job asks for. A job reports it too if it defines no metrics, as images do that bring
            their own definitions.
    """
    definitions: list[dict[str, Any]] = spec.get("AlgorithmSpecification", {}).get("MetricDefinitions", [])
    names = [str(definition["Name"]) for definition in definitions]
    if objective is not None and not names:
        names = [objective]
    told = spec.get("HyperParameters", {})
    return [{"MetricName": name, "Value": value_of(name, told), "Timestamp": now} for name in dict.fromkeys(names)]
