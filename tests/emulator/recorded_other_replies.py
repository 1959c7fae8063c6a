"""Recorded replies about feature groups, packages, notebooks and pipelines; see `recorded_replies`."""

import json
from typing import Any, Final

from tests.emulator.asking import IMAGE, ROLE, arn
from tests.emulator.known_answers import asked, waited
from tests.emulator.known_other_answers import PACKAGE, PROFILE, SERVED
from tests.emulator.pipelines_requests import pipeline
from tests.emulator.recorded_replies import TIME, URI, YOUNGER, Recorded

GROUP: Final[dict[str, Any]] = {
    "EventTimeFeatureName": "at",
    "FeatureDefinitions": [
        {"FeatureName": "id", "FeatureType": "Integral"},
        {"FeatureName": "at", "FeatureType": "Fractional"},
    ],
    "FeatureGroupName": "clicks",
    "RecordIdentifierFeatureName": "id",
    "RoleArn": ROLE,
}
SCRIPTS: Final = {
    "NotebookInstanceLifecycleConfigName": "setup",
    "OnCreate": [{"Content": "ZWNobyBvbmU="}],
    "OnStart": [{"Content": "ZWNobyB0d28="}],
}
GROUPED: Final = {"ModelPackageGroupName": "group", "ModelPackageGroupDescription": "…"}
PIPELINE: Final = {**pipeline(), "ParallelismConfiguration": {"MaxParallelExecutionSteps": 2}}

EXPERIMENT: Final = {
    "Version": "2020-12-01",
    "PipelineExperimentConfig": {
        "ExperimentName": {"Get": "Execution.PipelineName"},
        "TrialName": {"Get": "Execution.PipelineExecutionId"},
    },
    "Steps": [],
}


def _the_execution(client: Any) -> dict[str, Any]:
    """Asks about the only execution of the pipeline."""
    [found] = client.list_pipeline_executions(PipelineName="nightly")["PipelineExecutionSummaries"]
    return {"PipelineExecutionArn": found["PipelineExecutionArn"]}


PACKAGED: Final[dict[str, Any]] = {
    **PACKAGE,
    "ModelPackageDescription": "…",
    "InferenceSpecification": {**SERVED, "Containers": [{"Image": IMAGE, "ModelDataUrl": f"{URI}/model.tar.gz"}]},
}
DIGEST: Final = {"Image": IMAGE, "ImageDigest": "sha256:a219", "ModelDataUrl": f"{URI}/model.tar.gz"}
VALIDATED: Final = {
    "ProfileName": "test",
    "TransformJobDefinition": {
        **PROFILE["TransformJobDefinition"],  # type: ignore[dict-item]
        "TransformOutput": {"KmsKeyId": "", "S3OutputPath": URI},
    },
}
NOTEBOOK: Final[dict[str, Any]] = {
    "NotebookInstanceName": "lab",
    "InstanceType": "ml.t2.medium",
    "RoleArn": ROLE,
    "SubnetId": "subnet-0123456789abcdef0",
    "KmsKeyId": "key",
    "DefaultCodeRepository": "https://example.com/code",
    "AdditionalCodeRepositories": ["https://example.com/more"],
}
GROUPS: Final = ["sg-0123456789abcdef0"]

