"""What SageMaker is known to answer about models, endpoint configurations, endpoints and inference components."""

from typing import Any, Final

from tests.emulator.asking import IMAGE, ROLE, arn, endpoint_config, model, variant
from tests.emulator.known_answers import Do, Refused, Shown, asked, failing, limited, waited
from tests.emulator.known_job_answers import unassumable

VALIDATION: Final = "ValidationException"
ARN: Final = arn("endpoint/digits")
DIGITS: Final = {"EndpointName": "digits"}
WEIGHTS: Final = {**DIGITS, "DesiredWeightsAndCapacities": [{"VariantName": "AllTraffic", "DesiredWeight": 2}]}
UPDATE: Final = {**DIGITS, "EndpointConfigName": "second"}
PING: Final = "The primary container for production variant AllTraffic did not pass the ping health check."

create: Final = asked("CreateEndpoint", EndpointName="digits", EndpointConfigName="first")
configured: Final = (
    asked("CreateModel", **model()),
    asked("CreateEndpointConfig", **endpoint_config("first")),
    asked("CreateEndpointConfig", **endpoint_config("second")),
)
creating: Final = (*configured, create)
serving: Final = (*creating, waited(240))
updating: Final = (*serving, asked("UpdateEndpoint", **UPDATE))
failed: Final = (failing("Endpoint", PING), *creating, waited(3600))
hosting: Final = (
    asked("CreateModel", **model()),
    asked(
        "CreateEndpointConfig",
        **endpoint_config(
            "bare",
            ProductionVariants=[{"VariantName": "all", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}],
            ExecutionRoleArn=ROLE,
        ),
    ),
    asked("CreateEndpoint", EndpointName="digits", EndpointConfigName="bare"),
    waited(240),
    asked(
        "CreateInferenceComponent",
        InferenceComponentName="part",
        EndpointName="digits",
        VariantName="all",
        Specification={"ModelName": "digits", "ComputeResourceRequirements": {"MinMemoryRequiredInMb": 128}},
        RuntimeConfig={"CopyCount": 1},
    ),
)


def _busy(operation: str, request: dict[str, Any], status: str, given: tuple[Do, ...]) -> Refused:
    text = f'Cannot update in-progress endpoint "{ARN}".'
    return Refused(f"{operation}-{status}", operation, request, VALIDATION, text, given=given)


def _missing(operation: str, request: dict[str, Any], text: str, *given: Do) -> Refused:
    return Refused(f"{operation}-missing", operation, request, VALIDATION, text, given=given)


def _taken(operation: str, request: dict[str, Any], text: str, *given: Do) -> Refused:
    return Refused(f"{operation}-the-name-is-taken", operation, request, VALIDATION, text, given=given)


def _scalable(sagemaker: Any, _: Any) -> None:
    scaling = sagemaker.client("application-autoscaling")
    scaling.register_scalable_target(
        ServiceNamespace="sagemaker",
        ResourceId="endpoint/digits/variant/AllTraffic",
        ScalableDimension="sagemaker:variant:DesiredInstanceCount",
        MinCapacity=1,
        MaxCapacity=3,
    )
    scaling.close()


def _may_not_deregister(sagemaker: Any, _: Any) -> None:
    sagemaker.scenarios.fail("Endpoint", "digits", reason="AccessDenied", at="DeregisterScalableTarget")


NO_ENDPOINT: Final = f'Could not find endpoint "{ARN}".'
NO_CONFIG: Final = 'Could not find endpoint configuration "{}".'
NO_MODEL: Final = f'Could not find model "{arn("model/digits")}".'

