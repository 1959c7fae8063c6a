"""Executions of pipelines whose steps really run."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from tests.runner import tiny
from tests.runner.tiny import IMAGE, ROLE, User, until

ONE = {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 1}
PREPARE = """
import pathlib
base = pathlib.Path("/opt/ml/processing")
rows = (base / "input/raw/raw.csv").read_text().splitlines()
for name, part in (("train", rows[:2]), ("test", rows[2:])):
    folder = base / "output" / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.csv").write_text("\\n".join(part) + "\\n")
"""
EVALUATE = """
import json, pathlib, tarfile
base = pathlib.Path("/opt/ml/processing")
with tarfile.open(base / "input/model/model.tar.gz") as tar:
    loss = float(tar.extractfile("loss").read())
rows = len((base / "input/test/test.csv").read_text().splitlines())
folder = base / "output/report"
folder.mkdir(parents=True, exist_ok=True)
(folder / "evaluation.json").write_text(json.dumps({"regression_metrics": {"mse": {"value": loss}}, "rows": rows}))
"""


@pytest.fixture(scope="module")
def user(tmp_path_factory: pytest.TempPathFactory) -> Iterator[User]:
    running = tiny.emulator(tmp_path_factory.mktemp("images"), speed=120)
    made = User(running)
    made.put("code/prepare.py", PREPARE)
    made.put("code/evaluate.py", EVALUATE)
    made.put("raw/raw.csv", "1,2\n3,4\n5,6\n7,8\n")
    yield made
    made.close()
    running.stop()


def get(reference: str) -> dict[str, str]:
    return {"Get": reference}


def reading(name: str, uri: Any) -> dict[str, Any]:
    source = {
        "S3Uri": uri,
        "LocalPath": f"/opt/ml/processing/input/{name}",
        "S3DataType": "S3Prefix",
        "S3InputMode": "File",
    }
    return {"InputName": name, "S3Input": source}


def writing(name: str, uri: Any) -> dict[str, Any]:
    target = {"S3Uri": uri, "LocalPath": f"/opt/ml/processing/output/{name}", "S3UploadMode": "EndOfJob"}
    return {"OutputName": name, "S3Output": target}


def below(folder: str) -> dict[str, Any]:
    """A place of this execution's own."""
    return {"Std:Join": {"On": "/", "Values": ["s3://data/runs", get("Execution.PipelineExecutionId"), folder]}}


def process(name: str, script: str, inputs: list[Any], outputs: list[Any], **members: Any) -> dict[str, Any]:
    arguments = {
        "ProcessingResources": {"ClusterConfig": ONE},
        "AppSpecification": {
            "ImageUri": IMAGE,
            "ContainerEntrypoint": ["python3", f"/opt/ml/processing/input/code/{script}"],
        },
        "RoleArn": ROLE,
        "ProcessingInputs": [reading("code", f"s3://data/code/{script}"), *inputs],
        "ProcessingOutputConfig": {"Outputs": outputs},
    }
    return {"Name": name, "Type": "Processing", "Arguments": arguments, **members}


def train(name: str = "Train", **members: Any) -> dict[str, Any]:
    source = {
        "S3DataType": "S3Prefix",
        "S3Uri": get("Steps.Prepare.ProcessingOutputConfig.Outputs['train'].S3Output.S3Uri"),
    }
    arguments = {
        "AlgorithmSpecification": {"TrainingImage": IMAGE, "TrainingInputMode": "File"},
        "RoleArn": ROLE,
        "OutputDataConfig": {"S3OutputPath": below("models")},
        "ResourceConfig": ONE,
        "HyperParameters": {"x": {"Std:Join": {"On": "", "Values": [get("Parameters.X")]}}, "y": "-1"},
        "InputDataConfig": [{"ChannelName": "train", "DataSource": {"S3DataSource": source}}],
    }
    return {"Name": name, "Type": "Training", "Arguments": arguments, **members}


