"""What is read from the lines of programs, and what is kept of it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sagemaker_local.emulator.families.jobs.builtin_metrics import metric_definitions
from sagemaker_local.runner import series as kept
from sagemaker_local.runner.jobs.measuring import definitions, indispensable, values
from sagemaker_local.runner.jobs.output import escaped
from sagemaker_local.runner.series import Point, Series

XGBOOST = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1"


def read(line: str, *given: tuple[str, str]) -> list[tuple[str, float]]:
    known, _ = definitions([{"Name": name, "Regex": regex} for name, regex in given])
    return list(values(line, known))


def test_the_tabs_of_xgboost_are_those_of_its_metric_definitions() -> None:
    known, wrong = definitions(metric_definitions(XGBOOST))

    found = dict(values(escaped("[7]\ttrain-rmse:0.25\tvalidation-rmse:1e-3"), known))

    assert found == {"train:rmse": 0.25, "validation:rmse": 0.001}
    assert wrong == []


def test_control_characters_are_written_as_cloudwatch_shows_them() -> None:
    assert escaped("\x1b[A 50%\rdone\t1") == "#033[A 50%#015done#0111"


@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "abc", ""])
def test_what_is_no_finite_number_is_no_value(value: str) -> None:
    assert read(f"loss={value};", ("loss", "loss=(.*);")) == []


def test_one_line_may_have_several_metrics_and_a_definition_needs_a_group() -> None:
    found = read("a=1 b=2", ("a", "a=([0-9]+)"), ("b", "b=([0-9]+)"), ("c", "a=[0-9]+"), ("d", "(x)?a="))

    assert found == [("a", 1.0), ("b", 2.0)]


def test_an_expression_that_is_none_is_told_and_harms_no_other() -> None:
    known, wrong = definitions([{"Name": "bad", "Regex": "(["}, {"Name": "good", "Regex": "g=(.)"}])

    assert [one.name for one in known] == ["good"]
    assert wrong[0].startswith("sagemaker-local: the metric bad has no values")


def test_values_are_kept_in_their_order_and_a_new_job_has_none() -> None:
    series = Series()
    for when, value in enumerate((3.0, 1.0, 2.0)):
        series.record("arn", "loss", value, float(when))

    assert [point.value for point in series.of("arn", "loss")] == [3.0, 1.0, 2.0]
    assert series.last("arn") == {"loss": Point(2.0, 2.0)}
    series.begin("arn")
    assert series.of("arn", "loss") == ()


def test_only_the_latest_jobs_and_values_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST_JOBS", 2)
    monkeypatch.setattr(kept, "MOST_POINTS", 4)
    series = Series()
    for job in ("first", "second", "third"):
        series.begin(job)
        for value in range(5):
            series.record(job, "loss", float(value), 0.0)

    assert series.last("first") == {}
    assert [point.value for point in series.of("third", "loss")] == [2.0, 3.0, 4.0]


EXPRESSIONS = (
    r".*\[[0-9]+\].*#011train-auc:([-+]?[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?).*",
    r"loss: ([0-9.]+)",
    r"a=(.)|b=(.)",
    r"ab?c=(.)",
    r"ab+c*d{2,3}ef=(.)",
    r"\x41bc=(.)",
    r"(?i)loss=(.)",
    r"x\|y=([^]x]+)[]ab]z",
    r"^(?:loss|acc)=([0-9]+)%$",
    r"\bepoch (\d+),\s",
)


@pytest.mark.parametrize("expression", EXPRESSIONS)
@given(data=st.data())
def test_what_an_expression_finds_holds_what_it_cannot_do_without(expression: str, data: st.DataObject) -> None:
    regex = re.compile(expression)

    assert indispensable(regex) in data.draw(st.from_regex(regex))


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        (EXPRESSIONS[0], "#011train-auc:"),
        ("loss: (.)", "loss: "),
        ("a=(.)|b", ""),
        (r"\x41=(.)", ""),
        ("ab{2}cd(.)", "cd"),
    ],
)
def test_the_longest_text_that_is_certain_is_found(expression: str, text: str) -> None:
    assert indispensable(re.compile(expression)) == text


def test_a_long_line_without_values_costs_nothing() -> None:
    known, _ = definitions(metric_definitions(XGBOOST))
    line = "[1]" * 20_000  # which takes these expressions hours, one letter after the other

    assert list(values(line, known)) == []
    assert dict(values(f"{line}#011train-auc:0.5", known)) == {"train:auc": 0.5}


def test_the_second_of_two_alternatives_is_found_anywhere() -> None:
    assert read("step 7 acc=0.5", ("acc", ".*nothing=(.)|acc=([0-9.]+)")) == []
    assert read("step 7 acc=0.5", ("acc", "(?:.*loss|acc)=([0-9.]+)")) == [("acc", 0.5)]
