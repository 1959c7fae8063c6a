"""What SageMaker is known to answer about the other kinds: how it says that something is missing, and what it adds by itself."""

from typing import Any, Final

from tests.emulator.asking import ROLE, arn
from tests.emulator.known_answers import Do, Refused, Shown, asked, waited
from tests.emulator.labeling_requests import labeling_job
from tests.emulator.life import CONTAINER
from tests.emulator.pipelines_requests import pipeline
from tests.emulator.studio_requests import notebook

VALIDATION: Final = "ValidationException"
ABSENT: Final = "ResourceNotFound"
LAB: Final = {"NotebookInstanceName": "lab"}
GROUP: Final[dict[str, Any]] = {
    "FeatureGroupName": "clicks",
    "RecordIdentifierFeatureName": "id",
    "EventTimeFeatureName": "at",
    "FeatureDefinitions": [
        {"FeatureName": "id", "FeatureType": "String"},
        {"FeatureName": "at", "FeatureType": "Fractional"},
    ],
    "OnlineStoreConfig": {"EnableOnlineStore": True},
}
STORED: Final = {**GROUP, "OfflineStoreConfig": {"S3StorageConfig": {"S3Uri": "s3://bucket/store"}}, "RoleArn": ROLE}
SERVED: Final = {
    "Containers": [CONTAINER],
    "SupportedContentTypes": ["text/csv"],
    "SupportedResponseMIMETypes": ["text/csv"],
    "SupportedTransformInstanceTypes": ["ml.m5.large"],
    "SupportedRealtimeInferenceInstanceTypes": ["ml.m5.large"],
}
PROFILE: Final = {
    "ProfileName": "test",
    "TransformJobDefinition": {
        "TransformInput": {"DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://bucket/in"}}},
        "TransformOutput": {"S3OutputPath": "s3://bucket/out"},
        "TransformResources": {"InstanceType": "ml.m5.large", "InstanceCount": 1},
    },
}
PACKAGE: Final[dict[str, Any]] = {
    "ModelPackageName": "package",
    "InferenceSpecification": SERVED,
    "ValidationSpecification": {"ValidationRole": ROLE, "ValidationProfiles": [PROFILE]},
}

pipelined: Final = (asked("CreatePipeline", **pipeline()),)
noted: Final = (asked("CreateNotebookInstance", **notebook()),)


def _missing(kind: str, code: str, text: str, **request: str) -> Refused:
    return Refused(f"Describe{kind}-missing", f"Describe{kind}", request, code, text)


def _taken(operation: str, request: dict[str, Any], code: str, text: str, *given: Do) -> Refused:
    done = (*given, asked(operation, **request))
    return Refused(f"{operation}-the-name-is-taken", operation, request, code, text, given=done)


EXECUTION: Final = arn("pipeline/nightly/execution/0123456789ab")

