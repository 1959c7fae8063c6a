"""Workforce, Workteam, LabelingJob, HumanTaskUi and FlowDefinition: people who label data and review predictions."""

from sagemaker_operator.model.families import Family

from .kind import Change, Column, Kind, Lifecycle, Reference, Source, says
from .running import Logs, Running

# https://docs.aws.amazon.com/sagemaker/latest/dg/sms-data-input.md and its translations name the day.
_GROUND_TRUTH = "Amazon SageMaker Ground Truth is no longer open to new customers (effective July 31, 2026)."
# https://docs.aws.amazon.com/sagemaker/latest/dg/a2i-api-references.html
_AUGMENTED_AI = "Amazon Augmented AI (A2I) is no longer open to new customers."

WORKFORCE = Kind(
    family=Family("Workforce", identity="WorkforceName", status="Status"),
    short="smworkforce",
    summary="A SageMaker private workforce: how its workers log in, and from where. An account has one in each region.",
    lifecycle=Lifecycle.SERVICE,
    absent=(says("ValidationException", "No workforce"), says("ResourceNotFound")),
    # The name is not said; a look tells whether it is this one that is there already.
    exists=(says("ValidationException", "Cannot create more than one workforce"),),
    busy=(says("ConflictException", "is in status"), says("ResourceInUse")),
    changing=frozenset({"Initializing", "Updating"}),
    leaving=frozenset({"Deleting"}),
    ready=frozenset({"Active"}),
    failed=frozenset({"Failed"}),
    serving=frozenset({"Updating"}),
    repairable=frozenset({"Failed"}),
    exactly_one=(("CognitoConfig", "OidcConfig"),),
    changes=(
        Change("SourceIpConfig", clears='SourceIpConfig={"Cidrs": []}'),
        Change("WorkforceVpcConfig", clears="WorkforceVpcConfig={}"),
    ),
    unordered=frozenset({"SourceIpConfig.Cidrs", "WorkforceVpcConfig.SecurityGroupIds", "WorkforceVpcConfig.Subnets"}),
    sparse=True,
    sources=(Source("oidcConfig.clientSecretFrom", "clientSecret", secret=True),),
    columns=(
        Column("Portal", ".status.subDomain"),
        Column("Workforce-Name", ".status.workforceName", wide=True),
    ),
)

WORKTEAM = Kind(
    family=Family("Workteam", identity="WorkteamName"),
    short="smteam",
    summary="A SageMaker work team: the groups of workers that get the tasks of a labeling job or a review.",
    lifecycle=Lifecycle.RECORD,
    absent=(says("ValidationException", "The work team"), says("ResourceNotFound")),
    exists=(says("ResourceInUse", "already exists"),),
    busy=(says("ResourceInUse"),),
    unordered=frozenset({"MemberDefinitions.OidcMemberDefinition.Groups"}),
    references=(Reference("workforceRef", "workforceName", "Workforce", "workforceName"),),
    columns=(
        Column("Portal", ".status.subDomain"),
        Column("Team-Name", ".status.workteamName", wide=True),
    ),
)

LABELING_JOB = Kind(
    family=Family("LabelingJob", identity="LabelingJobName", status="LabelingJobStatus"),
    short="smlj",
    summary="A SageMaker Ground Truth labeling job: has people, and models that learn from them, label data in S3.",
    lifecycle=Lifecycle.JOB,
    run=Running(logs=Logs("/aws/sagemaker/LabelingJobs", streams="{name}"), console="labeling-jobs"),
    closed=_GROUND_TRUTH,
    absent=(says("ResourceNotFound"), says("ValidationException", "Could not find", "does not exist")),
    exists=(says("ResourceInUse", "already exists", "must be unique"),),
    busy=(
        says("ValidationException", "The request was rejected because the labeling job is in status"),
        says("ResourceInUse"),
    ),
    changing=frozenset({"Initializing", "InProgress"}),
    stopping=frozenset({"Stopping"}),
    ready=frozenset({"Completed"}),
    stopped=frozenset({"Stopped"}),
    failed=frozenset({"Failed"}),
    references=(
        Reference("humanTaskConfig.workteamRef", "workteamARN", "Workteam", "arn"),
        Reference("humanTaskConfig.uiConfig.humanTaskUIRef", "humanTaskUIARN", "HumanTaskUi", "arn"),
        Reference(
            "labelingJobAlgorithmsConfig.initialActiveLearningModelRef",
            "initialActiveLearningModelARN",
            "Model",
            "arn",
            holds=False,
        ),
    ),
    columns=(
        Column("Labeled", ".status.labelCounters.totalLabeled", "integer"),
        Column("Unlabeled", ".status.labelCounters.unlabeled", "integer"),
    ),
    event="SageMaker Ground Truth Labeling Job State Change",
)

HUMAN_TASK_UI = Kind(
    family=Family("HumanTaskUi", identity="HumanTaskUiName", status="HumanTaskUiStatus"),
    short="smtaskui",
    summary="A SageMaker worker task template: the page on which workers do their tasks.",
    lifecycle=Lifecycle.SERVICE,
    closed=_AUGMENTED_AI,
    absent=(says("ResourceNotFound"),),
    exists=(says("ResourceInUse", "already exists"),),
    busy=(says("ResourceInUse"),),
    leaving=frozenset({"Deleting"}),
    ready=frozenset({"Active"}),
    sources=(Source("uiTemplate.contentFrom", "content"),),
    columns=(Column("UI-Name", ".status.humanTaskUIName", wide=True),),
)

FLOW_DEFINITION = Kind(
    family=Family("FlowDefinition", identity="FlowDefinitionName", status="FlowDefinitionStatus"),
    short="smflow",
    summary="A SageMaker human review workflow: which predictions people review, who they are, and where their answers go.",
    lifecycle=Lifecycle.SERVICE,
    closed=_AUGMENTED_AI,
    absent=(says("ResourceNotFound"),),
    exists=(says("ResourceInUse", "already exists"),),
    busy=(says("ResourceInUse"),),
    changing=frozenset({"Initializing"}),
    leaving=frozenset({"Deleting"}),
    ready=frozenset({"Active"}),
    failed=frozenset({"Failed"}),
    documents=frozenset(
        {"HumanLoopActivationConfig.HumanLoopActivationConditionsConfig.HumanLoopActivationConditions"}
    ),
    references=(
        Reference("humanLoopConfig.workteamRef", "workteamARN", "Workteam", "arn"),
        Reference("humanLoopConfig.humanTaskUIRef", "humanTaskUIARN", "HumanTaskUi", "arn"),
    ),
    sources=(
        Source(
            "humanLoopActivationConfig.humanLoopActivationConditionsConfig.humanLoopActivationConditionsFrom",
            "humanLoopActivationConditions",
        ),
    ),
    columns=(Column("Flow-Name", ".status.flowDefinitionName", wide=True),),
)
