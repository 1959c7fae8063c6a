"""`summary.json`: one run in a few numbers and one line, small enough for the status of a Kubernetes object.

Model Monitor has no such file. Whoever starts the run reads it; the report shows it, and charts those of earlier runs.
Not here: what the other files hold, the statistics and every violation with its text.
"""

import math
from collections import Counter
from itertools import islice
from typing import Any

from sagemaker_analyzer.contract.task import Task
from sagemaker_analyzer.model import Analysis, Violation
from sagemaker_analyzer.wording import shown

_WORST = 10
_METRICS = 20
_LONGEST_NAME = 200
_WORDS = {
    "baseline_drift_check": "drift {0} of {1} allowed",
    "completeness_check": "completeness {0} of {1} wanted",
    "categorical_values_check": "known values {0} of {1} wanted",
    "data_type_check": "expected type {0} of {1} wanted",
    "LessThanThreshold": "{0}, at least {1} wanted",
    "GreaterThanThreshold": "{0}, at most {1} wanted",
    "bias_drift_check": "{0}, worse than the baseline's {1}",
    "feature_attribution_drift_check": "NDCG {0}, at least {1} wanted",
}


def summary_form(task: Task, analysis: Analysis) -> dict[str, Any]:
    """The file's content.

    An entry of `worst` has no value and threshold where its check has none, as that of missing columns.
    """
    return {
        "version": 1,
        "analysis": task.analysis.value,
        **_window_form(task),
        "records": analysis.statistics.records,
        "rejected": sum(part.records for part in analysis.rejected),
        "unmerged": analysis.unmerged,
        "violations": len(analysis.violations),
        "byCheck": dict(sorted(Counter(said.check for said in analysis.violations).items())),
        "worst": [_worst_form(said) for said in worst(analysis.violations)[:_WORST]],
        "metrics": dict(islice(measured(analysis).items(), _METRICS)),
        "line": line(task, analysis),
    }


def _window_form(task: Task) -> dict[str, str]:
    return {"start": task.window.start.isoformat(), "end": task.window.end.isoformat()} if task.window else {}


def measured(analysis: Analysis) -> dict[str, float]:
    """The metrics of a model that have a value: of its quality, of its bias by facet, of its attributions."""
    found: dict[str, float | None] = {}
    if analysis.quality is not None:
        found |= {metric.name: metric.value for metric in analysis.quality.metrics}
    if analysis.bias is not None:
        for facet in analysis.bias.facets:
            both = (*facet.post_training, *facet.pre_training)
            found |= {_of(metric.name, facet.name, facet.value): metric.value for metric in both}
    if analysis.attributions is not None:
        found["ndcg"] = analysis.attributions.ndcg
    return {name: value for name, value in found.items() if value is not None and math.isfinite(value)}


def worst(violations: tuple[Violation, ...]) -> list[Violation]:
    """Violations in the order of how far they are from what is allowed, those without numbers last."""
    return sorted(violations, key=_closeness)


def _closeness(said: Violation) -> float:
    if said.value is None or said.threshold is None or not math.isfinite(said.value):
        return math.inf
    return -abs(said.value - said.threshold) / abs(said.threshold) if said.threshold else -math.inf


def _worst_form(said: Violation) -> dict[str, Any]:
    numbers = {"value": said.value, "threshold": said.threshold}
    finite = {name: value for name, value in numbers.items() if value is not None and math.isfinite(value)}
    return {"feature": subject(said), "check": said.check, **finite}


def subject(said: Violation) -> str:
    """What violates a constraint: a feature or a metric, of a facet if it is of bias."""
    return _of(said.feature, said.facet, said.facet_value)


def _of(name: str, facet: str, value: str) -> str:
    return f"{name} {facet} {value}".rstrip()[:_LONGEST_NAME]


def line(task: Task, analysis: Analysis) -> str:
    """The run in one line."""
    return headline(task, analysis) + "".join(f"; {more}" for more in remarks(analysis))


def headline(task: Task, analysis: Analysis) -> str:
    """What the run found."""
    records = counted(analysis.statistics.records, "record")
    if task.baseline is None:
        features = len(analysis.statistics.features)
        return f"baseline of {records}" + (f" with {counted(features, 'feature')}" if features else "")
    return f"{counted(len(analysis.violations), 'violation') if analysis.violations else 'no violations'} in {records}"


def remarks(analysis: Analysis) -> list[str]:
    """What else is to be told of the run: the worst violation, and what was left out."""
    found = []
    if analysis.violations:
        first = worst(analysis.violations)[0]
        which = "it is" if len(analysis.violations) == 1 else "the worst is"
        found.append(f"{which} {shown(subject(first), _LONGEST_NAME)}: {verdict(first)}")
    if rejected := sum(part.records for part in analysis.rejected):
        found.append(f"{counted(rejected, 'record')} could not be read")
    if analysis.unmerged:
        found.append(f"{counted(analysis.unmerged, 'record')} had no counterpart")
    return found


def verdict(said: Violation) -> str:
    """What is wrong, in a few words."""
    if said.value is None or said.threshold is None:
        return said.check.removesuffix("_check").replace("_", " ")
    value, threshold = f"{said.value:.4g}", f"{said.threshold:.4g}"
    if said.check == "data_type_check" and not said.threshold:
        return f"minimum {value}, none below {threshold} allowed"
    return _WORDS.get(said.check, "{0} against a threshold of {1}").format(value, threshold)


def counted(number: int, thing: str) -> str:
    """Such as `1,234 records`."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
