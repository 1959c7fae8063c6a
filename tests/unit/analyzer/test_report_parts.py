"""What the report shows of features, texts and earlier runs; how the page looks is seen in tests/browser."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sagemaker_analyzer.contract.task import AnalysisType, Dataset, Layout, Task, Window
from sagemaker_analyzer.model import Bucket, Feature, InferredType, Numbers, Sketch, Texts
from sagemaker_analyzer.report.comparison import Bins, Categories, compared
from sagemaker_analyzer.report.drawing import Undrawable, drawn
from sagemaker_analyzer.report.history import read_history
from sagemaker_analyzer.wording import labels, number, percent, shown

HERE = Path("here")
TASK = Task(Dataset(HERE, Layout.CSV), output=HERE, message=HERE, metrics=HERE)


def numbers(values: Any, *, kind: InferredType = InferredType.FRACTIONAL) -> Feature:
    found = np.asarray(values, dtype=np.float64)
    sketch = Sketch(2048, 0.64, (tuple(np.sort(found).tolist()),))
    spread = Numbers(0.0, 0.0, 0.0, found.min(), found.max(), (), sketch)
    return Feature("n", kind, len(found), 0, spread)


def texts(**counts: int) -> Feature:
    return Feature("t", InferredType.STRING, sum(counts.values()), 0, texts=Texts(len(counts), tuple(counts.items())))


def bins(now: Feature, then: Feature | None = None) -> Bins:
    found = compared(now, then)
    assert isinstance(found, Bins)
    return found


def test_bins_are_those_of_a_histogram_of_the_values_themselves() -> None:
    chance = np.random.default_rng(1)
    now, then = chance.uniform(0, 1, 500), chance.uniform(0.5, 2, 700)

    found = bins(numbers(now), numbers(then))

    assert found.edges[0] == min(now.min(), then.min())
    assert found.edges[-1] == max(now.max(), then.max())
    for shares, values in ((found.now, now), (found.then, then)):
        assert shares == pytest.approx(np.histogram(values, found.edges)[0] / len(values))
        assert sum(shares) == pytest.approx(1)


def test_whole_numbers_share_bins_evenly() -> None:
    few, many = bins(numbers([0, 1, 1, 5])), bins(numbers(range(100)))

    assert few.edges == (-0.5, 0.5, 1.5, 2.5, 3.5, 4.5, 5.5)
    assert few.now == (0.25, 0.5, 0, 0, 0, 0.25)
    assert {round(share, 6) for share in many.now} == {0.04}


def test_one_value_far_away_does_not_squeeze_all_others_into_one_bin() -> None:
    found = bins(numbers([*np.linspace(0, 1, 999), 1e9]))

    assert found.edges[-1] == pytest.approx(1, abs=0.01)
    assert found.outside == pytest.approx(0.006, abs=0.002)
    assert max(found.now) < 0.1


@pytest.mark.parametrize("values", [[-1e308, 1e308], [np.inf, 1.0]])
def test_what_no_axis_can_show_is_not_drawn(values: list[float]) -> None:
    assert compared(numbers(values), None) is None


@pytest.mark.parametrize("value", [0.0, 7.0, 0.1, -1e300, 5e-324])
def test_a_feature_that_is_always_the_same_is_one_bar(value: float) -> None:
    found = compared(numbers([value] * 3), None)

    assert found is None or (isinstance(found, Bins) and found.now == (1.0,))


def test_a_baseline_of_buckets_alone_is_compared_bucket_by_bucket() -> None:
    then = numbers([0.0, 1.0])
    assert then.numbers is not None
    buckets = tuple(Bucket(float(i), float(i + 1), 10.0) for i in range(10))
    then = replace(then, numbers=replace(then.numbers, sketch=None, buckets=buckets))

    found = bins(numbers([0.5, 9.5, 11.5, 11.6]), then)

    assert found.edges == tuple(float(i) for i in range(13))
    assert found.then == pytest.approx((*[0.1] * 10, 0, 0))
    assert found.now == (0.25, *[0.0] * 8, 0.25, 0, 0.5)


def test_categories_are_those_that_are_frequent_now_or_were_before() -> None:
    now = texts(**{f"c{i}": 10 for i in range(20)}, rare=1)

    found = compared(now, texts(gone=60, c0=40))

    assert isinstance(found, Categories)
    assert found.values[:2] == ("gone", "c0")
    assert (found.now[0], found.then[0]) == (0, 0.6)
    assert found.others == pytest.approx(1 - sum(found.now))
    assert len(found.values) == 12


def test_a_feature_without_values_is_not_drawn() -> None:
    assert compared(Feature("x", InferredType.UNKNOWN, 0, 9), None) is None
    assert compared(Feature("x", InferredType.UNKNOWN, 0, 9), texts(a=3)) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "(empty)"),
        ("a\nb\x00c\u2028d", "a�b�c�d"),
        ("\u202egpj.exe", "�gpj.exe"),
        ("\ud800\uffff", "��"),
        ("x" * 500, "x" * 119 + "…"),
        ("größer 数 👩‍🔬", "größer 数 👩‍🔬"),
    ],
)
def test_texts_are_shown_in_one_line_without_what_is_no_character(text: str, words: str) -> None:
    assert shown(text) == words


def test_labels_that_would_look_alike_are_told_apart() -> None:
    assert list(labels(["a" * 50 + "1", "a" * 50 + "2", "b"], 5)) == ["aaaa…", "aaaa… (2)", "b"]
    assert list(labels(["数据数据", "😀😀😀", "12345"], 5)) == ["数据…", "😀😀…", "12345"]


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "-"), (np.nan, "-"), (np.inf, "inf"), (1234567, "1,234,567"), (0.27516, "0.2752"), (12345.678, "12,346"),
     (1e-9, "1e-09"), (0.0, "0"), (1e300, "1e+300")],
)  # fmt: skip
def test_numbers_have_as_many_digits_as_people_read(value: float | None, text: str) -> None:
    assert number(value) == text


def test_shares_never_claim_all_or_nothing_that_is_not() -> None:
    assert [percent(share) for share in (0, 1e-6, 0.125, 0.99999, 1)] == [
        "0 %",
        "< 0.1 %",
        "12.5 %",
        "> 99.9 %",
        "100 %",
    ]


def summary(place: Path, name: str, content: Any) -> None:
    (place / name).mkdir(parents=True)
    (place / name / "summary.json").write_text(content if isinstance(content, str) else json.dumps(content))


def test_earlier_runs_are_read_in_their_order_and_what_is_spoilt_is_counted(tmp_path: Path) -> None:
    good = {"version": 1, "analysis": "MODEL_QUALITY", "violations": 1, "metrics": {"f2": 0.5, "r2": "much", "x": None}}
    summary(tmp_path, "b", {**good, "start": "2026-01-01T09:00:00+00:00"})
    summary(tmp_path, "a", {**good, "start": "2026-01-01T10:00:00+00:00", "violations": 2})
    summary(tmp_path, "now", {**good, "start": "2026-01-01T11:00:00+00:00"})
    summary(tmp_path, "other", {**good, "analysis": "DATA_QUALITY", "start": "2026-01-01T08:00:00+00:00"})
    for i, spoilt in enumerate(("{", "[]", "null", '{"violations": "many"}', '{"violations": -1}', "[" * 100_000)):
        summary(tmp_path, f"spoilt-{i}", spoilt)
    window = Window(datetime(2026, 1, 1, 11, tzinfo=UTC), datetime(2026, 1, 1, 12, tzinfo=UTC))

    found = read_history(replace(TASK, analysis=AnalysisType.MODEL_QUALITY, window=window, history=tmp_path))

    assert [(run.when, run.violations, dict(run.metrics)) for run in found.runs] == [
        ("2026-01-01T09:00:00+00:00", 1, {"f2": 0.5}),
        ("2026-01-01T10:00:00+00:00", 2, {"f2": 0.5}),
    ]
    assert found.unread == 6


def test_the_first_run_has_no_history(tmp_path: Path) -> None:
    assert read_history(TASK).runs == ()
    assert read_history(replace(TASK, history=tmp_path / "nothing")).runs == ()


def test_a_chart_that_vega_refuses_is_told_and_does_not_end_the_run() -> None:
    with pytest.raises(Undrawable):
        drawn({"mark": "nothing such"}, label="")


def test_a_chart_that_names_an_address_is_not_fetched() -> None:
    spec = {"data": {"url": "http://127.0.0.1:1/x.csv"}, "mark": "bar", "encoding": {"x": {"field": "a"}}}

    with pytest.raises(Undrawable, match="not allowed"):
        drawn(spec, label="")