def flow() -> list[dict[str, Any]]:
    """Prepare, train, evaluate; then a model and a batch of its predictions, or a failure."""
    model = get("Steps.Train.ModelArtifacts.S3ModelArtifacts")
    test = get("Steps.Prepare.ProcessingOutputConfig.Outputs['test'].S3Output.S3Uri")
    mse = {
        "Std:JsonGet": {
            "PropertyFile": get("Steps.Evaluate.PropertyFiles.Report"),
            "Path": "regression_metrics.mse.value",
        }
    }
    create = {"PrimaryContainer": {"Image": IMAGE, "ModelDataUrl": model}, "ExecutionRoleArn": ROLE}
    register = {
        "ModelPackageGroupName": "numbers",
        "InferenceSpecification": {
            "Containers": [{"Image": IMAGE, "ModelDataUrl": model}],
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
        },
        "ModelApprovalStatus": "Approved",
    }
    batch = {
        "ModelName": get("Steps.CreateModel.ModelName"),
        "TransformInput": {
            "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": test}},
            "ContentType": "text/csv",
            "SplitType": "Line",
        },
        "TransformOutput": {"S3OutputPath": below("scores"), "AssembleWith": "Line"},
        "TransformResources": {"InstanceType": "ml.m5.large", "InstanceCount": 1},
    }
    parts = [writing(name, below(name)) for name in ("train", "test")]
    return [
        process("Prepare", "prepare.py", [reading("raw", "s3://data/raw/")], parts),
        train(),
        process(
            "Evaluate", "evaluate.py", [reading("model", model), reading("test", test)], [writing("report", below("report"))],
            PropertyFiles=[{"PropertyFileName": "Report", "OutputName": "report", "FilePath": "evaluation.json"}],
        ),
        {
            "Name": "GoodEnough",
            "Type": "Condition",
            "Arguments": {
                "Conditions": [{"Type": "LessThanOrEqualTo", "LeftValue": mse, "RightValue": get("Parameters.Limit")}],
                "IfSteps": [
                    {"Name": "CreateModel", "Type": "Model", "Arguments": create},
                    {"Name": "Register", "Type": "RegisterModel", "Arguments": register},
                    {"Name": "Score", "Type": "Transform", "Arguments": batch},
                ],
                "ElseSteps": [
                    {
                        "Name": "TooBad",
                        "Type": "Fail",
                        "Arguments": {"ErrorMessage": {"Std:Join": {"On": " ", "Values": ["The error is", mse]}}},
                    }
                ],
            },
        },
    ]  # fmt: skip


PARAMETERS = [
    {"Name": "X", "Type": "Float", "DefaultValue": 3.5},
    {"Name": "Limit", "Type": "Float", "DefaultValue": 1.0},
]


def create(user: User, name: str, steps: list[dict[str, Any]]) -> None:
    document = {"Version": "2020-12-01", "Parameters": PARAMETERS, "Steps": steps}
    user.sagemaker.create_pipeline(PipelineName=name, PipelineDefinition=json.dumps(document), RoleArn=ROLE)


def begin(user: User, pipeline: str, **given: str) -> str:
    """The ARN of an execution that has begun."""
    asked = [{"Name": name, "Value": value} for name, value in given.items()]
    said = user.sagemaker.start_pipeline_execution(PipelineName=pipeline, PipelineParameters=asked)
    return str(said["PipelineExecutionArn"])


def execution(user: User, pipeline: str, **given: str) -> dict[str, Any]:
    """An execution of a pipeline, once it has ended."""
    return ended(user, begin(user, pipeline, **given))


def ended(user: User, arn: str) -> dict[str, Any]:
    def look() -> dict[str, Any] | None:
        said: dict[str, Any] = user.sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn)
        return said if said["PipelineExecutionStatus"] in ("Succeeded", "Failed", "Stopped") else None

    said: dict[str, Any] = until(look)
    return said


def steps_of(user: User, said: dict[str, Any]) -> dict[str, dict[str, Any]]:
    listed = user.sagemaker.list_pipeline_execution_steps(PipelineExecutionArn=said["PipelineExecutionArn"])
    return {step["StepName"]: step for step in listed["PipelineExecutionSteps"]}


@pytest.fixture(scope="module")
def pipeline(user: User) -> str:
    user.sagemaker.create_model_package_group(ModelPackageGroupName="numbers")
    create(user, "numbers", flow())
    return "numbers"


def test_what_is_good_enough_becomes_a_model_that_scores_what_was_held_out(user: User, pipeline: str) -> None:
    said = execution(user, pipeline)

    steps = steps_of(user, said)
    assert said["PipelineExecutionStatus"] == "Succeeded", steps
    assert {name: step["StepStatus"] for name, step in steps.items()} == dict.fromkeys(
        ("Prepare", "Train", "Evaluate", "GoodEnough", "CreateModel", "Register", "Score"), "Succeeded"
    )
    run = said["PipelineExecutionArn"].rpartition("/")[2]
    assert user.read(f"runs/{run}/train/train.csv") == "1,2\n3,4\n"
    report = json.loads(user.read(f"runs/{run}/report/evaluation.json"))
    assert report == {"regression_metrics": {"mse": {"value": 0.25}}, "rows": 2}
    assert user.read(f"runs/{run}/scores/test.csv.out") == "22\n30\n"
    package = steps["Register"]["Metadata"]["RegisterModel"]["Arn"]
    assert user.sagemaker.describe_model_package(ModelPackageName=package)["ModelApprovalStatus"] == "Approved"


def test_what_is_too_bad_fails_the_execution_with_the_measured_error(user: User, pipeline: str) -> None:
    said = execution(user, pipeline, X="5")

    steps = steps_of(user, said)
    assert said["PipelineExecutionStatus"] == "Failed"
    assert steps["GoodEnough"]["Metadata"]["Condition"]["Outcome"] == "False"
    assert steps["TooBad"]["FailureReason"] == "The error is 4.0"
    assert "CreateModel" not in steps


