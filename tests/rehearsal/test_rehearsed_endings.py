"""Endpoints that are stopped or deleted, whatever they are doing, and the objects that they are made of."""

import pytest
from tests.builders import data_quality_job_definition
from tests.rehearsal.kubernetes import Cascade
from tests.rehearsal.rollouts import (
    BROKEN,
    WEB,
    at_work,
    begun,
    calls,
    changes,
    children,
    current,
    fail,
    images,
    left,
    model,
    outcomes,
    served,
    settled,
    updates,
    web,
)
from tests.rehearsal.stage import Rehearsal

NOTHING = {"Endpoint": 0, "EndpointConfig": 0, "Model": 0, "EndpointConfig objects": 0, "Model objects": 0}


def resting(play: Rehearsal) -> None:
    play.until("it is stopped", lambda: play.says(WEB, "Suspended") and current(play))


def gone(play: Rehearsal, *, within: float = 3600.0) -> None:
    """Wait until the endpoint's object is gone, and all that it was made of."""
    play.until("all is gone", lambda: not play.there(WEB) and left(play) == NOTHING, within=within)


def in_order(play: Rehearsal) -> None:
    """What was deleted, was deleted after all that needs it."""
    deleted = [one.removeprefix("Delete") for one in changes(play) if one.startswith("Delete")]
    order = ["Endpoint", "EndpointConfig", "Model"]
    assert deleted == sorted(deleted, key=order.index)


# Stopping


def test_an_endpoint_that_is_stopped_from_the_beginning_makes_nothing() -> None:
    with Rehearsal() as play:
        play.apply(web(stopped=True))

        resting(play)

        assert play.says(WEB, "Ready")
        assert not play.says(WEB, "Reconciling")
        assert play.amazon.core.journal.changes() == 0
        play.quiet()
        play.edit(WEB, stopped=None)
        served(play)
        play.quiet()


def test_an_endpoint_stopped_during_a_roll_out_is_deleted_after_it() -> None:
    with Rehearsal() as play:
        play.apply(web())
        served(play)
        play.apply(web("two"))
        begun(play)

        play.edit(WEB, stopped=True)
        resting(play)

        assert calls(play) == ["CreateEndpoint", "UpdateEndpoint", "DeleteEndpoint"]
        assert [one.committed for one in play.amazon.core.journal.entries("DeleteEndpoint")] == [True]
        assert left(play)["EndpointConfig"] == left(play)["Model"] == 2
        play.quiet()
        play.edit(WEB, stopped=None)
        served(play)
        assert images(play) == ["two"]
        play.quiet()


def test_what_is_edited_while_it_is_stopped_is_what_comes_back() -> None:
    with Rehearsal() as play:
        play.apply(web())
        served(play)
        play.edit(WEB, stopped=True)
        resting(play)

        play.apply(web("two", stopped=True))
        play.run(30)
        resting(play)
        assert not play.says(WEB, "Reconciling")
        play.quiet()
        play.apply(web("two"))

        served(play)
        assert images(play) == ["two"]
        assert calls(play) == ["CreateEndpoint", "DeleteEndpoint", "CreateEndpoint"]
        assert outcomes(play) == [(1, "Superseded"), (2, "InService")]
        play.quiet()


def test_a_stopped_endpoint_says_nothing_of_what_served() -> None:
    with Rehearsal() as play:
        play.apply(web())
        served(play)

        play.edit(WEB, stopped=True)
        resting(play)

        told = play.status(WEB)
        assert not {"endpointStatus", "productionVariants", "lastUpdate", "arn", "url", "traffic"} & told.keys()
        play.restart()
        play.quiet()


def test_an_endpoint_that_has_failed_can_be_stopped_and_brought_back() -> None:
    with Rehearsal() as play:
        fail(play, at=None, times=1)
        play.apply(web())
        play.until("it has failed", lambda: play.says(WEB, "Stalled"))

        play.edit(WEB, stopped=True)
        resting(play)
        play.edit(WEB, stopped=None)

        served(play)
        assert calls(play) == ["CreateEndpoint", "DeleteEndpoint", "CreateEndpoint"]
        play.quiet()


