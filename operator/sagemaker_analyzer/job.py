"""The work of a run, once its task is understood: what is analysed, and the files that it leaves."""

import json
import logging
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sagemaker_analyzer.analyze import analyze
from sagemaker_analyzer.contract.task import Task
from sagemaker_analyzer.engine.chosen import engine_for, work, works_for
from sagemaker_analyzer.model import Analysis
from sagemaker_analyzer.reading.scripts import postprocess
from sagemaker_analyzer.report.history import read_history
from sagemaker_analyzer.report.page import report
from sagemaker_analyzer.results import metrics, results, tables

_LOG = logging.getLogger(__name__)


def carry_out(task: Task) -> Analysis | None:
    """Analyses and writes; None if this instance has worked for another one, which does both. Raises Refused."""
    if works_for(task):
        with tempfile.TemporaryDirectory() as directory:
            work(task, Path(directory))
        return None
    analysis = _analysed(task)
    _write(task, analysis)
    if task.postprocessor:
        postprocess(task.postprocessor)
    return analysis


def _analysed(task: Task) -> Analysis:
    with tempfile.TemporaryDirectory() as directory:
        table, spill = Path(directory) / "table", Path(directory) / "spill"
        table.mkdir()
        with engine_for(task, spill) as engine:
            analysis = analyze(task, engine, scratch=table)
    features = f" of {len(found)} features" if (found := analysis.statistics.features) else ""
    _LOG.info("%d records%s", analysis.statistics.records, features)
    for part in (*analysis.rejected, *analysis.unmatched):
        _LOG.warning("%s: %d records are left out: %s: %s", part.file, part.records, part.kind, part.example)
    for said in analysis.violations:
        _LOG.warning("%s: %s: %s", said.feature, said.check, said.description)
    return analysis


def _write(task: Task, analysis: Analysis) -> None:
    task.output.mkdir(parents=True, exist_ok=True)
    for name, form in results(task, analysis).items():
        _put(task.output / name, form)
    for name, text in tables(analysis).items():
        (task.output / name).parent.mkdir(parents=True, exist_ok=True)
        (task.output / name).write_text(text, encoding="utf-8")
    if task.publish_metrics:
        task.metrics.parent.mkdir(parents=True, exist_ok=True)
        at = task.window.start if task.window else datetime.now(UTC)
        task.metrics.write_text("".join(f"{line}\n" for line in metrics(task, analysis, at=at)), encoding="utf-8")
    if task.record is not None:
        at = task.window.start if task.window else datetime.now(UTC)
        kept = task.record / f"{at.astimezone(UTC):%Y-%m-%dT%H%M%SZ}"
        kept.mkdir(parents=True, exist_ok=True)
        _put(kept / "summary.json", results(task, analysis)["summary.json"])
    # Last, as it takes the longest and the other files do not need it.
    (task.output / "report.html").write_text(report(task, analysis, read_history(task)), encoding="utf-8")


def _put(path: Path, form: dict[str, Any]) -> None:
    path.write_text(json.dumps(form, indent=1), encoding="utf-8")
