"""Edits of an endpoint while it is rolled out, and what stays of the one before."""

from typing import Any

import pytest
from tests.rehearsal.rollouts import (
    WEB,
    at_work,
    begun,
    calls,
    children,
    current,
    fail,
    images,
    left,
    outcomes,
    served,
    settled,
    updates,
    web,
)
from tests.rehearsal.stage import Rehearsal

from sagemaker_operator.engine.resource import Key


def rolling_out(play: Rehearsal, image: str = "two") -> str:
    """An endpoint on its way from its first content to another; the name of its first configuration."""
    play.apply(web())
    first = served(play)
    play.apply(web(image))
    begun(play)
    return first


def asked(play: Rehearsal) -> list[str]:
    """The configurations that each roll-out was asked for, by the number of the revision that they are."""
    numbers = {one["endpointConfigName"]: str(one["revision"]) for one in play.status(WEB)["revisions"]}
    made = play.amazon.core.journal.entries("UpdateEndpoint")
    return [numbers.get(one.parameters["EndpointConfigName"], "?") for one in made if one.committed]


def test_an_edit_during_a_roll_out_waits_its_turn() -> None:
    with Rehearsal() as play:
        rolling_out(play)

        play.apply(web("three"))
        play.run(60)
        assert updates(play) == 1
        assert [play.says(WEB, kind) for kind in ("Ready", "Reconciling", "Stalled")] == [True, True, False]

        served(play)
        assert images(play) == ["three"]
        assert asked(play) == ["2", "3"]
        assert outcomes(play) == [(1, "Superseded"), (2, "Superseded"), (3, "InService")]
        refused = [one for one in play.amazon.core.journal.entries("UpdateEndpoint") if not one.committed]
        assert refused == []
        play.quiet()


def test_a_newer_edit_takes_the_place_of_the_one_that_waits() -> None:
    with Rehearsal() as play:
        rolling_out(play)

        play.apply(web("three"))
        play.run(30)
        play.apply(web("four"))

        served(play)
        assert images(play) == ["four"]
        assert updates(play) == 2
        assert outcomes(play) == [(1, "Superseded"), (2, "Superseded"), (3, "InService")]
        play.run(60)
        assert "three" not in str([one.spec for one in play.jobs("Model")])
        play.quiet()


def test_two_edits_at_once_are_one_roll_out() -> None:
    with Rehearsal() as play:
        play.apply(web())
        served(play)

        play.apply(web("two"))
        play.apply(web("three"))

        served(play)
        assert images(play) == ["three"]
        assert updates(play) == 1
        play.quiet()


def test_to_return_during_a_roll_out_waits_for_its_end_and_goes_back() -> None:
    with Rehearsal() as play:
        first = rolling_out(play)

        play.apply(web())

        play.until("it was asked to go back", lambda: updates(play) == 2)
        assert served(play) == first
        assert asked(play) == ["2", "1"]
        assert outcomes(play) == [(1, "InService"), (2, "Superseded")]
        play.quiet()


def test_to_return_during_a_roll_out_that_fails_needs_no_other_one() -> None:
    with Rehearsal() as play:
        play.apply(web())
        first = served(play)
        fail(play, at=None, times=1)
        play.apply(web("two"))
        begun(play)

        play.apply(web())
        play.run(600)

        assert served(play) == first
        assert updates(play) == 1
        assert outcomes(play) == [(1, "InService"), (2, "RolledBack")]
        play.quiet()


def test_an_edit_during_a_roll_out_that_fails_is_rolled_out_and_the_failure_is_recorded() -> None:
    with Rehearsal() as play:
        play.apply(web())
        served(play)
        fail(play, at=None, times=1)
        play.apply(web("two"))
        begun(play)

        play.apply(web("three"))

        play.until("the third is rolled out", lambda: settled(play) and images(play) == ["three"])
        assert asked(play) == ["2", "3"]
        assert outcomes(play) == [(1, "Superseded"), (2, "RolledBack"), (3, "InService")]
        play.quiet()


