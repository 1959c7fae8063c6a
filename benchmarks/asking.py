"""What the benchmarks ask of SageMaker: a training job like those of people, and the signature's scope."""

REGION, ACCOUNT = "eu-west-1", "123456789012"
JOB = {
    "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/sagemaker",
    "AlgorithmSpecification": {
        "TrainingImage": "141502667606.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-xgboost:1.7-1",
        "TrainingInputMode": "File",
    },
    "HyperParameters": {"max_depth": "5", "eta": "0.2", "objective": "multi:softmax", "num_class": "10"},
    "InputDataConfig": [
        {
            "ChannelName": "train",
            "ContentType": "text/csv",
            "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://bucket/digits/train"}},
        }
    ],
    "OutputDataConfig": {"S3OutputPath": "s3://bucket/models"},
    "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10},
    "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
    "Tags": [{"Key": "team", "Value": "vision"}],
}
"""CreateTrainingJob's members but for the name."""


def authorization(service: str) -> str:
    """The header of a signed request, without the work of signing it."""
    credential = f"{ACCOUNT}/20260101/{REGION}/{service}/aws4_request"
    return f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host, Signature=00"
