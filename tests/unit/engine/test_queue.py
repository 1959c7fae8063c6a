"""The order in which keys get worked on."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from sagemaker_operator.engine.lanes import Lane
from sagemaker_operator.engine.queue import WorkQueue
from sagemaker_operator.engine.resource import Key


def key(name: str) -> Key:
    return Key("TrainingJob", "default", name)


def test_a_user_goes_before_transitions_and_drift() -> None:
    queue = WorkQueue()
    queue.add(key("drift"), Lane.DRIFT)
    queue.add(key("transition"), Lane.TRANSITION)
    queue.add(key("user"), Lane.USER)

    order = [taken[0].name for _ in range(3) if (taken := queue.take(0.0))]

    assert order == ["user", "transition", "drift"]


def test_a_key_added_while_it_is_worked_on_comes_again_afterwards() -> None:
    queue = WorkQueue()
    queue.add(key("a"), Lane.USER)
    queue.take(0.0)
    queue.add(key("a"), Lane.USER)
    queue.add(key("a"), Lane.USER)

    assert queue.take(0.0) is None
    queue.done(key("a"))
    assert queue.take(0.0) == (key("a"), Lane.USER)
    queue.done(key("a"))
    assert queue.take(0.0) is None


def test_a_waiting_key_can_become_more_urgent_and_still_comes_once() -> None:
    queue = WorkQueue()
    queue.add(key("a"), Lane.DRIFT)
    queue.add(key("a"), Lane.USER)

    assert queue.take(0.0) == (key("a"), Lane.USER)
    queue.done(key("a"))
    assert queue.take(0.0) is None


def test_a_delayed_key_comes_when_it_is_due_and_the_earlier_time_counts() -> None:
    queue = WorkQueue()
    queue.add_at(key("a"), 10.0, Lane.TRANSITION)
    queue.add_at(key("a"), 5.0, Lane.TRANSITION)
    queue.add_at(key("a"), 20.0, Lane.TRANSITION)

    assert queue.next_due() == 5.0
    assert queue.take(4.9) is None
    assert queue.take(5.0) == (key("a"), Lane.TRANSITION)
    queue.done(key("a"))
    assert queue.take(100.0) is None


def test_a_forgotten_key_does_not_come_back() -> None:
    queue = WorkQueue()
    queue.add_at(key("a"), 5.0, Lane.TRANSITION)
    queue.add(key("b"), Lane.USER)
    queue.forget(key("a"))
    queue.forget(key("b"))

    assert queue.take(10.0) is None
    assert queue.next_due() is None


@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.sampled_from(["add", "later", "take", "done"]), st.sampled_from(Lane))
    )
)
def test_no_key_is_ever_worked_on_twice_at_once_and_none_is_lost(steps: Sequence[tuple[str, str, Lane]]) -> None:
    queue, busy, wanted = WorkQueue(), set[Key](), set[Key]()
    for now, (name, step, lane) in enumerate(steps):
        if step == "add":
            queue.add(key(name), lane)
            wanted.add(key(name))
        elif step == "later":
            queue.add_at(key(name), now + 2.0, lane)
            wanted.add(key(name))
        elif step == "take" and (taken := queue.take(float(now))):
            assert taken[0] not in busy
            busy.add(taken[0])
            wanted.discard(taken[0])
        elif step == "done" and key(name) in busy:
            queue.done(key(name))
            busy.discard(key(name))
    for finished in tuple(busy):
        queue.done(finished)
    served = set()
    while taken := queue.take(1e9):
        served.add(taken[0])
        queue.done(taken[0])
    assert served == wanted
