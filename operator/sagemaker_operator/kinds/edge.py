"""EdgePackagingJob, DeviceFleet and EdgeDeploymentPlan: models on devices."""

from sagemaker_operator.model.families import Family

from .kind import Column, Kind, Lifecycle, Reference, says
from .running import Running

# https://docs.aws.amazon.com/sagemaker/latest/dg/edge.html
_EDGE_MANAGER = "SageMaker Edge Manager was discontinued on April 26th, 2024."

EDGE_PACKAGING_JOB = Kind(
    family=Family("EdgePackagingJob", identity="EdgePackagingJobName", status="EdgePackagingJobStatus"),
    short="smedgepkg",
    summary="A SageMaker Edge Manager packaging job: packs a compiled model for devices.",
    lifecycle=Lifecycle.JOB,
    run=Running(),
    closed=_EDGE_MANAGER,
    absent=(says("ResourceNotFound"),),
    exists=(says("ValidationException", "already exists"), says("ResourceInUse", "already exists")),
    changing=frozenset({"STARTING", "INPROGRESS"}),
    stopping=frozenset({"STOPPING"}),
    ready=frozenset({"COMPLETED"}),
    stopped=frozenset({"STOPPED"}),
    failed=frozenset({"FAILED"}),
    reasons=("EdgePackagingJobStatusMessage",),
    references=(
        Reference("compilationJobRef", "compilationJobName", "CompilationJob", "compilationJobName", holds=False),
    ),
    columns=(
        Column("Model", ".spec.modelName"),
        Column("Artifact", ".status.modelArtifact", wide=True),
    ),
)

DEVICE_FLEET = Kind(
    family=Family("DeviceFleet", identity="DeviceFleetName"),
    short="smfleet",
    summary="A SageMaker Edge Manager device fleet: a group of devices, and where their data goes.",
    lifecycle=Lifecycle.RECORD,
    closed=_EDGE_MANAGER,
    absent=(says("ValidationException", "No devicefleet with name"), says("ResourceNotFound")),
    exists=(says("ResourceInUse", "already exists"),),
    # What is in use is so until its devices are deregistered, which nobody does by waiting; it is tried again all the same.
    busy=(says("ResourceInUse"),),
    columns=(Column("Fleet-Name", ".status.deviceFleetName", wide=True),),
)

EDGE_DEPLOYMENT_PLAN = Kind(
    family=Family("EdgeDeploymentPlan", identity="EdgeDeploymentPlanName"),
    short="smedgeplan",
    summary="A SageMaker Edge Manager deployment plan: which packaged models go to which devices of a fleet, in stages.",
    lifecycle=Lifecycle.RECORD,
    closed=_EDGE_MANAGER,
    absent=(says("ResourceNotFound"),),
    exists=(says("ValidationException", "already exists"), says("ResourceInUse", "already exists")),
    # It can be deleted while none of its stages is being deployed.
    busy=(says("ResourceInUse"),),
    references=(
        Reference("deviceFleetRef", "deviceFleetName", "DeviceFleet", "deviceFleetName"),
        Reference(
            "modelConfigs[].edgePackagingJobRef", "edgePackagingJobName", "EdgePackagingJob", "edgePackagingJobName"
        ),
    ),
    columns=(
        Column("Deployed", ".status.edgeDeploymentSuccess", "integer"),
        Column("Pending", ".status.edgeDeploymentPending", "integer"),
        Column("Failed", ".status.edgeDeploymentFailed", "integer"),
        Column("Plan-Name", ".status.edgeDeploymentPlanName", wide=True),
    ),
)