def test_a_program_that_crashes_fails_its_step_and_what_needs_it_never_begins(user: User) -> None:
    user.put("code/crash.py", "raise SystemExit('no data today')")
    broken = process("Prepare", "crash.py", [], [writing("train", below("train"))])
    create(user, "broken", [broken, train()])

    said = execution(user, "broken")

    steps = steps_of(user, said)
    assert said["PipelineExecutionStatus"] == "Failed"
    assert steps["Prepare"]["StepStatus"] == "Failed"
    assert "AlgorithmError" in steps["Prepare"]["FailureReason"]
    assert "Train" not in steps


def test_a_retry_begins_with_the_step_that_failed(user: User) -> None:
    user.put("code/late.py", "raise SystemExit('not yet')")
    late = process("Late", "late.py", [], [], DependsOn=["Prepare"])
    create(user, "late", [flow()[0], late])
    said = execution(user, "late")
    assert said["PipelineExecutionStatus"] == "Failed"
    first = steps_of(user, said)["Prepare"]["Metadata"]
    user.put("code/late.py", "print('now')")

    arn = said["PipelineExecutionArn"]
    user.sagemaker.retry_pipeline_execution(PipelineExecutionArn=arn, ClientRequestToken="r" * 32)

    said = ended(user, arn)
    assert said["PipelineExecutionStatus"] == "Succeeded", said
    assert steps_of(user, said)["Prepare"]["Metadata"] == first


def test_an_execution_that_is_stopped_stops_the_job_of_its_step(user: User) -> None:
    user.put("code/long.py", "import time; time.sleep(600)")
    create(user, "long", [process("Long", "long.py", [], [])])
    arn = begin(user, "long")
    until(lambda: steps_of(user, {"PipelineExecutionArn": arn}).get("Long", {}).get("Metadata"))
    job = steps_of(user, {"PipelineExecutionArn": arn})["Long"]["Metadata"]["ProcessingJob"]["Arn"].rpartition("/")[2]

    user.sagemaker.stop_pipeline_execution(PipelineExecutionArn=arn, ClientRequestToken="s" * 32)

    assert ended(user, arn)["PipelineExecutionStatus"] == "Stopped"
    assert user.sagemaker.describe_processing_job(ProcessingJobName=job)["ProcessingJobStatus"] == "Stopped"


def test_a_report_that_was_not_written_fails_the_condition(user: User) -> None:
    prepare, trained, evaluate, condition = flow()
    evaluate["PropertyFiles"][0]["FilePath"] = "elsewhere.json"
    create(user, "no-report", [prepare, trained, evaluate, condition])

    said = execution(user, "no-report")

    steps = steps_of(user, said)
    assert said["PipelineExecutionStatus"] == "Failed"
    assert "Property file Report of step Evaluate is not at s3://data/runs/" in steps["GoodEnough"]["FailureReason"]


def test_the_best_job_of_a_tuning_step_becomes_a_model(user: User) -> None:
    algorithm = {
        "TrainingImage": IMAGE,
        "TrainingInputMode": "File",
        "MetricDefinitions": [{"Name": "loss", "Regex": "loss=([0-9.]+)"}],
    }
    tuning = {
        "HyperParameterTuningJobConfig": {
            "Strategy": "Grid",
            "HyperParameterTuningJobObjective": {"Type": "Minimize", "MetricName": "loss"},
            "ResourceLimits": {"MaxNumberOfTrainingJobs": 3, "MaxParallelTrainingJobs": 2},
            "ParameterRanges": {"CategoricalParameterRanges": [{"Name": "x", "Values": ["9", "3", "6"]}]},
        },
        "TrainingJobDefinition": {
            "AlgorithmSpecification": algorithm,
            "RoleArn": ROLE,
            "OutputDataConfig": {"S3OutputPath": "s3://data/tuned-in-pipeline"},
            "ResourceConfig": ONE,
            "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
            "StaticHyperParameters": {"y": "-1"},
        },
    }
    best = get("Steps.Tune.TrainingJobSummaries[0].TrainingJobName")
    artifact = {"Std:Join": {"On": "/", "Values": ["s3://data/tuned-in-pipeline", best, "output/model.tar.gz"]}}
    made = {"PrimaryContainer": {"Image": IMAGE, "ModelDataUrl": artifact}, "ExecutionRoleArn": ROLE}
    create(
        user,
        "tuned",
        [{"Name": "Tune", "Type": "Tuning", "Arguments": tuning}, {"Name": "Make", "Type": "Model", "Arguments": made}],
    )

    said = execution(user, "tuned")

    steps = steps_of(user, said)
    assert said["PipelineExecutionStatus"] == "Succeeded", steps
    tuner = steps["Tune"]["Metadata"]["TuningJob"]["Arn"].rpartition("/")[2]
    leader = user.sagemaker.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName=tuner)["BestTrainingJob"]
    assert leader["TunedHyperParameters"] == {"x": "3"}
    model = user.sagemaker.describe_model(ModelName=steps["Make"]["Metadata"]["Model"]["Arn"].rpartition("/")[2])
    assert leader["TrainingJobName"] in model["PrimaryContainer"]["ModelDataUrl"]
