"""Experiment, Trial and TrialComponent; Action, Artifact and Context: what came of what."""

from sagemaker_operator.model.families import Family

from .kind import Attachment, Change, Column, Kind, Lifecycle, Reference, says

# https://docs.aws.amazon.com/sagemaker/latest/dg/experiments.html
_EXPERIMENTS = (
    "AWS: experiment tracking with SageMaker Experiments is only available in Studio Classic; "
    "it recommends to create experiments with MLflow."
)

EXPERIMENT = Kind(
    family=Family("Experiment", identity="ExperimentName"),
    short="smexp",
    summary="A SageMaker experiment: trials that are observed and compared as a group.",
    lifecycle=Lifecycle.RECORD,
    absent=(says("ResourceNotFound"),),
    exists=(says("ValidationException", "already exists", "must be unique"),),
    # An experiment with trials cannot be deleted, nor changed by two hands at once.
    busy=(says("ConflictException"),),
    closed=_EXPERIMENTS,
    columns=(Column("Experiment-Name", ".status.experimentName", wide=True),),
    naming_limit=120,
)

TRIAL = Kind(
    family=Family("Trial", identity="TrialName"),
    short="smtrial",
    summary="A SageMaker trial: the steps of one iteration of an experiment.",
    lifecycle=Lifecycle.RECORD,
    absent=(says("ResourceNotFound"),),
    exists=(says("ValidationException", "already exists", "must be unique"),),
    # A trial with components cannot be deleted.
    busy=(says("ConflictException"),),
    closed=_EXPERIMENTS,
    observed=frozenset({"ExperimentName"}),
    references=(Reference("experimentRef", "experimentName", "Experiment", "experimentName"),),
    columns=(
        Column("Experiment", ".status.experimentName"),
        Column("Trial-Name", ".status.trialName", wide=True),
    ),
    naming_limit=120,
)

TRIAL_COMPONENT = Kind(
    family=Family("TrialComponent", identity="TrialComponentName"),
    short="smtc",
    summary="A SageMaker trial component: one step of a trial, with its parameters, inputs and outputs.",
    lifecycle=Lifecycle.RECORD,
    absent=(says("ResourceNotFound"),),
    exists=(says("ValidationException", "already exists", "must be unique"),),
    # A component that belongs to a trial cannot be deleted.
    busy=(says("ConflictException"),),
    closed=_EXPERIMENTS,
    changes=tuple(
        Change(member, removes=f"{member}ToRemove") for member in ("Parameters", "InputArtifacts", "OutputArtifacts")
    ),
    references=(Reference("trialRefs[]", "trialNames", "Trial", "trialName"),),
    attachments=(
        Attachment(
            "trialNames",
            "TrialName",
            attach="AssociateTrialComponent",
            detach="DisassociateTrialComponent",
            listing="ListTrials",
            summary="The trials that this component is a step of, by name.",
        ),
    ),
    columns=(
        Column("Outcome", ".spec.status.primaryStatus"),
        Column("Component-Name", ".status.trialComponentName", wide=True),
    ),
    naming_limit=120,
)

ACTION = Kind(
    # The status of an action is what people say it is.
    family=Family("Action", identity="ActionName"),
    short="smaction",
    summary="A SageMaker lineage action: something that was done, such as a deployment of a model.",
    lifecycle=Lifecycle.RECORD,
    absent=(says("ResourceNotFound"),),
    exists=(says("ValidationException", "already exists"),),
    busy=(says("ConflictException"),),
    changes=(Change("Properties", removes="PropertiesToRemove"),),
    columns=(
        Column("Type", ".spec.actionType"),
        Column("Outcome", ".spec.status"),
        Column("Action-Name", ".status.actionName", wide=True),
    ),
    naming_limit=120,
)

ARTIFACT = Kind(
    # SageMaker knows artifacts by ARN alone.
    family=Family("Artifact", identity="ArtifactName"),
    short="smartifact",
    summary="A SageMaker lineage artifact: a thing with an address, such as a dataset or a model in S3.",
    lifecycle=Lifecycle.RECORD,
    absent=(says("ResourceNotFound"),),
    exists=(says("ValidationException", "already exists"),),
    busy=(says("ConflictException"),),
    changes=(Change("Properties", removes="PropertiesToRemove"),),
    references=(
        Reference(
            "source.sourceURIRef",
            "sourceURI",
            "TrainingJob",
            "modelArtifacts.s3ModelArtifacts",
            holds=False,
        ),
    ),
    columns=(
        Column("Type", ".spec.artifactType"),
        Column("Source", ".spec.source.sourceURI", wide=True),
        Column("Artifact-Name", ".status.artifactName", wide=True),
    ),
    naming_limit=120,
)

CONTEXT = Kind(
    family=Family("Context", identity="ContextName"),
    short="smctx",
    summary="A SageMaker lineage context: a group of other entities, such as a project or an endpoint.",
    lifecycle=Lifecycle.RECORD,
    absent=(says("ResourceNotFound"),),
    exists=(says("ValidationException", "already exists"),),
    busy=(says("ConflictException"),),
    changes=(Change("Properties", removes="PropertiesToRemove"),),
    columns=(
        Column("Type", ".spec.contextType"),
        Column("Context-Name", ".status.contextName", wide=True),
    ),
    naming_limit=120,
)
