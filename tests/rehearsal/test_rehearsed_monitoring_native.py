"""Monitoring by SageMaker itself on a virtual clock: its definitions, and how it is suspended, deleted and handed over."""

from typing import Any

import pytest
from tests.rehearsal.moments import at_each_moment
from tests.rehearsal.native import (
    BASELINE,
    KIND,
    at_once,
    definitions,
    in_effect,
    native,
    ready,
    refused,
    running,
    serving,
)
from tests.rehearsal.stage import Rehearsal
from tests.rehearsal.watched import BUCKET, HOUR, IMAGE, SCHEDULE, Watched, until_runs


def creating(play: Rehearsal) -> None:
    serving(play)
    play.apply(native())

    play.until("it is ready", lambda: ready(play))
    play.run(300)

    (made,) = definitions(play)
    assert made.kind == "DataQualityJobDefinition"
    (definition,) = play.jobs("DataQualityJobDefinition")
    config = in_effect(play)
    assert config["MonitoringJobDefinitionName"] == definition.name
    assert config["ScheduleConfig"] == {"ScheduleExpression": "cron(0 * ? * * *)"}
    assert definition.spec["DataQualityAppSpecification"]["ImageUri"].endswith("sagemaker-model-monitor-analyzer")
    assert definition.spec["DataQualityBaselineConfig"]["StatisticsResource"]["S3Uri"] == BASELINE["statisticsS3URI"]
    assert play.committed("CreateMonitoringSchedule") == 1
    assert play.committed("CreateDataQualityJobDefinition") == 1


def test_the_short_form_becomes_a_definition_and_a_schedule() -> None:
    with Rehearsal() as play:
        creating(play)


def test_the_short_form_becomes_a_definition_and_a_schedule_whenever_the_operator_is_killed() -> None:
    assert at_each_moment(creating, reads=False) > 10


def test_a_create_that_arrives_late_makes_nothing_twice() -> None:
    assert at_each_moment(creating, straggle=3.0) > 3


@pytest.mark.parametrize(
    ("monitors", "more"),
    [
        ("ModelQuality", {"problemType": "Regression", "groundTruth": {"s3URI": f"{BUCKET}/truth"}}),
        ("ModelBias", {"analysisConfigS3URI": f"{BUCKET}/config.json", "groundTruth": {"s3URI": f"{BUCKET}/truth"}}),
        ("ModelExplainability", {"analysisConfigS3URI": f"{BUCKET}/config.json"}),
    ],
)
def test_every_type_of_monitoring_has_its_definition(monitors: str, more: dict[str, Any]) -> None:
    with Rehearsal() as play:
        serving(play)
        play.apply(native(monitoringType=monitors, **more))

        play.until("it is ready", lambda: ready(play))

        (made,) = definitions(play)
        assert made.kind == f"{monitors}JobDefinition"
        assert in_effect(play)["MonitoringType"] == monitors


def test_a_baseline_of_bias_needs_the_analyzer() -> None:
    with Rehearsal() as play:
        serving(play)
        wish = {"from": {"s3": {"s3URI": f"{BUCKET}/train.csv"}}}
        more = {"analysisConfigS3URI": f"{BUCKET}/config.json", "groundTruth": {"s3URI": f"{BUCKET}/truth"}}
        play.apply(native(monitoringType="ModelBias", baseline=wish, **more))
        play.run(60)

        assert "name its image in spec.image" in play.condition(SCHEDULE, "BaselineReady")["message"]
        assert not play.jobs("ProcessingJob")


def exchanging(play: Rehearsal) -> None:
    """An edit while SageMaker runs the schedule: SageMaker takes it when the run is over."""
    at_once(play)
    play.until("it is ready", lambda: ready(play))
    (old,) = definitions(play)
    play.until("a run is under way", lambda: running(play), within=2 * HOUR)

    play.opens()
    play.edit(SCHEDULE, maxRuntimeInSeconds=1800)
    play.until("both are there", lambda: len(definitions(play)) == 2)
    assert old in definitions(play), "SageMaker still runs it"
    play.until("it is ready again", lambda: ready(play), within=3 * HOUR)
    play.until("the old one is gone", lambda: old not in definitions(play))

    (new,) = definitions(play)
    (definition,) = play.jobs("DataQualityJobDefinition")
    assert new != old
    assert definition.spec["StoppingCondition"]["MaxRuntimeInSeconds"] == 1800
    assert in_effect(play)["MonitoringJobDefinitionName"] == definition.name
    assert play.committed("UpdateMonitoringSchedule") == 1
    assert play.committed("CreateDataQualityJobDefinition") == 2


def test_an_edit_during_a_run_exchanges_the_definition_after_it() -> None:
    with Rehearsal() as play:
        exchanging(play)
        assert not refused(play, "DeleteDataQualityJobDefinition")


def test_an_edit_during_a_run_exchanges_the_definition_whenever_the_operator_is_killed() -> None:
    assert at_each_moment(exchanging, reads=False) > 10


