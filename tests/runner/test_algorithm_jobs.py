"""Training jobs of built-in algorithms in an emulator that does them: what Describe, S3 and the log show."""

import random
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
from tests.runner.algorithm_jobs import csv
from tests.runner.floor import ROLE, Floor, channel, floor

XGBOOST = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1"
LINEAR_LEARNER = "382416733822.dkr.ecr.us-east-1.amazonaws.com/linear-learner:1"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Floor]:
    chance = random.Random(1)
    drawn = [(chance.random(), chance.random()) for _ in range(300)]
    rows = [[float(x + y > 1), x, y] for x, y in drawn]
    with floor(tmp_path_factory.mktemp("floor")) as made:
        made.put(train__a_dot_csv=csv(rows[:100]), train__b_dot_csv=csv(rows[100:200]))
        made.put(validation__a_dot_csv=csv(rows[200:250]), validation__b_dot_csv=csv(rows[250:]))
        yield made


def begin(shop: Floor, name: str, image: str, values: Mapping[str, str], *, count: int = 1, **members: Any) -> None:
    """A job on the two files of train and the two of validation, divided among its instances."""
    source = {"S3DataDistributionType": "ShardedByS3Key"} if count > 1 else None
    channels: Sequence[Any] = [
        channel(part, f"s3://data/{part}/", ContentType="text/csv", source=source) for part in ("train", "validation")
    ]
    shop.sagemaker.create_training_job(
        TrainingJobName=name,
        AlgorithmSpecification={"TrainingImage": image, "TrainingInputMode": "File"},
        RoleArn=ROLE,
        HyperParameters=values,
        InputDataConfig=channels,
        OutputDataConfig={"S3OutputPath": "s3://data/out"},
        ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": count, "VolumeSizeInGB": 1},
        StoppingCondition={"MaxRuntimeInSeconds": 3600},
        **members,
    )


def final_metrics(job: Mapping[str, Any]) -> dict[str, float]:
    return {one["MetricName"]: one["Value"] for one in job["FinalMetricDataList"]}


def test_two_instances_of_xgboost_train_one_model_on_divided_data(shop: Floor) -> None:
    begin(shop, "divided", XGBOOST, {"objective": "binary:logistic", "num_round": "5", "eval_metric": "auc"}, count=2)

    job = shop.ended("divided")

    assert job["TrainingJobStatus"] == "Completed", shop.lines("divided")
    assert sum("Train matrix has 100 rows and 2 columns" in line for line in shop.lines("divided")) == 2
    assert final_metrics(job)["validation:auc"] > 0.8
    assert list(shop.archive("out/divided/output/model.tar.gz")) == ["xgboost-model"]


def test_xgboost_goes_on_from_the_checkpoints_of_an_earlier_job(shop: Floor) -> None:
    kept: dict[str, Any] = {"CheckpointConfig": {"S3Uri": "s3://data/checkpoints/"}}
    begin(shop, "first", XGBOOST, {"objective": "binary:logistic", "num_round": "4"}, **kept)
    shop.ended("first")

    begin(shop, "second", XGBOOST, {"objective": "binary:logistic", "num_round": "6"}, **kept)
    job = shop.ended("second")

    assert job["TrainingJobStatus"] == "Completed", shop.lines("second")
    assert [line[:3] for line in shop.lines("second") if "#011" in line] == ["[4]", "[5]"]
    assert "checkpoints/xgboost-checkpoint.5" in shop.keys("checkpoints/")


def test_a_wrong_hyperparameter_is_the_reason_of_the_failure(shop: Floor) -> None:
    begin(shop, "wrong", XGBOOST, {"num_round": "4", "silent": "0"})

    assert shop.ended("wrong")["FailureReason"] == "ClientError: Extraneous hyperparameter found: silent, exit code: 1"


def test_the_metrics_of_linear_learner_are_those_of_its_image(shop: Floor) -> None:
    begin(shop, "linear", LINEAR_LEARNER, {"predictor_type": "binary_classifier", "feature_dim": "2"})

    job = shop.ended("linear")

    assert job["TrainingJobStatus"] == "Completed", shop.lines("linear")
    found = final_metrics(job)
    assert found["validation:binary_classification_accuracy"] > 0.9
    assert {"train:objective_loss", "validation:objective_loss:final", "train:progress"} <= found.keys()