def test_the_count_that_somebody_else_has_set_is_kept_over_a_roll_out() -> None:
    with Rehearsal() as play:
        play.apply(web())
        served(play)
        counts = [{"VariantName": "main", "DesiredInstanceCount": 4}]
        play.console("UpdateEndpointWeightsAndCapacities", EndpointName="web", DesiredWeightsAndCapacities=counts)
        play.run(400)

        play.apply(web("two"))

        served(play)
        assert play.status(WEB)["productionVariants"][0]["currentInstanceCount"] == 4
        assert calls(play)[-1] == "UpdateEndpoint"
        play.quiet()


def test_another_count_and_another_model_in_one_edit_arrive_both() -> None:
    with Rehearsal() as play:
        play.apply(web())
        served(play)

        play.apply(web("two", variant={"initialInstanceCount": 3}))

        served(play)
        play.until("three serve", lambda: play.status(WEB)["productionVariants"][0]["currentInstanceCount"] == 3)
        served(play)
        assert images(play) == ["two"]
        play.quiet()


def test_an_endpoint_that_was_deleted_behind_our_back_comes_back_in_its_size() -> None:
    with Rehearsal() as play:
        play.apply(web())
        served(play)
        play.apply(web(variant={"initialInstanceCount": 3}))
        play.until("three serve", lambda: settled(play) and _count(play) == 3)

        play.console("DeleteEndpoint", EndpointName="web")
        play.until("it is there again", lambda: play.committed("CreateEndpoint") == 2 and not settled(play))

        play.until("three serve again", lambda: settled(play) and _count(play) == 3)
        play.quiet()


def _count(play: Rehearsal) -> Any:
    return play.status(WEB)["productionVariants"][0]["currentInstanceCount"]


def test_nothing_is_sent_while_sagemaker_maintains_the_endpoint() -> None:
    with Rehearsal() as play:
        play.apply(web())
        served(play)
        play.amazon.core.scenarios.maintain("Endpoint", "", seconds=600)
        play.run(70)

        play.apply(web("two"))
        play.run(300)
        assert at_work(play) == "SystemUpdating"
        assert play.says(WEB, "Ready")

        served(play)
        assert images(play) == ["two"]
        assert [one.committed for one in play.amazon.core.journal.entries("UpdateEndpoint")] == [True]
        play.quiet()


def test_an_update_that_could_neither_be_done_nor_undone_is_told_and_ended_by_another() -> None:
    rolling = {
        "rollingUpdatePolicy": {
            "maximumBatchSize": {"type_": "INSTANCE_COUNT", "value": 1},
            "waitIntervalInSeconds": 60,
        }
    }
    with Rehearsal() as play:
        wide = {"initialInstanceCount": 4}
        play.apply(web(variant=wide, deploymentConfig=rolling, revisionHistoryLimit=0))
        first = served(play)
        fail(play, at=None, times=1)
        fail(play, at="RollingBack", times=1, reason="Launching the old instances failed.")
        play.apply(web("two", variant=wide, deploymentConfig=rolling, revisionHistoryLimit=0))
        play.until("it is mixed", lambda: at_work(play) == "UpdateRollbackFailed", within=7200)
        play.until("it says so", lambda: play.says(WEB, "Stalled"))

        play.quiet()
        assert updates(play) == 1
        assert {first} < {one.name for one in play.jobs("EndpointConfig")}
        for config in children(play):
            play.delete(config)
        play.run(600)
        assert left(play)["EndpointConfig"] == 2

        play.apply(web("three", variant=wide, deploymentConfig=rolling, revisionHistoryLimit=0))
        play.until("it serves", lambda: settled(play), within=7200)
        assert images(play) == ["three"]
        assert updates(play) == 2
        play.run(60)
        assert left(play)["EndpointConfig"] == 1
        play.quiet()