def baselining(play: Rehearsal) -> None:
    """A baseline that a job suggests, and another one later: both end up in a definition."""
    serving(play)
    Watched(play).captures()
    play.amazon.core.scenarios.take("ProcessingJob", "", seconds=60)
    play.apply(native(baseline={"from": {"s3": {"s3URI": f"{BUCKET}/train.csv"}}}))
    play.until("the baseline is being made", lambda: play.status(SCHEDULE).get("state") == "Baselining")
    assert not definitions(play)
    play.until("it is ready", lambda: ready(play), within=600)
    (old,) = definitions(play)
    first = compared_with(play)

    play.opens()
    play.edit(SCHEDULE, baseline={"from": {"s3": {"s3URI": f"{BUCKET}/other.csv"}}})
    play.until("the old definition is gone", lambda: old not in definitions(play) and len(definitions(play)) == 1)

    assert compared_with(play) != first
    assert play.status(SCHEDULE)["baseline"]["constraintsS3URI"] == compared_with(play)
    assert ready(play)


def compared_with(play: Rehearsal) -> str:
    """The constraints of the only definition in SageMaker."""
    (definition,) = play.jobs("DataQualityJobDefinition")
    return str(definition.spec["DataQualityBaselineConfig"]["ConstraintsResource"]["S3Uri"])


def test_a_baseline_comes_first_and_another_one_makes_another_definition() -> None:
    with Rehearsal() as play:
        baselining(play)
        (job,) = [one for one in play.kubernetes if one["kind"] == "ProcessingJob"]
        assert job["spec"]["appSpecification"] == {"builtIn": {"name": "model-monitor"}}


def test_a_baseline_comes_first_whenever_the_operator_is_killed() -> None:
    assert at_each_moment(baselining, reads=False) > 10


def test_a_definition_that_is_wanted_again_while_it_goes_comes_again() -> None:
    with Rehearsal() as play:
        serving(play)
        play.apply(native())
        play.until("it is ready", lambda: ready(play))
        (old,) = definitions(play)
        play.amazon.core.faults.deny("DeleteDataQualityJobDefinition")
        play.edit(SCHEDULE, maxRuntimeInSeconds=1800)
        play.until("the old one is to go", lambda: bool(refused(play, "DeleteDataQualityJobDefinition")))

        play.edit(SCHEDULE, maxRuntimeInSeconds=None)
        play.run(60)
        assert "is being deleted" in play.condition(SCHEDULE, "Reconciling")["message"]
        play.amazon.core.faults.clear()
        play.until("it is ready again", lambda: ready(play))
        play.until("the other one is gone", lambda: definitions(play) == [old])

        assert play.committed("CreateDataQualityJobDefinition") == 3


def test_a_request_that_arrives_late_exchanges_the_definition_all_the_same() -> None:
    assert at_each_moment(exchanging, straggle=3.0) > 10


def test_an_edit_that_is_taken_back_leaves_the_schedule_as_it_was() -> None:
    with Rehearsal() as play:
        serving(play)
        play.apply(native())
        play.until("it is ready", lambda: ready(play))
        (old,) = definitions(play)

        play.edit(SCHEDULE, maxRuntimeInSeconds=1800)
        play.edit(SCHEDULE, maxRuntimeInSeconds=None)
        play.until("it is ready", lambda: ready(play))
        play.run(600)

        assert definitions(play) == [old]
        assert play.committed("UpdateMonitoringSchedule") in (0, 2)


def test_suspending_stops_the_schedule_and_resuming_starts_it() -> None:
    with Rehearsal() as play:
        serving(play)
        play.apply(native())
        play.until("a run is under way", lambda: running(play), within=2 * HOUR)

        play.edit(SCHEDULE, suspend=True)
        play.until("it is suspended", lambda: play.says(SCHEDULE, "Suspended"), within=2 * HOUR)
        until_runs(play, 1)
        assert play.status(SCHEDULE)["state"] == "Suspended"
        assert "nextScheduleTime" not in play.status(SCHEDULE)
        before = len(play.jobs("ProcessingJob"))
        play.quiet(HOUR)
        assert len(play.jobs("ProcessingJob")) == before

        play.edit(SCHEDULE, suspend=False)
        until_runs(play, 2)
        assert play.committed("StopMonitoringSchedule") == play.committed("StartMonitoringSchedule") == 1


def deleting(play: Rehearsal) -> None:
    at_once(play)
    play.until("a run is under way", lambda: running(play), within=2 * HOUR)

    play.opens()
    play.delete(SCHEDULE, cascade="foreground")
    play.until("all is gone", lambda: not list(play.kubernetes), within=2 * HOUR)

    assert not play.jobs(KIND)
    assert not play.jobs("DataQualityJobDefinition")


def test_deleting_it_during_a_run_waits_for_that_and_takes_the_definition_last() -> None:
    with Rehearsal() as play:
        deleting(play)
        assert not refused(play, "DeleteDataQualityJobDefinition")


