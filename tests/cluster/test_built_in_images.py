"""SageMaker's own images by name, as somebody with kubectl sees them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.builders import Manifest, example, model, processing_job, training_job, with_field
from tests.cluster.operating import Operator
from tests.cluster.user import User

from sagemaker_local.emulator import Emulator

pytestmark = pytest.mark.serves("TrainingJob", "ProcessingJob", "HyperParameterTuningJob", "Model")

XGBOOST = {"name": "xgboost", "version": "1.7-1"}
IN_VIRGINIA = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1"


def by_name(**said: str) -> Manifest:
    return training_job("digits", algorithmSpecification={"builtIn": said, "trainingInputMode": "File"})


def test_a_job_that_names_its_algorithm_runs_the_image_of_its_region(
    user: User, operator: Operator, sagemaker: Emulator
) -> None:
    user.apply(by_name(**XGBOOST))

    user.wait("trainingjob/digits", condition="Succeeded")
    status = user.status("trainingjob/digits")
    asked = sagemaker.client().describe_training_job(TrainingJobName=status["trainingJobName"])
    assert asked["AlgorithmSpecification"]["TrainingImage"] == IN_VIRGINIA
    assert status["resolvedImage"] == IN_VIRGINIA


def test_models_and_processing_jobs_take_names_too(user: User, operator: Operator, sagemaker: Emulator) -> None:
    torch = {"name": "pytorch", "version": "2.6.0", "processor": "gpu"}
    user.apply(
        model("digits", primaryContainer=None, containers=[{"builtIn": XGBOOST}, {"builtIn": torch}]),
        processing_job("digits", appSpecification={"builtIn": {"name": "scikit-learn", "version": "1.2-1"}}),
    )

    user.wait("model/digits", "processingjob/digits", condition="Ready")
    status = user.status("model/digits")
    containers = sagemaker.client().describe_model(ModelName=status["modelName"])["Containers"]
    assert [container["Image"] for container in containers] == status["resolvedImages"]
    assert status["resolvedImages"][0] == IN_VIRGINIA
    assert status["resolvedImages"][1].endswith("/pytorch-inference:2.6.0-gpu-py312")
    assert user.status("processingjob/digits")["resolvedImage"].endswith("/sagemaker-scikit-learn:1.2-1-cpu-py3")
    assert sagemaker.journal.count("UpdateModel") == 0


def test_a_tuning_job_takes_names_too(user: User, operator: Operator, sagemaker: Emulator) -> None:
    by_names = {"builtIn": XGBOOST, "trainingInputMode": "File"}
    user.apply(with_field(example("HyperParameterTuningJob"), "trainingJobDefinition.algorithmSpecification", by_names))
    tuning = "hyperparametertuningjob/digits"

    user.wait(tuning, condition="Ready")
    status = user.status(tuning)
    name = status["hyperParameterTuningJobName"]
    asked = sagemaker.client().describe_hyper_parameter_tuning_job(HyperParameterTuningJobName=name)
    assert asked["TrainingJobDefinition"]["AlgorithmSpecification"]["TrainingImage"] == IN_VIRGINIA
    assert status["resolvedImage"] == IN_VIRGINIA


def test_the_region_of_the_manifest_decides_on_account_and_domain(user: User, operator: Operator) -> None:
    job = by_name(**XGBOOST)
    job["spec"]["region"] = "cn-north-1"
    user.apply(job)

    user.wait("trainingjob/digits", condition="Succeeded")
    image = "450853457545.dkr.ecr.cn-north-1.amazonaws.com.cn/sagemaker-xgboost:1.7-1"
    assert user.status("trainingjob/digits")["resolvedImage"] == image


def test_what_does_not_exist_is_answered_with_what_does(user: User, operator: Operator, sagemaker: Emulator) -> None:
    user.apply(by_name(name="xgboost", version="9.9-9"))

    user.wait("trainingjob/digits", condition="Stalled")
    assert user.reason("trainingjob/digits", "Stalled") == "InvalidSpec"
    message = user.condition("trainingjob/digits", "Stalled")["message"]
    assert message.startswith(
        "spec.algorithmSpecification.builtIn: xgboost has no version 9.9-9; for training there are"
    )
    assert "1.7-1" in message
    assert sagemaker.journal.count("CreateTrainingJob") == 0
    user.delete("trainingjob/digits")


def test_an_image_stays_when_the_operator_comes_back_with_another_registry(
    user: User, operators: Callable[..., Operator], sagemaker: Emulator, tmp_path: Path
) -> None:
    overrides = tmp_path / "images.yaml"
    overrides.write_text('registries: {"*": "111122223333.dkr.ecr.{region}.amazonaws.com"}')
    first, second = operators(), operators("--no-leader-elect", f"--image-overrides={overrides}")
    first.start()
    user.apply(model("old", primaryContainer={"builtIn": XGBOOST}))
    user.wait("model/old", condition="Ready")
    first.stop()

    second.start()
    user.apply(model("new", primaryContainer={"builtIn": XGBOOST}))
    user.wait("model/new", condition="Ready")
    user.look_now("model/old", "once")

    user.wait("model/old", condition="Ready")
    assert user.status("model/old")["resolvedImage"] == IN_VIRGINIA
    mirrored = "111122223333.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1"
    assert user.status("model/new")["resolvedImage"] == mirrored
    assert sagemaker.journal.count("CreateModel") == 2


@pytest.mark.parametrize("said", ["mirrors: {}", "registries: ["])
def test_overrides_that_cannot_be_meant_keep_the_operator_from_starting(
    operators: Callable[..., Operator], tmp_path: Path, said: str
) -> None:
    overrides = tmp_path / "images.yaml"
    overrides.write_text(said)
    operator = operators("--no-leader-elect", f"--image-overrides={overrides}")

    operator.start(wait=False)

    assert operator.exit_code() == 2
    assert "The image overrides cannot be used" in operator.log.read_text()