def test_an_endpoint_that_is_out_of_service_takes_another_content() -> None:
    with Rehearsal() as play:
        play.apply(web())
        served(play)
        play.jobs("Endpoint")[0].status = "OutOfService"
        play.until("it says so", lambda: play.says(WEB, "Stalled"))
        assert play.says(WEB, "Ready", "False")
        play.quiet()

        play.apply(web("two"))

        served(play)
        assert images(play) == ["two"]
        assert updates(play) == 1


@pytest.mark.parametrize(("limit", "kept"), [(0, 1), (1, 2), (20, 4)])
def test_revisions_that_are_not_in_use_are_kept_up_to_the_limit(limit: int, kept: int) -> None:
    with Rehearsal() as play:
        for image in ("one", "two", "three", "four"):
            play.apply(web(image, revisionHistoryLimit=limit))
            served(play)
        play.run(60)

        assert len(play.status(WEB)["revisions"]) == kept
        found = left(play)
        assert found == {"Endpoint": 1} | {name: kept for name in found if name != "Endpoint"}
        play.quiet()


def test_a_smaller_limit_lets_the_oldest_go() -> None:
    with Rehearsal() as play:
        for image in ("one", "two", "three"):
            play.apply(web(image))
            served(play)
        assert outcomes(play) == [(1, "Superseded"), (2, "Superseded"), (3, "InService")]

        play.edit(WEB, revisionHistoryLimit=1)
        served(play)
        play.run(60)

        assert outcomes(play) == [(2, "Superseded"), (3, "InService")]
        assert left(play)["EndpointConfig"] == left(play)["Model"] == 2
        play.quiet()


def test_a_paused_endpoint_is_left_as_it_is() -> None:
    with Rehearsal() as play:
        play.apply(web())
        served(play)
        play.annotate(WEB, paused="true")
        play.run(1)

        play.apply(web("two"))
        play.quiet()

        play.annotate(WEB, paused=None)
        served(play)
        assert images(play) == ["two"]


def test_an_endpoint_returns_to_a_revision_during_a_roll_out() -> None:
    with Rehearsal() as play:
        first = rolling_out(play)

        play.edit(WEB, rollbackTo=1)

        play.until("it has gone back", lambda: updates(play) == 2)
        assert served(play) == first
        assert outcomes(play) == [(1, "InService"), (2, "Superseded")]
        play.quiet()
        play.edit(WEB, rollbackTo=None)
        served(play)
        assert images(play) == ["two"]
        assert left(play)["EndpointConfig"] == 2
        play.quiet()


def test_a_revision_that_failed_is_tried_once_more_when_somebody_asks_for_it() -> None:
    with Rehearsal() as play:
        play.apply(web())
        served(play)
        fail(play, times=2)
        play.apply(web("two"))
        play.until("it is rolled back", lambda: play.says(WEB, "RolledBack") and current(play))
        play.apply(web("three"))
        play.until(
            "it is rolled back, too",
            lambda: len(outcomes(play)) == 3 and play.says(WEB, "RolledBack") and current(play),
        )

        play.edit(WEB, rollbackTo=2)

        served(play)
        assert images(play) == ["two"]
        assert updates(play) == 3
        assert outcomes(play) == [(1, "Superseded"), (2, "InService"), (3, "RolledBack")]
        play.quiet()


def test_a_revision_whose_object_was_deleted_cannot_be_returned_to() -> None:
    with Rehearsal() as play:
        play.apply(web())
        served(play)
        play.apply(web("two"))
        served(play)
        name = play.status(WEB)["revisions"][0]["name"]
        play.delete(Key("EndpointConfig", "default", name))
        play.run(60)

        play.edit(WEB, rollbackTo=1)

        play.until("it says so", lambda: play.says(WEB, "Stalled"))
        assert name in play.condition(WEB, "Stalled")["message"]
        assert play.says(WEB, "Ready")
        play.quiet()
        play.edit(WEB, rollbackTo=None)
        served(play)
        assert updates(play) == 1
        play.quiet()
