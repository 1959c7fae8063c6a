"""What can happen to an emulated training job on its way: limits, spot interruptions, attempts, warm pools, rules."""

from typing import Any

import pytest
from tests.emulator.asking import CLUSTER, IMAGE, ROLE, refused, training_job
from tests.emulator.test_emulated_control import ask
from tests.emulator.test_emulated_shapes import checked

from sagemaker_local.emulator import Emulator

SPOT_LIMITS = {"MaxRuntimeInSeconds": 3600, "MaxWaitTimeInSeconds": 7200}
POOL = {**CLUSTER, "KeepAlivePeriodInSeconds": 600}
INTERNAL = "InternalServerError: We encountered an internal error.  Please try again."


def spot_job(name: str = "digits", **members: Any) -> dict[str, Any]:
    return training_job(name, **{"EnableManagedSpotTraining": True, "StoppingCondition": SPOT_LIMITS, **members})


def describe(client: Any, name: str = "digits") -> dict[str, Any]:
    answer: dict[str, Any] = client.describe_training_job(TrainingJobName=name)
    return answer


def stages(job: dict[str, Any]) -> list[str]:
    return [t["Status"] for t in job["SecondaryStatusTransitions"]]


def state(client: Any, name: str = "digits") -> tuple[str, str]:
    job = describe(client, name)
    return job["TrainingJobStatus"], job["SecondaryStatus"]


def test_spot_training_is_paid_for_in_part(sagemaker: Emulator, client: Any) -> None:
    client.create_training_job(**spot_job())

    sagemaker.clock.advance(400)

    job = describe(client)
    assert job["TrainingTimeInSeconds"] == 159
    assert 0 < job["BillableTimeInSeconds"] < 159


def test_a_wait_without_spot_instances_is_refused(client: Any) -> None:
    said = refused(client.create_training_job, **training_job(StoppingCondition=SPOT_LIMITS))

    assert said == (
        "ValidationException",
        "Invalid MaxWaitTimeInSeconds. It is only supported when EnableManagedSpotTraining is set to true",
    )


@pytest.mark.parametrize(
    "condition", [{}, {"MaxRuntimeInSeconds": 100}, {"MaxRuntimeInSeconds": 100, "MaxWaitTimeInSeconds": 99}]
)
def test_spot_training_may_wait_as_long_as_it_may_run(client: Any, condition: dict[str, int]) -> None:
    code, text = refused(client.create_training_job, **spot_job(StoppingCondition=condition))

    assert (code, text[:29]) == ("ValidationException", "Invalid MaxWaitTimeInSeconds.")


def test_an_interrupted_job_starts_again_and_stays_in_progress(sagemaker: Emulator, client: Any) -> None:
    sagemaker.scenarios.interrupt("TrainingJob", "digits")
    client.create_training_job(**spot_job())
    sagemaker.clock.advance(290)
    assert state(client) == ("InProgress", "Interrupted")

    sagemaker.clock.advance(1000)

    job = describe(client)
    assert job["TrainingJobStatus"] == "Completed"
    assert stages(job) == [
        "Starting", "Downloading", "Training",
        "Interrupted", "Starting", "Downloading", "Training",
        "Uploading", "Completed",
    ]  # fmt: skip
    waited = 185 + 60 + 180
    whole = (job["TrainingEndTime"] - job["CreationTime"]).total_seconds()
    assert job["TrainingTimeInSeconds"] == pytest.approx(whole - waited, abs=1)


def test_a_job_may_be_interrupted_twice_and_others_not_at_all(sagemaker: Emulator, client: Any) -> None:
    sagemaker.scenarios.interrupt("TrainingJob", "digits", times=1)
    sagemaker.scenarios.interrupt("TrainingJob", "digits", at="Downloading", times=1)
    client.create_training_job(**spot_job())
    client.create_training_job(**spot_job("digits-too"))

    sagemaker.clock.advance(3000)

    assert stages(describe(client)).count("Interrupted") == 2
    assert "Interrupted" not in stages(describe(client, "digits-too"))


