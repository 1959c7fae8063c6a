"""Job and TrainingSession: the ways to customize a foundation model."""

from sagemaker_operator.model.families import Family

from .kind import Column, Kind, Lifecycle, Reference, Source, says
from .running import Running

JOB = Kind(
    family=Family("Job", identity="JobName", status="JobStatus"),
    short="smjob",
    summary="A SageMaker model customization job, smjob to kubectl: fine-tunes or evaluates a model, or makes data.",
    lifecycle=Lifecycle.JOB,
    run=Running(end="EndTime"),
    absent=(says("ResourceNotFound"),),
    exists=(says("ResourceInUse", "already exists"),),
    busy=(says("ValidationException", "The request was rejected because"), says("ResourceInUse")),
    changing=frozenset({"InProgress"}),
    stopping=frozenset({"Stopping"}),
    leaving=frozenset({"Deleting"}),
    ready=frozenset({"Completed"}),
    stopped=frozenset({"Stopped"}),
    failed=frozenset({"Failed", "DeleteFailed"}),
    documents=frozenset({"JobConfigDocument"}),
    secondary="SecondaryStatus",
    sources=(Source("jobConfigDocumentFrom", "jobConfigDocument"),),
    columns=(Column("Category", ".spec.jobCategory"),),
)

TRAINING_SESSION = Kind(
    family=Family("TrainingSession", identity="TrainingSessionName", status="TrainingSessionStatus"),
    short="smts",
    summary="A SageMaker training session: keeps compute at hand to fine-tune a foundation model step by step, with LoRA.",
    lifecycle=Lifecycle.SERVICE,
    absent=(says("ResourceNotFound"),),
    exists=(says("ResourceInUse", "already exists"),),
    busy=(says("ValidationException", "The request was rejected because"), says("ResourceInUse")),
    changing=frozenset({"Created", "Scheduled", "Blocked"}),
    stopping=frozenset({"Stopping"}),
    leaving=frozenset({"Deleting"}),
    ready=frozenset({"Running"}),
    stopped=frozenset({"Stopped", "Expired"}),
    failed=frozenset({"Failed", "DeletionFailed"}),
    stops_to_delete=True,
    stoppable=frozenset({"Created", "Scheduled", "Blocked"}),
    # What a session has learned is not in another one of its name.
    drift="Report",
    reasons=("ErrorDetails",),
    references=(
        Reference("modelPackageGroupRef", "modelPackageGroupARN", "ModelPackageGroup", "arn"),
        Reference("modelConfig.hubContentRef", "baseModelARN", "HubContent", "arn"),
    ),
    columns=(
        Column("Model", ".spec.modelConfig.baseModelARN", wide=True),
        Column("Session-Name", ".status.trainingSessionName", wide=True),
    ),
)
