"""What a tuning job tries next, and which training jobs are not worth going on with."""

import math
import sys
from typing import Any

import pytest

from sagemaker_local.emulator.resource import Json, Place, Resource
from sagemaker_local.runner.search import searcher
from sagemaker_local.runner.search.space import space
from sagemaker_local.runner.search.stopping import Hyperband, below_median

RANGES: Json = {
    "IntegerParameterRanges": [{"Name": "depth", "MinValue": "1", "MaxValue": "9"}],
    "ContinuousParameterRanges": [
        {"Name": "rate", "MinValue": "0.001", "MaxValue": "1", "ScalingType": "Logarithmic"},
        {"Name": "momentum", "MinValue": "0.5", "MaxValue": "0.999", "ScalingType": "ReverseLogarithmic"},
    ],
    "CategoricalParameterRanges": [{"Name": "kind", "Values": ["a", "b"]}],
}


def tuner(
    strategy: str = "Bayesian", *, best: str = "Minimize", static: dict[str, str] | None = None, **config: Any
) -> Resource:
    spec = {
        "HyperParameterTuningJobConfig": {
            "Strategy": strategy,
            "ResourceLimits": {"MaxNumberOfTrainingJobs": 30, "MaxParallelTrainingJobs": 2},
            "HyperParameterTuningJobObjective": {"Type": best, "MetricName": "loss"},
            "ParameterRanges": RANGES,
            **config,
        },
        "TrainingJobDefinition": {"StaticHyperParameters": static or {}},
    }
    place = Place("123456789012", "us-east-1")
    return Resource("HyperParameterTuningJob", "tune", "tune", "arn:tune", place, spec, 0.0, 0.0)


def row(
    tuned: dict[str, str], value: float | None = None, *, status: str = "Completed", course: tuple[float, ...] = ()
) -> Json:
    final = (
        {} if value is None else {"FinalHyperParameterTuningJobObjectiveMetric": {"MetricName": "loss", "Value": value}}
    )
    return {"TunedHyperParameters": tuned, "TrainingJobStatus": status, "course": list(course), **final}


def searched(job: Resource, loss: Any, *, trials: int, rows: tuple[Json, ...] = ()) -> list[float]:
    known, values = list(rows), list[float]()
    for _ in range(trials):
        tuned = searcher.suggest(job, 0, known)
        assert tuned is not None
        values.append(loss(tuned))
        known.append(row(tuned, values[-1]))
    return values


def far(tuned: dict[str, str]) -> float:
    """Zero at depth 7, rate 0.1 and kind b."""
    return abs(int(tuned["depth"]) - 7) + abs(math.log10(float(tuned["rate"])) + 1) * 3 + (tuned["kind"] == "a")


def test_a_bayesian_search_comes_closer_the_more_it_has_seen() -> None:
    found = searched(tuner(), far, trials=30)
    assert sum(found[-10:]) < 0.6 * sum(found[:10])


def test_a_search_for_the_greatest_value_does_the_opposite() -> None:
    found = searched(tuner(best="Maximize"), far, trials=30)
    assert sum(found[-10:]) > sum(found[:10])


def test_the_same_rows_have_the_same_continuation_whoever_asks() -> None:
    rows = [row({"depth": "3", "rate": "0.1", "momentum": "0.9", "kind": "a"}, 1.0)]
    first = searcher.suggest(tuner(), 0, rows)
    assert first == searcher.suggest(tuner(), 0, rows)
    assert first != searcher.suggest(tuner(RandomSeed=7), 0, rows)


def test_a_search_goes_on_beside_jobs_that_run_or_failed_and_those_of_another_space() -> None:
    rows = [
        row({"depth": "3", "rate": "0.1", "momentum": "0.9", "kind": "a"}, status="InProgress"),
        row({"depth": "3", "rate": "0.1", "momentum": "0.9", "kind": "a"}, status="Failed"),
        row({"depth": "30", "rate": "0.1", "momentum": "0.9", "kind": "a"}, 1.0),
        row({"depth": "3", "rate": "0.1", "momentum": "0.9", "kind": "new"}, 1.0),
        row({"depth": "3"}, 1.0),
        row({"depth": "many", "rate": "0.1", "momentum": "0.9", "kind": "a"}, 1.0),
        row({"depth": "3", "rate": "0.1", "momentum": "0.9", "kind": "a"}, math.nan),
    ]
    assert set(searcher.suggest(tuner(), 0, rows) or {}) == {"depth", "rate", "momentum", "kind"}


