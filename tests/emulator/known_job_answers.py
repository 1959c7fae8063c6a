"""What SageMaker is known to answer about training, processing, transform and tuning jobs; sources as in the emulator's rows."""

from typing import Any, Final

from tests.emulator.asking import CLUSTER, IMAGE, ROLE, XGBOOST, arn, channel, model, processing_job, training_job
from tests.emulator.known_answers import Do, Refused, Shown, asked, denied, failing, limited, throttled, waited
from tests.emulator.life import CONTAINER

VALIDATION: Final = "ValidationException"
LIMIT: Final = (
    "The account-level service limit '{}' is {} Instances, with current utilization of {} Instances and a request delta of {} "
    "Instances. Please use AWS Service Quotas to request an increase for this quota. If AWS Service Quotas is not available, "
    "contact AWS support to request an increase for this quota."
)
INVALID: Final = "1 validation error detected: Value '{}' at '{}' failed to satisfy constraint: Member must {}"
TUNED: Final = {
    "HyperParameterTuningJobName": "tune",
    "HyperParameterTuningJobConfig": {
        "Strategy": "Random",
        "HyperParameterTuningJobObjective": {"Type": "Minimize", "MetricName": "validation:error"},
        "ResourceLimits": {"MaxNumberOfTrainingJobs": 1, "MaxParallelTrainingJobs": 1},
        "ParameterRanges": {"IntegerParameterRanges": [{"Name": "num_round", "MinValue": "10", "MaxValue": "20"}]},
    },
    "TrainingJobDefinition": {
        "AlgorithmSpecification": {"TrainingImage": XGBOOST, "TrainingInputMode": "File"},
        "RoleArn": ROLE,
        "OutputDataConfig": {"S3OutputPath": "s3://bucket/models"},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
        "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
    },
}
TRANSFORM: Final[dict[str, Any]] = {
    "TransformJobName": "batch",
    "ModelName": "digits",
    "TransformInput": {"DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://bucket/in"}}},
    "TransformOutput": {"S3OutputPath": "s3://bucket/out"},
    "TransformResources": {"InstanceType": "ml.m5.large", "InstanceCount": 1},
}
DIGITS: Final = {"TrainingJobName": "digits"}
P3: Final = {"InstanceCount": 1, "InstanceType": "ml.p3.2xlarge", "VolumeSizeInGB": 1}

trained: Final = (asked("CreateTrainingJob", **training_job()),)
processed: Final = (asked("CreateProcessingJob", **processing_job()),)
tuned: Final = (asked("CreateHyperParameterTuningJob", **TUNED),)
with_input: Final[Do] = lambda sagemaker, _: _bucket_with_input(sagemaker)  # noqa: E731 a row of data
unassumable: Final[Do] = lambda sagemaker, _: sagemaker.roles.refuse("role/sagemaker$")  # noqa: E731 a row of data
transformed: Final = (
    asked("CreateModel", **model(PrimaryContainer=CONTAINER)),
    with_input,
    asked("CreateTransformJob", **TRANSFORM),
)


def _bucket_with_input(sagemaker: Any) -> None:
    s3 = sagemaker.client("s3")
    s3.create_bucket(Bucket="bucket")
    s3.put_object(Bucket="bucket", Key="in/rows.csv", Body=b"1,2\n")
    s3.close()


def _ended(status: str) -> tuple[Do, ...]:
    """A training job that ended so."""
    if status == "Failed":
        return (failing("TrainingJob", "AlgorithmError: "), *trained, waited(500))
    stop = (asked("StopTrainingJob", **DIGITS),) if status == "Stopped" else ()
    return (*trained, *stop, waited(500))


def _invalid(case: str, text: str, **members: Any) -> Refused:
    return Refused(case, "CreateTrainingJob", training_job(**members), VALIDATION, text)


MISSING: Final = "Requested resource not found."
NOT_NOW: Final = "The request was rejected because the {} job is in status {}."
UNIQUE: Final = "Job name must be unique within an AWS account and region, and a job with this name already exists ({})"

