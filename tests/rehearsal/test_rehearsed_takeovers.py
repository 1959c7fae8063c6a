"""Roll-outs of endpoints with the operator killed at each moment, and its last call carried out late or never."""

import pytest
from tests.rehearsal.moments import at_each_moment
from tests.rehearsal.rollouts import (
    NOTHING,
    WEB,
    at_work,
    begun,
    calls,
    changes,
    current,
    fail,
    images,
    left,
    model,
    outcomes,
    served,
    turned_back,
    updates,
    web,
)
from tests.rehearsal.stage import Rehearsal


def created(play: Rehearsal) -> None:
    play.apply(web())
    served(play)
    assert changes(play) == ["CreateModel", "CreateEndpointConfig", "CreateEndpoint"]
    play.quiet(600)


def test_an_endpoint_is_created_once_whenever_the_operator_is_killed() -> None:
    at_each_moment(created)


def edited(play: Rehearsal) -> None:
    play.apply(web())
    served(play)
    play.opens()
    play.apply(web("two", revisionHistoryLimit=0))
    served(play)
    play.until("the old one is gone", lambda: left(play) == dict.fromkeys(NOTHING, 1))
    assert images(play) == ["two"]
    assert updates(play) == 1


def test_an_edit_is_rolled_out_once_whenever_the_operator_is_killed() -> None:
    at_each_moment(edited, straggle=2.5)


def rolled_back(play: Rehearsal) -> None:
    play.apply(web())
    served(play)
    play.opens()
    fail(play, at=None, times=1)
    play.apply(web("two"))
    turned_back(play)
    play.quiet(600)
    assert updates(play) == 1
    assert outcomes(play) == [(1, "InService"), (2, "RolledBack")]


@pytest.mark.parametrize("straggle", [None, 2.5])
def test_what_was_rolled_back_is_not_tried_again_whenever_the_operator_is_killed(straggle: float | None) -> None:
    at_each_moment(rolled_back, straggle=straggle)


def deleted(play: Rehearsal) -> None:
    play.apply(web())
    served(play)
    play.apply(web("two"))
    begun(play)
    play.opens()
    play.delete(WEB, cascade="foreground")
    play.until("all is gone", lambda: left(play) == NOTHING and not play.there(WEB))
    gone = [one for one in changes(play) if one.startswith("Delete")]
    assert gone == sorted(gone, key=["DeleteEndpoint", "DeleteEndpointConfig", "DeleteModel"].index)


def test_an_endpoint_deleted_during_a_roll_out_goes_whenever_the_operator_is_killed() -> None:
    at_each_moment(deleted, straggle=0.5)


def stopped(play: Rehearsal) -> None:
    play.apply(web())
    served(play)
    play.opens()
    play.edit(WEB, stopped=True)
    play.until("it is stopped", lambda: play.says(WEB, "Suspended") and current(play))
    play.edit(WEB, stopped=None)
    served(play)
    assert calls(play) == ["CreateEndpoint", "DeleteEndpoint", "CreateEndpoint"]


def test_an_endpoint_is_stopped_and_comes_back_whenever_the_operator_is_killed() -> None:
    at_each_moment(stopped, straggle=2.5)


def tried(play: Rehearsal) -> None:
    play.apply(web())
    served(play)
    play.opens()
    play.apply(web(canary={"trafficPercent": 10, "model": model("two")}))
    served(play)
    assert calls(play) == ["CreateEndpoint", "UpdateEndpoint", "UpdateEndpointWeightsAndCapacities"]


def test_a_canary_gets_its_share_once_whenever_the_operator_is_killed() -> None:
    at_each_moment(tried)


def created_again(play: Rehearsal) -> None:
    fail(play, at=None, times=1)
    play.apply(web(recreateOnFailure=True))
    play.until("it has failed", lambda: at_work(play) == "Failed")
    play.opens()
    served(play)
    assert calls(play) == ["CreateEndpoint", "DeleteEndpoint", "CreateEndpoint"]


def test_a_failed_endpoint_is_created_again_once_whenever_the_operator_is_killed() -> None:
    at_each_moment(created_again, straggle=0.5)
