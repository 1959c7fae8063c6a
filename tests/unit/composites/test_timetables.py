"""When schedules are due: expressions as Kubernetes reads them, and clocks that are put forward and back."""

import zoneinfo
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sagemaker_operator.composites.cron.expression import Unparseable, normal
from sagemaker_operator.composites.cron.runs import MANY, unmet
from sagemaker_operator.composites.cron.timetable import Timetable, UnknownZone


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def following(schedule: str, moment: str, zone: str | None = "America/New_York", times: int = 1) -> list[str]:
    """The next times after a moment, as they are told in the zone."""
    timetable, found = Timetable.of(schedule, zone), [at(moment)]
    for _ in range(times):
        after = timetable.after(found[-1])
        assert after is not None
        found.append(after)
    return [timetable.local(moment).isoformat() for moment in found[1:]]


# The cases of https://github.com/robfig/cron/blob/v3.0.1/spec_test.go without their seconds.
@pytest.mark.parametrize(
    ("moment", "schedule", "due"),
    [
        ("2012-07-09T14:45:00+00:00", "0/15 * * * *", "2012-07-09T15:00:00+00:00"),
        ("2012-07-09T14:59:59+00:00", "0/15 * * * *", "2012-07-09T15:00:00+00:00"),
        ("2012-07-09T15:45:00+00:00", "20-35/15 * * * *", "2012-07-09T16:20:00+00:00"),
        ("2012-07-09T23:46:00+00:00", "*/15 * * * *", "2012-07-10T00:00:00+00:00"),
        ("2012-07-09T23:35:00+00:00", "20-35/15 1/2 */2 * *", "2012-07-11T01:20:00+00:00"),
        ("2012-07-09T23:35:00+00:00", "0 0 9 Apr-Oct ?", "2012-08-09T00:00:00+00:00"),
        ("2012-07-09T23:35:00+00:00", "0 0 */5 Apr,Aug,Oct Mon", "2012-08-01T00:00:00+00:00"),
        ("2012-07-09T23:35:00+00:00", "0 0 */5 Oct Mon", "2012-10-01T00:00:00+00:00"),
        ("2012-07-09T23:35:00+00:00", "0 0 * Feb Mon", "2013-02-04T00:00:00+00:00"),
        ("2012-07-09T23:35:00+00:00", "0 0 * Feb Mon/2", "2013-02-01T00:00:00+00:00"),
        ("2012-12-31T23:59:45+00:00", "* * * * *", "2013-01-01T00:00:00+00:00"),
        ("2012-07-09T23:35:00+00:00", "0 0 29 Feb ?", "2016-02-29T00:00:00+00:00"),
        ("2012-07-09T23:35:00+00:00", "@weekly", "2012-07-15T00:00:00+00:00"),
    ],
)
def test_an_expression_is_due_when_kubernetes_says_so(moment: str, schedule: str, due: str) -> None:
    assert following(schedule, moment, None) == [due]


@pytest.mark.parametrize(
    ("schedule", "day", "matches"),
    [
        ("0 0 1,15 * Sun", "2012-07-15", True),
        ("0 0 1,15 * Sun", "2012-06-15", True),
        ("0 0 1,15 * Sun", "2012-08-01", True),
        ("0 0 * * Mon", "2012-07-15", False),
        ("0 0 1,15 * *", "2012-07-09", False),
        ("0 0 1,15 * *", "2012-07-15", True),
        ("0 0 */1 * Mon", "2012-07-15", False),
        ("0 0 5,* * Mon", "2012-07-15", False),
        ("0 0 */2 * Mon", "2012-07-15", True),
        ("0 0 30 2 */2", "2012-02-07", True),
    ],
)
def test_either_day_will_do_unless_one_of_them_is_any(schedule: str, day: str, matches: bool) -> None:
    moment = at(f"{day}T00:00:00+00:00")

    assert (Timetable.of(schedule, None).after(moment - timedelta(minutes=1)) == moment) == matches


