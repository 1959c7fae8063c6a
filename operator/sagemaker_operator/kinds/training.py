"""TrainingJob and ProcessingJob: work that ends."""

from sagemaker_operator.model.families import Family

from . import job_references, live
from .kind import BuiltIn, Column, Detail, Kind, Lifecycle, Reference, Source, says
from .running import Logs, Running

TRAINING_JOB = Kind(
    family=Family("TrainingJob", identity="TrainingJobName", status="TrainingJobStatus"),
    short="smtj",
    summary="A SageMaker training job: runs a training image on data in S3 and leaves a model artifact there.",
    lifecycle=Lifecycle.JOB,
    run=Running(
        start="TrainingStartTime",
        end="TrainingEndTime",
        instance_type="ResourceConfig.InstanceType",
        instance_count="ResourceConfig.InstanceCount",
        instance_groups=("ResourceConfig.InstanceGroups",),
        elapsed="TrainingTimeInSeconds",
        billable="BillableTimeInSeconds",
        spot="EnableManagedSpotTraining",
        logs=Logs("/aws/sagemaker/TrainingJobs"),
        console="jobs",
    ),
    absent=(says("ValidationException", "Requested resource not found"), says("ResourceNotFound")),
    exists=(says("ResourceInUse", "already exists", "must be unique"),),
    # Stop and Delete answer so when another hand was quicker, or the job is not there yet.
    busy=(
        says("ValidationException", "The request was rejected because the training job is in status"),
        says("ResourceInUse"),
    ),
    changing=frozenset({"InProgress"}),
    stopping=frozenset({"Stopping"}),
    leaving=frozenset({"Deleting"}),
    ready=frozenset({"Completed"}),
    stopped=frozenset({"Stopped"}),
    failed=frozenset({"Failed"}),
    changes=live.OF_TRAINING,
    sparse=True,
    held=live.WARM_POOL,
    secondary="SecondaryStatus",
    references=(
        *job_references.of_training(),
        *job_references.of_experiment(),
        *job_references.of_mlflow(),
        Reference("serverlessJobConfig.hubContentRef", "baseModelARN", "HubContent", "arn", holds=False),
        Reference(
            "modelPackageConfig.modelPackageGroupRef", "modelPackageGroupARN", "ModelPackageGroup", "arn", holds=False
        ),
        Reference(
            "modelPackageConfig.sourceModelPackageRef", "sourceModelPackageARN", "ModelPackage", "arn", holds=False
        ),
    ),
    sources=(Source("hyperParametersFrom", "hyperParameters", every=True),),
    images=(job_references.image_of_training(),),
    event="SageMaker Training Job State Change",
)

PROCESSING_JOB = Kind(
    family=Family("ProcessingJob", identity="ProcessingJobName", status="ProcessingJobStatus"),
    short="smpj",
    summary="A SageMaker processing job: runs an image over data in S3 and uploads what it writes.",
    lifecycle=Lifecycle.JOB,
    run=Running(
        start="ProcessingStartTime",
        end="ProcessingEndTime",
        instance_type="ProcessingResources.ClusterConfig.InstanceType",
        instance_count="ProcessingResources.ClusterConfig.InstanceCount",
        logs=Logs("/aws/sagemaker/ProcessingJobs"),
        console="processing-jobs",
    ),
    absent=(
        says("ValidationException", "Could not find requested job", "Could not find job to update"),
        says("ResourceNotFound"),
    ),
    exists=(says("ResourceInUse", "already exists", "must be unique"),),
    busy=(
        says(
            "ValidationException",
            "The request was rejected because the processing job is in status",
        ),
        says("ResourceInUse"),
    ),
    changing=frozenset({"InProgress"}),
    stopping=frozenset({"Stopping"}),
    leaving=frozenset({"Deleting"}),
    ready=frozenset({"Completed"}),
    stopped=frozenset({"Stopped"}),
    failed=frozenset({"Failed"}),
    references=(
        job_references.artifacts("processingInputs[].s3Input."),
        Reference(
            "processingOutputConfig.outputs[].featureStoreOutput.featureGroupRef",
            "featureGroupName",
            "FeatureGroup",
            "featureGroupName",
        ),
        *job_references.of_experiment(),
    ),
    details=(
        Detail(
            field="outputs",
            summary="Where the job puts what it makes.",
            operation="DescribeProcessingJob",
            rows="ProcessingOutputConfig.Outputs",
            shows={
                "outputName": "OutputName",
                "s3URI": "S3Output.S3Uri",
                "featureGroupName": "FeatureStoreOutput.FeatureGroupName",
            },
            most=10,
        ),
    ),
    images=(
        BuiltIn(
            "appSpecification.builtIn", "imageURI", "processing", ("processingResources.clusterConfig.instanceType",)
        ),
    ),
    columns=(Column("Exit-Message", ".status.exitMessage", wide=True),),
    event="SageMaker Processing Job State Change",
)