REFUSED: Final = (
    _missing("DescribeEndpoint", DIGITS, NO_ENDPOINT),
    _missing("UpdateEndpoint", UPDATE, NO_ENDPOINT, *configured),
    _missing("DeleteEndpoint", DIGITS, NO_ENDPOINT),
    _missing("UpdateEndpointWeightsAndCapacities", WEIGHTS, NO_ENDPOINT),
    _missing("DescribeEndpointConfig", {"EndpointConfigName": "x"}, NO_CONFIG.format(arn("endpoint-config/x"))),
    _missing("DeleteEndpointConfig", {"EndpointConfigName": "x"}, NO_CONFIG.format(arn("endpoint-config/x"))),
    _missing("DescribeModel", {"ModelName": "digits"}, NO_MODEL),
    _missing("DeleteModel", {"ModelName": "digits"}, NO_MODEL),
    _missing("DescribeInferenceComponent", {"InferenceComponentName": "x"}, "Could not find inference component…"),
    Refused(
        "CreateEndpoint-no-such-configuration",
        "CreateEndpoint",
        {**DIGITS, "EndpointConfigName": "first"},
        VALIDATION,
        NO_CONFIG.format(arn("endpoint-config/first")),
    ),
    Refused(
        "UpdateEndpoint-no-such-configuration",
        "UpdateEndpoint",
        {**DIGITS, "EndpointConfigName": "third"},
        VALIDATION,
        NO_CONFIG.format(arn("endpoint-config/third")),
        given=serving,
    ),
    Refused(
        "CreateEndpointConfig-no-such-model", "CreateEndpointConfig", endpoint_config("first"), VALIDATION, NO_MODEL
    ),
    Refused(
        "CreateEndpointConfig-instances-that-scale-themselves-without-inference-components",
        "CreateEndpointConfig",
        endpoint_config(
            "third",
            ProductionVariants=[
                variant(ManagedInstanceScaling={"Status": "ENABLED", "MinInstanceCount": 1, "MaxInstanceCount": 2})
            ],
        ),
        VALIDATION,
        "ManagedInstanceScaling is only supported for inference component endpoints.",
        given=configured,
    ),
    Refused(
        "CreateModel-the-role-does-not-trust-sagemaker",
        "CreateModel",
        model(),
        VALIDATION,
        f"Could not assume role {ROLE}. Please ensure that the role exists and allows principal 'sagemaker.amazonaws.com' to "
        "assume the role.",
        given=(unassumable,),
    ),
    _taken(
        "CreateEndpoint",
        {**DIGITS, "EndpointConfigName": "first"},
        f'Cannot create already existing endpoint "{ARN}".',
        *serving,
    ),
    _taken(
        "CreateEndpointConfig",
        endpoint_config("first"),
        f'Cannot create already existing endpoint configuration "{arn("endpoint-config/first")}".',
        *configured,
    ),
    _taken(
        "CreateModel",
        model(),
        f'Cannot create already existing model "{arn("model/digits")}".',
        *configured,
    ),
    _busy("UpdateEndpoint", UPDATE, "while-it-is-created", creating),
    _busy("DeleteEndpoint", DIGITS, "while-it-is-created", creating),
    _busy("UpdateEndpointWeightsAndCapacities", WEIGHTS, "while-it-is-created", creating),
    _busy("UpdateEndpoint", UPDATE, "while-it-is-updated", updating),
    _busy("DeleteEndpoint", DIGITS, "while-it-is-updated", updating),
    _busy("UpdateEndpointWeightsAndCapacities", WEIGHTS, "while-it-is-updated", updating),
    _busy("UpdateEndpoint", UPDATE, "while-it-is-deleted", (*serving, asked("DeleteEndpoint", **DIGITS))),
    _busy(
        "UpdateEndpointWeightsAndCapacities",
        WEIGHTS,
        "while-weights-change",
        (*serving, asked("UpdateEndpointWeightsAndCapacities", **WEIGHTS)),
    ),
    Refused(
        "CreateEndpoint-over-the-quota-of-a-type",
        "CreateEndpoint",
        {**DIGITS, "EndpointConfigName": "large"},
        "ResourceLimitExceeded",
        "The account-level service limit 'ml.g5.2xlarge for endpoint usage' is 0 Instances, …",
        given=(
            *configured,
            asked(
                "CreateEndpointConfig",
                **endpoint_config("large", ProductionVariants=[variant(InstanceType="ml.g5.2xlarge")]),
            ),
            limited("ml.g5.2xlarge for endpoint usage", 0),
        ),
    ),
    Refused(
        "CreateEndpoint-over-the-quota-of-all",
        "CreateEndpoint",
        {**DIGITS, "EndpointConfigName": "four"},
        "ResourceLimitExceeded",
        "The account-level service limit 'Number of instances across active endpoints' is 3 Instances, …",
        given=(
            *configured,
            asked(
                "CreateEndpointConfig", **endpoint_config("four", ProductionVariants=[variant(InitialInstanceCount=4)])
            ),
            limited("Number of instances across active endpoints", 3),
        ),
    ),
    Refused("UpdateEndpoint-that-failed", "UpdateEndpoint", UPDATE, VALIDATION, "…", given=failed),
    Refused(
        "DeleteEndpoint-of-a-scalable-target-by-somebody-who-may-not-deregister-it",
        "DeleteEndpoint",
        DIGITS,
        VALIDATION,
        "An Application AutoScaling scalable target exists for a variant being deleted, and the IAM identity used to invoke "
        "DeleteEndpoint does not have application-autoscaling:DeregisterScalableTarget …",
        given=(*serving, _scalable, _may_not_deregister),
    ),
)


