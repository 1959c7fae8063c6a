"""Model, EndpointConfig and Endpoint: what serves predictions."""

from sagemaker_operator.model.families import Family

from .inline import Inline
from .kind import BuiltIn, Column, Kind, Lifecycle, Reference, says
from .scalable import Scalable

MODEL = Kind(
    family=Family("Model", identity="ModelName"),
    short="smmodel",
    summary="A SageMaker model: one or more containers with their model artifacts, ready to be deployed.",
    lifecycle=Lifecycle.RECORD,
    absent=(says("ValidationException", "Could not find model"),),
    exists=(says("ValidationException", "Cannot create already existing model"),),
    # https://github.com/aws/amazon-sagemaker-operator-for-k8s/pull/164
    exactly_one=(("PrimaryContainer", "Containers"),),
    references=(
        Reference(
            "primaryContainer.modelDataURLRef",
            "modelDataURL",
            "TrainingJob",
            "modelArtifacts.s3ModelArtifacts",
            holds=False,
        ),
        Reference(
            "containers[].modelDataURLRef",
            "modelDataURL",
            "TrainingJob",
            "modelArtifacts.s3ModelArtifacts",
            holds=False,
        ),
        Reference("primaryContainer.modelPackageRef", "modelPackageName", "ModelPackage", "arn"),
        Reference("containers[].modelPackageRef", "modelPackageName", "ModelPackage", "arn"),
        # What Autopilot recommends is a list of containers, as a model takes it.
        Reference("containersRef", "containers", "AutoMLJobV2", "bestCandidate.inferenceContainers", holds=False),
        Reference("autoMLJobRef", "containers", "AutoMLJob", "bestCandidate.inferenceContainers", holds=False),
    ),
    images=(
        BuiltIn("primaryContainer.builtIn", "image", "inference"),
        BuiltIn("containers[].builtIn", "image", "inference"),
    ),
    columns=(Column("Model-Name", ".status.modelName", wide=True),),
    event="SageMaker Model State Change",
)

ENDPOINT_CONFIG = Kind(
    family=Family("EndpointConfig", identity="EndpointConfigName"),
    short="smepc",
    summary="A SageMaker endpoint configuration: which models an endpoint serves, and on what.",
    lifecycle=Lifecycle.RECORD,
    absent=(says("ValidationException", "Could not find endpoint configuration"),),
    exists=(says("ValidationException", "Cannot create already existing endpoint configuration"),),
    unseen=(says("ValidationException", "Could not find model"),),
    references=(
        Reference("productionVariants[].modelRef", "modelName", "Model", "modelName"),
        Reference("shadowProductionVariants[].modelRef", "modelName", "Model", "modelName"),
    ),
    columns=(Column("Config-Name", ".status.endpointConfigName", wide=True),),
    event="SageMaker Endpoint Config State Change",
)

ENDPOINT = Kind(
    family=Family(
        "Endpoint",
        identity="EndpointName",
        status="EndpointStatus",
        extras=("RetainAllVariantProperties", "ExcludeRetainedVariantProperties", "RetainDeploymentConfig"),
    ),
    short="smep",
    summary="A SageMaker endpoint: serves predictions from the models of its endpoint configuration.",
    lifecycle=Lifecycle.SERVICE,
    # "Could not find endpoint configuration" begins alike and means something else: the quotation mark tells them apart.
    absent=(says("ValidationException", 'Could not find endpoint "'),),
    exists=(says("ValidationException", 'Cannot create already existing endpoint "'),),
    busy=(says("ValidationException", "Cannot update in-progress endpoint"),),
    # "Eventually consistent reads … this causes a validation error": the documentation of CreateEndpoint.
    unseen=(says("ValidationException", "Could not find endpoint configuration"),),
    changing=frozenset({"Creating", "Updating", "SystemUpdating", "RollingBack"}),
    leaving=frozenset({"Deleting"}),
    ready=frozenset({"InService"}),
    failed=frozenset({"Failed", "OutOfService", "UpdateRollbackFailed"}),
    serving=frozenset({"Updating", "SystemUpdating", "RollingBack"}),
    # Of a failed endpoint SageMaker accepts nothing but DeleteEndpoint.
    repairable=frozenset({"UpdateRollbackFailed", "OutOfService"}),
    manners=frozenset(
        {
            "DeploymentConfig",
            "RetainAllVariantProperties",
            "ExcludeRetainedVariantProperties",
            "RetainDeploymentConfig",
        }
    ),
    # SageMaker's own default resets autoscaled instance counts to those of the new configuration.
    update_sends={"RetainAllVariantProperties": True},
    observed=frozenset({"EndpointConfigName"}),
    references=(
        Reference("endpointConfigRef", "endpointConfigName", "EndpointConfig", "endpointConfigName"),
        *(
            Reference(
                f"{way}trainingJobRef", "modelDataURL", "TrainingJob", "modelArtifacts.s3ModelArtifacts", holds=False
            )
            for way in ("productionVariants[].", "shadowProductionVariants[].", "canary.")
        ),
        # The first recommendation: its instances, or its memory and concurrency.
        Reference(
            "productionVariants[].recommendationRef",
            "instanceType",
            "InferenceRecommendationsJob",
            "inferenceRecommendations",
        ),
    ),
    inline=Inline(
        field="productionVariants",
        sets="endpointConfigName",
        kind="EndpointConfig",
        reads="endpointConfigName",
        lists=("productionVariants", "shadowProductionVariants"),
        inner="Model",
        inner_field="model",
        inner_sets="modelName",
        inner_ref="modelRef",
    ),
    scalable=Scalable(
        resource="endpoint/{name}/variant/{item}",
        dimension="sagemaker:variant:DesiredInstanceCount",
        count="instances",
        metrics=(
            "SageMakerVariantInvocationsPerInstance",
            "SageMakerVariantConcurrentRequestsPerModelHighResolution",
            "SageMakerVariantProvisionedConcurrencyUtilization",
        ),
        items="productionVariants",
        key="variantName",
        instead={"serverlessConfig": "sagemaker:variant:DesiredProvisionedConcurrency"},
        found="ProductionVariants",
        current=("CurrentInstanceCount", "CurrentServerlessConfig.ProvisionedConcurrency"),
        desired=("DesiredInstanceCount", "DesiredServerlessConfig.ProvisionedConcurrency"),
        # https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-autoscale.html
        zero_with="asyncInferenceConfig",
        dimensions={"EndpointName": "{name}", "VariantName": "{item}"},
    ),
    columns=(
        Column("Traffic", ".status.trafficSummary"),
        Column("Instances", ".status.instances", "integer"),
        Column("Config", ".status.endpointConfigName", wide=True),
        Column("URL", ".status.url", wide=True),
        Column("Endpoint-Name", ".status.endpointName", wide=True),
    ),
    rollback=True,
    # https://github.com/aws-controllers-k8s/sagemaker-controller, pkg/resource/endpoint/hooks.go: an internal error.
    passing=("Request to service failed",),
    event="SageMaker Endpoint State Change",
)
