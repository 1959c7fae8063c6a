"""MLflow and partner apps: applications that SageMaker runs for a team beside Studio."""

from sagemaker_operator.model.families import Family

from .kind import Change, Column, Kind, Lifecycle, Reference, says

MLFLOW_TRACKING_SERVER = Kind(
    family=Family("MlflowTrackingServer", identity="TrackingServerName", status="TrackingServerStatus"),
    short="smmlflow",
    summary="An MLflow tracking server that SageMaker runs; it can be stopped and started.",
    lifecycle=Lifecycle.SERVICE,
    absent=(says("ResourceNotFound"),),
    # No source tells the words or the code.
    exists=(says("ValidationException", "already exists"), says("ConflictException", "already exists")),
    busy=(says("ConflictException"),),
    changing=frozenset({"Creating", "Updating", "Starting", "MaintenanceInProgress"}),
    stopping=frozenset({"Stopping"}),
    leaving=frozenset({"Deleting"}),
    ready=frozenset({"Created", "Updated", "Started", "MaintenanceComplete"}),
    stopped=frozenset({"Stopped"}),
    failed=frozenset(
        {"CreateFailed", "UpdateFailed", "DeleteFailed", "StopFailed", "StartFailed", "MaintenanceFailed"}
    ),
    serving=frozenset({"Updating", "MaintenanceInProgress"}),
    repairable=frozenset({"UpdateFailed", "StopFailed", "StartFailed", "MaintenanceFailed"}),
    sparse=True,
    columns=(
        Column("Size", ".spec.trackingServerSize"),
        Column("Active", ".status.isActive"),
        Column("Server-Name", ".status.trackingServerName", wide=True),
        Column("URL", ".status.trackingServerURL", wide=True),
    ),
)

MLFLOW_APP = Kind(
    family=Family("MlflowApp", identity="Name", status="Status"),
    short="smmlapp",
    summary="A serverless MLflow of SageMaker: an artifact store, and the domains that use it.",
    lifecycle=Lifecycle.SERVICE,
    absent=(says("ResourceNotFound"),),
    exists=(says("ValidationException", "already exists"), says("ConflictException", "already exists")),
    busy=(says("ConflictException"),),
    changing=frozenset({"Creating", "Updating"}),
    leaving=frozenset({"Deleting"}),
    ready=frozenset({"Created", "Updated"}),
    failed=frozenset({"CreateFailed", "UpdateFailed", "DeleteFailed"}),
    gone=frozenset({"Deleted"}),
    serving=frozenset({"Updating"}),
    repairable=frozenset({"UpdateFailed"}),
    unordered=frozenset({"DefaultDomainIdList"}),
    sparse=True,
    references=(Reference("defaultDomainRefs[]", "defaultDomainIDList", "Domain", "domainID"),),
    columns=(
        Column("MLflow", ".status.mlflowVersion"),
        Column("App-Name", ".status.name", wide=True),
    ),
)

PARTNER_APP = Kind(
    # Which version of the application runs can only be chosen once it is there.
    family=Family("PartnerApp", identity="Name", status="Status", extras=("AppVersion",)),
    short="smpartner",
    summary="An application of an AWS partner that SageMaker runs: Comet, Deepchecks, Fiddler or Lakera Guard.",
    lifecycle=Lifecycle.SERVICE,
    absent=(says("ResourceNotFound"),),
    exists=(says("ConflictException", "already exists"),),
    busy=(says("ConflictException"),),
    changing=frozenset({"Creating", "Updating"}),
    leaving=frozenset({"Deleting"}),
    ready=frozenset({"Available"}),
    failed=frozenset({"Failed", "UpdateFailed"}),
    gone=frozenset({"Deleted"}),
    serving=frozenset({"Updating"}),
    repairable=frozenset({"UpdateFailed"}),
    changes=(Change("AppVersion"),),
    shown_at={"AppVersion": "Version"},
    unordered=frozenset({"ApplicationConfig.AdminUsers", "ApplicationConfig.AssignedGroupPatterns"}),
    sparse=True,
    reasons=("Error.Reason",),
    columns=(
        Column("Type", ".spec.type_"),
        Column("Tier", ".spec.tier"),
        Column("Version", ".status.version"),
        Column("App-Name", ".status.name", wide=True),
        Column("URL", ".status.baseURL", wide=True),
    ),
)
