"""A small manifest for each kind, for its reference page and for the tests: valid, and short enough to read.

They name their resources by value; the reference page says which fields can name other objects instead.
"""

from collections.abc import Mapping

import yaml

from sagemaker_operator.kinds import GROUP, VERSION, Kind
from sagemaker_operator.model.schema import Schema

_SPECS = {
    "TrainingJob": """
roleARN: arn:aws:iam::123456789012:role/sagemaker-execution
algorithmSpecification:
  trainingImage: 683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1
  trainingInputMode: File
hyperParameters:
  objective: multi:softmax
  num_class: "10"
  num_round: "20"
inputDataConfig:
- channelName: train
  contentType: text/csv
  dataSource:
    s3DataSource:
      s3DataType: S3Prefix
      s3URI: s3://my-bucket/train/
outputDataConfig:
  s3OutputPath: s3://my-bucket/models/
resourceConfig:
  instanceType: ml.m5.large
  instanceCount: 1
  volumeSizeInGB: 10
stoppingCondition:
  maxRuntimeInSeconds: 3600
""",
    "ProcessingJob": """
roleARN: arn:aws:iam::123456789012:role/sagemaker-execution
appSpecification:
  imageURI: 683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3
  containerEntrypoint: [python3, /opt/ml/processing/input/code/prepare.py]
processingInputs:
- inputName: code
  s3Input:
    s3URI: s3://my-bucket/code/prepare.py
    localPath: /opt/ml/processing/input/code
    s3DataType: S3Prefix
    s3InputMode: File
processingOutputConfig:
  outputs:
  - outputName: train
    s3Output:
      s3URI: s3://my-bucket/train/
      localPath: /opt/ml/processing/train
      s3UploadMode: EndOfJob
processingResources:
  clusterConfig:
    instanceType: ml.m5.large
    instanceCount: 1
    volumeSizeInGB: 10
""",
    "Model": """
executionRoleARN: arn:aws:iam::123456789012:role/sagemaker-execution
primaryContainer:
  image: 683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1
  modelDataURL: s3://my-bucket/models/digits/output/model.tar.gz
""",
    "EndpointConfig": """
productionVariants:
- variantName: main
  modelName: digits
  instanceType: ml.m5.large
  initialInstanceCount: 1
  initialVariantWeight: 1
""",
    "Endpoint": """
endpointConfigName: digits
""",
    "DataQualityJobDefinition": """
roleARN: arn:aws:iam::123456789012:role/sagemaker-execution
dataQualityAppSpecification:
  imageURI: 156813124566.dkr.ecr.us-east-1.amazonaws.com/sagemaker-model-monitor-analyzer
dataQualityBaselineConfig:
  statisticsResource:
    s3URI: s3://my-bucket/baseline/statistics.json
  constraintsResource:
    s3URI: s3://my-bucket/baseline/constraints.json
dataQualityJobInput:
  endpointInput:
    endpointName: digits
    localPath: /opt/ml/processing/input/endpoint
dataQualityJobOutputConfig:
  monitoringOutputs:
  - s3Output:
      s3URI: s3://my-bucket/reports/
      localPath: /opt/ml/processing/output
jobResources:
  clusterConfig:
    instanceType: ml.m5.large
    instanceCount: 1
    volumeSizeInGB: 20
""",
    "MonitoringSchedule": """
monitoringScheduleConfig:
  monitoringType: DataQuality
  monitoringJobDefinitionName: digits
  scheduleConfig:
    scheduleExpression: cron(0 * ? * * *)
""",
}


def example(kind: Kind) -> Schema | None:
    """A manifest of a kind, or None for a kind without one; the caller may change it."""
    text = _SPECS.get(kind.name)
    if text is None:
        return None
    spec: Mapping[str, object] = yaml.safe_load(text)
    return {"apiVersion": f"{GROUP}/{VERSION}", "kind": kind.name, "metadata": {"name": "digits"}, "spec": dict(spec)}