REFUSED: Final = (
    *(
        Refused(f"{operation}-missing", operation, DIGITS, VALIDATION, MISSING)
        for operation in ("DescribeTrainingJob", "StopTrainingJob", "UpdateTrainingJob", "DeleteTrainingJob")
    ),
    Refused(
        "CreateTrainingJob-the-name-is-taken",
        "CreateTrainingJob",
        training_job(),
        "ResourceInUse",
        "Training job names must be unique within an AWS account and region, and a training job with this name already exists "
        f"({arn('training-job/digits')})",
        given=trained,
    ),
    *(
        Refused(
            f"StopTrainingJob-already-{status}",
            "StopTrainingJob",
            DIGITS,
            VALIDATION,
            NOT_NOW.format("training", status),
            given=_ended(status),
        )
        for status in ("Completed", "Stopped", "Failed")
    ),
    Refused("DeleteTrainingJob-still-running", "DeleteTrainingJob", DIGITS, "ResourceInUse", "…", given=trained),
    Refused(
        "CreateTrainingJob-over-the-quota",
        "CreateTrainingJob",
        training_job(ResourceConfig=P3),
        "ResourceLimitExceeded",
        LIMIT.format("ml.p3.2xlarge for training job usage", 0, 0, 1),
        given=(limited("ml.p3.2xlarge for training job usage", 0),),
    ),
    Refused(
        "CreateTrainingJob-throttled",
        "CreateTrainingJob",
        training_job(),
        "ThrottlingException",
        "Rate exceeded",
        given=(throttled("CreateTrainingJob"),),
    ),
    Refused(
        "ListTrainingJobs-a-third-time-in-a-second",
        "ListTrainingJobs",
        {},
        "ThrottlingException",
        "Rate exceeded",
        given=(lambda sagemaker, _: sagemaker.rates.use_known(), asked("ListTrainingJobs"), asked("ListTrainingJobs")),
    ),
    _invalid(
        "CreateTrainingJob-no-such-instance-type",
        INVALID.format("ml.t9.medium", "resourceConfig.instanceType", "satisfy enum value set: […ml.r7i.48xlarge, …]"),
        ResourceConfig={**CLUSTER, "InstanceType": "ml.t9.medium"},
    ),
    _invalid(
        "CreateTrainingJob-a-name-with-an-underscore",
        INVALID.format("bad_name", "trainingJobName", "satisfy regular expression pattern: …"),
        TrainingJobName="bad_name",
    ),
    _invalid(
        "CreateTrainingJob-a-name-of-seventy-letters",
        "2 validation errors detected: Value '…' at 'trainingJobName' failed to satisfy constraint: Member must have length less "
        "than or equal to 63; Value …",
        TrainingJobName="a" * 70,
    ),
    _invalid(
        "CreateTrainingJob-a-wrong-item-of-a-list",
        INVALID.format("Tape", "inputDataConfig.1.member.inputMode", "satisfy enum value set: […]"),
        InputDataConfig=[{**channel("s3://bucket/in"), "InputMode": "Tape"}],
    ),
    _invalid(
        "CreateTrainingJob-two-things-are-wrong",
        "2 validation errors detected: Value '…' at '…' failed to satisfy constraint: Member must …; Value '…' at '…' failed "
        "to satisfy constraint: Member must …",
        TrainingJobName="bad_name",
        ResourceConfig={**CLUSTER, "InstanceType": "ml.bogus"},
    ),
    Refused(
        "CreateTrainingJob-the-role-does-not-trust-sagemaker",
        "CreateTrainingJob",
        training_job(),
        VALIDATION,
        f"Could not assume role {ROLE}. Please ensure that the role exists and allows principal 'sagemaker.amazonaws.com' to "
        "assume the role.",
        given=(unassumable,),
    ),
    Refused(
        "CreateTrainingJob-no-input",
        "CreateTrainingJob",
        training_job(InputDataConfig=[channel("s3://bucket/train")]),
        VALIDATION,
        'No S3 objects found under S3 URL "s3://bucket/train" given in input data source. Please ensure that the bucket exists '
        "in the selected region (us-east-1), that objects exist under that S3 prefix, and that the role "
        f'"{ROLE}" has "s3:ListBucket" permissions on bucket "bucket".',
    ),
    Refused(
        "CreateTrainingJob-the-caller-may-not",
        "CreateTrainingJob",
        training_job(),
        "AccessDeniedException",
        "User: arn:aws:sts::123456789012:assumed-role/… is not authorized to perform: sagemaker:CreateTrainingJob on resource: "
        f"{arn('training-job/digits')} because no identity-based policy allows the sagemaker:CreateTrainingJob action",
        given=(denied("CreateTrainingJob"),),
    ),
    Refused(
        "CreateTrainingJob-the-caller-may-not-tag",
        "CreateTrainingJob",
        training_job(Tags=[{"Key": "team", "Value": "a"}]),
        "AccessDeniedException",
        "User: … is not authorized to perform: sagemaker:AddTags on resource: …",
        given=(denied("AddTags"),),
    ),
    Refused(
        "DescribeProcessingJob-missing",
        "DescribeProcessingJob",
        {"ProcessingJobName": "x"},
        VALIDATION,
        "Could not find requested job with name: x",
    ),
    Refused(
        "StopProcessingJob-missing",
        "StopProcessingJob",
        {"ProcessingJobName": "x"},
        VALIDATION,
        "Could not find job to update with name …",
    ),
    Refused(
        "CreateProcessingJob-the-name-is-taken",
        "CreateProcessingJob",
        processing_job(),
        "ResourceInUse",
        UNIQUE.format(arn("processing-job/baseline")),
        given=processed,
    ),
    Refused(
        "StopProcessingJob-already-Completed",
        "StopProcessingJob",
        {"ProcessingJobName": "baseline"},
        VALIDATION,
        NOT_NOW.format("processing", "Completed"),
        given=(*processed, waited(5000)),
    ),
    Refused(
        "DescribeTransformJob-missing",
        "DescribeTransformJob",
        {"TransformJobName": "x"},
        VALIDATION,
        "Could not find requested job with name…",
    ),
    Refused(
        "CreateTransformJob-the-name-is-taken",
        "CreateTransformJob",
        TRANSFORM,
        "ResourceInUse",
        UNIQUE.format(arn("transform-job/batch")),
        given=transformed,
    ),
    Refused(
        "CreateTransformJob-no-such-model",
        "CreateTransformJob",
        TRANSFORM,
        VALIDATION,
        f'Could not find model "{arn("model/digits")}".',
        given=(with_input,),
    ),
    Refused(
        "StopTransformJob-already-Completed",
        "StopTransformJob",
        {"TransformJobName": "batch"},
        VALIDATION,
        NOT_NOW.format("transform", "Completed"),
        given=(*transformed, waited(5000)),
    ),
    Refused(
        "DescribeHyperParameterTuningJob-missing",
        "DescribeHyperParameterTuningJob",
        {"HyperParameterTuningJobName": "x"},
        "ResourceNotFound",
        "Amazon SageMaker can't find a tuning job …",
    ),
    Refused(
        "CreateHyperParameterTuningJob-the-name-is-taken",
        "CreateHyperParameterTuningJob",
        TUNED,
        "ResourceInUse",
        "A hyperparameter tuning job with the name, tune, already exists. Choose a different name.",
        given=tuned,
    ),
)