def test_what_the_parents_of_a_warm_start_found_is_where_the_search_begins() -> None:
    far_off = searched(tuner(), far, trials=8)
    parents = [
        {"depth": str(depth), "rate": repr(rate), "momentum": "0.9", "kind": kind}
        for depth in (1, 3, 5, 7, 9) for rate in (0.01, 0.1, 1.0) for kind in "ab"
    ]  # fmt: skip
    warm = tuple(row(tuned, far(tuned)) for tuned in parents)
    assert sum(searched(tuner(), far, trials=8, rows=warm)) < sum(far_off)


@pytest.mark.parametrize("strategy", ["Random", "Grid", "Hyperband"])
def test_strategies_that_do_not_learn_are_left_to_the_draws_of_the_emulator(strategy: str) -> None:
    assert searcher.suggest(tuner(strategy), 0, []) is None


def test_without_optuna_the_emulator_draws_and_the_log_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "optuna", None)
    assert searcher.suggest(tuner(), 0, []) is None
    assert "sagemaker-operator[local]" in caplog.text


def test_every_value_is_a_text_within_its_range() -> None:
    rows: list[Json] = []
    for index in range(12):
        tuned = searcher.suggest(tuner(), 0, rows)
        assert tuned is not None
        assert 1 <= int(tuned["depth"]) <= 9
        assert 0.001 <= float(tuned["rate"]) <= 1
        assert 0.5 <= float(tuned["momentum"]) <= 0.999
        assert tuned["kind"] in "ab"
        rows.append(row(tuned, float(index)))


def test_points_of_a_space_read_back_what_was_told() -> None:
    made = space({**RANGES, "AutoParameters": [{"Name": "auto", "ValueHint": "5"}]})
    told = {"depth": "4", "rate": "0.25", "momentum": "0.75", "kind": "b", "auto": "5"}
    point = made.searched(told)
    assert point is not None
    assert made.told(point) == told


def test_a_range_of_one_value_is_searched_too() -> None:
    one = {"IntegerParameterRanges": [{"Name": "depth", "MinValue": "3", "MaxValue": "3"}]}
    assert searcher.suggest(tuner(ParameterRanges=one), 0, []) == {"depth": "3"}


def test_a_job_worse_than_the_median_of_the_running_averages_is_hopeless() -> None:
    before = [(1.0, 0.8, 0.6), (0.9, 0.7, 0.5), (1.1, 0.9, 0.7)]
    assert below_median((2.0, 1.5), before)
    assert not below_median((2.0, 0.8), before)


@pytest.mark.parametrize("before", [[], [(0.1, 0.1)] * 2, [(0.1,)] * 5])
def test_without_enough_to_compare_with_no_job_is_hopeless(before: list[tuple[float, ...]]) -> None:
    assert not below_median((9.0, 9.0), before)


def test_a_job_that_has_reported_nothing_is_not_hopeless() -> None:
    assert not below_median((), [(0.1,)] * 5)


def test_hyperband_lets_the_best_third_of_a_bracket_go_on() -> None:
    band = Hyperband(1, 9)
    courses = {number: (float(number),) for number in range(9)}  # the first bracket has nine jobs
    assert [number for number in courses if not band.hopeless(number, courses)] == [0, 1, 2]


def test_hyperband_stops_nobody_before_the_least_resource_and_everybody_at_the_greatest() -> None:
    band = Hyperband(3, 9)
    assert not band.hopeless(1, {0: (0.1, 0.1), 1: (9.0, 9.0)})
    assert band.hopeless(0, {0: (0.1,) * 9})


def test_the_last_bracket_of_hyperband_is_judged_only_at_the_end() -> None:
    band = Hyperband(1, 9)
    courses = {number: (float(number),) * 8 for number in range(17)}
    assert [number for number in courses if not band.hopeless(number, courses)][-3:] == [14, 15, 16]


def running(strategy: str, *, static: dict[str, str] | None = None, **config: Any) -> tuple[Resource, Json]:
    job = tuner(strategy, static=static, **config)
    tuned = {"depth": "3"}
    bad = row(tuned, status="InProgress", course=(5.0, 5.0))
    job.facts["jobs"] = [*(row(tuned, 0.1, course=(1.0, 0.5, 0.1)) for _ in range(3)), bad]
    return job, bad


def test_early_stopping_is_asked_for_by_its_type() -> None:
    assert searcher.hopeless(*running("Random", TrainingJobEarlyStoppingType="Auto"))
    assert not searcher.hopeless(*running("Random", TrainingJobEarlyStoppingType="Off"))
    assert not searcher.hopeless(*running("Random"))


def test_hyperband_stops_by_its_own_rule_and_finds_the_greatest_resource_in_the_epochs() -> None:
    limits = {"HyperbandStrategyConfig": {"MinResource": 1, "MaxResource": 27}}
    assert searcher.hopeless(*running("Hyperband", StrategyConfig=limits))
    assert searcher.hopeless(*running("Hyperband", static={"epochs": "27"}))
    assert not searcher.hopeless(*running("Hyperband"))
