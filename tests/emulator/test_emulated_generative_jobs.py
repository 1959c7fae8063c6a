"""Jobs around generative models, and Inference Recommender: what they go through, and what they find."""

from typing import Any

import pytest
from tests.emulator.asking import refused
from tests.emulator.making_requests import (
    benchmark_job,
    job,
    optimization_job,
    recommendation_job,
    recommendations_job,
    training_session,
)
from tests.emulator.test_emulated_shapes import checked

from sagemaker_local.emulator import Emulator


def test_an_optimization_job_completes_with_an_image_to_serve_with(sagemaker: Emulator, client: Any) -> None:
    client.create_optimization_job(**optimization_job())
    seen = []
    for seconds in (0, 180, 1800):
        sagemaker.clock.advance(seconds)
        seen.append(checked(sagemaker, "DescribeOptimizationJob", {"OptimizationJobName": "fast"}))

    assert [found["OptimizationJobStatus"] for found in seen] == ["STARTING", "INPROGRESS", "COMPLETED"]
    assert seen[-1]["OptimizationOutput"]["RecommendedInferenceImage"]
    assert seen[-1]["OptimizationEndTime"] - seen[-1]["OptimizationStartTime"] == 1800


def test_optimization_jobs_are_found_by_what_they_do(sagemaker: Emulator, client: Any) -> None:
    client.create_optimization_job(**optimization_job())
    sharding = [{"ModelShardingConfig": {"OverrideEnvironment": {"OPTION_TENSOR_PARALLEL_DEGREE": "4"}}}]
    client.create_optimization_job(**optimization_job("split", OptimizationConfigs=sharding))

    found = checked(sagemaker, "ListOptimizationJobs", {"OptimizationContains": "shard"})["OptimizationJobSummaries"]

    assert [(row["OptimizationJobName"], row["OptimizationTypes"]) for row in found] == [("split", ["Sharding"])]


def test_an_optimization_job_is_stopped_and_then_deleted(sagemaker: Emulator, client: Any) -> None:
    client.create_optimization_job(**optimization_job())
    early = refused(client.delete_optimization_job, OptimizationJobName="fast")
    client.stop_optimization_job(OptimizationJobName="fast")
    sagemaker.clock.advance(30)

    client.delete_optimization_job(OptimizationJobName="fast")

    assert early[0] == "ValidationException"
    assert refused(client.describe_optimization_job, OptimizationJobName="fast")[0] == "ResourceNotFound"


def test_inference_recommender_measures_each_instance_type_and_recommends(sagemaker: Emulator, client: Any) -> None:
    client.create_inference_recommendations_job(**recommendations_job())
    sagemaker.clock.advance(100)
    steps = checked(sagemaker, "ListInferenceRecommendationsJobSteps", {"JobName": "sizes"})["Steps"]
    running = [step["Status"] for step in steps]

    sagemaker.clock.advance(2700)

    done = checked(sagemaker, "DescribeInferenceRecommendationsJob", {"JobName": "sizes"})
    types = [row["EndpointConfiguration"]["InstanceType"] for row in done["InferenceRecommendations"]]
    assert running == ["IN_PROGRESS", "IN_PROGRESS"]
    assert (done["Status"], types) == ("COMPLETED", ["ml.c5.large", "ml.m5.large"])
    assert client.list_inference_recommendations_job_steps(JobName="sizes", Status="IN_PROGRESS")["Steps"] == []


def test_a_stopped_recommender_job_stops_its_benchmarks(sagemaker: Emulator, client: Any) -> None:
    client.create_inference_recommendations_job(**recommendations_job())
    sagemaker.clock.advance(100)

    client.stop_inference_recommendations_job(JobName="sizes")
    sagemaker.clock.advance(60)

    steps = client.list_inference_recommendations_job_steps(JobName="sizes")["Steps"]
    found = client.list_inference_recommendations_jobs(ModelNameEquals="digits")["InferenceRecommendationsJobs"]
    assert {step["Status"] for step in steps} == {"STOPPED"}
    assert [row["Status"] for row in found] == ["STOPPED"]
    assert client.list_inference_recommendations_jobs(ModelNameEquals="other")["InferenceRecommendationsJobs"] == []


@pytest.mark.parametrize("create", ["benchmark", "recommendation"])
def test_ai_jobs_need_their_workload_configuration(client: Any, create: str) -> None:
    operation, request = {
        "benchmark": (client.create_ai_benchmark_job, benchmark_job()),
        "recommendation": (client.create_ai_recommendation_job, recommendation_job()),
    }[create]

    assert refused(operation, **request)[0] == "ResourceNotFound"


