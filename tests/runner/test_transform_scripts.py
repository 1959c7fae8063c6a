"""A batch transform with a user's own inference script on the scikit-learn image."""

from pathlib import Path

from tests.runner import tiny
from tests.runner.tiny import ROLE, User, archive, until

SCIKIT_LEARN = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3"
INFERENCE = """
import json, os

def model_fn(model_dir):
    with open(os.path.join(model_dir, "weights.json")) as file:
        return json.load(file)

def predict_fn(rows, weights):
    return rows @ weights
"""


def test_a_batch_goes_through_a_users_script(tmp_path: Path) -> None:
    running = tiny.emulator(tmp_path)
    user = User(running)
    files = {"weights.json": "[1.0, 10.0]", "code/inference.py": INFERENCE}
    container = {
        "Image": SCIKIT_LEARN,
        "ModelDataUrl": user.put("scripts/model.tar.gz", archive(**files)),
        "Environment": {"SAGEMAKER_PROGRAM": "inference.py", "SAGEMAKER_SUBMIT_DIRECTORY": "/opt/ml/model/code"},
    }
    user.sagemaker.create_model(ModelName="scripts", PrimaryContainer=container, ExecutionRoleArn=ROLE)
    user.put("scripts/in/a.csv", "1,2\n3,4\n")

    user.sagemaker.create_transform_job(
        TransformJobName="scripts",
        ModelName="scripts",
        TransformInput={
            "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://data/scripts/in"}},
            "ContentType": "text/csv",
            "SplitType": "Line",
        },
        TransformOutput={"S3OutputPath": "s3://data/scripts/out", "Accept": "text/csv", "AssembleWith": "Line"},
        TransformResources={"InstanceType": "ml.m5.large", "InstanceCount": 1},
        DataProcessing={"JoinSource": "Input"},
    )
    look = user.sagemaker.describe_transform_job
    until(lambda: look(TransformJobName="scripts")["TransformJobStatus"] != "InProgress", patience=280)

    told = user.logged("/aws/sagemaker/TransformJobs")
    written = user.keys("scripts/out/")
    scores = user.read("scripts/out/a.csv.out") if written else ""
    user.close()
    running.stop()
    assert [line.split(",")[:2] for line in scores.splitlines()] == [["1", "2"], ["3", "4"]], told
    assert [float(line.split(",")[2]) for line in scores.splitlines()] == [21.0, 43.0], told