def test_waiting_too_long_stops_a_job_and_does_not_fail_it(sagemaker: Emulator, client: Any) -> None:
    sagemaker.scenarios.interrupt("TrainingJob", ".")
    limits = {"MaxRuntimeInSeconds": 300, "MaxWaitTimeInSeconds": 300}
    client.create_training_job(**spot_job(StoppingCondition=limits))

    sagemaker.clock.advance(1000)

    assert state(client) == ("Stopped", "MaxWaitTimeExceeded")
    assert "FailureReason" not in describe(client)


def test_waiting_does_not_count_as_running(sagemaker: Emulator, client: Any) -> None:
    """Downloading, Training and Uploading take 159 s, and 150 s more after the interruption."""
    sagemaker.scenarios.interrupt("TrainingJob", ".", times=2)
    enough, short = ({"MaxRuntimeInSeconds": limit, "MaxWaitTimeInSeconds": 7200} for limit in (262, 250))
    client.create_training_job(**spot_job("enough", StoppingCondition=enough))
    client.create_training_job(**spot_job("short", StoppingCondition=short))

    sagemaker.clock.advance(2000)

    assert state(client, "enough") == ("Completed", "Completed")
    assert state(client, "short") == ("Stopped", "MaxRuntimeExceeded")


def test_a_job_waits_for_capacity_as_long_as_it_is_told_to(sagemaker: Emulator, client: Any) -> None:
    sagemaker.scenarios.wait("TrainingJob", "digits", seconds=3000)
    client.create_training_job(**training_job())
    sagemaker.clock.advance(1000)
    assert state(client) == ("InProgress", "Pending")

    sagemaker.clock.advance(2344)

    assert state(client) == ("Completed", "Completed")
    assert stages(describe(client))[:3] == ["Starting", "Pending", "Downloading"]


def test_a_job_that_is_pending_too_long_is_stopped(sagemaker: Emulator, client: Any) -> None:
    sagemaker.scenarios.wait("TrainingJob", "digits", seconds=90_000)
    client.create_training_job(**training_job(StoppingCondition={"MaxPendingTimeInSeconds": 1800}))

    sagemaker.clock.advance(2000)

    assert state(client) == ("Stopped", "Stopped")


def test_an_internal_error_is_tried_again(sagemaker: Emulator, client: Any) -> None:
    sagemaker.scenarios.fail("TrainingJob", ".", reason=INTERNAL, times=1)
    client.create_training_job(**training_job(RetryStrategy={"MaximumRetryAttempts": 2}))

    sagemaker.clock.advance(344)
    assert state(client) == ("InProgress", "Restarting")
    sagemaker.clock.advance(354)

    job = describe(client)
    assert job["TrainingJobStatus"] == "Completed"
    assert "FailureReason" not in job
    assert stages(job)[5:7] == ["Starting", "Downloading"]


def test_attempts_are_counted_and_other_errors_are_not_tried_again(sagemaker: Emulator, client: Any) -> None:
    sagemaker.scenarios.fail("TrainingJob", "internal", reason=INTERNAL)
    sagemaker.scenarios.fail("TrainingJob", "own", reason="AlgorithmError: exit code 1")
    for name in ("internal", "own"):
        client.create_training_job(**training_job(name, RetryStrategy={"MaximumRetryAttempts": 2}))

    sagemaker.clock.advance(3000)

    internal, own = describe(client, "internal"), describe(client, "own")
    assert (internal["TrainingJobStatus"], internal["FailureReason"]) == ("Failed", INTERNAL)
    assert stages(internal).count("Restarting") == 2
    assert own["TrainingJobStatus"] == "Failed"
    assert "Restarting" not in stages(own)


def test_the_time_of_all_attempts_is_limited_together(sagemaker: Emulator, client: Any) -> None:
    sagemaker.scenarios.fail("TrainingJob", ".", reason=INTERNAL, times=1)
    retry = {"MaximumRetryAttempts": 2}
    client.create_training_job(**training_job(RetryStrategy=retry, StoppingCondition={"MaxRuntimeInSeconds": 200}))

    sagemaker.clock.advance(3000)

    assert state(client) == ("Stopped", "MaxRuntimeExceeded")
    assert stages(describe(client)).count("Starting") == 2


def test_a_job_that_is_between_two_attempts_can_be_stopped(sagemaker: Emulator, client: Any) -> None:
    sagemaker.scenarios.fail("TrainingJob", ".", reason=INTERNAL, times=1)
    client.create_training_job(**training_job(RetryStrategy={"MaximumRetryAttempts": 2}))
    sagemaker.clock.advance(344)

    client.stop_training_job(TrainingJobName="digits")
    sagemaker.clock.advance(1000)

    assert state(client) == ("Stopped", "Stopped")


