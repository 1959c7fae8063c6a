"""`analysis.json` as Clarify writes it, and `constraints.json` of its monitors, which is a former one of the same form.

https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-processing-job-analysis-results.html
"""

import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sagemaker_analyzer.files.reading import Entry, open_json
from sagemaker_analyzer.model import Analysis, Attributions, Bias, BiasMetric, Facet

_STAGES = ("pre_training_bias_metrics", "post_training_bias_metrics")

BaselineMetrics = dict[str, list[tuple[str, dict[str, float]]]]
"""Of each facet its groups by their value or interval, and of each the metrics by name."""


def analysis_form(analysis: Analysis) -> dict[str, Any]:
    """The file's content."""
    form: dict[str, Any] = {"version": "1.0"}
    if analysis.attributions is not None:
        form["explanations"] = {"kernel_shap": _outputs_form(analysis.attributions)}
    if analysis.bias is not None:
        bias = analysis.bias
        stages = ([facet.pre_training for facet in bias.facets], [facet.post_training for facet in bias.facets])
        for name, metrics in zip(_STAGES, stages, strict=True):
            if any(metrics):
                form[name] = _stage_form(bias, zip(bias.facets, metrics, strict=True))
    return form


def local_lines(attributions: Attributions) -> str:
    """`explanations_shap/out.csv`: of each record how much every feature moved each output."""
    names = [f"{found.feature}_{found.output}" for found in attributions.features]
    rows = [",".join(_quoted(name) for name in names), *(",".join(map(repr, row)) for row in attributions.local)]
    return "".join(f"{row}\n" for row in rows)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"' if set(name) & set(',"\n\r') else name


def _outputs_form(attributions: Attributions) -> dict[str, Any]:
    return {
        output.name: {"global_shap_values": attributions.of(output.name), "expected_value": output.expected}
        for output in attributions.outputs
    }


def _stage_form(bias: Bias, facets: Iterable[tuple[Facet, tuple[BiasMetric, ...]]]) -> dict[str, Any]:
    found: dict[str, list[dict[str, Any]]] = {}
    for facet, metrics in facets:
        group = {"value_or_threshold": facet.value, "metrics": [_metric_form(metric) for metric in metrics]}
        found.setdefault(facet.name, []).append(group)
    return {"label": bias.label, "label_value_or_threshold": bias.label_value, "facets": found}


def _metric_form(metric: BiasMetric) -> dict[str, Any]:
    form = {"name": metric.name, "description": metric.description, "value": _value_form(metric.value)}
    return {**form, "error": metric.error} if metric.error else form


def _value_form(value: float | None) -> float | str | None:
    """JSON has no infinities; Clarify writes their names."""
    if value is None or math.isfinite(value):
        return value
    return "Infinity" if value > 0 else "-Infinity"


def read_attributions(path: Path) -> dict[str, dict[str, float]]:
    """Of each output how much every feature mattered. Raises BadBaseline."""
    file = open_json(path)
    methods = file.entry("explanations")
    if methods.value is None:
        raise methods.wrong("the baseline of an explainability monitor has them")
    outputs = methods.entry("kernel_shap")
    found = {name: _numbers(outputs.entry(name).entry("global_shap_values")) for name in _keys(outputs)}
    if not found:
        raise outputs.wrong("it has to have the attributions for at least one output")
    return found


def _numbers(entry: Entry) -> dict[str, float]:
    return {name: entry.entry(name).number() for name in _keys(entry)}


def _keys(entry: Entry) -> list[str]:
    if not isinstance(entry.value, dict):
        raise entry.wrong("it has to be an object")
    return list(entry.value)


def read_bias(path: Path) -> BaselineMetrics:
    """The metrics of all facets, of both stages; those without a value are left out. Raises BadBaseline."""
    file = open_json(path)
    found: BaselineMetrics = {}
    stages = [file.entry(name) for name in _STAGES if file.entry(name).value is not None]
    if not stages:
        raise file.wrong(f"the baseline of a bias monitor has {' or '.join(_STAGES)}")
    for facets in (stage.entry("facets") for stage in stages):
        for name in _keys(facets):
            for group in facets.entry(name).items():
                value = group.entry("value_or_threshold")
                metrics = _metrics(group.entry("metrics"))
                found.setdefault(name, []).append((str(value.value), metrics))
    return found


def _metrics(entry: Entry) -> dict[str, float]:
    found = {metric.entry("name").text(): _value(metric.entry("value")) for metric in entry.items()}
    return {name: value for name, value in found.items() if value is not None}


def _value(entry: Entry) -> float | None:
    if entry.value in {"Infinity", "-Infinity"}:
        return float(entry.value)
    return None if entry.value is None else entry.number()
