"""One run: how unequally the model and its data treat people, and whether that has become worse."""

import logging
from dataclasses import dataclass, replace
from pathlib import Path

from sagemaker_analyzer.bias.counting import Outcome, are_categories
from sagemaker_analyzer.bias.drift import CHECK, description, is_worse
from sagemaker_analyzer.bias.groups import Group, configured, group, is_interval, same
from sagemaker_analyzer.bias.measuring import Measured, Wanted, measured
from sagemaker_analyzer.bias.metrics import POST_TRAINING
from sagemaker_analyzer.bias.reading import Reader
from sagemaker_analyzer.bias.records import GIVEN, LABEL, PROBABILITY, Records, Shape
from sagemaker_analyzer.contract.config import AnalysisConfig, BiasConfig, ColumnName, FacetConfig
from sagemaker_analyzer.contract.task import Task
from sagemaker_analyzer.engine.engine import Engine
from sagemaker_analyzer.errors import BadBaseline, BadLabels, BadTask, NoData
from sagemaker_analyzer.files.analysis_config import read_analysis_config
from sagemaker_analyzer.files.analysis_file import BaselineMetrics, read_bias
from sagemaker_analyzer.model import LOW_CARDINALITY, Analysis, Bias, Statistics, Violation
from sagemaker_analyzer.reading.rejected import Tally

_LOG = logging.getLogger(__name__)
_BALANCE = {definition.name: definition.balance for definition in POST_TRAINING}


@dataclass(frozen=True, slots=True)
class _Run:
    """What the steps of a run share."""

    task: Task
    config: AnalysisConfig
    bias: BiasConfig
    records: Records
    shapes: dict[str, Shape]
    baseline: BaselineMetrics | None

    def column(self, name: ColumnName, what: str) -> str:
        """The name of a column that has values. Raises BadTask."""
        found = str(name)
        if found not in self.shapes or not self.shapes[found].numbers + self.shapes[found].texts:
            known = ", ".join(name for name in self.shapes if not name.startswith("\0"))
            raise BadTask(
                f"{self.task.config}: the {what} {found} is no column of the data that has values; it has {known}"
            )
        return found


def analyze_bias(task: Task, engine: Engine, *, scratch: Path) -> Analysis:
    """Measures the bias of data and predictions, and compares with the baseline if there is one.

    `scratch` is an empty directory for the tables. Raises BadTask, BadBaseline, BadLabels, BadModel or NoData.
    """
    assert task.config is not None
    config = read_analysis_config(task.config)
    if config.bias is None:
        raise BadTask(f"{task.config}: facet is not there; it says for whom bias is measured")
    baseline = read_bias(task.baseline.constraints) if task.baseline else None
    rejected, unmatched = Tally(), Tally()
    records = Reader(task, config, config.bias, engine, scratch, rejected, unmatched).records()
    run = _Run(task, config, config.bias, records, records.shapes(records.names), baseline)
    total = run.shapes[LABEL].numbers + run.shapes[LABEL].texts
    if not total:
        raise NoData(f"no record of {task.dataset.source} has a label")
    outcome = _outcome(run)
    found = [(facet, part) for facet in config.bias.facets for part in _measured(run, outcome, facet)]
    label = str(config.bias.label)
    return Analysis(
        Statistics(total, ()),
        tuple(said for facet, part in found for said in _violations(run, facet, part)),
        rejected=rejected.rejected(),
        bias=Bias(label, outcome.favourable.name, tuple(part.facet for _, part in found)),
        unmatched=unmatched.rejected(),
    )


def _outcome(run: _Run) -> Outcome:
    favourable = group(run.bias.positive, run.shapes[LABEL])
    # In an hour nobody may have been favoured; of a baseline it is a mistake.
    if run.baseline is None and not run.records.count(lambda data: favourable.has(run.records, data, LABEL)):
        raise BadLabels(
            f"{run.task.config}: label_values_or_threshold is {configured(run.bias.positive)}, and no {run.bias.label} of the "
            "data is"
        )
    outcome = Outcome(
        favourable,
        labels=are_categories(run.shapes[LABEL].distinct, favourable),
        group=None if run.bias.group is None else run.column(run.bias.group, "group_variable"),
    )
    if GIVEN in run.records.names or PROBABILITY not in run.records.names or favourable.above is not None:
        return outcome
    thresholds = (run.task.probability_threshold, run.config.probability_threshold, 0.5)
    threshold = next(value for value in thresholds if value is not None)
    return replace(outcome, threshold=threshold, predicts=_predicted_labels(run, favourable))


def _predicted_labels(run: _Run, favourable: Group) -> tuple[str, str]:
    """The labels that a probability predicts: those that the configuration names, or else 0 and 1, or false and true."""
    headers = run.config.predictor.label_headers if run.config.predictor else ()
    if len(headers) == 1:
        return "", headers[0]
    if len(headers) == 2:
        return headers[0], headers[1]
    for labels in (("0", "1"), ("false", "true")):
        if set(labels) & set(favourable.values):
            return labels
    raise BadTask(
        f"{run.task.config}: probabilities predict the labels 0 and 1, and label_values_or_threshold is {favourable.name}; "
        "set inference_attribute, or predictor.label_headers to the label that a high probability predicts"
    )


def _measured(run: _Run, outcome: Outcome, facet: FacetConfig) -> list[Measured]:
    name = run.column(facet.column, "facet")
    shape = run.shapes[name]
    former = [value for value, _ in (run.baseline or {}).get(name, [])]
    who: Group | None = None
    if facet.values:
        who = group(facet.values, shape, continuous=any(is_interval(value) for value in former))
    elif shape.fractions or shape.distinct > LOW_CARDINALITY:
        raise BadTask(
            f"{run.task.config}: the facet {name} has {shape.distinct} different values; give value_or_threshold: those of its "
            "group, or the number above which they are"
        )
    wanted = Wanted(run.bias.pre_training, run.bias.post_training)
    if not {GIVEN, PROBABILITY} & set(run.records.names):
        if not wanted.pre_training:
            raise BadTask(
                "post_training_bias needs predictions: set inference_attribute, probability_attribute or predictor"
            )
        if wanted.post_training:
            _LOG.warning("there are no predictions, and so no metrics of them: see inference_attribute and predictor")
        wanted = replace(wanted, post_training=frozenset())
    return measured(run.records, run.shapes, outcome, wanted, facet=name, group=who)


def _violations(run: _Run, facet: FacetConfig, part: Measured) -> list[Violation]:
    if run.baseline is None:
        return []
    name, value = part.facet.name, part.facet.value
    before = {
        key: number
        for former, metrics in run.baseline.get(name, [])
        if same(value, former)
        for key, number in metrics.items()
    }
    if not before and facet.values:
        known = ", ".join(f"{name} {former}" for name, groups in run.baseline.items() for former, _ in groups)
        assert run.task.baseline is not None
        raise BadBaseline(
            f"{run.task.baseline.constraints} has no metrics of the facet {name} {value}; it has those of {known}"
        )
    found = []
    for metric in (*part.facet.pre_training, *part.facet.post_training):
        if metric.value is None or metric.name not in before:
            continue
        worse = is_worse(
            metric.value, before[metric.name], balance=_BALANCE.get(metric.name, 0.0), drawn=part.again[metric.name]
        )
        if worse:
            shown = configured(facet.values) or value
            said = description(metric.value)
            found.append(Violation(metric.name, CHECK, said, metric.value, before[metric.name], name, shown))
    return found
