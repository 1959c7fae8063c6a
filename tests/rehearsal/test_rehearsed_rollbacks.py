"""Roll-outs that SageMaker undoes: told as what they are, and never tried again by themselves."""

from itertools import pairwise

from tests.rehearsal.rollouts import (
    BROKEN,
    INTERNAL,
    WEB,
    at_work,
    calls,
    current,
    fail,
    images,
    left,
    outcomes,
    served,
    turned_back,
    updates,
    web,
)
from tests.rehearsal.stage import Rehearsal


def rolled_back(play: Rehearsal) -> None:
    """An endpoint whose second content SageMaker has refused to take on."""
    play.apply(web())
    served(play)
    fail(play, times=1)
    play.apply(web("two"))
    turned_back(play)
    play.run(1)


def test_an_update_that_was_rolled_back_is_told_and_made_once() -> None:
    with Rehearsal() as play:
        rolled_back(play)

        told = {c["type"]: (c["status"], c["reason"]) for c in play.status(WEB)["conditions"]}
        assert told["RolledBack"] == ("True", "RolledBack")
        assert told["Stalled"] == ("True", "RolledBack")
        assert told["Ready"][0] == "True"
        assert play.condition(WEB, "Ready")["observedGeneration"] == 1
        assert BROKEN in play.condition(WEB, "RolledBack")["message"]
        assert outcomes(play) == [(1, "InService"), (2, "RolledBack")]
        assert BROKEN in play.status(WEB)["revisions"][1]["message"]
        assert len(play.events(WEB, "RolledBack")) == 1
        play.quiet(90_000)
        play.restart()
        play.quiet(90_000)
        assert updates(play) == 1


def test_what_was_rolled_back_is_tried_again_when_somebody_asks_for_it() -> None:
    with Rehearsal() as play:
        rolled_back(play)
        for number in range(2, 8):
            fail(play, times=1)
            play.annotate(WEB, reconcile_requested_at=str(number))
            play.until("it is tried again", lambda n=number: updates(play) == n)  # type: ignore[misc]
            turned_back(play)

        play.annotate(WEB, reconcile_requested_at="at last")

        served(play)
        assert updates(play) == 8
        assert outcomes(play) == [(1, "Superseded"), (2, "InService")]
        play.quiet()


def test_an_edit_of_something_else_does_not_try_a_failed_content_again() -> None:
    with Rehearsal() as play:
        rolled_back(play)

        play.edit(WEB, revisionHistoryLimit=7, tags=[{"key": "team", "value": "vision"}])
        play.until("it has heard of it", lambda: current(play) and play.says(WEB, "RolledBack"))

        play.quiet()
        assert updates(play) == 1


def test_an_edit_after_a_roll_back_is_rolled_out() -> None:
    with Rehearsal() as play:
        rolled_back(play)

        play.apply(web("three"))

        served(play)
        assert images(play) == ["three"]
        assert updates(play) == 2
        assert outcomes(play) == [(1, "Superseded"), (2, "RolledBack"), (3, "InService")]
        play.quiet()


def test_to_return_to_what_serves_after_a_roll_back_takes_no_call() -> None:
    with Rehearsal() as play:
        rolled_back(play)

        play.apply(web())

        served(play)
        assert updates(play) == 1
        assert outcomes(play) == [(1, "InService"), (2, "RolledBack")]
        play.apply(web("two"))
        served(play)
        assert updates(play) == 2
        play.quiet()


def test_an_alarm_that_fires_while_the_new_fleet_bakes_takes_the_old_one_back() -> None:
    deployment = {
        "blueGreenUpdatePolicy": {
            "trafficRoutingConfiguration": {
                "type_": "CANARY",
                "canarySize": {"type_": "INSTANCE_COUNT", "value": 1},
                "waitIntervalInSeconds": 600,
            },
            "terminationWaitInSeconds": 300,
        },
        "autoRollbackConfiguration": {"alarms": [{"alarmName": "errors"}]},
    }
    alarm = "The deployment was rolled back because the CloudWatch alarm errors is in the state ALARM."
    with Rehearsal() as play:
        play.apply(web(variant={"initialInstanceCount": 3}, deploymentConfig=deployment))
        served(play)
        fail(play, reason=alarm, at="Baking", times=1)

        play.apply(web("two", variant={"initialInstanceCount": 3}, deploymentConfig=deployment))

        turned_back(play)
        assert alarm in play.condition(WEB, "RolledBack")["message"]
        assert images(play) == ["one"]
        play.quiet()
        assert updates(play) == 1


