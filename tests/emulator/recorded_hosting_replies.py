"""Recorded replies about models, endpoints and monitoring; see `recorded_replies`."""

from typing import Final

from tests.emulator.asking import IMAGE, ROLE, arn, endpoint_config, model, variant
from tests.emulator.known_answers import asked, waited
from tests.emulator.known_hosting_answers import hosting, serving
from tests.emulator.recorded_replies import CLUSTER, TIME, URI, YOUNGER, Recorded

IMAGES: Final = [{"ResolutionTime": TIME, "ResolvedImage": f"{IMAGE}@sha256:06c3", "SpecifiedImage": IMAGE}]
LINEAR: Final = {
    "AutoRollbackConfiguration": {"Alarms": [{"AlarmName": "errors"}]},
    "BlueGreenUpdatePolicy": {
        "MaximumExecutionTimeoutInSeconds": 600,
        "TerminationWaitInSeconds": 100,
        "TrafficRoutingConfiguration": {
            "LinearStepSize": {"Type": "INSTANCE_COUNT", "Value": 1},
            "Type": "LINEAR",
            "WaitIntervalInSeconds": 100,
        },
    },
}
SERVING: Final = {
    "CurrentInstanceCount": 3,
    "CurrentWeight": 1,
    "DeployedImages": IMAGES,
    "DesiredInstanceCount": 3,
    "DesiredWeight": 1,
    "VariantName": "AllTraffic",
}
ENDPOINT: Final = {
    "CreationTime": TIME,
    "EndpointArn": arn("endpoint/digits"),
    "EndpointConfigName": "first",
    "EndpointName": "digits",
    "LastModifiedTime": TIME,
    "ProductionVariants": [SERVING],
}
THREE: Final = [variant(InitialInstanceCount=3)]
served: Final = (
    asked("CreateModel", **model()),
    asked("CreateEndpointConfig", **endpoint_config("first", ProductionVariants=THREE)),
    asked("CreateEndpointConfig", **endpoint_config("second", ProductionVariants=THREE)),
    asked("CreateEndpoint", EndpointName="digits", EndpointConfigName="first"),
    waited(240),
)
CAPTURE: Final = {
    "CaptureContentTypeHeader": {"CsvContentTypes": ["text/csv"], "JsonContentTypes": ["application/json"]},
    "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
    "DestinationS3Uri": URI,
    "EnableCapture": True,
    "InitialSamplingPercentage": 100,
}
SERVERLESS: Final = {
    "ModelName": "digits",
    "ServerlessConfig": {"MaxConcurrency": 20, "MemorySizeInMB": 1024},
    "VariantName": "AllTraffic",
}
CONTAINER: Final = {
    "ContainerHostname": "xgboost",
    "Environment": {"a": "b"},
    "Image": IMAGE,
    "ImageConfig": {"RepositoryAccessMode": "Platform"},
    "ModelDataUrl": f"{URI}/model.tar.gz",
}

HOSTING: Final = (
    Recorded(
        case="Endpoint-inservice_no_failure_reason",
        operation="DescribeEndpoint",
        request={"EndpointName": "digits"},
        given=served,
        reply={**ENDPOINT, "EndpointStatus": "InService"},
    ),
    Recorded(
        case="Endpoint-update_deployment_config",
        operation="DescribeEndpoint",
        request={"EndpointName": "digits"},
        given=(
            *served,
            asked("UpdateEndpoint", EndpointName="digits", EndpointConfigName="second", DeploymentConfig=LINEAR),
        ),
        reply={
            **ENDPOINT,
            "EndpointStatus": "Updating",
            "LastDeploymentConfig": LINEAR,
            "PendingDeploymentSummary": {
                "EndpointConfigName": "second",
                "ProductionVariants": [
                    {
                        **SERVING,
                        "CurrentInstanceCount": 0,
                        "InstanceType": "ml.m5.large",
                        "VariantStatus": [{"StartTime": TIME, "Status": "Creating", "StatusMessage": "…"}],
                    }
                ],
                "StartTime": TIME,
            },
        },
    ),
    Recorded(
        case="EndpointConfig-success",
        operation="DescribeEndpointConfig",
        request={"EndpointConfigName": "third"},
        given=(
            *served,
            asked(
                "CreateEndpointConfig",
                **endpoint_config(
                    "third", ProductionVariants=[variant(EnableSSMAccess=True)], DataCaptureConfig=CAPTURE
                ),
            ),
        ),
        reply={
            "CreationTime": TIME,
            "DataCaptureConfig": CAPTURE,
            "EndpointConfigArn": arn("endpoint-config/third"),
            "EndpointConfigName": "third",
            "ProductionVariants": [{**variant(), "EnableSSMAccess": True, "InitialVariantWeight": 1}],
        },
        differs={"EnableNetworkIsolation": YOUNGER},
    ),
    Recorded(
        case="EndpointConfig-serverless",
        operation="DescribeEndpointConfig",
        request={"EndpointConfigName": "third"},
        given=(*served, asked("CreateEndpointConfig", **endpoint_config("third", ProductionVariants=[SERVERLESS]))),
        reply={
            "CreationTime": TIME,
            "EndpointConfigArn": arn("endpoint-config/third"),
            "EndpointConfigName": "third",
            "ProductionVariants": [{**SERVERLESS, "InitialVariantWeight": 1, "VolumeSizeInGB": 5}],
        },
        differs={"EnableNetworkIsolation": YOUNGER},
    ),
    Recorded(
        case="Model-success",
        operation="DescribeModel",
        request={"ModelName": "digits"},
        given=(asked("CreateModel", ModelName="digits", Containers=[CONTAINER], ExecutionRoleArn=ROLE),),
        reply={
            "Containers": [
                {
                    **CONTAINER,
                    "ImageConfig": {"RepositoryAccessMode": "Platform", "RepositoryAuthConfig": {}},
                    "Mode": "SingleModel",
                }
            ],
            "CreationTime": TIME,
            "EnableNetworkIsolation": False,
            "ExecutionRoleArn": ROLE,
            "ModelArn": arn("model/digits"),
            "ModelName": "digits",
        },
    ),
    Recorded(
        case="InferenceComponent-inservice_no_failure_reason",
        operation="DescribeInferenceComponent",
        request={"InferenceComponentName": "part"},
        given=(*hosting, waited(600)),
        reply={
            "CreationTime": TIME,
            "EndpointArn": arn("endpoint/digits"),
            "EndpointName": "digits",
            "InferenceComponentArn": arn("inference-component/part"),
            "InferenceComponentName": "part",
            "InferenceComponentStatus": "InService",
            "LastModifiedTime": TIME,
            "RuntimeConfig": {"CurrentCopyCount": 1, "DesiredCopyCount": 1},
            "Specification": {"ComputeResourceRequirements": {"MinMemoryRequiredInMb": 1024}, "ModelName": "digits"},
            "VariantName": "all",
        },
    ),
)

