"""InferenceComponent, InferenceExperiment and InferenceRouter: models that share endpoints, shadow tests, ways to endpoints."""

from sagemaker_operator.model.families import Family

from .kind import Column, Kind, Lifecycle, Reference, says
from .scalable import Scalable


def _specification(at: str) -> tuple[Reference, ...]:
    return (
        Reference(f"{at}.modelRef", "modelName", "Model", "modelName"),
        Reference(
            f"{at}.baseInferenceComponentRef",
            "baseInferenceComponentName",
            "InferenceComponent",
            "inferenceComponentName",
        ),
        Reference(
            f"{at}.container.artifactURLRef",
            "artifactURL",
            "TrainingJob",
            "modelArtifacts.s3ModelArtifacts",
            holds=False,
        ),
    )


INFERENCE_COMPONENT = Kind(
    family=Family(
        "InferenceComponent",
        identity="InferenceComponentName",
        status="InferenceComponentStatus",
        extras=("DeploymentConfig",),
    ),
    short="smic",
    summary="A SageMaker inference component: copies of a model on the instances of an endpoint that others may share.",
    lifecycle=Lifecycle.SERVICE,
    absent=(says("ValidationException", "Could not find inference component"),),
    exists=(says("ValidationException", "Cannot create already existing inference component"),),
    busy=(
        says(
            "ValidationException",
            "Cannot update or delete inference component",
            "DELETE_IN_PROGRESS",
            # Its adapters go first.
            "is a base inference component for one or more associated",
        ),
    ),
    changing=frozenset({"Creating", "Updating"}),
    leaving=frozenset({"Deleting"}),
    ready=frozenset({"InService"}),
    failed=frozenset({"Failed"}),
    serving=frozenset({"Updating"}),
    repairable=frozenset({"Failed"}),
    exactly_one=(("Specification", "Specifications"),),
    shown_at={
        "RuntimeConfig.CopyCount": "RuntimeConfig.DesiredCopyCount",
        "Specification.Container.Image": "Specification.Container.DeployedImage.SpecifiedImage",
        "Specifications.Container.Image": "Specifications.Container.DeployedImage.SpecifiedImage",
    },
    # A specification starts all copies anew, other numbers of copies do not.
    sparse=True,
    goes_with={"DeploymentConfig": ("Specification", "Specifications")},
    observed=frozenset({"RuntimeConfig"}),
    references=(
        Reference("endpointRef", "endpointName", "Endpoint", "endpointName"),
        *_specification("specification"),
        *_specification("specifications[]"),
    ),
    columns=(
        Column("Copies", ".status.runtimeConfig.currentCopyCount", "integer"),
        Column("Endpoint", ".spec.endpointName", wide=True),
        Column("Component-Name", ".status.inferenceComponentName", wide=True),
    ),
    scalable=Scalable(
        resource="inference-component/{name}",
        dimension="sagemaker:inference-component:DesiredCopyCount",
        count="copies",
        metrics=(
            "SageMakerInferenceComponentInvocationsPerCopy",
            "SageMakerInferenceComponentConcurrentRequestsPerCopyHighResolution",
        ),
        current=("RuntimeConfig.CurrentCopyCount",),
        desired=("RuntimeConfig.DesiredCopyCount",),
        dimensions={"InferenceComponentName": "{name}"},
        sets="RuntimeConfig",
    ),
    rollback=True,
)

INFERENCE_EXPERIMENT = Kind(
    family=Family("InferenceExperiment", identity="Name", status="Status"),
    short="sminfexp",
    summary="A SageMaker shadow test: a variant gets a share of an endpoint's requests for some time, and answers none.",
    lifecycle=Lifecycle.SERVICE,
    absent=(says("ResourceNotFound"),),
    exists=(says("ResourceInUse", "already exists"),),
    busy=(says("ConflictException"),),
    changing=frozenset({"Creating", "Updating", "Starting"}),
    stopping=frozenset({"Stopping"}),
    ready=frozenset({"Created", "Running", "Completed"}),
    stopped=frozenset({"Cancelled"}),
    serving=frozenset({"Updating"}),
    reasons=("StatusReason",),
    # A stopped experiment is over: StartInferenceExperiment is for one that waits for its time.
    suspends=False,
    stops_to_delete=True,
    # The endpoint goes on with the variant that it had before.
    stop_names={
        "ModelVariantActions": {
            "ShadowModeConfig.SourceModelVariantName": "Retain",
            "ShadowModeConfig.ShadowModelVariants.ShadowModelVariantName": "Remove",
        }
    },
    ended=frozenset({"Completed"}),
    sparse=True,
    references=(
        Reference("endpointRef", "endpointName", "Endpoint", "endpointName"),
        Reference("modelVariants[].modelRef", "modelName", "Model", "modelName"),
    ),
    columns=(
        Column("Endpoint", ".status.endpointMetadata.endpointName"),
        Column("Ends", ".spec.schedule.endTime", wide=True),
        Column("Experiment-Name", ".status.name", wide=True),
    ),
    naming_limit=120,
)

INFERENCE_ROUTER = Kind(
    family=Family("InferenceRouter", identity="InferenceRouterName", status="Status"),
    short="sminfrouter",
    summary="A SageMaker inference router: one name for endpoints and inference components, of this account or others.",
    lifecycle=Lifecycle.SERVICE,
    absent=(says("ResourceNotFound"),),
    exists=(says("ResourceAlreadyExists"),),
    busy=(says("ConflictException"),),
    changing=frozenset({"Creating", "Updating"}),
    leaving=frozenset({"Deleting"}),
    ready=frozenset({"InService"}),
    failed=frozenset({"Failed"}),
    serving=frozenset({"Updating"}),
    repairable=frozenset({"Failed"}),
    # Whether a destination can be reached right now.
    volatile=frozenset({"RoutingTargets.Destinations.RoutingStatus"}),
    reasons=("StatusReason",),
    references=(
        Reference("routingTargets[].destinations[].endpointRef", "resourceARN", "Endpoint", "arn"),
        Reference("routingTargets[].destinations[].inferenceComponentRef", "resourceARN", "InferenceComponent", "arn"),
    ),
    columns=(Column("Router-Name", ".status.inferenceRouterName", wide=True),),
)
