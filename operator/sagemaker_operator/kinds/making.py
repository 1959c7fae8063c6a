"""What makes models fit for their place: compilation, optimization, and jobs that measure and recommend where to run them."""

from sagemaker_operator.model.families import Family

from . import job_references
from .kind import Column, Kind, Lifecycle, Reference, says
from .running import Logs, Running

COMPILATION_JOB = Kind(
    family=Family("CompilationJob", identity="CompilationJobName", status="CompilationJobStatus"),
    short="smcj",
    summary="A SageMaker Neo compilation job: compiles a model for a device or an instance type.",
    lifecycle=Lifecycle.JOB,
    run=Running(
        start="CompilationStartTime",
        end="CompilationEndTime",
        logs=Logs("/aws/sagemaker/CompilationJobs", streams="{name}"),
        console="compilation-jobs",
    ),
    absent=(says("ResourceNotFound"),),
    exists=(says("ResourceInUse", "already exists", "must be unique"),),
    busy=(
        says(
            "ValidationException",
            "The request was rejected because the compilation job is in status",
            "Stop it and delete",
        ),
        says("ResourceInUse"),
    ),
    changing=frozenset({"STARTING", "INPROGRESS"}),
    stopping=frozenset({"STOPPING"}),
    ready=frozenset({"COMPLETED"}),
    stopped=frozenset({"STOPPED"}),
    failed=frozenset({"FAILED"}),
    exactly_one=(("ModelPackageVersionArn", "InputConfig"),),
    references=(
        Reference("modelPackageVersionRef", "modelPackageVersionARN", "ModelPackage", "arn", holds=False),
        job_references.artifacts("inputConfig."),
    ),
    columns=(
        Column("Device", ".spec.outputConfig.targetDevice"),
        Column("Artifact", ".status.modelArtifacts.s3ModelArtifacts", wide=True),
    ),
)

OPTIMIZATION_JOB = Kind(
    family=Family("OptimizationJob", identity="OptimizationJobName", status="OptimizationJobStatus"),
    short="smopt",
    summary="A SageMaker optimization job: quantizes, compiles or shards a generative model for an instance type.",
    lifecycle=Lifecycle.JOB,
    run=Running(start="OptimizationStartTime", end="OptimizationEndTime"),
    absent=(says("ResourceNotFound"),),
    exists=(says("ResourceInUse", "already exists", "must be unique"),),
    busy=(
        says("ValidationException", "The request was rejected because the optimization job is in status"),
        says("ResourceInUse"),
    ),
    changing=frozenset({"STARTING", "INPROGRESS"}),
    stopping=frozenset({"STOPPING"}),
    ready=frozenset({"COMPLETED"}),
    stopped=frozenset({"STOPPED"}),
    failed=frozenset({"FAILED"}),
    references=(
        Reference("modelSource.sageMakerModel.modelRef", "modelName", "Model", "modelName", holds=False),
        Reference("trainingPlanRefs[]", "trainingPlanARNs", "TrainingPlan", "arn", holds=False),
    ),
    columns=(
        Column("Instance", ".spec.deploymentInstanceType"),
        Column("Image", ".status.optimizationOutput.recommendedInferenceImage", wide=True),
    ),
)

INFERENCE_RECOMMENDATIONS_JOB = Kind(
    family=Family("InferenceRecommendationsJob", identity="JobName", status="Status"),
    short="smirj",
    summary="A SageMaker Inference Recommender job: load-tests a model on instance types and recommends one.",
    lifecycle=Lifecycle.JOB,
    run=Running(end="CompletionTime", logs=Logs("/aws/sagemaker/InferenceRecommendationsJobs")),
    absent=(says("ResourceNotFound"),),
    exists=(says("ResourceInUse", "already exists", "must be unique"),),
    busy=(
        says("ValidationException", "The request was rejected because the inference recommendations job is in status"),
        says("ResourceInUse"),
    ),
    changing=frozenset({"PENDING", "IN_PROGRESS"}),
    stopping=frozenset({"STOPPING"}),
    leaving=frozenset({"DELETING"}),
    gone=frozenset({"DELETED"}),
    ready=frozenset({"COMPLETED"}),
    stopped=frozenset({"STOPPED"}),
    failed=frozenset({"FAILED"}),
    references=(
        Reference("inputConfig.modelRef", "modelName", "Model", "modelName"),
        Reference("inputConfig.modelPackageVersionRef", "modelPackageVersionARN", "ModelPackage", "arn"),
        Reference("inputConfig.endpoints[].endpointRef", "endpointName", "Endpoint", "endpointName"),
    ),
    columns=(
        Column("Type", ".spec.jobType"),
        Column("Model", ".spec.inputConfig.modelName", wide=True),
    ),
    naming_limit=64,
)

