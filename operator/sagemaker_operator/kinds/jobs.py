"""Other jobs: transformation, tuning, Autopilot; and TrainingPlan, capacity that is bought for jobs."""

from sagemaker_operator.model.families import Family

from . import job_references
from .kind import Column, Detail, Kind, Launched, Lifecycle, Reference, Source, says
from .running import Logs, Running

TRANSFORM_JOB = Kind(
    family=Family("TransformJob", identity="TransformJobName", status="TransformJobStatus"),
    short="smtx",
    summary="A SageMaker batch transform job: runs a model over data in S3 and writes its predictions there.",
    lifecycle=Lifecycle.JOB,
    run=Running(
        start="TransformStartTime",
        end="TransformEndTime",
        instance_type="TransformResources.InstanceType",
        instance_count="TransformResources.InstanceCount",
        logs=Logs("/aws/sagemaker/TransformJobs"),
        console="transform-jobs",
    ),
    absent=(says("ValidationException", "Could not find requested job"), says("ResourceNotFound")),
    exists=(says("ResourceInUse", "already exists", "must be unique"),),
    busy=(
        says("ValidationException", "The request was rejected because the transform job is in status"),
        says("ResourceInUse"),
    ),
    changing=frozenset({"InProgress"}),
    stopping=frozenset({"Stopping"}),
    ready=frozenset({"Completed"}),
    stopped=frozenset({"Stopped"}),
    failed=frozenset({"Failed"}),
    references=(
        Reference("modelRef", "modelName", "Model", "modelName"),
        *job_references.of_experiment(),
    ),
    details=(
        Detail(
            field="outputs",
            summary="Where the job puts its predictions.",
            operation="DescribeTransformJob",
            rows="TransformOutput",
            shows={"s3URI": "S3OutputPath"},
        ),
    ),
    columns=(Column("Model", ".spec.modelName", wide=True),),
    event="SageMaker Transform Job State Change",
)

_DEFINITIONS = ("trainingJobDefinition", "trainingJobDefinitions[]")

HYPER_PARAMETER_TUNING_JOB = Kind(
    family=Family(
        "HyperParameterTuningJob", identity="HyperParameterTuningJobName", status="HyperParameterTuningJobStatus"
    ),
    short="smhpo",
    summary="A SageMaker tuning job: trains a model many times to find the hyperparameters that suit it best.",
    lifecycle=Lifecycle.JOB,
    run=Running(
        end="HyperParameterTuningEndTime",
        # Its training jobs are named after it.
        logs=Logs("/aws/sagemaker/TrainingJobs", streams="{name}"),
        console="hyper-tuning-jobs",
    ),
    absent=(says("ResourceNotFound"),),
    exists=(says("ResourceInUse", "already exists", "must be unique"),),
    busy=(
        says("ValidationException", "The request was rejected because the hyperparameter tuning job is in status"),
        says("ResourceInUse"),
    ),
    changing=frozenset({"InProgress"}),
    stopping=frozenset({"Stopping"}),
    leaving=frozenset({"Deleting"}),
    ready=frozenset({"Completed"}),
    stopped=frozenset({"Stopped"}),
    failed=frozenset({"Failed", "DeleteFailed"}),
    exactly_one=(("TrainingJobDefinition", "TrainingJobDefinitions"),),
    references=(
        Reference(
            "warmStartConfig.parentHyperParameterTuningJobs[].hyperParameterTuningJobRef",
            "hyperParameterTuningJobName",
            "HyperParameterTuningJob",
            "hyperParameterTuningJobName",
            holds=False,
        ),
        *(found for way in _DEFINITIONS for found in job_references.of_training(f"{way}.")),
    ),
    sources=tuple(
        Source(f"{way}.staticHyperParametersFrom", "staticHyperParameters", every=True) for way in _DEFINITIONS
    ),
    images=tuple(job_references.image_of_training(f"{way}.") for way in _DEFINITIONS),
    details=(
        Detail(
            field="topTrainingJobs",
            summary="The training jobs with the best objective so far, the best one first.",
            operation="ListTrainingJobsForHyperParameterTuningJob",
            rows="TrainingJobSummaries",
            shows={
                "trainingJobName": "TrainingJobName",
                "trainingJobARN": "TrainingJobArn",
                "trainingJobStatus": "TrainingJobStatus",
                "tunedHyperParameters": "TunedHyperParameters",
                "objectiveValue": "FinalHyperParameterTuningJobObjectiveMetric.Value",
            },
            asks={"SortBy": "FinalObjectiveMetricValue"},
            minimized=(
                "HyperParameterTuningJobConfig.HyperParameterTuningJobObjective.Type",
                "TrainingJobDefinitions[].TuningObjective.Type",
            ),
            since=("TrainingJobStatusCounters", "ObjectiveStatusCounters", "HyperParameterTuningJobStatus"),
        ),
    ),
    launched=Launched(
        field="trainingJobHistoryLimit",
        kind="TrainingJob",
        listing="ListTrainingJobsForHyperParameterTuningJob",
        rows="TrainingJobSummaries",
        name="TrainingJobName",
        arn="TrainingJobArn",
        asks={"SortBy": "CreationTime", "SortOrder": "Descending"},
        describe="DescribeTrainingJob",
        counters="TrainingJobStatusCounters",
    ),
    columns=(
        Column("Completed", ".status.trainingJobStatusCounters.completed", "integer"),
        Column("Best", ".status.bestTrainingJob.trainingJobName", wide=True),
        Column(
            "Objective",
            ".status.bestTrainingJob.finalHyperParameterTuningJobObjectiveMetric.value",
            "number",
            wide=True,
        ),
    ),
    naming_limit=32,
    event="SageMaker HyperParameter Tuning Job State Change",
)