def test_a_stopped_endpoint_is_deleted_with_all_that_it_kept() -> None:
    with Rehearsal() as play:
        play.apply(web())
        served(play)
        play.edit(WEB, stopped=True)
        resting(play)

        play.delete(WEB)

        gone(play)
        play.quiet()


# Deleting


@pytest.mark.parametrize("cascade", ["background", "foreground"])
def test_an_endpoint_goes_before_what_it_is_made_of(cascade: Cascade) -> None:
    with Rehearsal() as play:
        play.apply(web())
        served(play)
        play.apply(web("two"))
        served(play)

        play.delete(WEB, cascade=cascade)

        gone(play)
        in_order(play)
        play.quiet()


@pytest.mark.parametrize("cascade", ["background", "foreground"])
def test_an_endpoint_deleted_during_a_roll_out_goes_after_it(cascade: Cascade) -> None:
    with Rehearsal() as play:
        play.apply(web())
        served(play)
        play.apply(web("two"))
        begun(play)

        play.delete(WEB, cascade=cascade)
        play.run(60)
        assert at_work(play) == "Updating"
        assert left(play)["EndpointConfig"] == left(play)["Model"] == 2

        gone(play)
        in_order(play)
        assert [one.committed for one in play.amazon.core.journal.entries("DeleteEndpoint")] == [True]


@pytest.mark.parametrize("cascade", ["background", "foreground"])
def test_an_endpoint_that_is_stuck_in_creating_goes_when_sagemaker_gives_it_up(cascade: Cascade) -> None:
    with Rehearsal() as play:
        play.amazon.core.scenarios.take("Endpoint", "", seconds=1800)
        fail(play, at=None, times=1)
        play.apply(web())
        play.until("it is being created", lambda: at_work(play) == "Creating")
        play.run(30)

        play.delete(WEB, cascade=cascade)
        play.run(1200)
        assert at_work(play) == "Creating"
        assert "Creating" in play.condition(WEB, "Reconciling")["message"]
        assert left(play)["EndpointConfig"] == left(play)["Model"] == 1

        gone(play)
        in_order(play)
        assert [one.committed for one in play.amazon.core.journal.entries("DeleteEndpoint")] == [True]


def test_an_endpoint_deleted_in_the_moment_of_its_creation_leaves_nothing() -> None:
    with Rehearsal() as play:
        play.apply(web())
        play.until("it was asked for", lambda: play.committed("CreateEndpoint") == 1)

        play.delete(WEB, cascade="foreground")

        gone(play)
        in_order(play)


@pytest.mark.parametrize("cascade", ["background", "foreground"])
def test_what_is_retained_stays_with_all_that_it_needs(cascade: Cascade) -> None:
    with Rehearsal() as play:
        play.apply(web(deletionPolicy="Retain"))
        served(play)
        play.apply(web("two", deletionPolicy="Retain"))
        served(play)

        play.delete(WEB, cascade=cascade)

        play.until("the objects are gone", lambda: not list(play.kubernetes))
        assert left(play) == NOTHING | {"Endpoint": 1, "EndpointConfig": 2, "Model": 2}
        play.quiet()


def test_orphans_stay_and_the_endpoint_goes() -> None:
    with Rehearsal() as play:
        play.apply(web())
        served(play)

        play.delete(WEB, cascade="orphan")

        play.until("it is gone", lambda: not play.there(WEB))
        assert left(play) == dict.fromkeys(NOTHING, 1) | {"Endpoint": 0}
        play.quiet()


def test_an_endpoint_that_is_watched_waits_for_its_schedule() -> None:
    with Rehearsal() as play:
        play.apply(web())
        served(play)
        definition = data_quality_job_definition("drift")
        definition["spec"]["dataQualityJobInput"]["endpointInput"] = {
            "endpointRef": {"name": WEB.name},
            "localPath": "/opt/ml/processing/input",
        }
        watching = play.apply(definition)
        play.until("it is watched", lambda: play.says(watching, "Ready"))

        play.delete(WEB)
        play.run(600)

        assert at_work(play) == "InService"
        told = play.condition(WEB, "Reconciling")
        assert told["reason"] == "InUse"
        assert "drift" in told["message"]
        play.delete(watching)
        gone(play)


# What it is made of


