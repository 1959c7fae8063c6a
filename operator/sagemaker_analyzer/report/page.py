"""The whole page: a template that escapes everything, the style sheet within it, and no right to do anything else."""

import base64
import hashlib
from collections.abc import Iterator
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from sagemaker_analyzer.contract.task import AnalysisType, Task
from sagemaker_analyzer.files.summary_file import headline, remarks
from sagemaker_analyzer.model import Analysis
from sagemaker_analyzer.report.data_sections import (
    drift_section,
    features_section,
    left_out_section,
    violations_section,
)
from sagemaker_analyzer.report.drawing import Undrawable, drawn
from sagemaker_analyzer.report.history import History
from sagemaker_analyzer.report.model_sections import (
    attributions_section,
    bias_section,
    history_section,
    quality_section,
)
from sagemaker_analyzer.report.parts import Figure, Section
from sagemaker_analyzer.wording import number, shown

_KINDS = {
    AnalysisType.DATA_QUALITY: "Data quality",
    AnalysisType.MODEL_QUALITY: "Model quality",
    AnalysisType.MODEL_BIAS: "Model bias",
    AnalysisType.MODEL_EXPLAINABILITY: "Feature attributions",
}


def report(task: Task, analysis: Analysis, history: History) -> str:
    """The page as HTML."""
    style = files("sagemaker_analyzer.report").joinpath("page.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    environment = Environment(
        loader=PackageLoader("sagemaker_analyzer.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(number=number, shown=shown, drawn=_picture)
    return environment.get_template("page.html.jinja").render(
        style=Markup(style),  # noqa: S704 our own file, which is part of this package
        digest=digest,
        kind=_KINDS[task.analysis],
        state="baseline" if task.baseline is None else "wrong" if analysis.violations else "right",
        subject=shown(task.schedule or task.endpoint or "sagemaker-analyzer"),
        headline=headline(task, analysis),
        remarks=[shown(remark, 400) for remark in remarks(analysis)],
        facts=list(_facts(task, analysis)),
        sections=list(_sections(task, analysis, history)),
    )


def _picture(figure: Figure) -> Markup | str:
    try:
        return drawn(figure.spec, label=figure.label)
    except Undrawable as reason:
        return f"This chart cannot be drawn ({reason}); its numbers are below."


def _facts(task: Task, analysis: Analysis) -> Iterator[tuple[str, str]]:
    if task.window is not None:
        start, end = (each.strftime("%Y-%m-%d %H:%M") for each in (task.window.start, task.window.end))
        yield "Window", f"{start} to {end} {task.window.start.tzname() or ''}"
    if task.endpoint:
        yield "Endpoint", shown(task.endpoint)
    if task.schedule:
        yield "Schedule", shown(task.schedule)
    yield "Records", number(analysis.statistics.records)
    if analysis.statistics.features:
        yield "Features", number(len(analysis.statistics.features))
    yield "Could not be read", number(sum(part.records for part in analysis.rejected))
    if analysis.unmerged:
        yield "Without a counterpart", number(analysis.unmerged)
    if analysis.baseline is not None:
        yield "Records of the baseline", number(analysis.baseline.records)


def _sections(task: Task, analysis: Analysis, history: History) -> Iterator[Section]:
    if analysis.violations:
        yield violations_section(analysis.violations)
    if analysis.quality is not None:
        yield quality_section(analysis.quality, analysis.violations)
    if analysis.bias is not None:
        yield bias_section(analysis.bias, analysis.violations)
    if analysis.attributions is not None:
        yield attributions_section(analysis.attributions, analysis.violations)
    if analysis.drifts:
        yield drift_section(analysis.drifts)
    if history.runs:
        yield history_section(analysis, history, task.window.start.isoformat() if task.window else "this run")
    if analysis.statistics.features:
        yield features_section(analysis)
    if analysis.rejected or analysis.unmatched:
        yield left_out_section(analysis.rejected, analysis.unmatched)
