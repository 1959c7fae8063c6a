"""Executions of pipelines: their steps, in order, with what they create; failures, stops and retries."""

from pathlib import Path
from typing import Any

import pytest
from tests.emulator.asking import IMAGE, ROLE, refused
from tests.emulator.pipelines_requests import (
    TOKEN,
    definition,
    pipeline,
    process,
    start,
    states,
    status,
    step,
    steps_of,
    train,
)
from tests.emulator.test_emulated_shapes import checked

from sagemaker_local.emulator import Emulator

MODEL_DATA = {"Get": "Steps.Train.ModelArtifacts.S3ModelArtifacts"}


def test_steps_create_real_resources_one_after_another(sagemaker: Emulator, client: Any) -> None:
    deploy = step(
        "Create",
        "Model",
        PrimaryContainer={"Image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/mine:1", "ModelDataUrl": MODEL_DATA},
        ExecutionRoleArn=ROLE,
    )
    execution = start(client, deploy, train())

    sagemaker.clock.advance(2)
    assert states(client, execution) == {"Train": "Executing"}
    sagemaker.clock.advance(600)

    assert status(client, execution) == "Succeeded"
    begun = steps_of(client, execution)
    assert list(begun) == ["Train", "Create"]
    job = begun["Train"]["Metadata"]["TrainingJob"]["Arn"].rpartition("/")[2]
    model = begun["Create"]["Metadata"]["Model"]["Arn"].rpartition("/")[2]
    artifact = client.describe_training_job(TrainingJobName=job)["ModelArtifacts"]["S3ModelArtifacts"]
    assert job.startswith(f"pipelines-{execution.rpartition('/')[2]}-Train-")
    assert client.describe_model(ModelName=model)["PrimaryContainer"]["ModelDataUrl"] == artifact


def test_the_same_token_starts_one_execution(client: Any) -> None:
    client.create_pipeline(**pipeline(train()))

    first, second = (
        client.start_pipeline_execution(PipelineName="nightly", ClientRequestToken=TOKEN)["PipelineExecutionArn"]
        for _ in range(2)
    )
    third = client.start_pipeline_execution(PipelineName="nightly")["PipelineExecutionArn"]

    assert first == second != third
    listed = client.list_pipeline_executions(PipelineName="nightly")["PipelineExecutionSummaries"]
    assert [entry["PipelineExecutionArn"] for entry in listed] == [third, first]


def test_parameters_take_defaults_and_reach_the_steps(sagemaker: Emulator, client: Any) -> None:
    count = {"Name": "Count", "Type": "Integer", "DefaultValue": 1}
    where = {"Name": "Where", "Type": "String", "EnumValues": ["a", "b"]}
    joined = {
        "Std:Join": {
            "On": "/",
            "Values": ["s3://bucket", {"Get": "Parameters.Where"}, {"Get": "Execution.PipelineName"}],
        }
    }
    cluster = {"InstanceCount": {"Get": "Parameters.Count"}, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 1}
    text = definition(
        train(OutputDataConfig={"S3OutputPath": joined}, ResourceConfig=cluster), parameters=(count, where)
    )
    client.create_pipeline(**pipeline(PipelineDefinition=text))

    execution = client.start_pipeline_execution(
        PipelineName="nightly", PipelineParameters=[{"Name": "Where", "Value": "b"}, {"Name": "Count", "Value": "2"}]
    )["PipelineExecutionArn"]
    sagemaker.clock.advance(2)

    job = client.list_training_jobs()["TrainingJobSummaries"][0]["TrainingJobName"]
    shown = client.describe_training_job(TrainingJobName=job)
    assert shown["OutputDataConfig"]["S3OutputPath"] == "s3://bucket/b/nightly"
    assert shown["ResourceConfig"]["InstanceCount"] == 2
    assert client.list_pipeline_parameters_for_execution(PipelineExecutionArn=execution)["PipelineParameters"] == [
        {"Name": "Count", "Value": "2"},
        {"Name": "Where", "Value": "b"},
    ]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([], "Parameter Where has no default value and must be given."),
        ([{"Name": "Where", "Value": "c"}], "Parameter Where must be one of a, b, not 'c'."),
        ([{"Name": "Were", "Value": "a"}], "The pipeline has no parameter called Were. It has: Count, Where."),
        (
            [{"Name": "Where", "Value": "a"}, {"Name": "Count", "Value": "many"}],
            "Parameter Count must be of type Integer, not 'many'.",
        ),
    ],
)
def test_parameters_that_do_not_fit_are_refused(client: Any, given: list[dict[str, str]], said: str) -> None:
    count = {"Name": "Count", "Type": "Integer", "DefaultValue": 1}
    where = {"Name": "Where", "Type": "String", "EnumValues": ["a", "b"]}
    client.create_pipeline(**pipeline(PipelineDefinition=definition(parameters=(count, where))))

    answer = refused(client.start_pipeline_execution, PipelineName="nightly", PipelineParameters=given)

    assert answer == ("ValidationException", said)


