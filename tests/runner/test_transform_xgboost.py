"""A batch transform with a model that the built-in XGBoost has trained."""

import random
from pathlib import Path

from tests.emulator.asking import XGBOOST
from tests.runner import tiny
from tests.runner.tiny import ROLE, User, until

ONE = {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 1}


def test_a_batch_of_a_trained_xgboost_is_joined_with_its_ids(tmp_path: Path) -> None:
    running = tiny.emulator(tmp_path)
    user = User(running)
    made = random.Random(1)
    rows = [(made.random(), made.random()) for _ in range(300)]
    user.put("xgb/train/a.csv", "".join(f"{int(x > y)},{x},{y}\n" for x, y in rows))
    user.put("xgb/batch/a.csv", "".join(f"id-{number},{x},{y}\n" for number, (x, y) in enumerate(rows)))
    source = {"S3DataType": "S3Prefix", "S3Uri": "s3://data/xgb/train/"}
    user.sagemaker.create_training_job(
        TrainingJobName="xgb",
        AlgorithmSpecification={"TrainingImage": XGBOOST, "TrainingInputMode": "File"},
        RoleArn=ROLE,
        HyperParameters={"objective": "binary:logistic", "num_round": "20"},
        InputDataConfig=[
            {"ChannelName": "train", "ContentType": "text/csv", "DataSource": {"S3DataSource": source}},
        ],
        OutputDataConfig={"S3OutputPath": "s3://data/xgb/models"},
        ResourceConfig=ONE,
        StoppingCondition={"MaxRuntimeInSeconds": 86400},
    )
    describe = user.sagemaker.describe_training_job
    until(lambda: describe(TrainingJobName="xgb")["TrainingJobStatus"] != "InProgress", patience=280)
    trained = describe(TrainingJobName="xgb")
    assert trained["TrainingJobStatus"] == "Completed", trained.get("FailureReason")
    container = {"Image": XGBOOST, "ModelDataUrl": trained["ModelArtifacts"]["S3ModelArtifacts"]}
    user.sagemaker.create_model(ModelName="xgb", PrimaryContainer=container, ExecutionRoleArn=ROLE)

    user.sagemaker.create_transform_job(
        TransformJobName="xgb",
        ModelName="xgb",
        TransformInput={
            "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://data/xgb/batch/"}},
            "ContentType": "text/csv",
            "SplitType": "Line",
        },
        TransformOutput={"S3OutputPath": "s3://data/xgb/scores", "Accept": "text/csv", "AssembleWith": "Line"},
        TransformResources={"InstanceType": "ml.m5.large", "InstanceCount": 1},
        DataProcessing={"InputFilter": "$[1:]", "JoinSource": "Input", "OutputFilter": "$[0,-1]"},
    )
    look = user.sagemaker.describe_transform_job
    until(lambda: look(TransformJobName="xgb")["TransformJobStatus"] != "InProgress")

    assert look(TransformJobName="xgb")["TransformJobStatus"] == "Completed", user.logged(
        "/aws/sagemaker/TransformJobs"
    )
    scores = [line.split(",") for line in user.read("xgb/scores/a.csv.out").splitlines()]
    user.close()
    running.stop()
    assert [name for name, _ in scores] == [f"id-{number}" for number in range(300)]
    right = sum((float(score) > 0.5) == (x > y) for (_, score), (x, y) in zip(scores, rows, strict=True))
    assert right >= 285
