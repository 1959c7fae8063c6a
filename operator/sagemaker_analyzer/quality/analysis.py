"""One run: predictions and their truth in, metrics out, and what is worse than it may be."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from sagemaker_analyzer.contract.task import Layout, Problem, Task
from sagemaker_analyzer.engine.engine import Engine
from sagemaker_analyzer.errors import BadTask, NoData
from sagemaker_analyzer.files.quality_files import read_quality_constraints
from sagemaker_analyzer.model import Analysis, Quality, Statistics
from sagemaker_analyzer.quality.attributes import Attribute, attribute, column_of
from sagemaker_analyzer.quality.binary import binary
from sagemaker_analyzer.quality.compared import SAMPLES, Compared, of_columns, of_merged
from sagemaker_analyzer.quality.constraints import unchecked, violations
from sagemaker_analyzer.quality.merge import id_column, tell_unmerged, with_ids
from sagemaker_analyzer.quality.multiclass import multiclass
from sagemaker_analyzer.quality.reading import Attributes, Events, read_merged, read_predictions, read_truths
from sagemaker_analyzer.quality.regression import regression
from sagemaker_analyzer.reading.dataset import read_dataset
from sagemaker_analyzer.reading.rejected import Kind, Tally
from sagemaker_analyzer.reading.stage import Column, Stage, Table

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Run:
    """What the steps of a run share."""

    task: Task
    places: Attributes
    engine: Engine
    scratch: Path
    rejected: Tally = field(default_factory=Tally)
    unmatched: Tally = field(default_factory=Tally)

    def without(self) -> str:
        """Why there may be no records."""
        parts = (*self.rejected.rejected(), *self.unmatched.rejected())
        return ", ".join(f"{part.records} {part.kind}" for part in parts) or "there are no records"


def analyze_quality(task: Task, engine: Engine, *, scratch: Path) -> Analysis:
    """How good the model's answers are, and if there is a baseline, whether they are good enough.

    `scratch` is an empty directory for the tables. Raises Refused: BadTask, BadBaseline, BadLabels or NoData.
    """
    problem, places = _asked(task)
    constraints = None
    if task.baseline is not None:
        thresholds = task.thresholds.metrics
        constraints = read_quality_constraints(task.baseline.constraints, problem, thresholds=thresholds)
    run = _Run(task, places, engine, scratch)
    quality, without = _PROBLEMS[problem](_compared(run), run)
    if without:
        run.rejected.add(
            Kind.NOT_A_LABEL, str(task.dataset.source), f"a label is missing, or none of {problem}", without
        )
    if not quality.records:
        raise NoData(f"no record of {task.dataset.source} has a label and a truth to compare: {run.without()}")
    for name in unchecked(quality, constraints) if constraints else ():
        _LOG.warning("%s has a constraint, and is not defined for this data", name)
    return Analysis(
        Statistics(quality.records, ()),
        violations(quality, constraints) if constraints else (),
        rejected=run.rejected.rejected(),
        quality=quality,
        unmatched=run.unmatched.rejected(),
    )


def _asked(task: Task) -> tuple[Problem, Attributes]:
    """What the environment asks for, if that can be done. Raises BadTask."""
    problem = task.problem
    if problem is None:
        raise BadTask(f"problem_type is not set; it may be {', '.join(Problem)}")
    places = Attributes(
        _place("inference_attribute", task.inference),
        _place("probability_attribute", task.probability) if problem is Problem.BINARY else None,
        _place("ground_truth_attribute", task.ground_truth),
    )
    if places.inference is None and problem is not Problem.BINARY:
        raise BadTask(f"inference_attribute is not set; it has to tell where the predictions of {problem} are")
    if places.inference is None and (places.probability is None or task.probability_threshold is None):
        raise BadTask("set inference_attribute, or probability_attribute with probability_threshold_attribute")
    if task.dataset.layout is Layout.CAPTURE:
        return problem, places
    if places.truth is None and task.truth is None:
        raise BadTask("ground_truth_attribute is not set; it has to tell which column has the truth")
    return problem, places


def _place(variable: str, text: str | None) -> Attribute | None:
    return attribute(variable, text) if text else None


def _compared(run: _Run) -> Compared:
    if run.task.dataset.layout is not Layout.CAPTURE:
        table = read_dataset(run.task.dataset, run.rejected, into=_apart(run, "predictions"), samples=SAMPLES)
        if run.task.truth is None:
            return _of_dataset(run, table)
        return _merged(run, _of_transform(run, table), run.task.truth)
    if run.task.truth is None:
        return _of_merged_already(run)
    predictions = Events(Stage(_apart(run, "predictions"), samples=SAMPLES))
    read_predictions(run.task, run.places, predictions, run.rejected)
    given = _some(run, predictions, f"{run.task.dataset.source} has no prediction in the window")
    return _merged(run, given, run.task.truth)


def _merged(run: _Run, given: Table, truth: Path) -> Compared:
    truths = Events(Stage(_apart(run, "truths")))
    read_truths(truth, run.places.truth, truths, run.rejected)
    true = _some(run, truths, f"ground_truth_source {truth} has no ground truth")
    tell_unmerged(run.engine, given, true, run.unmatched, run.rejected)
    return of_merged(run.engine, given, true)


def _of_transform(run: _Run, table: Table) -> Table:
    """What a batch transform job has written, with the ids that it has appended."""
    headless = run.task.dataset.layout is Layout.CSV and not run.task.dataset.header
    columns: dict[str, Column | None] = {"id": id_column(table, headless=headless)}
    for name, place in (("given", run.places.inference), ("probability", run.places.probability)):
        columns[name] = column_of(place, table) if place else None
    return with_ids(table, columns)


def _of_dataset(run: _Run, table: Table) -> Compared:
    places = run.places
    assert places.truth is not None
    return of_columns(
        run.engine,
        table,
        given=column_of(places.inference, table) if places.inference else None,
        probability=column_of(places.probability, table) if places.probability else None,
        true=column_of(places.truth, table),
    )


def _of_merged_already(run: _Run) -> Compared:
    events = Events(Stage(run.scratch, samples=SAMPLES))
    read_merged(run.task, run.places, events, run.rejected, run.unmatched)
    missing = (
        f"{run.task.dataset.source} has no record with groundTruthData in the window; set ground_truth_source to merge"
    )
    table = _some(run, events, missing)
    columns = {column.name: column for column in table.columns}
    given, probability = columns.get("given"), columns.get("probability")
    return of_columns(run.engine, table, given=given, probability=probability, true=columns["truth"])


def _some(run: _Run, events: Events, words: str) -> Table:
    """The table of events. Raises NoData if there is none."""
    table = events.stage.close(run.rejected)
    if not table.files:
        raise NoData(f"{words}: {run.without()}")
    return table


def _apart(run: _Run, name: str) -> Path:
    directory = run.scratch / name
    directory.mkdir()
    return directory


def _binary(compared: Compared, run: _Run) -> tuple[Quality, int]:
    threshold = None if run.places.inference else run.task.probability_threshold
    return binary(compared, threshold=threshold, ranked=run.places.probability is not None)


_PROBLEMS: dict[Problem, Callable[[Compared, _Run], tuple[Quality, int]]] = {
    Problem.REGRESSION: lambda compared, _: regression(compared),
    Problem.BINARY: _binary,
    Problem.MULTICLASS: lambda compared, _: multiclass(compared),
}