@pytest.mark.parametrize(("accuracy", "taken"), [(0.9, "Good"), (0.2, "Bad")])
def test_a_condition_takes_one_branch(sagemaker: Emulator, client: Any, accuracy: float, taken: str) -> None:
    compare = {"Type": "GreaterThan", "LeftValue": {"Get": "Parameters.Accuracy"}, "RightValue": 0.5}
    check = step("Check", "Condition", Conditions=[compare], IfSteps=[step("Good")], ElseSteps=[step("Bad")])
    after = step("After", depends=("Good",))
    parameter = {"Name": "Accuracy", "Type": "Float", "DefaultValue": accuracy}
    client.create_pipeline(**pipeline(PipelineDefinition=definition(check, after, parameters=(parameter,))))
    execution = client.start_pipeline_execution(PipelineName="nightly")["PipelineExecutionArn"]

    sagemaker.clock.advance(120)

    assert status(client, execution) == "Succeeded"
    assert set(states(client, execution)) == {"Check", taken} | ({"After"} if taken == "Good" else set())


def test_a_condition_reads_a_metric_that_a_processing_step_left_in_s3(sagemaker: Emulator, client: Any) -> None:
    s3 = sagemaker.client("s3")
    s3.create_bucket(Bucket="bucket")
    s3.put_object(Bucket="bucket", Key="evaluation/report.json", Body=b'{"metrics": [{"mse": 3.5}]}')
    output = {"S3Uri": "s3://bucket/evaluation", "LocalPath": "/opt/ml/processing/o", "S3UploadMode": "EndOfJob"}
    evaluate = process(ProcessingOutputConfig={"Outputs": [{"OutputName": "report", "S3Output": output}]})
    evaluate["PropertyFiles"] = [{"PropertyFileName": "Report", "OutputName": "report", "FilePath": "report.json"}]
    metric = {"Std:JsonGet": {"PropertyFile": {"Get": "Steps.Evaluate.PropertyFiles.Report"}, "Path": "metrics[0].mse"}}
    compare = {"Type": "LessThanOrEqualTo", "LeftValue": metric, "RightValue": 6.0}
    execution = start(client, evaluate, step("Check", "Condition", Conditions=[compare], IfSteps=[], ElseSteps=[]))

    sagemaker.clock.advance(400)

    assert steps_of(client, execution)["Check"]["Metadata"] == {"Condition": {"Outcome": "True"}}


@pytest.mark.parametrize(("key", "outcome"), [("run/report.json", "Succeeded"), ("nowhere.json", "Failed")])
def test_a_condition_reads_a_document_by_its_address(sagemaker: Emulator, client: Any, key: str, outcome: str) -> None:
    s3 = sagemaker.client("s3")
    s3.create_bucket(Bucket="bucket")
    s3.put_object(Bucket="bucket", Key="run/report.json", Body=b'{"metrics": [{"mse": 3.5}]}')
    uri = {"Std:Join": {"On": "/", "Values": ["s3://bucket", key]}}
    metric = {"Std:JsonGet": {"S3Uri": uri, "Path": "metrics[0].mse"}}
    compare = {"Type": "Equals", "LeftValue": metric, "RightValue": 3.5}
    execution = start(client, step("Check", "Condition", Conditions=[compare], IfSteps=[], ElseSteps=[]))

    sagemaker.clock.advance(60)

    assert states(client, execution) == {"Check": outcome}