def test_what_falls_into_the_hour_that_is_left_out_is_left_out() -> None:
    assert following("0 2 * * *", "2012-03-10T12:00:00-05:00") == ["2012-03-12T02:00:00-04:00"]
    assert following("30 2 11 3 *", "2012-03-01T00:00:00-05:00") == ["2013-03-11T02:30:00-04:00"]


def test_what_comes_each_hour_comes_once_around_the_hour_that_is_left_out() -> None:
    assert following("0 * * * *", "2012-03-11T00:30:00-05:00", times=3) == [
        "2012-03-11T01:00:00-05:00",
        "2012-03-11T03:00:00-04:00",
        "2012-03-11T04:00:00-04:00",
    ]


def test_what_falls_into_the_hour_that_comes_twice_comes_twice() -> None:
    assert following("30 1 * * *", "2012-11-04T00:00:00-04:00", times=3) == [
        "2012-11-04T01:30:00-04:00",
        "2012-11-04T01:30:00-05:00",
        "2012-11-05T01:30:00-05:00",
    ]
    assert following("30 1 4 11 *", "2012-11-04T01:45:00-04:00") == ["2012-11-04T01:30:00-05:00"]


def test_half_an_hour_of_summer_time_is_told_as_well() -> None:
    assert following("45 1 * * *", "2025-04-05T12:00:00+11:00", "Australia/Lord_Howe", times=2) == [
        "2025-04-06T01:45:00+11:00",
        "2025-04-06T01:45:00+10:30",
    ]


def test_a_day_that_a_country_left_out_is_left_out() -> None:
    assert following("0 12 * * *", "2011-12-29T13:00:00-10:00", "Pacific/Apia") == ["2011-12-31T12:00:00+14:00"]


@pytest.mark.parametrize(
    ("schedule", "why"),
    [
        ("0 2 * *", "it has 4 fields and not five"),
        ("0 0 2 * * *", "it has 6 fields and not five"),
        ("60 * * * *", "60 is no minute: it goes from 0 to 59"),
        ("* * 0 * *", "0 is no day of month: it goes from 1 to 31"),
        ("* * * * 7", "7 is no day of week: it goes from 0 to 6 (Sunday is 0)"),
        ("* * * FOO *", "FOO is no month"),
        ("* * L * *", "L is no day of month"),
        ("* * * * MON#1", "MON#1 is no day of week"),
        ("*/0 * * * *", "*/0 is no minute: a step is at least 1"),
        ("* 5-3 * * *", "5-3 is no hour: the range ends before it begins"),
        ("1,,2 * * * *", " is no minute"),
        ("@every 5m", "@every 5m is none of @yearly"),
        ("0 0 30 2 *", "it never comes true"),
        ("0 0 31 4,6,9,11 *", "it never comes true"),
    ],
)
def test_what_kubernetes_does_not_read_is_refused_with_the_reason(schedule: str, why: str) -> None:
    with pytest.raises(Unparseable) as refused:
        normal(schedule)

    assert why in str(refused.value)


@pytest.mark.parametrize("zone", ["Nowhere/Atlantis", "Europe", "../../etc/passwd", "Local"])
def test_a_zone_that_does_not_exist_is_named(zone: str) -> None:
    with pytest.raises(UnknownZone, match="there is no time zone"):
        Timetable.of("@daily", zone)


