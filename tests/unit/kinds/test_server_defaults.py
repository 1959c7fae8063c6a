"""What SageMaker fills in by itself, which other controllers have taken for a difference: it is none."""

from typing import Any

import pytest

from sagemaker_operator.engine.compare import as_asked, reading, satisfied
from sagemaker_operator.engine.updates import needed
from sagemaker_operator.kinds import KINDS

_MONITORED = {"MonitoringInputs": [{"EndpointInput": {"EndpointName": "digits", "LocalPath": "/opt/input"}}]}
_CONTAINER = {"Image": "digits:1", "ModelDataUrl": "s3://my-bucket/model.tar.gz"}


@pytest.mark.parametrize(
    ("name", "wanted", "found"),
    [
        ("TrainingJob", {"InputDataConfig": []}, {}),
        (
            "TrainingJob",
            {"InputDataConfig": [{"ChannelName": "train"}]},
            {"InputDataConfig": [{"ChannelName": "train", "RecordWrapperType": "None", "CompressionType": "None"}]},
        ),
        (
            "TrainingJob",
            {"AlgorithmSpecification": {"TrainingImage": "digits:1"}},
            {"AlgorithmSpecification": {"TrainingImage": "digits:1", "MetricDefinitions": [{"Name": "validation"}]}},
        ),
        (
            "TrainingJob",
            {"DebugRuleConfigurations": [{"RuleConfigurationName": "loss"}]},
            {"DebugRuleConfigurations": [{"RuleConfigurationName": "loss", "VolumeSizeInGB": 0}]},
        ),
        ("TrainingJob", {}, {"ProfilerConfig": {"DisableProfiler": True}, "ProfilingStatus": "Disabled"}),
        ("ProcessingJob", {}, {"StoppingCondition": {"MaxRuntimeInSeconds": 86400}}),
        (
            "ProcessingJob",
            {"ProcessingInputs": [{"InputName": "a", "S3Input": {"S3Uri": "s3://my-bucket/a"}}]},
            {
                "ProcessingInputs": [
                    {
                        "InputName": "a",
                        "AppManaged": False,
                        "S3Input": {"S3Uri": "s3://my-bucket/a", "S3DataDistributionType": "FullyReplicated"},
                    }
                ]
            },
        ),
        (
            "TransformJob",
            {"TransformOutput": {"S3OutputPath": "s3://my-bucket/out"}},
            {
                "TransformOutput": {"S3OutputPath": "s3://my-bucket/out", "AssembleWith": "None", "KmsKeyId": ""},
                "DataProcessing": {"InputFilter": "$", "OutputFilter": "$", "JoinSource": "None"},
            },
        ),
        (
            "HyperParameterTuningJob",
            {"TrainingJobDefinition": {"StaticHyperParameters": {"eta": "0.1"}}},
            {"TrainingJobDefinition": {"StaticHyperParameters": {"eta": "0.1", "_tuning_objective_metric": "auc"}}},
        ),
        ("Model", {"Containers": [_CONTAINER]}, {"Containers": [{**_CONTAINER, "Mode": "SingleModel"}]}),
        ("Model", {"Containers": [_CONTAINER]}, {"Containers": [_CONTAINER], "PrimaryContainer": {}}),
        (
            "Model",
            {"PrimaryContainer": {**_CONTAINER, "ImageConfig": {"RepositoryAccessMode": "Platform"}}},
            {
                "PrimaryContainer": {
                    **_CONTAINER,
                    "ImageConfig": {"RepositoryAccessMode": "Platform", "RepositoryAuthConfig": {}},
                }
            },
        ),
        (
            "EndpointConfig",
            {"ProductionVariants": [{"VariantName": "a", "ServerlessConfig": {"MaxConcurrency": 1}}]},
            {
                "ProductionVariants": [
                    {"VariantName": "a", "ServerlessConfig": {"MaxConcurrency": 1}, "VolumeSizeInGB": 0}
                ]
            },
        ),
        (
            "FeatureGroup",
            {"OfflineStoreConfig": {"S3StorageConfig": {"S3Uri": "s3://my-bucket/"}}},
            {
                "OfflineStoreConfig": {
                    "S3StorageConfig": {"S3Uri": "s3://my-bucket/", "ResolvedOutputS3Uri": "s3://my-bucket/1"},
                    "DataCatalogConfig": {"TableName": "digits-1699999999"},
                },
                "ThroughputConfig": {"ThroughputMode": "OnDemand"},
            },
        ),
        (
            "NotebookInstance",
            {"InstanceType": "ml.t3.medium"},
            {
                "InstanceType": "ml.t3.medium",
                "DirectInternetAccess": "Enabled",
                "RootAccess": "Enabled",
                "IpAddressType": "ipv4",
                "PlatformIdentifier": "notebook-al2-v3",
                "VolumeSizeInGB": 5,
            },
        ),
        ("LabelingJob", {}, {"StoppingConditions": {"MaxPercentageOfInputDatasetLabeled": 100}}),
        (
            "PipelineExecution",
            {},
            {"PipelineVersionId": 1, "ParallelismConfiguration": {"MaxParallelExecutionSteps": 9}},
        ),
        ("ModelPackage", {}, {"ValidationSpecification": {"ValidationRole": "role"}, "CertifyForMarketplace": False}),
        (
            "Domain",
            {"DefaultUserSettings": {"ExecutionRole": "role"}},
            {
                "DefaultUserSettings": {
                    "ExecutionRole": "role",
                    "StudioWebPortal": "ENABLED",
                    "SpaceStorageSettings": {"DefaultEbsStorageSettings": {"DefaultEbsVolumeSizeInGb": 5}},
                },
                "AppNetworkAccessType": "PublicInternetOnly",
            },
        ),
        ("UserProfile", {}, {"UserSettings": {"SpaceStorageSettings": {}, "DefaultLandingUri": "studio::"}}),
        (
            "MonitoringSchedule",
            {"MonitoringScheduleConfig": {"MonitoringJobDefinition": _MONITORED}},
            {
                "MonitoringScheduleConfig": {
                    "MonitoringJobDefinition": {
                        "MonitoringInputs": [
                            {
                                "EndpointInput": {
                                    "EndpointName": "digits",
                                    "LocalPath": "/opt/input",
                                    "S3InputMode": "File",
                                    "S3DataDistributionType": "FullyReplicated",
                                }
                            }
                        ],
                        "StoppingCondition": {"MaxRuntimeInSeconds": 86400},
                    },
                    "MonitoringType": "DataQuality",
                    "ScheduleConfig": {"ScheduleExpression": "cron(0 * ? * * *)"},
                }
            },
        ),
        ("Endpoint", {"EndpointConfigName": "one"}, {"EndpointConfigName": "one", "LastDeploymentConfig": {}}),
    ],
)
def test_what_sagemaker_fills_in_is_no_drift(name: str, wanted: dict[str, Any], found: dict[str, Any]) -> None:
    kind = KINDS[name]

    assert needed(kind, wanted, found) is None
    assert satisfied(wanted, as_asked(kind, found), reading(kind))