def test_an_automl_step_creates_its_job_and_its_candidate_goes_on(sagemaker: Emulator, client: Any) -> None:
    source = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://bucket/data"}}
    automl = step(
        "Search",
        "AutoML",
        InputDataConfig=[{"DataSource": source, "TargetAttributeName": "label"}],
        OutputDataConfig={"S3OutputPath": "s3://bucket/candidates"},
        RoleArn=ROLE,
    )
    best = {"Get": "Steps.Search.BestCandidate.InferenceContainers[0].ModelDataUrl"}
    make = step("Make", "Model", PrimaryContainer={"Image": IMAGE, "ModelDataUrl": best}, ExecutionRoleArn=ROLE)
    execution = start(client, automl, make)

    sagemaker.clock.advance(20_000)

    assert states(client, execution) == {"Search": "Succeeded", "Make": "Succeeded"}
    found = steps_of(client, execution)
    job = client.describe_auto_ml_job(AutoMLJobName=found["Search"]["Metadata"]["AutoMLJob"]["Arn"].rpartition("/")[2])
    model = client.describe_model(ModelName=found["Make"]["Metadata"]["Model"]["Arn"].rpartition("/")[2])
    candidate = job["BestCandidate"]["InferenceContainers"][0]
    assert model["PrimaryContainer"]["ModelDataUrl"] == candidate["ModelDataUrl"]


def test_a_failed_job_fails_the_execution_and_nothing_else_starts(sagemaker: Emulator, client: Any) -> None:
    sagemaker.scenarios.fail("TrainingJob", "Train", reason="AlgorithmError: exit code 1", times=1)
    execution = start(client, train(), step("Next", depends=("Train",)))

    sagemaker.clock.advance(600)

    shown = client.describe_pipeline_execution(PipelineExecutionArn=execution)
    assert (shown["PipelineExecutionStatus"], shown["FailureReason"]) == (
        "Failed",
        "Step failure: One or multiple steps failed.",
    )
    begun = steps_of(client, execution)
    assert list(begun) == ["Train"]
    assert begun["Train"]["FailureReason"] == "AlgorithmError: exit code 1"


def test_a_retry_goes_on_with_what_failed(sagemaker: Emulator, client: Any) -> None:
    sagemaker.scenarios.fail("TrainingJob", "Train", reason="AlgorithmError: exit code 1", times=1)
    execution = start(client, step("First"), train(), step("Last", depends=("First", "Train")))
    sagemaker.clock.advance(600)
    began = steps_of(client, execution)["First"]["StartTime"]

    for _ in range(2):
        client.retry_pipeline_execution(PipelineExecutionArn=execution, ClientRequestToken=TOKEN)
    sagemaker.clock.advance(700)

    assert status(client, execution) == "Succeeded"
    assert "FailureReason" not in client.describe_pipeline_execution(PipelineExecutionArn=execution)
    assert steps_of(client, execution)["First"]["StartTime"] == began
    assert len(client.list_training_jobs()["TrainingJobSummaries"]) == 2
    assert refused(client.retry_pipeline_execution, PipelineExecutionArn=execution)[0] == "ConflictException"


def test_a_job_that_cannot_be_created_fails_its_step_in_awss_words(sagemaker: Emulator, client: Any) -> None:
    execution = start(client, train(RoleArn="not a role"))

    sagemaker.clock.advance(10)

    reason = steps_of(client, execution)["Train"]["FailureReason"]
    assert reason.startswith(
        "ClientError: Failed to invoke sagemaker:CreateTrainingJob. Error Details: 2 validation errors detected: "
    )
    assert status(client, execution) == "Failed"


def test_a_fail_step_fails_the_execution(sagemaker: Emulator, client: Any) -> None:
    execution = start(client, step("Stop", "Fail", ErrorMessage="accuracy is too low"))

    sagemaker.clock.advance(2)

    assert status(client, execution) == "Failed"
    assert steps_of(client, execution)["Stop"]["Metadata"] == {"Fail": {"ErrorMessage": "accuracy is too low"}}