@pytest.mark.parametrize("seconds", [0, 200, 300, 340])
def test_a_job_can_be_stopped_in_each_stage(sagemaker: Emulator, client: Any, seconds: int) -> None:
    client.create_training_job(**training_job())
    sagemaker.clock.advance(seconds)

    client.stop_training_job(TrainingJobName="digits")

    assert state(client) == ("Stopping", "Stopping")
    sagemaker.clock.advance(120)
    assert state(client) == ("Stopped", "Stopped")
    assert describe(client)["ModelArtifacts"]["S3ModelArtifacts"].endswith("/digits/output/model.tar.gz")
    assert ("TrainingTimeInSeconds" in describe(client)) == (seconds > 185)


def test_a_matching_job_takes_over_a_warm_pool_and_starts_sooner(sagemaker: Emulator, client: Any) -> None:
    client.create_training_job(**training_job("first", ResourceConfig=POOL))
    assert describe(client, "first")["WarmPoolStatus"] == {"Status": "InUse"}
    sagemaker.clock.advance(444)

    client.create_training_job(**training_job("second", ResourceConfig=POOL))

    assert describe(client, "first")["WarmPoolStatus"] == {
        "Status": "Reused", "ResourceRetainedBillableTimeInSeconds": 100, "ReusedByJob": "second",
    }  # fmt: skip
    assert describe(client, "second")["WarmPoolStatus"] == {"Status": "InUse"}
    sagemaker.clock.advance(60)
    assert state(client, "second") == ("InProgress", "Downloading")
    sagemaker.clock.advance(1000)
    assert describe(client, "first")["WarmPoolStatus"]["Status"] == "Reused"
    client.delete_training_job(TrainingJobName="first")


@pytest.mark.parametrize(
    "other",
    [
        {"ResourceConfig": {**POOL, "InstanceCount": 2}},
        {"ResourceConfig": POOL, "RoleArn": f"{ROLE}-other"},
        {"ResourceConfig": POOL, "EnableNetworkIsolation": True},
        {"ResourceConfig": CLUSTER},
    ],
    ids=["more instances", "another role", "isolated", "no warm pool of its own"],
)
def test_a_job_that_does_not_match_leaves_a_warm_pool_alone(
    sagemaker: Emulator, client: Any, other: dict[str, Any]
) -> None:
    client.create_training_job(**training_job("first", ResourceConfig=POOL))
    sagemaker.clock.advance(344)

    client.create_training_job(**training_job("second", **other))
    sagemaker.clock.advance(60)

    assert describe(client, "first")["WarmPoolStatus"]["Status"] == "Available"
    assert state(client, "second") == ("InProgress", "Starting")


def test_a_warm_pool_can_be_prolonged(sagemaker: Emulator, client: Any) -> None:
    client.create_training_job(**training_job(ResourceConfig=POOL))
    sagemaker.clock.advance(344 + 500)

    client.update_training_job(TrainingJobName="digits", ResourceConfig={"KeepAlivePeriodInSeconds": 1000})

    sagemaker.clock.advance(499)
    assert describe(client)["WarmPoolStatus"] == {"Status": "Available"}
    sagemaker.clock.advance(1)
    assert describe(client)["WarmPoolStatus"] == {
        "Status": "Terminated", "ResourceRetainedBillableTimeInSeconds": 1000,
    }  # fmt: skip


def test_a_job_that_does_not_complete_leaves_no_warm_pool(sagemaker: Emulator, client: Any) -> None:
    client.create_training_job(**training_job(ResourceConfig=POOL))
    client.stop_training_job(TrainingJobName="digits")

    sagemaker.clock.advance(120)

    assert describe(client)["WarmPoolStatus"]["Status"] == "Terminated"
    client.delete_training_job(TrainingJobName="digits")


