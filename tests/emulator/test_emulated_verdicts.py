"""What the analysis of captured data says of rows, without an emulator."""

import base64
import json
from typing import Any

import pytest
from tests.emulator.monitoring_requests import CONSTRAINTS, captured

from sagemaker_local.emulator.families.monitoring import cron
from sagemaker_local.emulator.families.monitoring.verdict import rows_of, statistics, suggested, violations

NAMES = ["grade", "age", "job"]


def found(rows: list[str], constraints: dict[str, Any] = CONSTRAINTS, **given: str) -> list[tuple[str, str]]:
    """Feature and check of each violation."""
    lines = captured(rows, **given).decode().splitlines()
    return [
        (row["feature_name"], row["constraint_check_type"]) for row in violations(rows_of(lines, NAMES), constraints)
    ]


@pytest.mark.parametrize(
    ("rows", "violated"),
    [
        (["31,a", "42,b"], []),
        (["31", "42"], [("job", "missing_column_check")]),
        (["31,a,x", "42,b,y"], [("_c3", "extra_column_check")]),
        (["31,a", ",b"], [("age", "completeness_check")]),
        (["31,a", "old,b"], [("age", "data_type_check")]),
        (["31.5,a"], [("age", "data_type_check")]),
        (["31,a", "32,c"], [("job", "categorical_values_check")]),
    ],
)
def test_rows_are_held_against_the_constraints(rows: list[str], violated: list[tuple[str, str]]) -> None:
    assert found(rows) == violated


def test_the_words_of_a_wrong_type_are_those_of_the_analyzer() -> None:
    lines = captured(["31,a", "4.5,a"]).decode().splitlines()

    (violation,) = violations(rows_of(lines, NAMES), CONSTRAINTS)

    assert violation["description"] == (
        "Data type match requirement is not met. Expected data type: Integral, Expected match: 100.0%. "
        "Observed: Only 50.0% of data is Integral."
    )


def test_thresholds_of_the_baseline_count() -> None:
    lenient = {**CONSTRAINTS, "monitoring_config": {"datatype_check_threshold": 0.5, "domain_content_threshold": 0.5}}

    assert found(["31,a", "4.5,c"], lenient) == []


def test_json_and_base64_are_read_and_anything_else_is_passed_over() -> None:
    encoded = base64.b64encode(b"1,2").decode()
    lines = [
        json.dumps({"captureData": {"endpointInput": {"data": '{"a": 1, "b": {"c": null}}', "encoding": "JSON"}}}),
        json.dumps({"captureData": {"endpointInput": {"data": encoded, "encoding": "BASE64"}}}),
        json.dumps({"captureData": {"endpointInput": {"data": "{broken", "encoding": "JSON"}}}),
        json.dumps({"captureData": {"endpointInput": {"data": "%%%", "encoding": "BASE64"}}}),
        json.dumps({"captureData": []}),
        json.dumps([1]),
        "no json",
        "",
    ]

    assert rows_of(lines) == [{"a": "1", "b_c": None}, {"_c0": "1", "_c1": "2"}]


def test_statistics_and_constraints_have_the_analyzers_form() -> None:
    rows = rows_of(captured(["31,a", "42,a"]).decode().splitlines(), NAMES)

    described = {feature["name"]: feature for feature in statistics(rows)["features"]}

    assert described["age"]["numerical_statistics"]["mean"] == 36.5
    assert described["age"]["numerical_statistics"]["common"] == {"num_present": 2, "num_missing": 0}
    assert described["job"]["string_statistics"]["distinct_count"] == 1
    assert [feature["inferred_type"] for feature in suggested(rows)["features"]] == ["Fractional", "Integral", "String"]
    assert statistics([])["dataset"] == {"item_count": 0}


def test_nonsense_constraints_break_nothing() -> None:
    rows = rows_of(captured(["31,a"]).decode().splitlines(), NAMES)

    nonsense: list[dict[str, Any]] = [{}, {"features": []}, {"features": [{"name": "age"}]}]
    for constraints in nonsense:
        assert isinstance(violations(rows, constraints), list)


@pytest.mark.parametrize(
    ("expression", "now", "next_run"),
    [
        ("cron(0 * ? * * *)", 0, 1),
        ("cron(0 * ? * * *)", 0.5, 1),
        ("cron(0 12 ? * * *)", 12, 36),
        ("cron(0 17/12 ? * * *)", 0, 5),
        ("cron(0 17/12 ? * * *)", 5, 17),
        ("cron(0 0/5 ? * * *)", 20, 24),
        ("cron(0 3/24 ? * * *)", 3, 27),
    ],
)
def test_runs_follow_each_other_as_the_cron_says(expression: str, now: float, next_run: float) -> None:
    assert cron.following(expression, now * 3600) == next_run * 3600
    assert cron.preceding(expression, next_run * 3600) <= now * 3600


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("-PT5H", -18000), ("PT0H", 0), ("-P1D", -86400), ("-P1DT30M", -88200), ("P", None), ("-PT", None), ("5h", None)],
)
def test_offsets_are_iso_durations(text: str, seconds: float | None) -> None:
    assert cron.offset(text) == seconds