def _endpoint(case: str, path: str, value: Any, *given: Do) -> Shown:
    return Shown(case, "DescribeEndpoint", DIGITS, path, value, given=given)


def _config(path: str, value: Any, *, about: str = "", **members: Any) -> Shown:
    given = (*configured, asked("CreateEndpointConfig", **endpoint_config("third", **members)))
    case = f"EndpointConfig-{path}{about}"
    return Shown(case, "DescribeEndpointConfig", {"EndpointConfigName": "third"}, path, value, given=given)


def _model(path: str, value: Any, **members: Any) -> Shown:
    request = {name: value for name, value in model(**members).items() if value is not None}
    given = (asked("CreateModel", **request),)
    return Shown(f"Model-{path}", "DescribeModel", {"ModelName": "digits"}, path, value, given=given)


SERVERLESS: Final = {
    "VariantName": "all",
    "ModelName": "digits",
    "ServerlessConfig": {"MemorySizeInMB": 1024, "MaxConcurrency": 20},
}
FROM_THE_PLATFORM: Final = {"Image": IMAGE, "ImageConfig": {"RepositoryAccessMode": "Platform"}}
failing_update: Final = (
    *serving,
    failing("Endpoint", "Request to service failed. If failure persists after retry, contact customer support."),
    asked("UpdateEndpoint", **UPDATE),
    waited(3600),
)

SHOWN: Final = (
    _endpoint("Endpoint-whose-container-is-bad-has-failed", "EndpointStatus", "Failed", *failed),
    _endpoint("Endpoint-whose-container-is-bad-says-so", "FailureReason", f"{PING}…", *failed),
    _endpoint("Endpoint-whose-update-failed-is-in-service", "EndpointStatus", "InService", *failing_update),
    _endpoint("Endpoint-whose-update-failed-has-its-old-config", "EndpointConfigName", "first", *failing_update),
    _endpoint("Endpoint-whose-update-failed-says-why", "FailureReason", "Request to service failed…", *failing_update),
    _endpoint(
        "Endpoint-whose-config-was-deleted-during-the-update-says-so",
        "FailureReason",
        NO_CONFIG.format(arn("endpoint-config/first")),
        *updating,
        asked("DeleteEndpointConfig", EndpointConfigName="first"),
        waited(3600),
    ),
    _endpoint(
        "Endpoint-LastDeploymentConfig",
        "LastDeploymentConfig.AutoRollbackConfiguration.Alarms.0.AlarmName",
        "errors",
        *serving,
        asked(
            "UpdateEndpoint",
            **UPDATE,
            DeploymentConfig={
                "BlueGreenUpdatePolicy": {
                    "TrafficRoutingConfiguration": {"Type": "ALL_AT_ONCE", "WaitIntervalInSeconds": 0}
                },
                "AutoRollbackConfiguration": {"Alarms": [{"AlarmName": "errors"}]},
            },
        ),
    ),
    _config("EnableNetworkIsolation", False),
    _config(
        "ProductionVariants.0.VolumeSizeInGB", int, about="-of-a-serverless-variant", ProductionVariants=[SERVERLESS]
    ),
    _model("EnableNetworkIsolation", False),
    _model("PrimaryContainer.Mode", "SingleModel"),
    _model("Containers.0.Mode", "SingleModel", PrimaryContainer=None, Containers=[{"Image": IMAGE}]),
    _model("Containers.0.ImageConfig.RepositoryAuthConfig", {}, PrimaryContainer=None, Containers=[FROM_THE_PLATFORM]),
    Shown(
        "InferenceComponent-RuntimeConfig.DesiredCopyCount",
        "DescribeInferenceComponent",
        {"InferenceComponentName": "part"},
        "RuntimeConfig.DesiredCopyCount",
        1,
        given=hosting,
    ),
)