# The order of ACK's kinds; those of jobs, hosting and monitoring are in the other tables.
REFUSED: Final = (
    # The service model declares ResourceNotFound; ACK takes any ValidationException for it, and has never seen the text.
    _missing("LabelingJob", ABSENT, "…", LabelingJobName="x"),
    _missing("PipelineExecution", ABSENT, "…does not exist…", PipelineExecutionArn=EXECUTION),
    _missing("Pipeline", ABSENT, "…does not exist.", PipelineName="x"),
    _missing("ModelPackage", VALIDATION, "…does not exist.", ModelPackageName="x"),
    _missing("ModelPackageGroup", VALIDATION, "…does not exist.", ModelPackageGroupName="x"),
    _missing("FeatureGroup", ABSENT, "…", FeatureGroupName="x"),
    _missing("NotebookInstance", VALIDATION, "RecordNotFound", NotebookInstanceName="x"),
    _missing(
        "NotebookInstanceLifecycleConfig",
        VALIDATION,
        "Unable to describe Notebook Instance Lifecycle Config …",
        NotebookInstanceLifecycleConfigName="x",
    ),
    _missing("Domain", ABSENT, "…", DomainId="d-0123456789ab"),
    _missing("UserProfile", ABSENT, "…", DomainId="d-0123456789ab", UserProfileName="x"),
    # Terraform takes ValidationException with RecordNotFound for a space or an app; ACK and the service model ResourceNotFound.
    _missing("Space", ABSENT, "…", DomainId="d-0123456789ab", SpaceName="x"),
    _missing("App", ABSENT, "…", DomainId="d-0123456789ab", AppType="JupyterLab", AppName="x", UserProfileName="y"),
    _missing("Project", VALIDATION, "…does not exist…", ProjectName="x"),
    _missing("Workforce", VALIDATION, "No workforce…", WorkforceName="x"),
    _missing("Workteam", VALIDATION, "The work team…", WorkteamName="x"),
    _missing("DeviceFleet", VALIDATION, "No devicefleet with name…", DeviceFleetName="x"),
    _missing("CodeRepository", VALIDATION, "Cannot find CodeRepository…", CodeRepositoryName="x"),
    Refused(
        "DescribeDevice-missing",
        "DescribeDevice",
        {"DeviceName": "x", "DeviceFleetName": "fleet"},
        VALIDATION,
        "No device with name…",
        given=(asked("CreateDeviceFleet", DeviceFleetName="fleet", OutputConfig={"S3OutputLocation": "s3://bucket/edge"}),),
    ),
    Refused(
        "GetModelPackageGroupPolicy-no-such-group",
        "GetModelPackageGroupPolicy",
        {"ModelPackageGroupName": "x"},
        VALIDATION,
        "Cannot find Model Package Group…",
    ),
    Refused(
        "GetModelPackageGroupPolicy-no-policy",
        "GetModelPackageGroupPolicy",
        {"ModelPackageGroupName": "x"},
        VALIDATION,
        "Cannot find resource policy…",
        given=(asked("CreateModelPackageGroup", ModelPackageGroupName="x"),),
    ),
    Refused(
        "CreatePipeline-the-name-is-taken",
        "CreatePipeline",
        pipeline(ClientRequestToken="a" * 32),
        VALIDATION,
        "Pipeline names must be unique …",
        given=pipelined,
    ),
    _taken("CreateFeatureGroup", GROUP, "ResourceInUse", "…already exists…"),
    Refused(
        "DeleteNotebookInstance-still-running",
        "DeleteNotebookInstance",
        LAB,
        VALIDATION,
        f"Status (InService) not in ([Stopped, Failed]). Unable to transition to (Deleting) for Notebook Instance "
        f"({arn('notebook-instance/lab')}).",
        given=(*noted, waited(3600)),
    ),
    Refused(
        "UpdateNotebookInstance-still-running",
        "UpdateNotebookInstance",
        {**LAB, "InstanceType": "ml.t3.large"},
        VALIDATION,
        "…",
        given=(*noted, waited(3600)),
    ),
    *(
        Refused(
            f"{operation}-more-than-a-hundred",
            operation,
            {"MaxResults": 101},
            VALIDATION,
            "1 validation error detected: Value '101' at 'maxResults' failed to satisfy constraint: Member must have value less "
            "than or equal to 100",
        )
        for operation in (
            "ListTrainingJobs", "ListProcessingJobs", "ListTransformJobs", "ListHyperParameterTuningJobs", "ListAutoMLJobs",
            "ListCompilationJobs", "ListLabelingJobs", "ListInferenceRecommendationsJobs", "ListEndpoints",
            "ListInferenceComponents", "ListMonitoringSchedules", "ListNotebookInstances", "ListMonitoringExecutions",
            "ListModels", "ListEndpointConfigs", "ListPipelines", "ListFeatureGroups", "ListDomains",
        )
    ),
    *(
        Refused(f"AddTags-{case}", "AddTags", {"ResourceArn": arn("pipeline/nightly"), "Tags": tags}, code, text, given=pipelined)
        for case, tags, code, text in (
            ("fifty-one", [{"Key": str(n), "Value": ""} for n in range(51)], VALIDATION, "…length less than or equal to 50…"),
            ("a-key-of-129-letters", [{"Key": "a" * 129, "Value": ""}], VALIDATION, "…length less than or equal to 128…"),
            ("a-value-of-257-letters", [{"Key": "a", "Value": "a" * 257}], VALIDATION, "…length less than or equal to 256…"),
            ("a-key-of-aws", [{"Key": "aws:a", "Value": ""}], VALIDATION, "aws: …"),
        )
    ),
)  # fmt: skip


def _notebook(path: str, value: Any) -> Shown:
    return Shown(f"NotebookInstance-{path}", "DescribeNotebookInstance", LAB, path, value, given=noted)


def _group(path: str, value: Any, *, of: dict[str, Any]) -> Shown:
    given = (asked("CreateFeatureGroup", **of), waited(60))
    about = "" if of is STORED else "-without-an-offline-store"
    described = {"FeatureGroupName": "clicks"}
    return Shown(f"FeatureGroup-{path}{about}", "DescribeFeatureGroup", described, path, value, given=given)


