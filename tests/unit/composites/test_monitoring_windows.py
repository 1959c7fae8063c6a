"""Windows of runs, and the folders in which they lie."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sagemaker_operator.composites.cron.timetable import Timetable
from sagemaker_operator.composites.monitoring.schedule import in_cron
from sagemaker_operator.composites.monitoring.windows import Window, covering, ended, resumed, window

SPEC = {"delaySeconds": 0}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def through(timetable: Timetable, start: datetime, count: int, spec: dict[str, Any]) -> list[Window]:
    """The windows of so many runs, one after another, each of which was started."""
    windows: list[Window] = []
    until: datetime | None = None
    due = start
    for _ in range(count):
        following = timetable.after(due)
        assert following is not None
        due = following
        windows.append(window(spec, until, timetable, due))
        until = windows[-1].end
    return windows


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"])
@pytest.mark.parametrize("schedule", ["30 2 * * *", "0 * * * *", "15 1,2,3 * * *"])
@pytest.mark.parametrize("month", [3, 4, 10, 11])
def test_windows_meet_also_when_clocks_are_changed(zone: str, schedule: str, month: int) -> None:
    timetable = Timetable.of(schedule, zone)

    windows = through(timetable, datetime(2026, month, 1, tzinfo=UTC), 800 if schedule == "0 * * * *" else 60, SPEC)

    assert all(before.end == after.start for before, after in pairwise(windows))
    assert not any(one.empty for one in windows)


def test_the_first_window_begins_where_a_run_before_would_have_ended() -> None:
    timetable = Timetable.of("0 */6 * * *", None)

    found = window({"delaySeconds": 600}, None, timetable, at("2026-01-05T12:00"))

    assert (found.start, found.end) == (at("2026-01-05T05:50"), at("2026-01-05T11:50"))


def test_another_schedule_reads_nothing_twice() -> None:
    found = window(SPEC, at("2026-01-05T11:30"), Timetable.of("0 0 * * *", None), at("2026-01-06T00:00"))

    assert (found.start, found.end) == (at("2026-01-05T11:30"), at("2026-01-06T00:00"))


def test_a_longer_delay_makes_a_window_that_was_read_already_empty() -> None:
    assert window(
        {"delaySeconds": 7200}, at("2026-01-05T11:00"), Timetable.of("0 * * * *", None), at("2026-01-05T12:00")
    ).empty


def test_when_it_goes_on_all_but_the_last_window_counts_as_read_and_nothing_is_read_again() -> None:
    hourly = Timetable.of("0 * * * *", None)

    assert resumed(SPEC, at("2026-01-01T11:00"), hourly, at("2026-01-05T12:10")) == at("2026-01-05T11:00")
    assert resumed(SPEC, at("2026-01-05T11:30"), hourly, at("2026-01-05T12:10")) == at("2026-01-05T11:30")
    assert resumed(SPEC, None, hourly, at("2026-01-05T12:10")) == at("2026-01-05T11:00")


@pytest.mark.parametrize(
    ("start", "end", "folders"),
    [
        ("2026-01-05T11:55", "2026-01-05T12:55", ("2026/01/05/11/", "2026/01/05/12/")),
        ("2026-01-05T11:00", "2026-01-05T12:00", ("2026/01/05/11/", "2026/01/05/12/")),
        ("2026-01-04T00:00", "2026-01-05T00:00", ("2026/01/04/", "2026/01/05/")),
        ("2025-11-04T00:00", "2026-01-05T00:00", ("2025/11/", "2025/12/", "2026/01/")),
        ("2020-01-01T00:00", "2026-01-05T00:00", ("",)),
    ],
)
def test_a_window_lies_in_few_folders(start: str, end: str, folders: tuple[str, ...]) -> None:
    assert covering(Window(at(start), at(end)), most=3) == folders


@given(st.integers(0, 10**6), st.lists(st.integers(1, 3000), min_size=2, max_size=8))
def test_each_hour_s_folder_belongs_to_exactly_one_window(first: int, lengths: list[int]) -> None:
    """Minutes since a day, and the lengths of windows one after another."""
    edges = [at("2026-01-01T00:00") + timedelta(minutes=first)]
    for length in lengths:
        edges.append(edges[-1] + timedelta(minutes=length))
    windows = [Window(start, end) for start, end in pairwise(edges)]

    hours = [hour for one in windows for folder in ended(one) for hour in _hours(folder)]

    assert len(hours) == len(set(hours))
    assert sorted(hours) == sorted(hour for folder in ended(Window(edges[0], edges[-1])) for hour in _hours(folder))


def _hours(folder: str) -> list[str]:
    return [folder] if folder.count("/") == 4 else [f"{folder}{hour:02}/" for hour in range(24)]


@pytest.mark.parametrize(
    ("sagemaker", "cron"),
    [
        ("cron(0 * ? * * *)", "0 * * * *"),
        ("cron(0 12 ? * * *)", "0 12 * * *"),
        ("cron(0 17/12 ? * * *)", "0 5,17 * * *"),
        ("*/5 * * * *", "*/5 * * * *"),
    ],
)
def test_schedules_in_sagemaker_s_form_are_understood(sagemaker: str, cron: str) -> None:
    assert in_cron(sagemaker) == cron