def test_a_scenario_fails_executions_of_a_pipeline(sagemaker: Emulator, client: Any) -> None:
    sagemaker.scenarios.fail("PipelineExecution", "nightly", reason="ClientError: no capacity")
    execution = start(client, step("First"), step("Second", depends=("First",)))

    sagemaker.clock.advance(120)

    shown = client.describe_pipeline_execution(PipelineExecutionArn=execution)
    assert (shown["PipelineExecutionStatus"], shown["FailureReason"]) == ("Failed", "ClientError: no capacity")
    assert states(client, execution) == {"First": "Failed"}


def test_a_stop_stops_the_jobs_first(sagemaker: Emulator, client: Any) -> None:
    execution = start(client, train(), step("Next", depends=("Train",)))
    sagemaker.clock.advance(240)

    client.stop_pipeline_execution(PipelineExecutionArn=execution, ClientRequestToken=TOKEN)

    assert status(client, execution) == "Stopping"
    assert client.list_training_jobs()["TrainingJobSummaries"][0]["TrainingJobStatus"] == "Stopping"
    sagemaker.clock.advance(130)
    assert (status(client, execution), states(client, execution)) == ("Stopped", {"Train": "Stopped"})
    assert refused(client.stop_pipeline_execution, PipelineExecutionArn=execution)[0] == "ConflictException"


def test_a_callback_step_waits_for_its_token_and_passes_its_outputs_on(sagemaker: Emulator, client: Any) -> None:
    wait = {"Name": "Ask", "Type": "Callback", "SqsQueueUrl": "https://sqs/queue", "Arguments": {}}
    uri = {"Get": "Steps.Ask.OutputParameters['where']"}
    execution = start(client, wait, train(OutputDataConfig={"S3OutputPath": uri}))
    sagemaker.clock.advance(86_400)
    token = steps_of(client, execution)["Ask"]["Metadata"]["Callback"]["CallbackToken"]

    client.send_pipeline_execution_step_success(
        CallbackToken=token, OutputParameters=[{"Name": "where", "Value": "s3://bucket/there"}]
    )
    sagemaker.clock.advance(10)

    job = client.list_training_jobs()["TrainingJobSummaries"][0]["TrainingJobName"]
    assert client.describe_training_job(TrainingJobName=job)["OutputDataConfig"]["S3OutputPath"] == "s3://bucket/there"
    assert refused(client.send_pipeline_execution_step_failure, CallbackToken=token)[0] == "ResourceNotFound"


def test_a_refused_callback_fails_the_execution(sagemaker: Emulator, client: Any) -> None:
    execution = start(client, {"Name": "Ask", "Type": "Callback", "Arguments": {}})
    sagemaker.clock.advance(10)
    token = steps_of(client, execution)["Ask"]["Metadata"]["Callback"]["CallbackToken"]

    client.send_pipeline_execution_step_failure(CallbackToken=token, FailureReason="nobody answered")
    sagemaker.clock.advance(10)

    assert status(client, execution) == "Failed"
    assert steps_of(client, execution)["Ask"]["FailureReason"] == "nobody answered"


def test_no_more_steps_run_at_a_time_than_allowed(sagemaker: Emulator, client: Any) -> None:
    execution = start(
        client, step("a"), step("b"), step("c"), ParallelismConfiguration={"MaxParallelExecutionSteps": 2}
    )

    sagemaker.clock.advance(10)

    assert list(states(client, execution)) == ["a", "b"]
    sagemaker.clock.advance(60)
    assert status(client, execution) == "Succeeded"


def test_a_cached_step_is_not_run_again(sagemaker: Emulator, client: Any) -> None:
    cached = {**train(), "CacheConfig": {"Enabled": True, "ExpireAfter": "T1H"}}
    uncached = {**train("Other"), "CacheConfig": {"Enabled": False}}
    first = start(client, cached, uncached)
    sagemaker.clock.advance(600)

    again = client.start_pipeline_execution(PipelineName="nightly")["PipelineExecutionArn"]
    sagemaker.clock.advance(600)
    begun = steps_of(client, again)

    assert begun["Train"]["CacheHitResult"] == {"SourcePipelineExecutionArn": first}
    assert begun["Train"]["Metadata"] == steps_of(client, first)["Train"]["Metadata"]
    assert "CacheHitResult" not in begun["Other"]
    sagemaker.clock.advance(3600)
    third = client.start_pipeline_execution(PipelineName="nightly")["PipelineExecutionArn"]
    sagemaker.clock.advance(10)
    assert "CacheHitResult" not in steps_of(client, third)["Train"]


