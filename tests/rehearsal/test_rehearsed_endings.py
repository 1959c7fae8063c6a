"""Endpoints that are stopped or deleted, whatever they are doing."""

import pytest
from tests.builders import data_quality_job_definition, monitoring_schedule
from tests.rehearsal.kubernetes import Cascade
from tests.rehearsal.rollouts import (
    NOTHING,
    ROLE,
    WEB,
    at_work,
    begun,
    calls,
    changes,
    current,
    fail,
    gone,
    images,
    left,
    outcomes,
    served,
    web,
)
from tests.rehearsal.stage import Rehearsal


def resting(play: Rehearsal) -> None:
    play.until("it is stopped", lambda: play.says(WEB, "Suspended") and current(play))


def in_order(play: Rehearsal) -> None:
    """What was deleted, was deleted after all that needs it."""
    order = ["DeleteMonitoringSchedule", "DeleteEndpoint", "DeleteEndpointConfig", "DeleteModel"]
    deleted = [one for one in changes(play) if one.startswith("Delete")]
    assert deleted == sorted(deleted, key=order.index)


# Stopping


def test_an_endpoint_that_is_stopped_from_the_beginning_makes_nothing() -> None:
    with Rehearsal() as play:
        play.apply(web(stopped=True))

        resting(play)

        assert play.says(WEB, "Ready")
        assert not play.says(WEB, "Reconciling")
        assert play.amazon.core.journal.count() == 0
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


def test_a_schedule_that_watches_an_endpoint_goes_first() -> None:
    with Rehearsal() as play:
        play.apply(web())
        served(play)
        watching = play.apply(
            monitoring_schedule(
                "drift",
                monitoringScheduleConfig={
                    "scheduleConfig": {"scheduleExpression": "cron(0 * ? * * *)"},
                    "monitoringType": "DataQuality",
                    "monitoringJobDefinition": {
                        "monitoringInputs": [
                            {
                                "endpointInput": {
                                    "endpointRef": {"name": WEB.name},
                                    "localPath": "/opt/ml/processing/input",
                                }
                            }
                        ],
                        "monitoringOutputConfig": {
                            "monitoringOutputs": [
                                {
                                    "s3Output": {
                                        "s3URI": "s3://my-bucket/found",
                                        "localPath": "/opt/ml/processing/output",
                                    }
                                }
                            ]
                        },
                        "monitoringResources": {
                            "clusterConfig": {"instanceCount": 1, "instanceType": "ml.m5.xlarge", "volumeSizeInGB": 20}
                        },
                        "monitoringAppSpecification": {
                            "imageURI": "123456789012.dkr.ecr.us-east-1.amazonaws.com/monitor:1"
                        },
                        "roleARN": ROLE,
                    },
                },
            )
        )
        play.until("it is watched", lambda: play.says(watching, "Ready"))

        play.delete(WEB, cascade="foreground")
        play.run(600)

        assert at_work(play) == "InService"
        assert "MonitoringSchedule default/drift" in play.condition(WEB, "Reconciling")["message"]
        assert left(play) == dict.fromkeys(NOTHING, 1)
        play.delete(watching)
        gone(play)
        in_order(play)
