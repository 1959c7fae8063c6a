"""One run: how much every feature matters to the model, and whether it mattered as much before."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from sagemaker_analyzer.contract.config import PredictorConfig, ShapConfig
from sagemaker_analyzer.contract.task import Task
from sagemaker_analyzer.engine.engine import Engine
from sagemaker_analyzer.errors import BadBaseline, BadTask
from sagemaker_analyzer.explain.drift import CHECK, THRESHOLD, description, ndcg
from sagemaker_analyzer.explain.encoding import encoding_of
from sagemaker_analyzer.explain.kernel import Local, explained
from sagemaker_analyzer.explain.model import predictor
from sagemaker_analyzer.explain.predictor import Matrix, Predictor, Row
from sagemaker_analyzer.explain.reading import read_features
from sagemaker_analyzer.explain.usual import given_rows, usual_rows
from sagemaker_analyzer.files.analysis_config import read_analysis_config
from sagemaker_analyzer.files.analysis_file import read_attributions
from sagemaker_analyzer.model import Analysis, Attribution, Attributions, Output, Statistics, Violation
from sagemaker_analyzer.reading.drawing import drawn, records_of
from sagemaker_analyzer.reading.rejected import Tally

_LOG = logging.getLogger(__name__)


def analyze_explanation(task: Task, engine: Engine, *, scratch: Path) -> Analysis:  # noqa: ARG001
    """Explains predictions for the records, and compares with the baseline if there is one.

    Few records are explained, and that takes a model and no engine.

    Raises BadTask, BadBaseline, BadModel or NoData.
    """
    assert task.config is not None
    config = read_analysis_config(task.config)
    if config.shap is None:
        raise BadTask(
            f"{task.config}: methods.shap is not there; it says how attributions are computed, and may be empty"
        )
    baseline = read_attributions(task.baseline.constraints) if task.baseline else None
    predict, asked = predictor(task, config, scratch=scratch)
    tally, rows = Tally(), scratch / "rows"
    rows.mkdir()
    table, columns = read_features(task, config, tally, into=rows)
    records = records_of(table)
    features = tuple(column.name for column in columns)
    found = drawn(table, columns, most=config.shap.most_records, seed=config.shap.seed)
    few = list(zip(*found.values(), strict=True))
    if len(few) < records:
        _LOG.info("%d of %d records are explained, drawn by chance: methods.shap.max_records", len(few), records)
    attributions = _attributions(_explained(predict, few, config.shap, features), config.shap, features, asked)
    statistics = Statistics(records, ())
    if baseline is None:
        return Analysis(statistics, rejected=tally.rejected(), attributions=attributions)
    attributions = _compared(attributions, baseline, str(task.baseline and task.baseline.constraints))
    return Analysis(statistics, _violations(attributions), rejected=tally.rejected(), attributions=attributions)


def _explained(predict: Predictor, rows: Sequence[Row], config: ShapConfig, features: tuple[str, ...]) -> Local:
    usual = given_rows(config, features) or usual_rows(rows, config)
    encoding = encoding_of([*rows, *usual])

    def ask(matrix: Matrix) -> Matrix:
        return predict(encoding.decoded(np.asarray(matrix, dtype=np.float64)))

    return explained(ask, encoding.encoded(rows), encoding.encoded(usual), config)


def _attributions(local: Local, config: ShapConfig, features: tuple[str, ...], asked: PredictorConfig) -> Attributions:
    names = asked.label_headers or tuple(f"label{i}" for i in range(len(local.expected)))
    if len(names) != len(local.expected):
        raise BadTask(
            f"predictor.label_headers has {len(names)} names, and the model has {len(local.expected)} outputs for each row"
        )
    kept = np.concatenate(list(local.values), axis=1).tolist() if config.save_local else []
    return Attributions(
        features=tuple(
            Attribution(feature, float(value), output)
            for output, values in zip(names, local.aggregated(config.aggregation), strict=True)
            for feature, value in zip(features, values, strict=True)
        ),
        outputs=tuple(Output(name, float(value)) for name, value in zip(names, local.expected, strict=True)),
        local=tuple(tuple(row) for row in kept),
    )


def _compared(attributions: Attributions, baseline: dict[str, dict[str, float]], file: str) -> Attributions:
    outputs = []
    for output in attributions.outputs:
        current, before = attributions.of(output.name), baseline.get(output.name)
        if before is None:
            raise BadBaseline(f"{file} has no attributions for {output.name}; it has those for {', '.join(baseline)}")
        if other := sorted(current.keys() ^ before.keys()):
            raise BadBaseline(f"{file} has other features for {output.name}; not in both are {', '.join(other)}")
        outputs.append(replace(output, ndcg=ndcg(before, current)))
    scores = [output.ndcg for output in outputs if output.ndcg is not None]
    return replace(attributions, outputs=tuple(outputs), ndcg=min(scores))


def _violations(attributions: Attributions) -> tuple[Violation, ...]:
    return tuple(
        Violation(output.name, CHECK, description(output.ndcg), output.ndcg, THRESHOLD)
        for output in attributions.outputs
        if output.ndcg is not None and output.ndcg < THRESHOLD
    )