def test_only_selected_steps_run(sagemaker: Emulator, client: Any) -> None:
    deploy = step(
        "Create",
        "Model",
        PrimaryContainer={"Image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/mine:1", "ModelDataUrl": MODEL_DATA},
    )
    source = start(client, train(), deploy)
    sagemaker.clock.advance(600)
    selected = {"SelectedSteps": [{"StepName": "Create"}]}

    assert refused(client.start_pipeline_execution, PipelineName="nightly", SelectiveExecutionConfig=selected) == (
        "ValidationException",
        "Invalid SourcePipelineExecutionArn: null. The selected steps [Create] have dependencies on [Train]",
    )
    execution = client.start_pipeline_execution(
        PipelineName="nightly", SelectiveExecutionConfig={**selected, "SourcePipelineExecutionArn": source}
    )["PipelineExecutionArn"]
    sagemaker.clock.advance(10)

    assert status(client, execution) == "Succeeded"
    assert steps_of(client, execution)["Train"]["SelectiveExecutionResult"] == {"SourcePipelineExecutionArn": source}
    assert len(client.list_training_jobs()["TrainingJobSummaries"]) == 1
    assert len(client.list_models()["Models"]) == 2


def test_an_execution_is_renamed_and_a_missing_one_is_not_found(client: Any) -> None:
    execution = start(client, step("a"))

    client.update_pipeline_execution(PipelineExecutionArn=execution, PipelineExecutionDisplayName="by-hand")

    assert (
        client.describe_pipeline_execution(PipelineExecutionArn=execution)["PipelineExecutionDisplayName"] == "by-hand"
    )
    ghost = execution[:-12] + "0123456789ab"
    expected = ("ResourceNotFound", f"Pipeline execution '{ghost}' does not exist.")
    for ask in (
        client.describe_pipeline_execution,
        client.list_pipeline_execution_steps,
        client.stop_pipeline_execution,
    ):
        assert refused(ask, PipelineExecutionArn=ghost) == expected


def test_every_answer_of_an_execution_fits_the_model(sagemaker: Emulator, client: Any) -> None:
    compare = {"Type": "In", "QueryValue": "a", "Values": ["a"]}
    branch = step(
        "Check", "Condition", Conditions=[{"Type": "Not", "Expression": compare}], IfSteps=[], ElseSteps=[step("no")]
    )
    execution = start(client, train(), branch, {"Name": "Ask", "Type": "Callback", "SqsQueueUrl": "q", "Arguments": {}})
    for _ in range(4):
        about = {"PipelineExecutionArn": execution}
        for operation in (
            "DescribePipelineExecution",
            "ListPipelineExecutionSteps",
            "ListPipelineParametersForExecution",
        ):
            checked(sagemaker, operation, about)
        checked(sagemaker, "DescribePipelineDefinitionForExecution", about)
        for operation in ("DescribePipeline", "ListPipelineVersions", "ListPipelineExecutions"):
            checked(sagemaker, operation, {"PipelineName": "nightly"})
        checked(sagemaker, "ListPipelines", {})
        sagemaker.clock.advance(100)


def test_an_execution_goes_on_after_a_restart(sagemaker: Emulator, client: Any, tmp_path: Path) -> None:
    execution = start(client, train(), step("Next", depends=("Train",)))
    sagemaker.clock.advance(100)
    sagemaker.save(tmp_path / "state")

    with Emulator.start(virtual=True, check_s3=False) as restarted:
        restarted.restore(tmp_path / "state")
        restarted.clock.advance(600)
        again = restarted.client()
        seen = (status(again, execution), states(again, execution))
        again.close()

    assert seen == ("Succeeded", {"Train": "Succeeded", "Next": "Succeeded"})
