"""Jobs that make, shrink, measure or choose models, from their first status to their result."""

from typing import Any

import pytest
from tests.emulator.asking import refused
from tests.emulator.making_requests import automl_job, automl_job_v2, compilation_job
from tests.emulator.test_emulated_shapes import checked

from sagemaker_local.emulator import Emulator


def secondary_statuses(sagemaker: Emulator, client: Any, name: str = "churn", *, until: int = 4500) -> list[str]:
    seen: list[str] = []
    for _ in range(until // 60):
        sagemaker.clock.advance(60)
        status = client.describe_auto_ml_job_v2(AutoMLJobName=name)["AutoMLJobSecondaryStatus"]
        if seen[-1:] != [status]:
            seen.append(status)
    return seen


def test_an_autopilot_job_goes_through_its_stages_and_names_the_best_candidate(
    sagemaker: Emulator, client: Any
) -> None:
    client.create_auto_ml_job(**automl_job(AutoMLJobConfig={"CompletionCriteria": {"MaxCandidates": 4}}))

    stages = secondary_statuses(sagemaker, client)

    job = client.describe_auto_ml_job(AutoMLJobName="churn")
    found = client.list_candidates_for_auto_ml_job(
        AutoMLJobName="churn", SortBy="FinalObjectiveMetricValue", SortOrder="Descending"
    )["Candidates"]
    assert stages == [
        "AnalyzingData", "FeatureEngineering", "ModelTuning", "GeneratingExplainabilityReport",
        "GeneratingModelInsightsReport", "Completed",
    ]  # fmt: skip
    assert len(found) == 4
    assert job["BestCandidate"]["CandidateName"] == found[0]["CandidateName"]
    assert job["BestCandidate"]["FinalAutoMLJobObjectiveMetric"]["MetricName"] == "F1"
    assert job["ResolvedAttributes"]["ProblemType"] == "BinaryClassification"
    assert job["AutoMLJobArtifacts"]["DataExplorationNotebookLocation"].startswith("s3://bucket/autopilot/churn/")
    assert job["EndTime"] > job["CreationTime"]


def test_the_best_candidate_of_a_regression_is_the_one_with_the_lowest_loss(sagemaker: Emulator, client: Any) -> None:
    client.create_auto_ml_job(**automl_job(ProblemType="Regression", AutoMLJobObjective={"MetricName": "MSE"}))

    sagemaker.clock.advance(4500)

    job = client.describe_auto_ml_job(AutoMLJobName="churn")
    found = client.list_candidates_for_auto_ml_job(AutoMLJobName="churn", MaxResults=100)["Candidates"]
    values = [candidate["FinalAutoMLJobObjectiveMetric"]["Value"] for candidate in found]
    assert job["BestCandidate"]["FinalAutoMLJobObjectiveMetric"]["Value"] == min(values)


def test_candidates_are_under_way_while_tuning_and_stop_with_the_job(sagemaker: Emulator, client: Any) -> None:
    client.create_auto_ml_job(**automl_job())
    sagemaker.clock.advance(1300)
    tuning = client.list_candidates_for_auto_ml_job(AutoMLJobName="churn", StatusEquals="InProgress")["Candidates"]

    client.stop_auto_ml_job(AutoMLJobName="churn")
    sagemaker.clock.advance(120)

    assert tuning
    assert client.describe_auto_ml_job(AutoMLJobName="churn")["AutoMLJobStatus"] == "Stopped"
    stopped = client.list_candidates_for_auto_ml_job(AutoMLJobName="churn", StatusEquals="Stopped")["Candidates"]
    assert len(stopped) == len(tuning)


def test_both_versions_share_their_names(client: Any) -> None:
    client.create_auto_ml_job_v2(**automl_job_v2())

    code, text = refused(client.create_auto_ml_job, **automl_job())

    assert (code, "churn" in text) == ("ResourceInUse", True)
    assert [job["AutoMLJobName"] for job in client.list_auto_ml_jobs()["AutoMLJobSummaries"]] == ["churn"]


def test_the_second_version_describes_jobs_of_the_first_but_not_the_other_way(client: Any) -> None:
    client.create_auto_ml_job(**automl_job("first"))
    client.create_auto_ml_job_v2(**automl_job_v2("second"))

    first = client.describe_auto_ml_job_v2(AutoMLJobName="first")

    assert first["AutoMLProblemTypeConfig"]["TabularJobConfig"]["TargetAttributeName"] == "left"
    assert first["AutoMLProblemTypeConfigName"] == "Tabular"
    assert refused(client.describe_auto_ml_job, AutoMLJobName="second")[0] == "ValidationException"


def test_a_job_of_the_second_version_can_be_stopped(sagemaker: Emulator, client: Any) -> None:
    client.create_auto_ml_job_v2(**automl_job_v2(problem={"ImageClassificationJobConfig": {}}))
    sagemaker.clock.advance(700)
    before = client.describe_auto_ml_job_v2(AutoMLJobName="churn")["AutoMLJobSecondaryStatus"]

    client.stop_auto_ml_job(AutoMLJobName="churn")
    sagemaker.clock.advance(60)

    assert before == "TrainingModels"
    assert client.describe_auto_ml_job_v2(AutoMLJobName="churn")["AutoMLJobStatus"] == "Stopped"


def test_an_autopilot_job_deploys_its_best_candidate_when_asked(sagemaker: Emulator, client: Any) -> None:
    client.create_auto_ml_job(**automl_job(ModelDeployConfig={"EndpointName": "churn-live"}))

    sagemaker.clock.advance(4800)

    result = client.describe_auto_ml_job(AutoMLJobName="churn")["ModelDeployResult"]
    assert result == {"EndpointName": "churn-live"}
    assert client.describe_endpoint(EndpointName="churn-live")["EndpointStatus"] == "InService"


def test_an_autopilot_job_out_of_time_completes_with_what_it_has(sagemaker: Emulator, client: Any) -> None:
    limit = {"CompletionCriteria": {"MaxAutoMLJobRuntimeInSeconds": 2000}}
    client.create_auto_ml_job(**automl_job(AutoMLJobConfig=limit))

    sagemaker.clock.advance(2100)

    job = client.describe_auto_ml_job(AutoMLJobName="churn")
    assert (job["AutoMLJobStatus"], job["AutoMLJobSecondaryStatus"]) == ("Completed", "MaxAutoMLJobRuntimeReached")
    assert job["BestCandidate"]["CandidateStatus"] == "Completed"


@pytest.mark.parametrize(
    "problem",
    [
        {"TabularJobConfig": {"TargetAttributeName": "left"}},
        {"TextClassificationJobConfig": {"ContentColumn": "text", "TargetLabelColumn": "mood"}},
    ],
    ids=["tabular", "text"],
)
def test_an_autopilot_job_fails_with_the_reason_of_a_scenario(
    sagemaker: Emulator, client: Any, problem: dict[str, Any]
) -> None:
    sagemaker.scenarios.fail("AutoMLJobV2", "churn", reason="ClientError: no", at="AnalyzingData")
    client.create_auto_ml_job_v2(**automl_job_v2(problem=problem))

    sagemaker.clock.advance(4500)

    job = client.describe_auto_ml_job_v2(AutoMLJobName="churn")
    assert (job["AutoMLJobStatus"], job["FailureReason"]) == ("Failed", "ClientError: no")
    assert "BestCandidate" not in job


def test_an_autopilot_job_that_is_not_there_is_missing_in_aws_own_words(client: Any) -> None:
    text = "Amazon SageMaker can't find an AutoML job called nope."

    assert refused(client.describe_auto_ml_job, AutoMLJobName="nope") == ("ResourceNotFound", text)
    assert refused(client.list_candidates_for_auto_ml_job, AutoMLJobName="nope") == ("ResourceNotFound", text)


def test_every_answer_about_autopilot_fits_the_model(sagemaker: Emulator) -> None:
    checked(sagemaker, "CreateAutoMLJob", automl_job("first"))
    checked(sagemaker, "CreateAutoMLJobV2", automl_job_v2("second"))
    text = {"TextGenerationJobConfig": {"BaseModelName": "Falcon7BInstruct"}}
    checked(sagemaker, "CreateAutoMLJobV2", automl_job_v2("third", problem=text))

    for seconds in (0, 700, 600, 600, 1200, 700, 900):
        sagemaker.clock.advance(seconds)
        checked(sagemaker, "DescribeAutoMLJob", {"AutoMLJobName": "first"})
        for name in ("first", "second", "third"):
            checked(sagemaker, "DescribeAutoMLJobV2", {"AutoMLJobName": name})
            checked(sagemaker, "ListCandidatesForAutoMLJob", {"AutoMLJobName": name})
        checked(sagemaker, "ListAutoMLJobs", {})


def test_a_compilation_job_runs_and_says_where_its_artifact_is(sagemaker: Emulator, client: Any) -> None:
    client.create_compilation_job(**compilation_job())
    statuses = []
    for seconds in (0, 60, 180):
        sagemaker.clock.advance(seconds)
        statuses.append(client.describe_compilation_job(CompilationJobName="small")["CompilationJobStatus"])

    job = checked(sagemaker, "DescribeCompilationJob", {"CompilationJobName": "small"})

    assert statuses == ["STARTING", "INPROGRESS", "COMPLETED"]
    assert job["ModelArtifacts"] == {"S3ModelArtifacts": "s3://bucket/compiled/model-ml_c5.tar.gz"}
    assert job["FailureReason"] == ""
    assert job["CompilationEndTime"] - job["CompilationStartTime"] == 180


def test_a_compilation_job_is_deleted_only_when_it_is_over(sagemaker: Emulator, client: Any) -> None:
    client.create_compilation_job(**compilation_job())
    early = refused(client.delete_compilation_job, CompilationJobName="small")

    client.stop_compilation_job(CompilationJobName="small")
    sagemaker.clock.advance(30)
    client.delete_compilation_job(CompilationJobName="small")

    assert "STARTING" in early[1]
    assert refused(client.describe_compilation_job, CompilationJobName="small")[0] == "ResourceNotFound"


def test_a_compilation_job_that_takes_too_long_is_stopped(sagemaker: Emulator, client: Any) -> None:
    client.create_compilation_job(**compilation_job(StoppingCondition={"MaxRuntimeInSeconds": 60}))

    sagemaker.clock.advance(300)

    assert client.describe_compilation_job(CompilationJobName="small")["CompilationJobStatus"] == "STOPPED"


def test_a_compilation_job_needs_a_model_and_takes_no_two(client: Any) -> None:
    package = "arn:aws:sagemaker:us-east-1:123456789012:model-package/digits/1"
    neither = compilation_job()
    del neither["InputConfig"]

    assert refused(client.create_compilation_job, **neither)[0] == "ValidationException"
    assert refused(client.create_compilation_job, **compilation_job(ModelPackageVersionArn=package))[0] == (
        "ValidationException"
    )


def test_compilation_jobs_are_listed_with_their_targets(sagemaker: Emulator, client: Any) -> None:
    platform = {"S3OutputLocation": "s3://bucket/compiled", "TargetPlatform": {"Os": "LINUX", "Arch": "ARM64"}}
    client.create_compilation_job(**compilation_job())
    client.create_compilation_job(**compilation_job("edge", OutputConfig=platform))

    found = checked(sagemaker, "ListCompilationJobs", {"NameContains": "edge"})["CompilationJobSummaries"]

    assert [(job["CompilationTargetPlatformOs"], job["CompilationTargetPlatformArch"]) for job in found] == [
        ("LINUX", "ARM64")
    ]
