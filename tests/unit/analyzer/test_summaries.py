"""What a run tells in a few numbers and one line."""

import json
import math
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sagemaker_analyzer.contract.task import AnalysisType, Baseline, Dataset, Layout, Problem, Task, Window
from sagemaker_analyzer.files.summary_file import line, summary_form
from sagemaker_analyzer.model import (
    Analysis,
    Attributions,
    Bias,
    BiasMetric,
    Facet,
    Metric,
    Quality,
    Rejected,
    Statistics,
    Violation,
)


def analysis(*violations: Violation, records: int = 1234, rejected: int = 0) -> Analysis:
    left_out = (Rejected("NotJson", "a.jsonl", rejected),) if rejected else ()
    return Analysis(Statistics(records, ()), violations, rejected=left_out)


def drifted(feature: str, value: float, threshold: float = 0.1) -> Violation:
    return Violation(feature, "baseline_drift_check", "", value, threshold)


HERE = Path("here")
BASELINE = Task(Dataset(HERE, Layout.CSV), output=HERE, message=HERE, metrics=HERE)
CHECK = replace(BASELINE, baseline=Baseline(HERE))
GONE = Violation("zip", "missing_column_check", "")


def test_a_summary_counts_and_tells_the_worst_first() -> None:
    found = analysis(drifted("age", 0.2), GONE, drifted("income", 0.9, 0.5), drifted("city", 0.31), rejected=2)

    assert summary_form(CHECK, found) == {
        "version": 1,
        "analysis": "DATA_QUALITY",
        "records": 1234,
        "rejected": 2,
        "unmerged": 0,
        "violations": 4,
        "byCheck": {"baseline_drift_check": 3, "missing_column_check": 1},
        "worst": [
            {"feature": "city", "check": "baseline_drift_check", "value": 0.31, "threshold": 0.1},
            {"feature": "age", "check": "baseline_drift_check", "value": 0.2, "threshold": 0.1},
            {"feature": "income", "check": "baseline_drift_check", "value": 0.9, "threshold": 0.5},
            {"feature": "zip", "check": "missing_column_check"},
        ],
        "metrics": {},
        "line": "4 violations in 1,234 records; the worst is city: drift 0.31 of 0.1 allowed; 2 records could not be read",
    }


def test_a_summary_stays_small_however_much_is_wrong() -> None:
    found = analysis(*(drifted("f" * 5000 + str(i), 0.2 + i) for i in range(5000)))

    quality = Quality(Problem.REGRESSION, 1234, tuple(Metric(f"m{i}", 1.0) for i in range(500)))
    form = summary_form(CHECK, replace(found, quality=quality))

    assert (len(form["worst"]), len(form["metrics"]), form["violations"]) == (10, 20, 5000)
    assert len(json.dumps(form)) < 8000


def test_a_summary_tells_the_window_and_what_was_measured_of_the_model() -> None:
    quality = Quality(Problem.REGRESSION, 1234, (Metric("mae", 0.8), Metric("r2", math.nan)))
    facet = Facet("sex", "1", (BiasMetric("CI", "", 0.1),), (BiasMetric("DI", "", 0.7), BiasMetric("TE", "", None)))
    found = replace(
        analysis(), quality=quality, bias=Bias("paid", "1", (facet,)), attributions=Attributions((), ndcg=0.9)
    )
    window = Window(datetime(2026, 1, 1, 10, tzinfo=UTC), datetime(2026, 1, 1, 11, tzinfo=UTC))

    form = summary_form(replace(CHECK, analysis=AnalysisType.MODEL_QUALITY, window=window), found)

    assert form["metrics"] == {"mae": 0.8, "DI sex 1": 0.7, "CI sex 1": 0.1, "ndcg": 0.9}
    assert (form["analysis"], form["start"]) == ("MODEL_QUALITY", "2026-01-01T10:00:00+00:00")


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (analysis(), "no violations in 1,234 records"),
        (analysis(records=1, rejected=1), "no violations in 1 record; 1 record could not be read"),
        (analysis(GONE), "1 violation in 1,234 records; it is zip: missing column"),
        (
            analysis(drifted("\x1b[2J\nall is well", 0.2)),
            "1 violation in 1,234 records; it is �[2J�all is well: drift 0.2 of 0.1 allowed",
        ),
        (
            analysis(Violation("age", "completeness_check", "", 0.5, 1.0)),
            "1 violation in 1,234 records; it is age: completeness 0.5 of 1 wanted",
        ),
        (
            analysis(Violation("age", "data_type_check", "", -3.0, 0.0), drifted("age", 0.9)),
            "2 violations in 1,234 records; the worst is age: minimum -3, none below 0 allowed",
        ),
        (
            analysis(Violation("DPL", "bias_drift_check", "", -0.3, 0.1, "sex", "1")),
            "1 violation in 1,234 records; it is DPL sex 1: -0.3, worse than the baseline's 0.1",
        ),
        (
            analysis(Violation("f2", "LessThanThreshold", "", 0.7, 0.8)),
            "1 violation in 1,234 records; it is f2: 0.7, at least 0.8 wanted",
        ),
        (
            analysis(Violation("mae", "GreaterThanThreshold", "", 0.7, 0.6)),
            "1 violation in 1,234 records; it is mae: 0.7, at most 0.6 wanted",
        ),
        (
            analysis(Violation("label0", "feature_attribution_drift_check", "", 0.8, 0.9)),
            "1 violation in 1,234 records; it is label0: NDCG 0.8, at least 0.9 wanted",
        ),
    ],
)
def test_the_line_says_what_is_wrong(found: Analysis, words: str) -> None:
    assert line(CHECK, found) == words


def test_a_baseline_claims_nothing_of_violations() -> None:
    assert line(BASELINE, analysis(rejected=3)) == "baseline of 1,234 records; 3 records could not be read"
