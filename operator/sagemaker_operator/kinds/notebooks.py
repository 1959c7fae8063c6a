"""Notebook instances, the scripts that they start with, and the Git repositories that they know by a name."""

from sagemaker_operator.model.families import Family

from .kind import Change, Column, Kind, Lifecycle, Reference, Source, says

NOTEBOOK_INSTANCE = Kind(
    family=Family("NotebookInstance", identity="NotebookInstanceName", status="NotebookInstanceStatus"),
    short="smnb",
    summary="A SageMaker notebook instance: a machine that runs Jupyter.",
    lifecycle=Lifecycle.SERVICE,
    absent=(says("ValidationException", "RecordNotFound"),),
    exists=(says("ValidationException", "Cannot create a duplicate Notebook Instance"),),
    # What it says of every change that its status does not allow yet.
    busy=(says("ValidationException", "Unable to transition to"),),
    changing=frozenset({"Pending", "Updating", "PendingMaintenance", "InMaintenance"}),
    stopping=frozenset({"Stopping"}),
    leaving=frozenset({"Deleting"}),
    ready=frozenset({"InService"}),
    stopped=frozenset({"Stopped"}),
    failed=frozenset({"Failed"}),
    changes=(
        Change("LifecycleConfigName", clears="DisassociateLifecycleConfig"),
        Change("DefaultCodeRepository", clears="DisassociateDefaultCodeRepository"),
        Change("AdditionalCodeRepositories", clears="DisassociateAdditionalCodeRepositories"),
        Change("AcceleratorTypes", clears="DisassociateAcceleratorTypes"),
    ),
    shown_at={"LifecycleConfigName": "NotebookInstanceLifecycleConfigName", "SecurityGroupIds": "SecurityGroups"},
    unordered=frozenset({"SecurityGroupIds", "AdditionalCodeRepositories", "AcceleratorTypes"}),
    sparse=True,
    stops_to_update=True,
    stops_to_delete=True,
    references=(
        Reference(
            "lifecycleConfigRef",
            "lifecycleConfigName",
            "NotebookInstanceLifecycleConfig",
            "notebookInstanceLifecycleConfigName",
        ),
        Reference("defaultCodeRepositoryRef", "defaultCodeRepository", "CodeRepository", "codeRepositoryName"),
        Reference(
            "additionalCodeRepositoryRefs[]", "additionalCodeRepositories", "CodeRepository", "codeRepositoryName"
        ),
    ),
    columns=(
        Column("Instance", ".spec.instanceType"),
        Column("Notebook-Name", ".status.notebookInstanceName", wide=True),
        Column("URL", ".status.url", wide=True),
    ),
    event="SageMaker Notebook Instance State Change",
)

NOTEBOOK_INSTANCE_LIFECYCLE_CONFIG = Kind(
    family=Family("NotebookInstanceLifecycleConfig", identity="NotebookInstanceLifecycleConfigName"),
    short="smnlc",
    summary="Scripts that run when a SageMaker notebook instance is created, and whenever it is started.",
    lifecycle=Lifecycle.RECORD,
    # Describe says first which of the two it means: ACK's generator.yaml knows only its beginning.
    absent=(
        says(
            "ValidationException",
            "Unable to describe Notebook Instance Lifecycle Config",
            "Notebook Instance Lifecycle Config does not exist",
        ),
    ),
    exists=(says("ValidationException", "Lifecycle Config already exists"),),
    busy=(says("ValidationException", "Lifecycle Config is used by"),),
    sources=(
        Source("onCreate[].contentFrom", "content", base64=True),
        Source("onStart[].contentFrom", "content", base64=True),
    ),
    columns=(Column("Config-Name", ".status.notebookInstanceLifecycleConfigName", wide=True),),
    event="SageMaker Notebook Lifecycle Config State Change",
)

CODE_REPOSITORY = Kind(
    family=Family("CodeRepository", identity="CodeRepositoryName"),
    short="smrepo",
    plural="coderepositories",
    summary="A Git repository that SageMaker notebook instances know by a name, with the secret that opens it.",
    lifecycle=Lifecycle.RECORD,
    absent=(says("ValidationException", "Cannot find CodeRepository"),),
    exists=(says("ValidationException", "Cannot create a duplicate CodeRepository"),),
    busy=(says("ConflictException"),),
    # UpdateCodeRepository takes the secret alone.
    fixed=frozenset({"GitConfig.RepositoryUrl", "GitConfig.Branch"}),
    columns=(
        Column("Repository", ".spec.gitConfig.repositoryURL"),
        Column("Repository-Name", ".status.codeRepositoryName", wide=True),
    ),
)