def test_internal_errors_are_tried_again_ever_later_and_not_for_ever() -> None:
    with Rehearsal() as play:
        play.apply(web())
        served(play)
        fail(play, reason=INTERNAL)

        play.apply(web("two"))

        turned_back(play)
        begun = [one.time for one in play.amazon.core.journal.entries("UpdateEndpoint")]
        pauses = [later - earlier for earlier, later in pairwise(begun)]
        assert len(begun) == 4
        assert pauses == sorted(pauses)
        assert pauses[0] >= 30
        assert pauses[-1] >= 240
        play.quiet(90_000)


def test_an_internal_error_that_passes_is_nothing_to_act_on() -> None:
    with Rehearsal() as play:
        play.apply(web())
        served(play)
        fail(play, reason=INTERNAL, times=2)
        stalled = []
        play.checks.append(lambda _: stalled.append("!") if play.says(WEB, "Stalled") else ())

        play.apply(web("two"))

        served(play)
        assert updates(play) == 3
        assert not stalled
        play.quiet()


def test_what_a_failed_update_returns_to_is_never_deleted() -> None:
    with Rehearsal() as play:
        play.apply(web(revisionHistoryLimit=0))
        first = served(play)
        fail(play, times=1)

        play.apply(web("two", revisionHistoryLimit=0))
        turned_back(play)
        play.run(4000)

        assert first in {one.name for one in play.jobs("EndpointConfig")}
        assert images(play) == ["one"]
        play.apply(web("three", revisionHistoryLimit=0))
        served(play)
        play.run(60)
        assert left(play) == {
            "Endpoint": 1,
            "EndpointConfig": 1,
            "Model": 1,
            "EndpointConfig objects": 1,
            "Model objects": 1,
        }


def test_an_endpoint_whose_creation_failed_says_what_can_be_done() -> None:
    with Rehearsal() as play:
        fail(play, at=None, times=1)
        play.apply(web())
        play.until("it has failed", lambda: play.says(WEB, "Stalled"))
        assert BROKEN in play.condition(WEB, "Stalled")["message"]
        assert "recreateOnFailure" in play.condition(WEB, "Stalled")["message"]
        play.quiet()

        play.apply(web("two"))
        play.until("it says so again", lambda: play.says(WEB, "Stalled") and current(play))
        assert "recreateOnFailure" in play.condition(WEB, "Stalled")["message"]
        play.quiet()
        assert calls(play) == ["CreateEndpoint"]

        play.edit(WEB, recreateOnFailure=True)
        served(play)
        assert images(play) == ["two"]
        assert calls(play) == ["CreateEndpoint", "DeleteEndpoint", "CreateEndpoint"]
        play.quiet()


def test_a_failed_endpoint_is_created_again_once_for_each_version_of_its_manifest() -> None:
    with Rehearsal() as play:
        fail(play, at=None)
        play.apply(web(recreateOnFailure=True))
        play.until("it was tried twice", lambda: play.committed("CreateEndpoint") == 2)
        play.until("it has failed", lambda: at_work(play) == "Failed" and play.says(WEB, "Stalled"))
        play.quiet(20_000)
        assert calls(play) == ["CreateEndpoint", "DeleteEndpoint", "CreateEndpoint"]

        play.amazon.core.scenarios.clear()
        play.apply(web("two", recreateOnFailure=True))

        served(play)
        assert calls(play) == ["CreateEndpoint", "DeleteEndpoint"] * 2 + ["CreateEndpoint"]
        play.quiet()
