"""Target tracking, step scaling and schedules, as tables: metrics and times in, counts out."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sagemaker_local.emulator.resource import Json
from sagemaker_local.runner.scaler.decide import HIGH_AFTER, LOW_AFTER, Standing, Tracking, Verdict, verdict
from sagemaker_local.runner.scaler.schedules import following
from sagemaker_local.runner.scaler.steps import Alarm, breached, stepped

POLICY = Tracking(target=70)


def standing(current: int = 2, desired: int | None = None, **members: object) -> Standing:
    return Standing(current, current if desired is None else desired, **{"least": 1, "most": 6, **members})  # type: ignore[arg-type]


def decided(
    values: Sequence[float | None], there: Standing, policy: Tracking = POLICY, now: float = 10_000.0
) -> int | None:
    found = verdict({"p": (policy, values)}, there, now=now)
    return None if found is None else found.count


@pytest.mark.parametrize(
    ("values", "there", "count"),
    [
        pytest.param([140] * 3, standing(2), 4, id="twice the target on two needs four"),
        pytest.param([71] * 3, standing(2), 3, id="a little above needs one more"),
        pytest.param([70] * 3, standing(2), None, id="at the target nothing happens"),
        pytest.param([200, 60, 200], standing(2), None, id="a dip keeps the alarm silent"),
        pytest.param([200, None, 200], standing(2), None, id="what is missing raises no alarm"),
        pytest.param([500] * 3, standing(5), 6, id="never more than the most"),
        pytest.param([500] * 3, standing(6), None, id="at the most there is nothing to do"),
        pytest.param([140] * 3, standing(2, desired=4), None, id="what is wanted already is not wanted again"),
        pytest.param([140] * 3, standing(2, out_suspended=True), None, id="scaling out is suspended"),
        pytest.param([140] * 3, standing(2, in_suspended=True), 4, id="only scaling in is suspended"),
        pytest.param([10] * LOW_AFTER, standing(4), 1, id="a quarter of an hour of little needs one"),
        pytest.param([10] * (LOW_AFTER - 1), standing(4), None, id="a minute less is not enough"),
        pytest.param([35] + [10] * (LOW_AFTER - 1), standing(4), 2, id="what any of the minutes needed is kept"),
        pytest.param([64] * LOW_AFTER, standing(4), None, id="below the target but not well below"),
        pytest.param([0] * LOW_AFTER, standing(3), 1, id="no traffic goes to the least"),
        pytest.param([0] * LOW_AFTER, standing(3, least=0), 0, id="the least may be none"),
        pytest.param([0] * LOW_AFTER, standing(3, in_suspended=True), None, id="scaling in is suspended while idle"),
        pytest.param([0] * LOW_AFTER, standing(3, scaled_in=9_900), None, id="cooling down from the last scale-in"),
        pytest.param([0] * LOW_AFTER, standing(3, scaled_in=9_700), 1, id="cooled down"),
        pytest.param([None] * LOW_AFTER, standing(0, least=0), None, id="nothing is known of nothing"),
    ],
)
def test_a_policy_wants(values: Sequence[float | None], there: Standing, count: int | None) -> None:
    assert decided(values, there) == count


def test_a_policy_that_may_not_scale_in_does_not() -> None:
    assert decided([0] * LOW_AFTER, standing(3), Tracking(target=70, scales_in=False)) is None


def test_of_several_policies_the_greatest_wins_and_all_must_agree_to_fewer() -> None:
    high, low, none = [140.0] * 3, [10.0] * LOW_AFTER, [65.0] * LOW_AFTER
    assert verdict({"a": (POLICY, high), "b": (POLICY, [210.0] * 3)}, standing(2), now=0) == Verdict(6, "b", "High")
    assert verdict({"a": (POLICY, high), "b": (POLICY, low)}, standing(2), now=0) == Verdict(4, "a", "High")
    assert verdict({"a": (POLICY, none), "b": (POLICY, low)}, standing(4), now=1e6) is None
    assert verdict({"a": (POLICY, low), "b": (POLICY, [30.0] * LOW_AFTER)}, standing(4), now=1e6) == Verdict(
        2, "b", "Low"
    )
    keeps = Tracking(target=70, scales_in=False)
    assert verdict({"a": (keeps, none), "b": (POLICY, low)}, standing(4), now=1e6) == Verdict(1, "b", "Low")


@given(
    st.lists(st.floats(0, 1000) | st.none(), max_size=20),
    st.integers(0, 8),
    st.integers(0, 8),
    st.integers(0, 4),
    st.integers(4, 8),
)
def test_a_count_is_within_the_bounds_and_in_the_direction_of_its_alarm(
    values: list[float | None], current: int, desired: int, least: int, most: int
) -> None:
    there = Standing(current, desired, least, most)
    found = verdict({"p": (POLICY, values)}, there, now=1e6)
    if found is None:
        return
    if found.alarm == "High":
        assert desired < found.count <= most
        assert all(value is not None and value > 70 for value in values[-HIGH_AFTER:])
    else:
        assert least <= found.count < desired


def test_more_may_follow_at_once_while_the_last_change_is_under_way_if_even_more_is_needed() -> None:
    assert decided([210] * 3, standing(2, desired=4)) == 6


ALARM = Alarm("backlog", "GreaterThanOrEqualToThreshold", 1, periods=2, datapoints=2)


def test_an_alarm_needs_its_datapoints() -> None:
    assert breached(ALARM, [1, 1])
    assert not breached(ALARM, [1])
    assert not breached(ALARM, [1, None])
    assert breached(Alarm("a", "LessThanThreshold", 5, periods=3, datapoints=2), [9, 1, 1])
    assert not breached(Alarm("a", "LessThanLowerThreshold", 5, periods=1, datapoints=1), [1])


def steps(kind: str, *adjustments: tuple[float | None, float | None, int], **more: object) -> Json:
    names = ("MetricIntervalLowerBound", "MetricIntervalUpperBound", "ScalingAdjustment")
    made = [{n: v for n, v in zip(names, one, strict=True) if v is not None} for one in adjustments]
    return {"AdjustmentType": kind, "StepAdjustments": made, **more}


@pytest.mark.parametrize(
    ("config", "current", "beyond", "count"),
    [
        (steps("ChangeInCapacity", (0, None, 1)), 0, 0, 1),
        (steps("ChangeInCapacity", (0, 10, 1), (10, None, 3)), 2, 10, 5),
        (steps("ChangeInCapacity", (None, 0, -1)), 4, -3, 3),
        (steps("ChangeInCapacity", (None, -5, -2), (-5, 0, -1)), 4, -5, 2),
        (steps("ExactCapacity", (0, None, 5)), 2, 1, 5),
        (steps("PercentChangeInCapacity", (0, None, 50)), 5, 1, 7),
        (steps("PercentChangeInCapacity", (0, None, 10)), 2, 1, 3),
        (steps("PercentChangeInCapacity", (0, None, 10), MinAdjustmentMagnitude=2), 2, 1, 4),
        (steps("PercentChangeInCapacity", (None, 0, -50)), 5, -1, 3),
        (steps("ChangeInCapacity", (5, None, 1)), 2, 1, 2),
    ],
)
def test_a_step_changes_the_count(config: Json, current: int, beyond: float, count: int) -> None:
    assert stepped(config, current, beyond=beyond) == count


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("expression", "zone", "after", "when"),
    [
        ("at(2026-03-01T08:00:00)", "UTC", "2026-02-01T00:00", "2026-03-01T08:00"),
        ("at(2026-03-01T08:00:00)", "UTC", "2026-03-01T08:00", None),
        ("at(2026-03-01T08:00:00)", "Europe/Berlin", "2026-02-01T00:00", "2026-03-01T07:00"),
        ("rate(5 minutes)", "UTC", "2026-03-01T08:01", "2026-03-01T08:05"),
        ("cron(0 8 ? * MON-FRI *)", "UTC", "2026-03-01T00:00", "2026-03-02T08:00"),
        ("cron(30 20 ? * 1 *)", "UTC", "2026-03-02T00:00", "2026-03-08T20:30"),
        ("cron(0 12 1 * ? 2027)", "UTC", "2026-03-02T00:00", "2027-01-01T12:00"),
        ("cron(0 12 1 * ? 2020)", "UTC", "2026-03-02T00:00", None),
    ],
)
def test_a_schedule_comes_true(expression: str, zone: str, after: str, when: str | None) -> None:
    expected = None if when is None else at(when)
    assert following(expression, at(after), zone=zone) == expected


@pytest.mark.parametrize("expression", ["every day", "cron(0 8 * * *)", "cron(61 8 ? * * *)", "rate(soon)"])
def test_what_is_no_schedule_is_refused(expression: str) -> None:
    with pytest.raises(ValueError, match="is no schedule"):
        following(expression, 0.0)