def _failed(case: str, reason: str) -> Shown:
    given = (failing("TrainingJob", reason), *trained, waited(500))
    return Shown(case, "DescribeTrainingJob", DIGITS, "FailureReason", reason, given=given)


def _training(path: str, value: Any, *, about: str = "", **members: Any) -> Shown:
    given = (with_input, asked("CreateTrainingJob", **training_job(**members)))
    return Shown(f"TrainingJob-{path}{about}", "DescribeTrainingJob", DIGITS, path, value, given=given)


def _processing(path: str, value: Any) -> Shown:
    source = {"S3Uri": "s3://bucket/in", "LocalPath": "/opt/ml/processing/in", "S3DataType": "S3Prefix"}
    target = {"S3Uri": "s3://bucket/out", "LocalPath": "/opt/ml/processing/out", "S3UploadMode": "EndOfJob"}
    request = processing_job(
        ProcessingInputs=[{"InputName": "in", "S3Input": {**source, "S3InputMode": "File"}}],
        ProcessingOutputConfig={"Outputs": [{"OutputName": "out", "S3Output": target}]},
    )
    given = (asked("CreateProcessingJob", **request),)
    return Shown(
        f"ProcessingJob-{path}", "DescribeProcessingJob", {"ProcessingJobName": "baseline"}, path, value, given=given
    )