ZONES = ("UTC", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia")
_FIELDS = (("minute", 0, 59), ("hour", 0, 23), ("day", 1, 31), ("month", 1, 12), ("weekday", 0, 6))


@st.composite
def expressions(draw: st.DrawFn) -> str:
    def field(low: int, high: int) -> str:
        number = st.integers(low, high).map(str)
        step = st.integers(1, high).map(lambda n: f"*/{n}")
        listed = st.lists(number, min_size=1, max_size=3).map(",".join)
        return draw(st.one_of(st.just("*"), number, step, listed))

    return " ".join(field(low, high) for _, low, high in _FIELDS)


def matches(schedule: str, wall: datetime) -> bool:
    """An opinion of its own, straight from the rules of Kubernetes."""
    fields = schedule.split()
    shown = (wall.minute, wall.hour, wall.day, wall.month, wall.isoweekday() % 7)

    def one(number: int) -> bool:
        text, (_, low, high) = fields[number], _FIELDS[number]
        allowed: set[int] = set()
        for term in text.split(","):
            base, _, step = term.partition("/")
            allowed |= set(range(low, high + 1, int(step or 1))) if base == "*" else {int(base)}
        return shown[number] in allowed

    minute, hour, day, month, weekday = map(one, range(5))
    either = not any(fields[n] in ("*", "*/1") for n in (2, 4))
    return minute and hour and month and ((day or weekday) if either else (day and weekday))


@given(
    expressions(),
    st.sampled_from(ZONES),
    st.datetimes(datetime(2011, 6, 1), datetime(2030, 1, 1)),  # noqa: DTZ001
    st.integers(0, 2000),
)
def test_it_is_due_exactly_when_a_clock_on_the_wall_says_so(
    schedule: str, zone: str, start: datetime, minutes: int
) -> None:
    moment = start.replace(tzinfo=UTC, second=0, microsecond=0)
    try:
        timetable = Timetable.of(schedule, zone)
    except Unparseable:
        return
    due = timetable.after(moment)
    assert due is not None
    local = due.astimezone(ZoneInfo(zone))

    assert due > moment
    assert matches(schedule, local)
    for step in range(1, minutes):
        between = moment + timedelta(minutes=step)
        if between >= due:
            break
        assert not matches(schedule, between.astimezone(ZoneInfo(zone)))


def test_of_many_times_that_passed_only_the_latest_counts() -> None:
    minutely, hourly = Timetable.of("* * * * *", None), Timetable.of("0 * * * *", None)
    since, now = at("2026-01-01T00:00:00+00:00"), at("2026-01-01T03:30:30+00:00")

    many, few = unmet(minutely, since, now), unmet(hourly, since, now)

    assert many is not None
    assert few is not None
    assert (many.latest, many.many) == (at("2026-01-01T03:30:00+00:00"), True)
    assert (few.latest, few.many) == (at("2026-01-01T03:00:00+00:00"), False)
    assert unmet(hourly, now, at("2026-01-01T03:59:59+00:00")) is None


@pytest.mark.parametrize(("minutes", "many"), [(MANY, False), (MANY + 1, True)])
def test_more_than_a_hundred_are_many(minutes: int, many: bool) -> None:
    since = at("2026-01-01T00:00:00+00:00")

    found = unmet(Timetable.of("* * * * *", None), since, since + timedelta(minutes=minutes))

    assert found is not None
    assert found.many == many


def test_the_latest_is_found_where_times_are_spread_unevenly() -> None:
    # Kubernetes' estimate goes by the first two, a minute apart here, and finds none at all.
    timetable = Timetable.of("0,1 0 1-7 * *", None)

    found = unmet(timetable, at("2020-01-01T00:00:00+00:00"), at("2026-06-20T12:00:00+00:00"))

    assert found is not None
    assert found.latest == at("2026-06-07T00:01:00+00:00")


@given(expressions(), st.integers(1, 500_000))
def test_the_latest_time_is_followed_by_none_before_now(schedule: str, minutes: int) -> None:
    since = at("2024-02-27T00:00:00+00:00")
    now = since + timedelta(minutes=minutes)
    try:
        timetable = Timetable.of(schedule, "Europe/Berlin")
    except Unparseable:
        return

    found = unmet(timetable, since, now)

    following = timetable.after(since if found is None else found.latest)
    assert following is None or following > now
    assert found is None or since < found.latest <= now


def test_zones_are_known_where_a_system_has_no_zone_files() -> None:
    before = zoneinfo.TZPATH
    zoneinfo.reset_tzpath(to=())
    try:
        zone = ZoneInfo.no_cache("Europe/Berlin")
    finally:
        zoneinfo.reset_tzpath(to=before)

    assert datetime(2026, 7, 1, tzinfo=zone).utcoffset() == timedelta(hours=2)
