"""What a comparison with the cluster brings to light, and what it leaves to the watch."""

from hypothesis import given
from hypothesis import strategies as st

from sagemaker_operator.kube.buckets import Bucket, Buckets
from sagemaker_operator.kube.client import ObjectMeta
from sagemaker_operator.kube.sweep import Difference, difference

PLACE = ("ml", "digits")


def there(uid: str = "u", version: str = "5") -> ObjectMeta:
    return ObjectMeta("ml", "digits", uid, version)


def test_an_object_that_is_known_and_not_there_is_missing() -> None:
    known = {PLACE: ("u", "5")}

    assert difference(before=known, after=known, listed=[]) == Difference(missing=(PLACE,))


def test_an_object_that_was_learnt_while_the_list_was_taken_is_not_missing() -> None:
    assert difference(before={}, after={PLACE: ("u", "5")}, listed=[]) == Difference()


def test_an_object_whose_end_was_told_while_the_list_was_taken_is_no_difference() -> None:
    assert difference(before={PLACE: ("u", "5")}, after={}, listed=[]) == Difference()


def test_an_object_in_a_newer_version_is_changed() -> None:
    known = {PLACE: ("u", "4")}

    assert difference(before=known, after=known, listed=[there()]) == Difference(changed=(PLACE,))


def test_an_object_whose_change_was_told_while_the_list_was_taken_is_no_difference() -> None:
    assert difference(before={PLACE: ("u", "4")}, after={PLACE: ("u", "6")}, listed=[there()]) == Difference()


def test_an_object_that_took_the_place_of_another_is_both_missing_and_new() -> None:
    known = {PLACE: ("old", "4")}

    assert difference(before=known, after=known, listed=[there("new")]) == Difference((PLACE,), (PLACE,))


@given(st.dictionaries(st.tuples(st.just("ml"), st.text("ab", max_size=2)), st.tuples(st.text("u"), st.text("12"))))
def test_who_knows_everything_has_no_difference(known: dict[tuple[str, str], tuple[str, str]]) -> None:
    listed = [ObjectMeta(*place, *object_) for place, object_ in known.items()]

    assert difference(before=known, after=known, listed=listed) == Difference()


def test_a_bucket_gives_its_burst_and_then_its_rate() -> None:
    now = 0.0
    buckets = Buckets(Bucket(burst=3, per_second=0.5), lambda: now)

    assert [buckets.take("a") for _ in range(4)] == [True, True, True, False]
    now = 2.0
    assert [buckets.take("a") for _ in range(2)] == [True, False]
    assert buckets.take("b")


def test_quiet_keys_take_no_memory() -> None:
    now = 0.0
    buckets = Buckets(Bucket(burst=3, per_second=0.5), lambda: now)
    for number in range(100):
        buckets.take(number)

    now = 10.0
    buckets.take("awake")

    assert len(buckets) == 1