def test_a_workload_configuration_stays_while_a_benchmark_uses_it(sagemaker: Emulator, client: Any) -> None:
    arn = client.create_ai_workload_config(AIWorkloadConfigName="chat")["AIWorkloadConfigArn"]
    client.create_ai_benchmark_job(**benchmark_job(config=arn))
    early = refused(client.delete_ai_workload_config, AIWorkloadConfigName="chat")
    sagemaker.clock.advance(900)

    client.delete_ai_workload_config(AIWorkloadConfigName="chat")

    listed = checked(sagemaker, "ListAIBenchmarkJobs", {})["AIBenchmarkJobs"]
    assert (early[0], "load" in early[1]) == ("ResourceInUse", True)
    assert [(row["AIBenchmarkJobStatus"], row["AIWorkloadConfigName"]) for row in listed] == [("Completed", "chat")]


def test_a_recommendation_job_advises_for_each_instance_type(sagemaker: Emulator, client: Any) -> None:
    client.create_ai_workload_config(AIWorkloadConfigName="chat")
    types = ["ml.g5.12xlarge", "ml.g6.12xlarge"]
    client.create_ai_recommendation_job(**recommendation_job(ComputeSpec={"InstanceTypes": types}, OptimizeModel=True))

    sagemaker.clock.advance(1800)

    found = checked(sagemaker, "DescribeAIRecommendationJob", {"AIRecommendationJobName": "advice"})
    assert [row["DeploymentConfiguration"]["InstanceType"] for row in found["Recommendations"]] == types
    assert found["OutputConfig"]["S3OutputLocation"] == "s3://sagemaker-us-east-1-123456789012/advice"


def test_the_work_of_a_job_is_called_by_its_category(sagemaker: Emulator, client: Any) -> None:
    client.create_job(**job(category="SyntheticDataGeneration"))

    sagemaker.clock.advance(2200)

    found = checked(sagemaker, "DescribeJob", {"JobName": "tune", "JobCategory": "SyntheticDataGeneration"})
    assert [row["Status"] for row in found["SecondaryStatusTransitions"]] == [
        "Starting", "Downloading", "Generating", "Uploading", "Completed",
    ]  # fmt: skip
    assert found["JobArn"].endswith(":job/SyntheticDataGeneration/tune")


def test_jobs_of_two_categories_may_have_one_name_and_are_listed_apart(client: Any) -> None:
    client.create_job(**job())
    client.create_job(**job(category="DataTransformation"))

    found = client.list_jobs(JobCategory="DataTransformation")["JobSummaries"]

    assert [(row["JobName"], row["JobCategory"]) for row in found] == [("tune", "DataTransformation")]
    assert refused(client.create_job, **job())[0] == "ResourceInUse"


def test_a_running_job_is_stopped_before_it_is_deleted(sagemaker: Emulator, client: Any) -> None:
    client.create_job(**job())
    early = refused(client.delete_job, JobName="tune", JobCategory="AgentRFT")
    client.stop_job(JobName="tune", JobCategory="AgentRFT")
    sagemaker.clock.advance(60)

    client.delete_job(JobName="tune", JobCategory="AgentRFT")
    sagemaker.clock.advance(10)

    assert early[0] == "ResourceInUse"
    assert refused(client.describe_job, JobName="tune", JobCategory="AgentRFT")[0] == "ResourceNotFound"


def test_a_job_names_a_schema_version_that_there_is(sagemaker: Emulator, client: Any) -> None:
    versions = checked(sagemaker, "ListJobSchemaVersions", {"JobCategory": "AgentRFT"})["JobConfigSchemas"]
    latest = checked(sagemaker, "DescribeJobSchemaVersion", {"JobCategory": "AgentRFT"})["JobConfigSchemaVersion"]

    assert versions[-1] == {"JobConfigSchemaVersion": latest}
    assert refused(client.create_job, **job(JobConfigSchemaVersion="9.9.9"))[0] == "ResourceNotFound"


def test_a_training_session_runs_until_it_is_stopped(sagemaker: Emulator, client: Any) -> None:
    client.create_training_session(**training_session())
    sagemaker.clock.advance(300)
    running = checked(sagemaker, "DescribeTrainingSession", {"TrainingSessionName": "lora"})["TrainingSessionDetail"]
    early = refused(client.delete_training_session, TrainingSessionName="lora")

    client.stop_training_session(TrainingSessionName="lora")
    sagemaker.clock.advance(60)
    stopped = client.describe_training_session(TrainingSessionName="lora")["TrainingSessionDetail"]
    client.delete_training_session(TrainingSessionName="lora")
    sagemaker.clock.advance(10)

    assert (running["TrainingSessionStatus"], early[0]) == ("Running", "ValidationException")
    assert stopped["TrainingSessionStatus"] == "Stopped"
    assert stopped["EndTime"] > stopped["CreationTime"]
    assert client.list_training_sessions()["TrainingSessionSummaries"] == []


def test_a_training_session_that_fails_says_why(sagemaker: Emulator, client: Any) -> None:
    sagemaker.scenarios.fail("TrainingSession", "lora", reason="no capacity")
    client.create_training_session(**training_session())

    sagemaker.clock.advance(300)

    found = client.describe_training_session(TrainingSessionName="lora")["TrainingSessionDetail"]
    assert (found["TrainingSessionStatus"], found["ErrorDetails"]) == ("Failed", "no capacity")
