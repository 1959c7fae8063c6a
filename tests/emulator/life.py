"""What the service model does not tell about the lives of families: what each needs first, and which requests make sense."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

Request = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """How to lead a resource through its life.

    Attributes:
        needs: create operations to be done first, with members that replace the generated ones.
        given: members that replace the generated ones of the create request; None leaves one out.
        full: the same for the fullest request only.
        asked: the same for other operations.
        refused: operations that SageMaker refuses in the settled status, and so must be refused here.
    """

    needs: tuple[tuple[str, Request], ...] = ()
    given: Request = field(default_factory=dict)
    full: Request = field(default_factory=dict)
    asked: Mapping[str, Request] = field(default_factory=dict)
    refused: frozenset[str] = frozenset()


NOTHING: Final[Request] = {}
IMAGE: Final = "123456789012.dkr.ecr.us-east-1.amazonaws.com/mine:1"
ROLE: Final = "arn:aws:iam::123456789012:role/sagemaker"
CONTAINER: Final = {"Image": IMAGE, "ModelDataUrl": "s3://bucket/model.tar.gz"}
MODEL: Final = ("CreateModel", {"PrimaryContainer": CONTAINER, "ExecutionRoleArn": ROLE})
VARIANT: Final = {"VariantName": "all", "ModelName": "sample", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
CONFIG: Final = ("CreateEndpointConfig", {"ProductionVariants": [VARIANT]})
ENDPOINT: Final = ("CreateEndpoint", NOTHING)
SERVING: Final = (MODEL, CONFIG, ENDPOINT)
DOMAIN: Final = ("CreateDomain", NOTHING)
IN_DOMAIN: Final = (DOMAIN, ("CreateUserProfile", NOTHING))
OF_USER: Final = {"UserProfileName": "sample"}
DEFINITION: Final = {
    "PipelineDefinition": '{"Version": "2020-12-01", "Steps": []}',
    "PipelineDefinitionS3Location": None,
}
CARD: Final = ("CreateModelCard", {"Content": "{}"})
JOB_DONE: Final = frozenset({"StopTrainingJob"})
WATCHED: Final = {"EndpointInput": {"EndpointName": "sample", "LocalPath": "/opt/ml/processing/input"}}
TRUTH: Final = {"GroundTruthS3Input": {"S3Uri": "s3://bucket/truth"}}
QUALITY: Final = ("CreateDataQualityJobDefinition", {"DataQualityJobInput": WATCHED})
HOURLY: Final = {
    "MonitoringScheduleConfig": {
        "ScheduleConfig": {"ScheduleExpression": "cron(0 * ? * * *)"},
        "MonitoringJobDefinitionName": "sample",
        "MonitoringType": "DataQuality",
    }
}

LIVES: Final[Mapping[str, Life]] = {
    "Model": Life(full={"Containers": None}),
    "EndpointConfig": Life(needs=(MODEL,)),
    "Endpoint": Life(needs=(MODEL, CONFIG)),
    "NotebookInstance": Life(refused=frozenset({"StartNotebookInstance"})),
    "UserProfile": Life(needs=(DOMAIN,)),
    "Space": Life(needs=(DOMAIN,)),
    "App": Life(
        needs=IN_DOMAIN,
        given=OF_USER,
        full={"SpaceName": None},
        asked={"DescribeApp": OF_USER, "DeleteApp": OF_USER},
    ),
    "ImageVersion": Life(needs=(("CreateImage", NOTHING),)),
    "DataQualityJobDefinition": Life(needs=SERVING, given={"DataQualityJobInput": WATCHED}),
    "ModelQualityJobDefinition": Life(needs=SERVING, given={"ModelQualityJobInput": {**WATCHED, **TRUTH}}),
    "ModelBiasJobDefinition": Life(needs=SERVING, given={"ModelBiasJobInput": {**WATCHED, **TRUTH}}),
    "ModelExplainabilityJobDefinition": Life(needs=SERVING, given={"ModelExplainabilityJobInput": WATCHED}),
    "MonitoringSchedule": Life(
        needs=(*SERVING, QUALITY),
        given=HOURLY,
        asked={"UpdateMonitoringSchedule": HOURLY},
        refused=frozenset({"StartMonitoringSchedule"}),
    ),
    "ModelPackage": Life(given={"ModelPackageName": "sample"}, full={"ModelPackageGroupName": None}),
    "ModelCard": Life(given={"Content": "{}"}, asked={"UpdateModelCard": {"ModelCardStatus": "Approved"}}),
    "ModelCardExportJob": Life(needs=(CARD,), full={"ModelCardVersion": 1}),
    "FeatureGroup": Life(
        given={
            "OnlineStoreConfig": {"EnableOnlineStore": True},
            "FeatureDefinitions": [{"FeatureName": "sample", "FeatureType": "String"}],
        },
    ),
    "Pipeline": Life(given=DEFINITION),
    "PipelineExecution": Life(
        needs=(("CreatePipeline", DEFINITION),),
        full=dict.fromkeys(("SelectiveExecutionConfig", "RoleArn", "PipelineVersionId", "PipelineVersionAlias"))
        | {"PipelineParameters": []},
        refused=frozenset({"StopPipelineExecution", "RetryPipelineExecution"}),
    ),
}