def _package(path: str, value: Any) -> Shown:
    given = (asked("CreateModelPackage", **PACKAGE),)
    return Shown(
        f"ModelPackage-{path}", "DescribeModelPackage", {"ModelPackageName": "package"}, path, value, given=given
    )


def _labeling(path: str, value: Any, **members: Any) -> Shown:
    given = (asked("CreateLabelingJob", **labeling_job(**members)),)
    return Shown(f"LabelingJob-{path}", "DescribeLabelingJob", {"LabelingJobName": "cats"}, path, value, given=given)


def in_domain(sagemaker: Any, client: Any) -> str:
    """The id of a domain that has nothing but what it must have, with a user and an app that have no settings."""
    domain: str = client.create_domain(DomainName="team", AuthMode="IAM", DefaultUserSettings={"ExecutionRole": ROLE})[
        "DomainId"
    ]
    sagemaker.clock.advance(600)
    client.create_user_profile(DomainId=domain, UserProfileName="alice", UserSettings={"ExecutionRole": ROLE})
    sagemaker.clock.advance(60)
    client.create_app(DomainId=domain, UserProfileName="alice", AppType="JupyterLab", AppName="default")
    return domain


OFFLINE: Final = "OfflineStoreConfig"
LABEL_BY_ITSELF: Final = {
    "LabelingJobAlgorithmSpecificationArn": "arn:aws:sagemaker:us-east-1:027400017018:"
    "labeling-job-algorithm-specification/image-classification"
}

SHOWN: Final = (
    _notebook("DirectInternetAccess", "Enabled"),
    _notebook("RootAccess", "Enabled"),
    _notebook("VolumeSizeInGB", 5),
    _notebook("PlatformIdentifier", "notebook-al…"),
    _notebook("IpAddressType", "ipv4"),
    _group("FeatureGroupStatus", "Created", of=GROUP),
    _group("ThroughputConfig.ThroughputMode", "OnDemand", of=STORED),
    _group(f"{OFFLINE}.DisableGlueTableCreation", False, of=STORED),
    _group(f"{OFFLINE}.S3StorageConfig.ResolvedOutputS3Uri", "s3://bucket/store/…/data", of=STORED),
    _group(f"{OFFLINE}.DataCatalogConfig.TableName", "clicks_…", of=STORED),
    _package("CertifyForMarketplace", False),
    _package("InferenceSpecification.Containers.0.ImageDigest", "sha256:…"),
    _package("ValidationSpecification.ValidationProfiles.0.TransformJobDefinition.TransformOutput.KmsKeyId", ""),
    _labeling("OutputConfig.KmsKeyId", ""),
    _labeling("HumanTaskConfig.MaxConcurrentTaskCount", 1000),
    _labeling("HumanTaskConfig.TaskAvailabilityLifetimeInSeconds", 21600),
    _labeling("LabelingJobAlgorithmsConfig.LabelingJobResourceConfig", {}, LabelingJobAlgorithmsConfig=LABEL_BY_ITSELF),
    _labeling("StoppingConditions.MaxPercentageOfInputDatasetLabeled", 100),
)

# Members of domains, user profiles and apps that ACK waits for after they were created.
IN_DOMAIN: Final = (
    ("Domain", "AppNetworkAccessType", "PublicInternetOnly"),
    ("Domain", "DefaultUserSettings.AutoMountHomeEFS", str),
    ("Domain", "DefaultUserSettings.DefaultLandingUri", str),
    ("Domain", "DefaultUserSettings.StudioWebPortal", str),
    ("Domain", "DefaultUserSettings.SharingSettings.NotebookOutputOption", str),
    ("Domain", "DefaultUserSettings.JupyterServerAppSettings", dict),
    ("Domain", "DefaultUserSettings.KernelGatewayAppSettings", dict),
    ("Domain", "DefaultUserSettings.JupyterLabAppSettings", dict),
    ("Domain", "DefaultUserSettings.CodeEditorAppSettings", dict),
    ("Domain", "DefaultUserSettings.RStudioServerProAppSettings", dict),
    ("Domain", "DefaultUserSettings.SpaceStorageSettings.DefaultEbsStorageSettings.DefaultEbsVolumeSizeInGb", int),
    ("UserProfile", "UserSettings.SpaceStorageSettings", dict),
    ("App", "ResourceSpec.InstanceType", str),
)