def test_deleting_it_during_a_run_leaves_nothing_whenever_the_operator_is_killed() -> None:
    assert at_each_moment(deleting, reads=False) > 10


def test_what_is_to_be_retained_stays_with_its_definition() -> None:
    with Rehearsal() as play:
        serving(play)
        play.apply(native(deletionPolicy="Retain"))
        play.until("it is ready", lambda: ready(play))

        play.delete(SCHEDULE)
        play.until("all is gone", lambda: not list(play.kubernetes))
        play.run(600)

        assert len(play.jobs(KIND)) == len(play.jobs("DataQualityJobDefinition")) == 1


def closed(play: Rehearsal) -> None:
    serving(play)
    play.amazon.core.scenarios.close(KIND)
    play.apply(native())

    play.until("it is refused", lambda: play.says(SCHEDULE, "Stalled"))
    told = play.condition(SCHEDULE, "Stalled")
    assert told["reason"] == "ServiceClosed"
    assert "spec.engine" in told["message"]
    play.run(24 * HOUR)
    assert play.amazon.core.journal.count("CreateMonitoringSchedule") <= 1 + play.deaths


def test_an_account_that_is_new_to_the_service_is_told_so_after_one_call() -> None:
    with Rehearsal() as play:
        closed(play)
        play.restart()
        play.run(24 * HOUR)
        assert play.amazon.core.journal.count("CreateMonitoringSchedule") == 1

        play.annotate(SCHEDULE, reconcile_requested_at="now")
        play.run(HOUR)
        assert play.amazon.core.journal.count("CreateMonitoringSchedule") == 2


def test_a_definition_that_is_refused_is_told_by_its_schedule() -> None:
    with Rehearsal() as play:
        serving(play)
        play.amazon.core.faults.deny("CreateDataQualityJobDefinition", times=1)
        play.apply(native())

        play.until("it is refused", lambda: play.says(SCHEDULE, "Stalled"))
        assert (
            "not ready: AccessDenied: CreateDataQualityJobDefinition" in play.condition(SCHEDULE, "Stalled")["message"]
        )
        play.until("the state says so", lambda: play.status(SCHEDULE).get("state") == "Stalled", within=5)

        play.until("it is ready", lambda: ready(play))


def test_an_account_that_is_new_to_the_service_is_not_asked_again_whenever_the_operator_is_killed() -> None:
    assert at_each_moment(closed, reads=False) > 10


def switching(play: Rehearsal) -> None:
    serving(play)
    play.amazon.core.scenarios.close(KIND)
    Watched(play).captures()
    play.apply(native())
    play.until("it is refused", lambda: play.says(SCHEDULE, "Stalled"))

    play.opens()
    play.edit(SCHEDULE, engine="Operator", image=IMAGE)

    (execution,) = until_runs(play, 1)
    assert execution["result"] == "Completed"
    play.run(300)
    assert not definitions(play)
    assert not play.jobs("DataQualityJobDefinition")
    assert ready(play)


def test_the_operator_takes_over_where_the_service_is_closed() -> None:
    with Rehearsal() as play:
        switching(play)


def test_the_operator_takes_over_where_the_service_is_closed_whenever_it_is_killed() -> None:
    assert at_each_moment(switching, reads=False) > 10


def test_a_schedule_that_sagemaker_runs_is_handed_over_to_the_operator() -> None:
    with Rehearsal() as play:
        serving(play)
        Watched(play).captures()
        play.apply(native())
        until_runs(play, 1)

        play.edit(SCHEDULE, engine="Operator", image=IMAGE)
        play.until("SageMaker has nothing of it", lambda: not play.jobs(KIND), within=2 * HOUR)
        play.until("nor a definition", lambda: not play.jobs("DataQualityJobDefinition"))
        listed = len(play.status(SCHEDULE)["executions"])
        assert listed, "what SageMaker has found stays known"
        until_runs(play, listed + 1)

        assert not definitions(play)
        assert not refused(play, "DeleteDataQualityJobDefinition")


def test_a_manifest_in_sagemakers_own_form_gets_its_runs_listed_too() -> None:
    with Rehearsal() as play:
        serving(play)
        play.apply(native())
        play.until("it is ready", lambda: ready(play))
        (definition,) = play.jobs("DataQualityJobDefinition")
        own = native()
        own["metadata"]["name"] = "own"
        expression = {"scheduleExpression": "cron(0 * ? * * *)"}
        own["spec"] = {
            "monitoringScheduleConfig": {
                "monitoringType": "DataQuality",
                "monitoringJobDefinitionName": definition.name,
                "scheduleConfig": expression,
            }
        }
        key = play.apply(own)

        (execution,) = until_runs(play, 1, key=key)

        assert execution["result"] == "Completed"
        assert play.status(key)["inEffect"] == [{"jobDefinitionName": definition.name, **expression}]