def _transform(path: str, value: Any) -> Shown:
    described = {"TransformJobName": "batch"}
    return Shown(f"TransformJob-{path}", "DescribeTransformJob", described, path, value, given=transformed)


def _tuning(path: str, value: Any) -> Shown:
    described = {"HyperParameterTuningJobName": "tune"}
    case = f"HyperParameterTuningJob-{path}"
    return Shown(
        case, "DescribeHyperParameterTuningJob", described, f"TrainingJobDefinition.{path}", value, given=tuned
    )


RULE: Final = [{"RuleConfigurationName": "rule", "RuleEvaluatorImage": IMAGE}]
GROUPS: Final = {
    "InstanceGroups": [{"InstanceGroupName": "all", "InstanceType": "ml.m5.large", "InstanceCount": 1}],
    "VolumeSizeInGB": 5,
}

SHOWN: Final = (
    _failed(
        "TrainingJob-no-capacity",
        "CapacityError: Unable to provision requested ML compute capacity. Please retry using a different ML instance type.",
    ),
    _failed("TrainingJob-internal-error", "InternalServerError: We encountered an internal error.  Please try again."),
    _failed("TrainingJob-algorithm-error", "AlgorithmError: ExecuteUserScriptError"),
    _failed("TrainingJob-client-error", "ClientError: Data download failed"),
    _training("EnableInterContainerTrafficEncryption", False),
    _training("EnableManagedSpotTraining", False),
    _training("EnableNetworkIsolation", False),
    _training("AlgorithmSpecification.EnableSageMakerMetricsTimeSeries", False),
    _training("OutputDataConfig.KmsKeyId", ""),
    _training("OutputDataConfig.CompressionType", "GZIP"),
    _training("ResourceConfig.InstanceCount", 0, about="-of-instance-groups", ResourceConfig=GROUPS),
    _training("StoppingCondition.MaxRuntimeInSeconds", 86400),
    _training("InputDataConfig", []),
    _training("InputDataConfig.0.RecordWrapperType", "None", InputDataConfig=[channel("s3://bucket/in")]),
    _training("DebugRuleConfigurations.0.VolumeSizeInGB", 0, DebugRuleConfigurations=RULE),
    _training("ProfilerRuleConfigurations.0.VolumeSizeInGB", 0, ProfilerRuleConfigurations=RULE),
    _training(
        "AlgorithmSpecification.MetricDefinitions.0.Name",
        str,
        about="-of-a-built-in-image",
        AlgorithmSpecification={"TrainingImage": XGBOOST, "TrainingInputMode": "File"},
    ),
    _processing("StoppingCondition.MaxRuntimeInSeconds", 86400),
    _processing("ProcessingInputs.0.AppManaged", False),
    _processing("ProcessingOutputConfig.Outputs.0.AppManaged", False),
    _processing("ProcessingInputs.0.S3Input.S3DataDistributionType", "FullyReplicated"),
    _transform("DataProcessing.InputFilter", "$"),
    _transform("DataProcessing.OutputFilter", "$"),
    _transform("DataProcessing.JoinSource", "None"),
    _transform("TransformInput.SplitType", "None"),
    _transform("TransformInput.CompressionType", "None"),
    _transform("TransformOutput.AssembleWith", "None"),
    _transform("TransformOutput.KmsKeyId", ""),
    _tuning("AlgorithmSpecification.MetricDefinitions.0.Name", str),
    _tuning("EnableInterContainerTrafficEncryption", False),
    _tuning("EnableManagedSpotTraining", False),
    _tuning("EnableNetworkIsolation", False),
    _tuning("ResourceConfig.InstanceCount", 1),
    _tuning("StaticHyperParameters._tuning_objective_metric", "validation:error"),
)