_AUTOML_ABSENT = (says("ResourceNotFound"),)
_AUTOML_EXISTS = (says("ResourceInUse", "already exists", "must be unique"),)
_AUTOML_BUSY = (
    says("ValidationException", "The request was rejected because the AutoML job is in status"),
    says("ResourceInUse"),
)
_AUTOML_COLUMNS = (Column("Best", ".status.bestCandidate.candidateName", wide=True),)

_CANDIDATES = Detail(
    field="topCandidates",
    summary="The candidates with the best objective so far, the best one first.",
    operation="ListCandidatesForAutoMLJob",
    rows="Candidates",
    shows={
        "candidateName": "CandidateName",
        "candidateStatus": "CandidateStatus",
        "objectiveStatus": "ObjectiveStatus",
        "objectiveMetric": "FinalAutoMLJobObjectiveMetric.MetricName",
        "objectiveValue": "FinalAutoMLJobObjectiveMetric.Value",
    },
    asks={"SortBy": "FinalObjectiveMetricValue"},
    minimized=("BestCandidate.FinalAutoMLJobObjectiveMetric.Type",),
    since=("BestCandidate", "AutoMLJobSecondaryStatus", "AutoMLJobStatus"),
)

AUTO_ML_JOB = Kind(
    family=Family("AutoMLJob", identity="AutoMLJobName", status="AutoMLJobStatus"),
    short="smaml",
    summary="A SageMaker Autopilot job of the first version: finds the best model for a table. AutoMLJobV2 knows more problems.",
    lifecycle=Lifecycle.JOB,
    run=Running(end="EndTime"),
    absent=_AUTOML_ABSENT,
    exists=_AUTOML_EXISTS,
    busy=_AUTOML_BUSY,
    changing=frozenset({"InProgress"}),
    stopping=frozenset({"Stopping"}),
    ready=frozenset({"Completed"}),
    stopped=frozenset({"Stopped"}),
    failed=frozenset({"Failed"}),
    secondary="AutoMLJobSecondaryStatus",
    columns=_AUTOML_COLUMNS,
    details=(_CANDIDATES,),
    naming_limit=32,
)

AUTO_ML_JOB_V2 = Kind(
    family=Family(
        "AutoMLJobV2",
        identity="AutoMLJobName",
        status="AutoMLJobStatus",
        # Both versions share their names, and all operations but Create and Describe.
        verbs={"stop": "StopAutoMLJob", "list": "ListAutoMLJobs"},
    ),
    short="smamlv2",
    summary="A SageMaker Autopilot job: finds the best model for a table, a time series, images or texts.",
    lifecycle=Lifecycle.JOB,
    run=Running(end="EndTime"),
    absent=_AUTOML_ABSENT,
    exists=_AUTOML_EXISTS,
    busy=_AUTOML_BUSY,
    changing=frozenset({"InProgress"}),
    stopping=frozenset({"Stopping"}),
    ready=frozenset({"Completed"}),
    stopped=frozenset({"Stopped"}),
    failed=frozenset({"Failed"}),
    secondary="AutoMLJobSecondaryStatus",
    columns=_AUTOML_COLUMNS,
    details=(_CANDIDATES,),
    naming_limit=32,
    plural="automljobsv2",
)

TRAINING_PLAN = Kind(
    family=Family("TrainingPlan", identity="TrainingPlanName", status="Status"),
    short="smplan",
    summary="A SageMaker training plan: buys GPU capacity in advance. To create one is to pay for it; it cannot be deleted.",
    lifecycle=Lifecycle.SERVICE,
    absent=(says("ResourceNotFound"),),
    exists=(says("ResourceInUse", "already exists"),),
    changing=frozenset({"Pending"}),
    # Jobs can name a plan before its time has come; they wait for it.
    ready=frozenset({"Scheduled", "Active"}),
    stopped=frozenset({"Expired"}),
    failed=frozenset({"Failed"}),
    # To create it again would be to pay again.
    drift="Report",
    reasons=("StatusMessage",),
    columns=(
        Column("Start", ".status.startTime", "date"),
        Column("End", ".status.endTime", "date"),
        Column("Instances", ".status.totalInstanceCount", "integer", wide=True),
        Column("Fee", ".status.upfrontFee", wide=True),
        Column("Plan-Name", ".status.trainingPlanName", wide=True),
    ),
)