def test_a_child_that_is_in_use_stays_until_it_is_not() -> None:
    with Rehearsal() as play:
        play.apply(web(revisionHistoryLimit=0))
        first = served(play)
        (config,), (made,) = children(play), children(play, "Model")

        play.delete(config)
        play.delete(made)
        play.run(600)

        assert settled(play)
        assert play.condition(config, "Reconciling")["reason"] == "InUse"
        assert "Endpoint default/web" in play.condition(config, "Reconciling")["message"]
        assert left(play) == dict.fromkeys(NOTHING, 1)
        play.apply(web("two", revisionHistoryLimit=0))
        assert served(play) != first
        play.until("they are gone", lambda: not play.there(config) and not play.there(made))
        assert left(play) == dict.fromkeys(NOTHING, 1)
        play.apply(web(revisionHistoryLimit=0))
        served(play)
        assert images(play) == ["one"]
        play.run(60)
        assert left(play) == dict.fromkeys(NOTHING, 1)
        play.quiet()


def test_a_child_that_is_not_in_use_goes_at_once_and_is_made_again_when_it_is_wanted() -> None:
    with Rehearsal() as play:
        play.apply(web())
        served(play)
        (config,) = children(play)
        (made,) = children(play, "Model")
        play.apply(web("two"))
        served(play)

        play.delete(config)
        play.delete(made)
        play.until("they are gone", lambda: not play.there(config) and not play.there(made), within=60)
        assert settled(play)
        assert updates(play) == 1
        play.quiet()

        play.apply(web())
        served(play)
        assert images(play) == ["one"]
        assert play.there(config)
        play.quiet()


def test_a_child_deleted_during_the_roll_out_to_it_stays() -> None:
    with Rehearsal() as play:
        play.apply(web())
        served(play)
        play.apply(web("two"))
        play.until("it was asked for", lambda: updates(play) == 1)

        for child in (*children(play), *children(play, "Model")):
            play.delete(child)

        play.until("it serves the second", lambda: settled(play) and images(play) == ["two"])
        play.run(60)
        assert left(play) == dict.fromkeys(NOTHING, 1)
        play.quiet()


def test_a_configuration_that_was_deleted_behind_our_back_is_made_again() -> None:
    with Rehearsal(drift=600) as play:
        play.apply(web())
        first = served(play)

        play.console("DeleteEndpointConfig", EndpointConfigName=first)

        play.until("it is there again", lambda: [one.name for one in play.jobs("EndpointConfig")] == [first])
        play.run(600)
        assert settled(play)
        assert updates(play) == 0


def test_a_model_without_its_artifact_fails_with_sagemakers_words() -> None:
    with Rehearsal() as play:
        fail(play, at=None, times=1)
        image = model("one")["primaryContainer"]
        variant = {"model": {"primaryContainer": image | {"modelDataURL": "s3://gone/model.tar.gz"}}}
        play.apply(web(variant=variant))

        play.until("it has failed", lambda: play.says(WEB, "Stalled"))

        assert BROKEN in play.condition(WEB, "Stalled")["message"]
        assert play.says(WEB, "Ready", "False")
        assert outcomes(play) == [(1, "Failed")]
        play.delete(WEB)
        gone(play)


def test_what_sagemaker_refuses_of_a_model_is_told_where_it_was_described() -> None:
    with Rehearsal() as play:
        refused = {"model": {"primaryContainer": {"image": "nowhere.example/one:1"}}}
        play.apply(web(variant=refused))

        play.until("it says so", lambda: play.says(WEB, "Stalled"), within=60)

        assert "non-ECR image" in play.condition(WEB, "Stalled")["message"]
        play.apply(web())
        served(play)
        play.run(60)
        assert left(play) == dict.fromkeys(NOTHING, 1)
        play.quiet()


def test_what_sagemaker_refuses_of_another_model_leaves_what_serves() -> None:
    with Rehearsal() as play:
        play.apply(web())
        served(play)

        play.apply(web(variant={"model": {"primaryContainer": {"image": "nowhere.example/one:1"}}}))
        play.until("it says so", lambda: play.says(WEB, "Stalled"), within=60)

        assert play.says(WEB, "Ready")
        assert "non-ECR image" in play.condition(WEB, "Stalled")["message"]
        play.apply(web())
        served(play)
        assert updates(play) == 0
        play.run(60)
        assert left(play) == dict.fromkeys(NOTHING, 1)
        play.quiet()
