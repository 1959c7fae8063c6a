"""One run, from files that were captured to what is wrong with them."""

from collections.abc import Callable
from pathlib import Path

from sagemaker_analyzer.bias.analysis import analyze_bias
from sagemaker_analyzer.checks.checks import drifts, violations
from sagemaker_analyzer.checks.constraints import CategoricalMethod, Constraints, suggest
from sagemaker_analyzer.contract.task import AnalysisType, Task
from sagemaker_analyzer.engine.engine import Engine
from sagemaker_analyzer.explain.analysis import analyze_explanation
from sagemaker_analyzer.files.constraints_file import read_constraints
from sagemaker_analyzer.files.statistics_file import read_statistics
from sagemaker_analyzer.model import Analysis, InferredType
from sagemaker_analyzer.profile.statistics import profile
from sagemaker_analyzer.quality.analysis import analyze_quality
from sagemaker_analyzer.reading.rejected import Tally
from sagemaker_analyzer.reading.scripts import preprocessor


def analyze(task: Task, engine: Engine, *, scratch: Path) -> Analysis:
    """Does the analysis that the task asks for; if there is a baseline, checks whether it holds.

    `scratch` is an empty directory for the table. Raises Refused: BadTask, BadBaseline, BadLabels or NoData.
    """
    return _ANALYSES[task.analysis](task, engine, scratch=scratch)


def analyze_data(task: Task, engine: Engine, *, scratch: Path) -> Analysis:
    """The data quality of the dataset. As `analyze`."""
    constraints = given_constraints(task)
    statistics_file = task.baseline.statistics if task.baseline else None
    baseline = read_statistics(statistics_file) if statistics_file else None
    tally = Tally()
    names = tuple(feature.name for feature in constraints.features) if constraints else ()
    prepare = preprocessor(task.preprocessor) if task.preprocessor else None
    table = engine.read(task.dataset, tally, into=scratch, window=task.window, names=names, prepare=prepare)
    statistics = profile(engine, table, as_texts=_texts(constraints))
    if constraints is None:
        return Analysis(statistics, rejected=tally.rejected())
    found = drifts(statistics, constraints, baseline)
    return Analysis(statistics, violations(statistics, constraints, found), found, tally.rejected(), baseline)


def given_constraints(task: Task) -> Constraints | None:
    """The constraints of the baseline, if there is one. Raises BadBaseline."""
    if task.baseline is None:
        return None
    thresholds = task.thresholds.features
    return read_constraints(task.baseline.constraints, categorical_method=_method(task), thresholds=thresholds)


def suggested_constraints(task: Task, analysis: Analysis) -> Constraints:
    """The constraints that the analysed data suggests."""
    return suggest(analysis.statistics, categorical_method=_method(task))


def _method(task: Task) -> CategoricalMethod | None:
    return CategoricalMethod(task.drift_method) if task.drift_method else None


def _texts(constraints: Constraints | None) -> frozenset[str]:
    """Categories of which the analysed data has only those that look like numbers have to be compared all the same."""
    features = constraints.features if constraints else ()
    return frozenset(feature.name for feature in features if feature.inferred_type is InferredType.STRING)


_ANALYSES: dict[AnalysisType, Callable[..., Analysis]] = {
    AnalysisType.DATA_QUALITY: analyze_data,
    AnalysisType.MODEL_QUALITY: analyze_quality,
    AnalysisType.MODEL_BIAS: analyze_bias,
    AnalysisType.MODEL_EXPLAINABILITY: analyze_explanation,
}
