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
WORKLOAD: Final = ("CreateAIWorkloadConfig", NOTHING)
FLEET: Final = ("CreateDeviceFleet", NOTHING)
BARE: Final = (
    "CreateEndpointConfig",
    {
        "ProductionVariants": [{name: value for name, value in VARIANT.items() if name != "ModelName"}],
        "ExecutionRoleArn": ROLE,
    },
)
ALL_AT_ONCE: Final = {
    "BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": {"Type": "ALL_AT_ONCE", "WaitIntervalInSeconds": 0}}
}
STAGES: Final = [{"StageName": "sample", "DeviceSelectionConfig": {"DeviceSubsetType": "PERCENTAGE", "Percentage": 50}}]
POLICY: Final = '{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sagemaker:DescribeEndpoint"}]}'
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
    "Model": Life(given={"PrimaryContainer": CONTAINER}, full={"Containers": None}),
    "EndpointConfig": Life(needs=(MODEL,), full={"ProductionVariants": [VARIANT], "ShadowProductionVariants": None}),
    "Endpoint": Life(
        needs=(MODEL, CONFIG),
        full={"DeploymentConfig": ALL_AT_ONCE},
        asked={
            "UpdateEndpointWeightsAndCapacities": {
                "DesiredWeightsAndCapacities": [{"VariantName": "all", "DesiredWeight": 2}]
            },
            "PutEndpointPolicy": {"ResourcePolicy": POLICY},
        },
    ),
    "InferenceComponent": Life(
        needs=(MODEL, BARE, ENDPOINT),
        given={"VariantName": "all"},
        full={"Specification": {"ModelName": "sample"}, "Specifications": None},
        asked={"UpdateInferenceComponent": {"RuntimeConfig": {"CopyCount": 2}}},
    ),
    "InferenceExperiment": Life(
        needs=SERVING,
        given={"Schedule": None},
        refused=frozenset({"StartInferenceExperiment"}),
        asked={"StopInferenceExperiment": {"ModelVariantActions": {"sample": "Remove"}}},
    ),
    "TransformJob": Life(needs=(MODEL,), full={"MaxConcurrentTransforms": 4, "MaxPayloadInMB": 25}),
    "HyperParameterTuningJob": Life(
        given={
            "HyperParameterTuningJobConfig": {
                "Strategy": "Random",
                "HyperParameterTuningJobObjective": {"Type": "Minimize", "MetricName": "loss"},
                "ResourceLimits": {"MaxNumberOfTrainingJobs": 2, "MaxParallelTrainingJobs": 1},
            },
            "TrainingJobDefinition": {
                "AlgorithmSpecification": {"TrainingImage": IMAGE, "TrainingInputMode": "File"},
                "RoleArn": ROLE,
                "OutputDataConfig": {"S3OutputPath": "s3://bucket/models"},
                "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
            },
        },
        full={"TrainingJobDefinitions": None, "WarmStartConfig": None},
    ),
    "TrainingPlan": Life(given={"TrainingPlanOfferingId": "tpo-i1-1-4102444800-24-0"}),
    "TrainingJob": Life(refused=frozenset({"UpdateTrainingJob"})),
    "AutoMLJob": Life(full={"ModelDeployConfig": None}),
    "AutoMLJobV2": Life(full={"ModelDeployConfig": None}),
    "CompilationJob": Life(
        given={
            "InputConfig": {"S3Uri": "s3://bucket/model.tar.gz", "DataInputConfig": "{}", "Framework": "XGBOOST"},
            "OutputConfig": {"S3OutputLocation": "s3://bucket/compiled", "TargetDevice": "ml_c5"},
            "ModelPackageVersionArn": None,
        },
    ),
    "AIBenchmarkJob": Life(needs=(WORKLOAD,)),
    "AIRecommendationJob": Life(needs=(WORKLOAD,)),
    "FlowDefinition": Life(needs=(("CreateHumanTaskUi", NOTHING),)),
    "Workteam": Life(needs=(("CreateWorkforce", NOTHING),)),
    "HubContent": Life(
        needs=(("CreateHub", NOTHING),),
        refused=frozenset({"UpdateHubContentReference", "DeleteHubContentReference"}),
    ),
    "EdgeDeploymentPlan": Life(
        needs=(FLEET,),
        given={"Stages": STAGES},
        asked={"CreateEdgeDeploymentStage": {"Stages": [{**STAGES[0], "StageName": "second"}]}},
    ),
    "Trial": Life(needs=(("CreateExperiment", NOTHING),)),
    "ClusterExtension": Life(
        needs=(("CreateCluster", {"NodeProvisioningMode": "Continuous"}),),
        given={"ExtensionName": "sagemaker-observability"},
    ),
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