WATCHED: Final = {"EndpointName": "digits", "LocalPath": "/opt/ml/processing/input/endpoint"}
FILES: Final = {"S3DataDistributionType": "FullyReplicated", "S3InputMode": "File"}
REPORTS: Final = {
    "MonitoringOutputs": [
        {"S3Output": {"LocalPath": "/opt/ml/processing/output", "S3UploadMode": "Continuous", "S3Uri": URI}}
    ]
}
BASELINE: Final = {"ConstraintsResource": {"S3Uri": URI}, "StatisticsResource": {"S3Uri": URI}}
ANALYZER: Final = {"ImageUri": IMAGE, "PostAnalyticsProcessorSourceUri": f"{URI}/post.py"}
HALF_AN_HOUR: Final = {"MaxRuntimeInSeconds": 1800}
DEFINITION: Final = {
    "DataQualityAppSpecification": ANALYZER,
    "DataQualityBaselineConfig": BASELINE,
    "DataQualityJobOutputConfig": REPORTS,
    "JobDefinitionName": "quality",
    "JobResources": CLUSTER,
    "RoleArn": ROLE,
    "StoppingCondition": HALF_AN_HOUR,
}
INLINE: Final = {
    "BaselineConfig": BASELINE,
    "MonitoringAppSpecification": ANALYZER,
    "MonitoringOutputConfig": REPORTS,
    "MonitoringResources": CLUSTER,
    "RoleArn": ROLE,
    "StoppingCondition": HALF_AN_HOUR,
}
HOURLY: Final = {"ScheduleConfig": {"ScheduleExpression": "cron(0 * ? * * *)"}}

MONITORING: Final = (
    Recorded(
        case="DataQualityJobDefinition-success",
        operation="DescribeDataQualityJobDefinition",
        request={"JobDefinitionName": "quality"},
        given=(
            *serving,
            asked("CreateDataQualityJobDefinition", **DEFINITION, DataQualityJobInput={"EndpointInput": WATCHED}),
        ),
        reply={
            **DEFINITION,
            "CreationTime": TIME,
            "DataQualityJobInput": {"EndpointInput": {**WATCHED, **FILES}},
            "JobDefinitionArn": arn("data-quality-job-definition/quality"),
        },
    ),
    Recorded(
        case="MonitoringSchedule-scheduled",
        operation="DescribeMonitoringSchedule",
        request={"MonitoringScheduleName": "hourly"},
        given=(
            *serving,
            asked(
                "CreateMonitoringSchedule",
                MonitoringScheduleName="hourly",
                MonitoringScheduleConfig={
                    **HOURLY,
                    "MonitoringJobDefinition": {**INLINE, "MonitoringInputs": [{"EndpointInput": WATCHED}]},
                },
            ),
            waited(10),
        ),
        reply={
            "CreationTime": TIME,
            "EndpointName": "digits",
            "LastModifiedTime": TIME,
            "MonitoringScheduleArn": arn("monitoring-schedule/hourly"),
            "MonitoringScheduleConfig": {
                **HOURLY,
                "MonitoringJobDefinition": {**INLINE, "MonitoringInputs": [{"EndpointInput": {**WATCHED, **FILES}}]},
                "MonitoringType": "DataQuality",
            },
            "MonitoringScheduleName": "hourly",
            "MonitoringScheduleStatus": "Scheduled",
            "MonitoringType": "DataQuality",
        },
    ),
)
