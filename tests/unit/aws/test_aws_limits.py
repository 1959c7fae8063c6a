"""Token buckets: how many calls go, and how the rate follows what AWS says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sagemaker_operator.aws.limits import QUOTAS, Bucket, Key, Limits, Pace

LIST = Key("eu-west-1", "ListTrainingJobs")
CREATE = Key("eu-west-1", "CreateTrainingJob")


def spend_all(bucket: Bucket, now: float) -> int:
    """Call as often as is allowed at a moment."""
    calls = 0
    while bucket.ready(now):
        bucket.spend(now)
        calls += 1
    bucket.wanted()
    return calls


def busy_second(bucket: Bucket, now: float, *, throttled: bool = False) -> int:
    """Call as often as is allowed during one second, and hear of it at its end."""
    calls = sum(spend_all(bucket, now + step / 1000) for step in range(1000))
    bucket.feedback(now + 1.0, throttled=throttled)
    return calls


@given(steps=st.lists(st.floats(min_value=0.0, max_value=5.0), max_size=60))
def test_a_known_quota_is_never_exceeded_in_any_window(steps: list[float]) -> None:
    bucket, now, calls = Limits().bucket(LIST), 0.0, list[float]()
    for step in steps:
        now += step
        calls += [now] * spend_all(bucket, now)
        bucket.feedback(now, throttled=False)

    rate = QUOTAS["ListTrainingJobs"].rate
    for first, since in enumerate(calls):
        for last in range(first, len(calls)):
            assert last - first + 1 <= rate + rate * (calls[last] - since) + 1e-3


def test_an_unknown_quota_is_looked_for_by_doubling_while_more_is_wanted() -> None:
    bucket = Limits().bucket(CREATE)

    seconds = [busy_second(bucket, float(now)) for now in range(8)]

    assert seconds[0] in (39, 40)  # one second's worth was saved up
    assert sum(seconds[:7]) >= 1000, "a burst of a thousand creates is not held up by us"
    assert bucket.rate == 1000.0, "there is a ceiling"


def test_a_rate_that_nobody_needs_does_not_grow() -> None:
    bucket = Limits().bucket(CREATE)

    for now in range(100):
        bucket.spend(float(now))
        bucket.feedback(float(now), throttled=False)

    assert bucket.rate == 20.0


def test_throttling_cuts_the_rate_once_a_second_however_many_calls_were_throttled() -> None:
    bucket = Limits().bucket(CREATE)
    spend_all(bucket, 0.0)

    for _ in range(20):
        bucket.feedback(0.5, throttled=True)

    assert bucket.rate == pytest.approx(14.0)
    bucket.feedback(1.5, throttled=True)
    assert bucket.rate < 14.0


def test_after_throttling_nothing_is_saved_up() -> None:
    bucket = Limits().bucket(CREATE)

    bucket.feedback(0.0, throttled=True)

    assert not bucket.ready(0.0)


def test_a_cut_starts_from_the_calls_that_were_made_and_not_from_those_that_could_have_been() -> None:
    bucket = Limits().bucket(CREATE)
    for now in range(8):
        busy_second(bucket, float(now))
    for now in range(100, 103):
        for call in range(10):
            bucket.spend(now + call / 10)

    bucket.feedback(103.0, throttled=True)

    assert bucket.rate == pytest.approx(7.0)


def test_after_throttling_the_rate_grows_by_steps_and_not_by_doubling() -> None:
    bucket = Limits().bucket(CREATE)
    spend_all(bucket, 0.0)
    bucket.feedback(0.0, throttled=True)

    rates = []
    for now in range(1, 6):
        busy_second(bucket, float(now))
        rates.append(bucket.rate)

    assert rates == pytest.approx([15, 16, 17, 18, 19])


def test_a_quota_that_aws_does_not_publish_is_found_and_kept_to() -> None:
    """AWS allows 5 calls a second, and throttles the others."""
    bucket, throttled_late, allowed_late = Limits().bucket(CREATE), 0, 0
    aws = Bucket(Pace(start=5, ceiling=5), 5)
    for step in range(120_000):
        now = step / 1000
        if bucket.ready(now):
            bucket.spend(now)
            allowed = aws.ready(now)
            if allowed:
                aws.spend(now)
            bucket.feedback(now, throttled=not allowed)
            if now > 60:
                throttled_late, allowed_late = throttled_late + (not allowed), allowed_late + allowed
        else:
            bucket.wanted()

    assert allowed_late / 60 > 3.5, "most of the quota is used"
    assert throttled_late < allowed_late / 5, "few calls are in vain"


@given(hits=st.lists(st.booleans(), max_size=200))
def test_the_rate_stays_between_its_floor_and_its_ceiling(hits: list[bool]) -> None:
    bucket = Limits().bucket(CREATE)

    for now, throttled in enumerate(hits):
        spend_all(bucket, float(now))
        bucket.feedback(float(now), throttled=throttled)
        assert 0.5 <= bucket.rate <= 1000.0


def test_a_known_quota_recovers_to_itself_and_not_beyond() -> None:
    bucket = Limits().bucket(LIST)
    spend_all(bucket, 0.0)
    bucket.feedback(0.0, throttled=True)
    cut = bucket.rate

    for now in range(1, 30):
        busy_second(bucket, float(now))

    assert cut == pytest.approx(1.4)
    assert bucket.rate == 2.0


def test_a_bucket_says_when_the_next_call_may_go() -> None:
    bucket = Limits().bucket(LIST)
    spend_all(bucket, 10.0)

    assert bucket.ready_at(10.0) == pytest.approx(10.5)
    assert not bucket.ready(10.49)
    assert bucket.ready(bucket.ready_at(10.0))


def test_operations_and_regions_are_counted_apart() -> None:
    limits = Limits()
    spend_all(limits.bucket(LIST), 0.0)

    assert limits.bucket(Key("us-east-1", "ListTrainingJobs")).ready(0.0)
    assert limits.bucket(CREATE).ready(0.0)
    assert not limits.bucket(LIST).ready(0.0)
    assert limits.rates()[LIST] == 2.0
