"""What the runs of schedules that SageMaker itself runs find, on a virtual clock."""

from tests.builders import example
from tests.emulator.asking import endpoint_config
from tests.rehearsal.native import DRIFT, KIND, LOST, native, serving
from tests.rehearsal.stage import Rehearsal
from tests.rehearsal.watched import BUCKET, HOUR, SCHEDULE, until_runs


def test_violations_are_listed_with_the_worst_first() -> None:
    with Rehearsal() as play:
        serving(play)
        play.amazon.core.scenarios.violate(KIND, "", violations=[LOST, DRIFT], times=1)
        play.apply(native())

        (first,) = until_runs(play, 1)

        assert first["result"] == "CompletedWithViolations"
        assert first["violations"] == 2
        assert first["byCheck"] == {"completeness_check": 1, "baseline_drift_check": 1}
        drift = {"feature": "age", "check": "baseline_drift_check", "value": 0.31, "threshold": 0.1}
        assert first["worst"] == [drift, {"feature": "job", "check": "completeness_check"}]
        assert first["windowStart"] < first["windowEnd"] == first["scheduledTime"]
        assert first["outputS3URI"].startswith(f"{BUCKET}/results/")
        assert play.says(SCHEDULE, "ViolationsFound")
        assert play.says(SCHEDULE, "Ready")
        second = until_runs(play, 2)[0]
        assert second["result"] == "Completed"
        assert play.says(SCHEDULE, "ViolationsFound", "False")


def test_no_data_is_neither_success_nor_failure() -> None:
    with Rehearsal() as play:
        serving(play)
        play.amazon.core.scenarios.fail("ProcessingJob", "", reason="Job inputs had no data", times=1)
        play.apply(native())

        (execution,) = until_runs(play, 1)

        assert execution["result"] == "NoData"
        assert play.says(SCHEDULE, "NoData")
        assert play.says(SCHEDULE, "Ready")
        assert not play.condition(SCHEDULE, "ViolationsFound")


def test_no_data_is_explained_where_the_endpoint_captures_nothing() -> None:
    with Rehearsal() as play:
        serving(play)
        endpoint = example("Endpoint")
        endpoint["spec"] = {"endpointName": "digits", "endpointConfigName": "first", "adoptionPolicy": "Always"}
        key = play.apply(endpoint)
        play.console("CreateEndpointConfig", **endpoint_config("silent"))
        play.edit(key, endpointConfigName="silent")
        play.until(
            "it captures nothing any more",
            lambda: (
                play.status(key).get("endpointConfigName") == "silent" and "dataCaptureConfig" not in play.status(key)
            ),
        )
        play.amazon.core.scenarios.fail("ProcessingJob", "", reason="Job inputs had no data")
        play.apply(native(source={"endpointRef": {"name": key.name}}))

        until_runs(play, 1)

        hint = "captures nothing: set dataCaptureConfig"
        play.until("it says why", lambda: hint in play.condition(SCHEDULE, "NoData")["message"], within=60)
        assert play.says(SCHEDULE, "Ready")


def test_a_run_that_fails_says_what_its_container_said() -> None:
    with Rehearsal() as play:
        serving(play)
        play.amazon.core.scenarios.fail("ProcessingJob", "", reason="AlgorithmError: exit code 1", times=1)
        play.apply(native())

        (execution,) = until_runs(play, 1)

        assert execution["result"] == "Failed"
        assert "AlgorithmError" in execution["message"]
        assert play.says(SCHEDULE, "Ready")


def test_a_job_that_cannot_be_looked_at_is_told_and_not_asked_for_again_and_again() -> None:
    with Rehearsal() as play:
        serving(play)
        play.amazon.core.faults.deny("DescribeProcessingJob")
        play.apply(native())

        (execution,) = until_runs(play, 1)

        assert execution["result"] == "Completed"
        assert "cannot be looked at" in execution["message"]
        assert play.amazon.core.journal.count("DescribeProcessingJob") <= 3


def test_many_schedules_at_rest_tell_of_their_runs_too() -> None:
    with Rehearsal() as play:
        serving(play)
        keys = []
        for number in range(10):
            manifest = native()
            manifest["metadata"]["name"] = f"digits-{number}"
            keys.append(play.apply(manifest))

        play.until(
            "each has told of a run",
            lambda: all(play.status(key).get("lastResult") == "Completed" for key in keys),
            within=3 * HOUR,
        )