def test_jobs_are_listed_by_their_warm_pool_and_training_plan(sagemaker: Emulator, client: Any) -> None:
    client.create_training_job(**training_job("kept", ResourceConfig=POOL))
    client.create_training_job(**training_job("plain"))
    sagemaker.clock.advance(400)

    def listed(**how: Any) -> list[str]:
        return [job["TrainingJobName"] for job in client.list_training_jobs(**how)["TrainingJobSummaries"]]

    assert listed(WarmPoolStatusEquals="Available") == ["kept"]
    assert listed(WarmPoolStatusEquals="InUse") == []
    assert listed(TrainingPlanArnEquals="arn:aws:sagemaker:us-east-1:123456789012:training-plan/none") == []


def test_rules_and_the_profiler_tell_how_they_do(sagemaker: Emulator, client: Any) -> None:
    rule = {"RuleConfigurationName": "VanishingGradient", "RuleEvaluatorImage": IMAGE}
    client.create_training_job(
        **training_job(
            DebugRuleConfigurations=[rule],
            ProfilerRuleConfigurations=[{**rule, "RuleConfigurationName": "ProfilerReport"}],
            ProfilerConfig={"S3OutputPath": "s3://bucket/profile"},
        )
    )
    job = describe(client)
    assert job["ProfilingStatus"] == "Enabled"
    assert [row["RuleEvaluationStatus"] for row in job["DebugRuleEvaluationStatuses"]] == ["InProgress"]

    sagemaker.clock.advance(344)

    job = describe(client)
    found = [*job["DebugRuleEvaluationStatuses"], *job["ProfilerRuleEvaluationStatuses"]]
    assert [(row["RuleConfigurationName"], row["RuleEvaluationStatus"]) for row in found] == [
        ("VanishingGradient", "NoIssuesFound"),
        ("ProfilerReport", "NoIssuesFound"),
    ]
    assert all(":processing-job/digits-" in row["RuleEvaluationJobArn"] for row in found)


def test_the_first_of_the_preferred_instances_is_selected_and_counted(sagemaker: Emulator, client: Any) -> None:
    sagemaker.quotas.set("ml.p3.2xlarge for training job usage", 0)
    wanted = {"VolumeSizeInGB": 10, "InstancePreferences": [{"InstanceType": "ml.m5.large", "InstanceCount": 2}]}
    client.create_training_job(**training_job(ResourceConfig=wanted))

    config = describe(client)["ResourceConfig"]

    assert (config["SelectedInstanceType"], config["SelectedInstanceCount"]) == ("ml.m5.large", 2)
    costly = {**wanted, "InstancePreferences": [{"InstanceType": "ml.p3.2xlarge"}]}
    assert refused(client.create_training_job, **training_job("b", ResourceConfig=costly))[0] == "ResourceLimitExceeded"


def test_every_answer_of_an_eventful_life_fits_the_model(sagemaker: Emulator) -> None:
    sagemaker.scenarios.interrupt("TrainingJob", ".")
    sagemaker.scenarios.fail("TrainingJob", ".", reason=INTERNAL, times=1)
    request = spot_job(RetryStrategy={"MaximumRetryAttempts": 1}, ResourceConfig=POOL)
    checked(sagemaker, "CreateTrainingJob", request)
    for _ in range(40):
        checked(sagemaker, "DescribeTrainingJob", {"TrainingJobName": "digits"})
        checked(sagemaker, "ListTrainingJobs", {})
        sagemaker.clock.advance(50)
    answer = checked(sagemaker, "DescribeTrainingJob", {"TrainingJobName": "digits"})
    assert (answer["TrainingJobStatus"], answer["WarmPoolStatus"]["Status"]) == ("Completed", "Terminated")


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({"kind": "ProcessingJob", "match": ".", "interrupt": True}, "there is for TrainingJob"),
        ({"kind": "TrainingJob", "match": ".", "interrupt": False}, "a scenario has one of"),
        ({"kind": "TrainingJob", "match": ".", "interrupt": True, "wait": 3}, "a scenario has one of"),
        ({"kind": "TrainingJob", "match": ".", "interrupt": True, "at": "Trainign"}, "Trainign"),
        ({"kind": "TrainingJob", "match": ".", "wait": -1}, "0 seconds or more"),
    ],
)
def test_a_scenario_that_makes_no_sense_is_refused(sagemaker: Emulator, body: dict[str, Any], problem: str) -> None:
    status, said = ask(sagemaker, "scenarios", body)

    assert status == 400
    assert problem in said["error"]
