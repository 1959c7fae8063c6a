"""ModelPackageGroup, ModelPackage, Algorithm, ModelCard and ModelCardExportJob: what is registered for others to use."""

from sagemaker_operator.model.families import Family

from .kind import Change, Column, Kind, Lifecycle, Reference, Source, says
from .running import Running

MODEL_PACKAGE_GROUP = Kind(
    family=Family("ModelPackageGroup", identity="ModelPackageGroupName", status="ModelPackageGroupStatus"),
    short="smmpg",
    summary="A SageMaker model package group: a model in the registry, whose versions are model packages.",
    lifecycle=Lifecycle.SERVICE,
    absent=(says("ValidationException", "does not exist"),),
    exists=(says("ValidationException", "already exists"),),
    # A group with packages in it cannot be deleted.
    busy=(says("ConflictException"),),
    changing=frozenset({"Pending", "InProgress"}),
    leaving=frozenset({"Deleting"}),
    ready=frozenset({"Completed"}),
    failed=frozenset({"Failed", "DeleteFailed"}),
    columns=(Column("Group-Name", ".status.modelPackageGroupName", wide=True),),
)

MODEL_PACKAGE = Kind(
    # A version has no name but a number, so the ARN is its address, and the token tells our requests apart.
    family=Family(
        "ModelPackage",
        identity="ClientToken",
        status="ModelPackageStatus",
        addresses={"ModelPackageName": "ModelPackageArn"},
        extras=("ApprovalDescription",),
    ),
    short="smmp",
    summary="A SageMaker model package: a version of a model in its group, or a package with a name of its own.",
    lifecycle=Lifecycle.SERVICE,
    absent=(says("ValidationException", "does not exist"),),
    exists=(says("ConflictException", "already exists"),),
    busy=(says("ConflictException"),),
    changing=frozenset({"Pending", "InProgress"}),
    leaving=frozenset({"Deleting"}),
    ready=frozenset({"Completed"}),
    failed=frozenset({"Failed"}),
    exactly_one=(("ModelPackageGroupName", "ModelPackageName"),),
    changes=(
        Change("CustomerMetadataProperties", removes="CustomerMetadataPropertiesToRemove"),
        Change("AdditionalInferenceSpecifications", adds="AdditionalInferenceSpecificationsToAdd", by="Name"),
    ),
    documents=frozenset({"ModelCard.ModelCardContent"}),
    # An approval does not repeat the rest, which SageMaker would take for a change.
    sparse=True,
    # CreateModelPackage's documentation: a version has the tags of its group.
    untagged_with="ModelPackageGroupName",
    reasons=(
        "ModelPackageStatusDetails.ImageScanStatuses[].FailureReason",
        "ModelPackageStatusDetails.ValidationStatuses[].FailureReason",
    ),
    # People approve packages in Studio, too.
    observed=frozenset({"ModelApprovalStatus", "ModelPackageGroupName"}),
    references=(
        Reference("modelPackageGroupRef", "modelPackageGroupName", "ModelPackageGroup", "modelPackageGroupName"),
        *(
            Reference(
                f"{containers}.modelDataURLRef",
                "modelDataURL",
                "TrainingJob",
                "modelArtifacts.s3ModelArtifacts",
                holds=False,
            )
            for containers in (
                "inferenceSpecification.containers[]",
                "additionalInferenceSpecifications[].containers[]",
                "sourceAlgorithmSpecification.sourceAlgorithms[]",
            )
        ),
        *(
            Reference(
                f"{containers}.modelDataSource.s3DataSource.hubAccessConfig.hubContentRef",
                "hubContentARN",
                "HubContent",
                "arn",
                holds=False,
            )
            for containers in (
                "inferenceSpecification.containers[]",
                "additionalInferenceSpecifications[].containers[]",
            )
        ),
        Reference(
            "sourceAlgorithmSpecification.sourceAlgorithms[].algorithmRef",
            "algorithmName",
            "Algorithm",
            "algorithmName",
            holds=False,
        ),
    ),
    sources=(Source("modelCard.modelCardContentFrom", "modelCardContent"),),
    columns=(
        Column("Group", ".status.modelPackageGroupName"),
        Column("Version", ".status.modelPackageVersion", "integer"),
        Column("Approval", ".status.modelApprovalStatus"),
    ),
    naming_limit=36,
    event="SageMaker Model Package State Change",
)

ALGORITHM = Kind(
    family=Family("Algorithm", identity="AlgorithmName", status="AlgorithmStatus"),
    short="smalgo",
    summary="A SageMaker algorithm: a training image and, if wanted, an inference image that jobs can name.",
    lifecycle=Lifecycle.SERVICE,
    absent=(says("ValidationException", "does not exist"),),
    exists=(says("ValidationException", "already exists"),),
    busy=(says("ConflictException"),),
    changing=frozenset({"Pending", "InProgress"}),
    leaving=frozenset({"Deleting"}),
    ready=frozenset({"Completed"}),
    failed=frozenset({"Failed"}),
    reasons=(
        "AlgorithmStatusDetails.ImageScanStatuses[].FailureReason",
        "AlgorithmStatusDetails.ValidationStatuses[].FailureReason",
    ),
    columns=(
        Column("Algorithm-Name", ".status.algorithmName", wide=True),
        Column("Image", ".spec.trainingSpecification.trainingImage", wide=True),
    ),
    event="SageMaker Algorithm State Change",
)

MODEL_CARD = Kind(
    # ModelCardStatus is what people say about the model; only its deletion is something that SageMaker does.
    family=Family("ModelCard", identity="ModelCardName", status="ModelCardProcessingStatus"),
    short="smcard",
    summary="A SageMaker model card: a document about a model, its use, its risks and its evaluation, in versions.",
    lifecycle=Lifecycle.SERVICE,
    absent=(says("ResourceNotFound"),),
    exists=(says("ConflictException", "already exists"),),
    busy=(says("ConflictException"),),
    leaving=frozenset({"DeletePending", "DeleteInProgress", "ContentDeleted", "ExportJobsDeleted"}),
    gone=frozenset({"DeleteCompleted"}),
    failed=frozenset({"DeleteFailed"}),
    documents=frozenset({"Content"}),
    # UpdateModelCard's documentation: content or status, not both.
    one_at_a_time=True,
    observed=frozenset({"ModelCardStatus"}),
    sources=(Source("contentFrom", "content"),),
    columns=(
        Column("Card-Status", ".status.modelCardStatus"),
        Column("Version", ".status.modelCardVersion", "integer"),
        Column("Card-Name", ".status.modelCardName", wide=True),
    ),
    event="SageMaker Model Card State Change",
)

MODEL_CARD_EXPORT_JOB = Kind(
    family=Family("ModelCardExportJob", identity="ModelCardExportJobName", status="Status"),
    short="smcardx",
    summary="A SageMaker model card export job: writes a model card to S3 as a PDF.",
    lifecycle=Lifecycle.JOB,
    run=Running(),
    absent=(says("ResourceNotFound"),),
    exists=(says("ConflictException", "already exists"),),
    changing=frozenset({"InProgress"}),
    ready=frozenset({"Completed"}),
    failed=frozenset({"Failed"}),
    observed=frozenset({"ModelCardName"}),
    references=(Reference("modelCardRef", "modelCardName", "ModelCard", "modelCardName", holds=False),),
    columns=(
        Column("Card", ".status.modelCardName"),
        Column("PDF", ".status.exportArtifacts.s3ExportArtifacts", wide=True),
    ),
    event="SageMaker Model Card Export Job State Change",
)
