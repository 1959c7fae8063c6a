"""The files that a run leaves behind, by what was analysed."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sagemaker_analyzer.analyze import given_constraints, suggested_constraints
from sagemaker_analyzer.contract.task import AnalysisType, Task
from sagemaker_analyzer.files.analysis_file import analysis_form, local_lines
from sagemaker_analyzer.files.analysis_metrics import attribution_lines, bias_lines
from sagemaker_analyzer.files.constraints_file import constraints_form
from sagemaker_analyzer.files.metrics_file import metrics_lines, shared
from sagemaker_analyzer.files.quality_files import quality_constraints_form, quality_form, quality_lines
from sagemaker_analyzer.files.statistics_file import statistics_form
from sagemaker_analyzer.files.summary_file import summary_form
from sagemaker_analyzer.files.violations_file import rejected_form, violations_form
from sagemaker_analyzer.model import Analysis
from sagemaker_analyzer.quality.constraints import suggest

Forms = dict[str, dict[str, Any]]


def results(task: Task, analysis: Analysis) -> Forms:
    """The content of each JSON file by its name."""
    forms = {**_FORMS[task.analysis](task, analysis), "rejected.json": rejected_form(analysis)}
    forms["summary.json"] = summary_form(task, analysis)
    if task.baseline is not None:
        version = {"version": "1.0"} if _FORMS[task.analysis] is _of_clarify else {}
        forms["constraint_violations.json"] = {**version, **violations_form(analysis.violations)}
    return forms


def tables(analysis: Analysis) -> dict[str, str]:
    """The content of each CSV file by its path."""
    found = analysis.attributions
    return {"explanations_shap/out.csv": local_lines(found)} if found is not None and found.local else {}


def metrics(task: Task, analysis: Analysis, *, at: datetime) -> Iterable[str]:
    """The lines for CloudWatch."""
    return _METRICS[task.analysis](task, analysis, at)


def _data(task: Task, analysis: Analysis) -> Forms:
    return {
        "statistics.json": statistics_form(analysis.statistics),
        "constraints.json": constraints_form(suggested_constraints(task, analysis)),
    }


def _data_metrics(task: Task, analysis: Analysis, at: datetime) -> Iterable[str]:
    return metrics_lines(task, analysis, given_constraints(task), at=at)


def _quality(task: Task, analysis: Analysis) -> Forms:
    assert analysis.quality is not None
    return {
        "statistics.json": quality_form(analysis.quality, task.window),
        "constraints.json": quality_constraints_form(suggest(analysis.quality)),
    }


def _quality_metrics(task: Task, analysis: Analysis, at: datetime) -> Iterable[str]:
    assert analysis.quality is not None
    return quality_lines(analysis.quality, shared(task, at=at))


def _of_clarify(_: Task, analysis: Analysis) -> Forms:
    """What was measured is also what may be demanded of the next run."""
    return {"analysis.json": analysis_form(analysis), "constraints.json": analysis_form(analysis)}


def _bias_metrics(task: Task, analysis: Analysis, at: datetime) -> Iterable[str]:
    assert analysis.bias is not None
    return bias_lines(analysis.bias, shared(task, at=at))


def _attribution_metrics(task: Task, analysis: Analysis, at: datetime) -> Iterable[str]:
    assert analysis.attributions is not None
    return attribution_lines(analysis.attributions, shared(task, at=at))


_FORMS = {
    AnalysisType.DATA_QUALITY: _data,
    AnalysisType.MODEL_QUALITY: _quality,
    AnalysisType.MODEL_BIAS: _of_clarify,
    AnalysisType.MODEL_EXPLAINABILITY: _of_clarify,
}

_METRICS = {
    AnalysisType.DATA_QUALITY: _data_metrics,
    AnalysisType.MODEL_QUALITY: _quality_metrics,
    AnalysisType.MODEL_BIAS: _bias_metrics,
    AnalysisType.MODEL_EXPLAINABILITY: _attribution_metrics,
}
