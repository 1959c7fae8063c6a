"""The metrics of bias and of attributions that SageMaker publishes in CloudWatch: one JSON object a line.

https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-model-monitor-bias-drift-cw.html,
https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-feature-attribute-drift-cw.html
"""

import json
import math
from collections.abc import Iterator
from typing import Any

from sagemaker_analyzer.model import Attributions, Bias

_INFINITE = 2.348543e108
"""What infinities are published as, as documented."""


def bias_lines(bias: Bias, shared: dict[str, Any]) -> Iterator[str]:
    """The lines for all metrics that have a value; `shared` is what all metrics of a run have."""
    for facet in bias.facets:
        for stage, metrics in (("Pre-training", facet.pre_training), ("Post-Training", facet.post_training)):
            of = {
                "BiasStage": stage,
                "Label": bias.label,
                "LabelValue": bias.label_value,
                "Facet": facet.name,
                "FacetValue": facet.value,
            }
            for metric in metrics:
                if metric.value is not None:
                    yield _line(f"bias_metric_{metric.name}", _published(metric.value), shared, of)


def attribution_lines(attributions: Attributions, shared: dict[str, Any]) -> Iterator[str]:
    """The lines for every feature, and for what every output is expected to be."""
    for found in attributions.features:
        of = _method(found.output, "GlobalShapValues")
        yield _line(f"feature_{found.feature}", found.value, shared, of)
    for output in attributions.outputs:
        yield _line("ExpectedValue", output.expected, shared, _method(output.name, "ExpectedValue"))


def _method(output: str, kind: str) -> dict[str, str]:
    return {"ExplainabilityMethod": "KernelShap", "Label": output, "ValueType": kind}


def _published(value: float) -> float:
    return math.copysign(_INFINITE, value) if math.isinf(value) else value


def _line(name: str, value: float, shared: dict[str, Any], of: dict[str, str]) -> str:
    dimensions = [*shared["Dimensions"], *({"Name": key, "Value": text} for key, text in of.items())]
    return json.dumps({"MetricName": name, **shared, "Dimensions": dimensions, "Value": value})