OTHERS: Final = (
    Recorded(
        case="ModelPackage-describe_success",
        operation="DescribeModelPackage",
        request={"ModelPackageName": "package"},
        given=(asked("CreateModelPackage", **PACKAGED), waited(10_000)),
        reply={
            "CertifyForMarketplace": False,
            "CreationTime": TIME,
            "InferenceSpecification": {**SERVED, "Containers": [DIGEST]},
            "ModelPackageArn": arn("model-package/package"),
            "ModelPackageDescription": "…",
            "ModelPackageName": "package",
            "ModelPackageStatus": "Completed",
            "ModelPackageStatusDetails": {
                "ImageScanStatuses": [],
                "ValidationStatuses": [{"Name": "test", "Status": "Completed"}],
            },
            "ValidationSpecification": {"ValidationProfiles": [VALIDATED], "ValidationRole": ROLE},
        },
        differs={
            "LastModifiedTime": "the package was never updated; the emulator says when its status changed",
            "SkipModelValidation": YOUNGER,
        },
    ),
    Recorded(
        case="NotebookInstance-readone_inservice",
        operation="DescribeNotebookInstance",
        request={"NotebookInstanceName": "lab"},
        given=(
            asked("CreateNotebookInstanceLifecycleConfig", NotebookInstanceLifecycleConfigName="setup"),
            asked("CreateNotebookInstance", **NOTEBOOK, LifecycleConfigName="setup", SecurityGroupIds=GROUPS),
            waited(1000),
        ),
        reply={
            **NOTEBOOK,
            "CreationTime": TIME,
            "DirectInternetAccess": "Enabled",
            "LastModifiedTime": TIME,
            "NotebookInstanceArn": arn("notebook-instance/lab"),
            "NotebookInstanceLifecycleConfigName": "setup",
            "NotebookInstanceStatus": "InService",
            "RootAccess": "Enabled",
            "SecurityGroups": GROUPS,
            "Url": "lab.notebook.us-east-1.sagemaker.aws",
            "VolumeSizeInGB": 8,
        },
        differs={
            "InstanceMetadataServiceConfiguration": YOUNGER,
            "InstanceMetadataServiceConfiguration.MinimumInstanceMetadataServiceVersion": YOUNGER,
            "IpAddressType": YOUNGER,
            "NetworkInterfaceId": "a notebook in a subnet has one; this recording was put together by hand",
            "PlatformIdentifier": YOUNGER,
        },
    ),
    Recorded(
        case="FeatureGroup-fg_created",
        operation="DescribeFeatureGroup",
        request={"FeatureGroupName": "clicks"},
        given=(
            asked("CreateFeatureGroup", **GROUP, OfflineStoreConfig={"S3StorageConfig": {"S3Uri": URI}}),
            waited(600),
        ),
        reply={
            **GROUP,
            "CreationTime": TIME,
            "FeatureGroupArn": arn("feature-group/clicks"),
            "FeatureGroupStatus": "Created",
            "OfflineStoreConfig": {
                "DataCatalogConfig": {"Catalog": "a", "Database": "b", "TableName": "c"},
                "DisableGlueTableCreation": False,
                "S3StorageConfig": {"ResolvedOutputS3Uri": URI, "S3Uri": URI},
            },
        },
        differs={
            "NextToken": "the service model requires it",
            "OfflineStoreStatus": "the recording was made before the offline store was there",
            "OfflineStoreStatus.Status": "as OfflineStoreStatus",
            "LastModifiedTime": YOUNGER,
            "ThroughputConfig": YOUNGER,
            "ThroughputConfig.ThroughputMode": YOUNGER,
        },
    ),
    Recorded(
        case="NotebookInstanceLifecycleConfig-success",
        operation="DescribeNotebookInstanceLifecycleConfig",
        request={"NotebookInstanceLifecycleConfigName": "setup"},
        given=(asked("CreateNotebookInstanceLifecycleConfig", **SCRIPTS),),
        reply={
            **SCRIPTS,
            "CreationTime": TIME,
            "LastModifiedTime": TIME,
            "NotebookInstanceLifecycleConfigArn": arn("notebook-instance-lifecycle-config/setup"),
        },
    ),
    Recorded(
        case="ModelPackageGroup-describe_success",
        operation="DescribeModelPackageGroup",
        request={"ModelPackageGroupName": "group"},
        given=(asked("CreateModelPackageGroup", **GROUPED), waited(600)),
        reply={
            **GROUPED,
            "CreationTime": TIME,
            "ModelPackageGroupArn": arn("model-package-group/group"),
            "ModelPackageGroupStatus": "Completed",
        },
        differs={"CreatedBy": "the service model requires it"},
    ),
    Recorded(
        case="Pipeline-describe_success",
        operation="DescribePipeline",
        request={"PipelineName": "nightly"},
        given=(asked("CreatePipeline", **PIPELINE, PipelineDisplayName="nightly"),),
        reply={
            "CreatedBy": {},
            "CreationTime": TIME,
            "LastModifiedBy": {},
            "LastModifiedTime": TIME,
            "ParallelismConfiguration": {"MaxParallelExecutionSteps": 2},
            "PipelineArn": arn("pipeline/nightly"),
            "PipelineDefinition": "{}",
            "PipelineDisplayName": "nightly",
            "PipelineName": "nightly",
            "PipelineStatus": "Active",
            "RoleArn": ROLE,
        },
    ),
    Recorded(
        case="PipelineExecution-describe_succeeded",
        operation="DescribePipelineExecution",
        request=_the_execution,
        given=(
            asked("CreatePipeline", **pipeline(PipelineDefinition=json.dumps(EXPERIMENT))),
            asked(
                "StartPipelineExecution",
                PipelineName="nightly",
                PipelineExecutionDisplayName="test",
                PipelineExecutionDescription="test",
            ),
            waited(1000),
        ),
        reply={
            "CreatedBy": {},
            "CreationTime": TIME,
            "LastModifiedBy": {},
            "LastModifiedTime": TIME,
            "PipelineArn": arn("pipeline/nightly"),
            "PipelineExecutionArn": arn("pipeline/nightly/execution/tufkd9rv07w2"),
            "PipelineExecutionDescription": "test",
            "PipelineExecutionDisplayName": "test",
            "PipelineExecutionStatus": "Succeeded",
            "PipelineExperimentConfig": {"ExperimentName": "nightly", "TrialName": "mf7dqcqqsnlp"},
        },
        differs={"PipelineVersionId": YOUNGER},
    ),
)