AI_WORKLOAD_CONFIG = Kind(
    family=Family("AIWorkloadConfig", identity="AIWorkloadConfigName"),
    short="smaiwc",
    summary="A SageMaker AI workload configuration: the requests that benchmark and recommendation jobs send to a model.",
    lifecycle=Lifecycle.RECORD,
    absent=(says("ResourceNotFound"),),
    exists=(says("ResourceInUse", "already exists"),),
    # An active benchmark job keeps its configuration.
    busy=(says("ResourceInUse"),),
    columns=(Column("Config-Name", ".status.aIWorkloadConfigName", wide=True),),
)

_WORKLOAD = Reference("aIWorkloadConfigRef", "aIWorkloadConfigIdentifier", "AIWorkloadConfig", "aIWorkloadConfigName")
_AI_ABSENT = (says("ResourceNotFound"),)
_AI_EXISTS = (says("ResourceInUse", "already exists"),)
_AI_BUSY = (
    says("ValidationException", "The request was rejected because the job"),
    says("ResourceInUse"),
)

AI_BENCHMARK_JOB = Kind(
    family=Family("AIBenchmarkJob", identity="AIBenchmarkJobName", status="AIBenchmarkJobStatus"),
    short="smaibj",
    summary="A SageMaker AI benchmark job: measures latency, throughput and cost of an endpoint under a workload.",
    lifecycle=Lifecycle.JOB,
    run=Running(start="StartTime", end="EndTime"),
    absent=_AI_ABSENT,
    exists=_AI_EXISTS,
    busy=_AI_BUSY,
    changing=frozenset({"InProgress"}),
    stopping=frozenset({"Stopping"}),
    ready=frozenset({"Completed"}),
    stopped=frozenset({"Stopped"}),
    failed=frozenset({"Failed"}),
    references=(
        _WORKLOAD,
        Reference("benchmarkTarget.endpoint.endpointRef", "identifier", "Endpoint", "endpointName"),
        Reference(
            "benchmarkTarget.endpoint.inferenceComponents[].inferenceComponentRef",
            "identifier",
            "InferenceComponent",
            "inferenceComponentName",
        ),
        *job_references.of_mlflow("outputConfig."),
    ),
    columns=(Column("Results", ".spec.outputConfig.s3OutputLocation", wide=True),),
)

AI_RECOMMENDATION_JOB = Kind(
    family=Family("AIRecommendationJob", identity="AIRecommendationJobName", status="AIRecommendationJobStatus"),
    short="smairj",
    summary="A SageMaker AI recommendation job: finds the instance type and the optimizations that serve a model best.",
    lifecycle=Lifecycle.JOB,
    run=Running(start="StartTime", end="EndTime"),
    absent=_AI_ABSENT,
    exists=_AI_EXISTS,
    busy=_AI_BUSY,
    changing=frozenset({"InProgress"}),
    stopping=frozenset({"Stopping"}),
    ready=frozenset({"Completed"}),
    stopped=frozenset({"Stopped"}),
    failed=frozenset({"Failed"}),
    references=(
        _WORKLOAD,
        Reference(
            "outputConfig.modelPackageGroupRef",
            "modelPackageGroupIdentifier",
            "ModelPackageGroup",
            "modelPackageGroupName",
        ),
        Reference("adapterSource.modelPackageARNs[].modelPackageRef", "modelPackageARN", "ModelPackage", "arn"),
        *job_references.of_mlflow("outputConfig."),
    ),
    columns=(Column("Model", ".spec.modelSource.s3.s3URI", wide=True),),
)
