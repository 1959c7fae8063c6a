"""Why a job failed: the class of its failure, and the permission that was missing, told from AWS's own words."""

from dataclasses import dataclass

import pytest

from sagemaker_operator.engine.denials import Permission, missing_permission
from sagemaker_operator.engine.failure import classify, of_words
from sagemaker_operator.kinds import KINDS


@dataclass(frozen=True)
class Known:
    """A text of AWS's, where it was seen, and its class."""

    text: str
    source: str
    meant: str | None

    def __str__(self) -> str:
        return self.text[:60]


UNVERIFIED = "unverified"

FAILURE_REASONS = (
    Known(
        "CapacityError: Unable to provision requested ML compute capacity. Please retry using a different ML instance type.",
        "https://github.com/DIAGNijmegen/rse-grand-challenge/issues/2631",
        "CapacityError",
    ),
    Known(
        "Unable to provision requested ML compute capacity due to InsufficientInstanceCapacity error. Please retry using a "
        "different ML instance type or after some time.",
        "several public guides to endpoints quote it",
        "CapacityError",
    ),
    Known(
        "EC2InsufficientCapacityError: Instance type 'ml.g5.48xlarge' is temporarily unavailable in supported availability "
        "zones [euw1-az1]. Try again in a few minutes, or try a different instance type.",
        "https://github.com/aws/amazon-sagemaker-feedback/issues/99 (for a space)",
        "CapacityError",
    ),
    Known(
        "InternalServerError: We encountered an internal error.  Please try again.",
        "recorded Describe replies in aws-controllers-k8s/sagemaker-controller",
        "InternalServerError",
    ),
    Known(
        'AlgorithmError: framework error: \nTraceback (most recent call last):\nFile "/usr/local/lib/python3.6/dist-packages/'
        'sagemaker_containers/_trainer.py", line 76, in train\nentrypoint()',
        "https://github.com/aws/amazon-sagemaker-examples/issues/1224",
        "AlgorithmError",
    ),
    Known(
        'AlgorithmError: ExecuteUserScriptError:\nCommand "/opt/conda/bin/python train.py"\nClientError: An error occurred '
        "(AccessDenied) when calling the GetObject operation: Access Denied",
        "https://github.com/aws/amazon-sagemaker-examples/issues/2331 (its last line; the program's own trouble)",
        "AlgorithmError",
    ),
    Known(
        "ClientError: Data download failed:Failed to download data. For FastFile mode, partial S3 prefix is not supported. S3 "
        "prefix has to end with a full file or folder.",
        "a public notebook on SageMaker Pipelines",
        "ClientError",
    ),
    Known(
        "ClientError: Data download failed:Please ensure that the subnet's route table has a route to an S3 VPC endpoint or a "
        "NAT device, and both the security groups and the subnet's network ACL allow outbound traffic to S3.",
        "a public article on training in a VPC",
        "ClientError",
    ),
    Known(
        "ClientError: Data download failed:failed to download data. 403 Forbidden (403): Forbidden",
        "a public article on fine-tuning; the role lacked access to the bucket",
        "AccessDenied",
    ),
    Known(
        "ClientError: Data download failed:Unable to download object s3://data/transactions.csv (AccessDenied: Access Denied)",
        "a public course on SageMaker",
        "AccessDenied",
    ),
    Known(
        "ClientError: Failed to invoke sagemaker:CreateTrainingJob. Error Details: The account-level service limit "
        "'ml.p3.2xlarge for training job usage' is 0 Instances, with current utilization of 0 Instances and a request delta of "
        "1 Instances.",
        "the limit: https://github.com/gabehollombe-aws/jupyter-notebooks/issues/1; within a pipeline: unverified",
        "QuotaExceeded",
    ),
    Known(
        "ClientError: Failed to invoke sagemaker:CreateProcessingJob. Error Details: Rate exceeded",
        "the words: https://github.com/aws/sagemaker-python-sdk/issues/645; within a pipeline: unverified",
        "ThrottlingError",
    ),
    Known(
        "The primary container for production variant AllTraffic did not pass the ping health check.",
        "public issues",
        None,
    ),
    Known("", UNVERIFIED, None),
)


@pytest.mark.parametrize("known", FAILURE_REASONS, ids=str)
def test_the_class_of_a_failure_is_told_from_its_reason(known: Known) -> None:
    assert of_words(known.text) == known.meant
    assert known.source


@pytest.mark.parametrize(
    ("status", "secondary", "meant"),
    [
        ("Stopped", "MaxWaitTimeExceeded", "Interrupted"),
        ("Stopped", "MaxRuntimeExceeded", "MaxRuntimeExceeded"),
        ("Stopped", "Stopped", None),
        ("InProgress", "Interrupted", None),
        ("Stopping", "MaxRuntimeExceeded", None),
        ("Completed", "Completed", None),
    ],
)
def test_a_limit_of_the_job_itself_is_told_by_its_last_status(status: str, secondary: str, meant: str | None) -> None:
    reply = {"TrainingJobStatus": status, "SecondaryStatus": secondary}

    assert classify(KINDS["TrainingJob"], reply, None) == meant


def test_another_class_that_sagemaker_names_is_passed_on() -> None:
    assert of_words("ModelBuildError: the model cannot be built") == "ModelBuildError"


# The sentences of https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html, as they come in errors.
DENIALS = (
    (
        # https://github.com/wpilibsuite/DetectCoral/issues/20
        (
            "User: arn:aws:sts::308085923257:assumed-role/SageMakerRole/SageMaker is not authorized to perform: "
            "sagemaker:CreateTrainingJob on resource: arn:aws:sagemaker:us-east-1:308085923257:training-job/digits with an "
            "explicit deny"
        ),
        Permission(
            "sagemaker:CreateTrainingJob",
            "arn:aws:sagemaker:us-east-1:308085923257:training-job/digits",
            "arn:aws:sts::308085923257:assumed-role/SageMakerRole/SageMaker",
            "explicit deny",
        ),
    ),
    (
        # S3 puts the resource in quotes: https://docs.aws.amazon.com/AmazonS3/latest/userguide/troubleshoot-403-errors.html
        (
            "ClientError: User: arn:aws:sts::123456789012:assumed-role/R/S is not authorized to perform: s3:GetObject on "
            'resource: "arn:aws:s3:::data/a file" because no identity-based policy allows the s3:GetObject action'
        ),
        Permission(
            "s3:GetObject",
            "arn:aws:s3:::data/a file",
            "arn:aws:sts::123456789012:assumed-role/R/S",
            "no identity-based policy allows it",
        ),
    ),
    (
        (
            "User: arn:aws:iam::123456789012:user/u is not authorized to perform: iam:PassRole on resource: "
            "arn:aws:iam::123456789012:role/r with an explicit deny in a service control policy: "
            "arn:aws:organizations::1:policy/o/p"
        ),
        Permission(
            "iam:PassRole",
            "arn:aws:iam::123456789012:role/r",
            "arn:aws:iam::123456789012:user/u",
            "explicit deny in a service control policy",
        ),
    ),
    (
        # errors of clients are sentences.
        "User: arn:aws:iam::123456789012:user/u is not authorized to perform: s3:PutObject on resource: arn:aws:s3:::data/out.",
        Permission("s3:PutObject", "arn:aws:s3:::data/out", "arn:aws:iam::123456789012:user/u"),
    ),
    (
        # aws-samples and others quote it for sandboxes with a boundary.
        (
            "User: arn:aws:sts::123456789012:assumed-role/R/S is not authorized to perform: iam:GetUser because no permissions "
            "boundary allows the iam:GetUser action"
        ),
        Permission(
            "iam:GetUser", "", "arn:aws:sts::123456789012:assumed-role/R/S", "no permissions boundary allows it"
        ),
    ),
    (
        (
            "Service Principal: glue.amazonaws.com is not authorized to perform: kms:Decrypt on resource: "
            "arn:aws:kms:eu-west-1:1:key/k because no resource-based policy allows the kms:Decrypt action"
        ),
        Permission(
            "kms:Decrypt",
            "arn:aws:kms:eu-west-1:1:key/k",
            "glue.amazonaws.com",
            "no resource-based policy allows it",
        ),
    ),
    (
        # hashicorp/terraform-provider-aws, internal/service/sagemaker, retries on its first words.
        (
            "Could not assume role arn:aws:iam::123456789012:role/r. Please ensure that the role exists and allows principal "
            "'sagemaker.amazonaws.com' to assume the role."
        ),
        Permission("sts:AssumeRole", "arn:aws:iam::123456789012:role/r", "sagemaker.amazonaws.com"),
    ),
    (
        # Public guides to deployment quote its first words.
        (
            "The repository of your image does not grant ecr:GetDownloadUrlForLayer, ecr:BatchGetImage permission to "
            "sagemaker.amazonaws.com service principal."
        ),
        Permission("ecr:GetDownloadUrlForLayer", "", "sagemaker.amazonaws.com"),
    ),
    (
        # The words of CreateModel in many public issues.
        'Also ensure that the role has "s3:GetObject" permissions and that the object is located in eu-west-1.',
        Permission("s3:GetObject"),
    ),
)


@pytest.mark.parametrize(("text", "missing"), DENIALS, ids=[missing.action for _, missing in DENIALS])
def test_the_missing_permission_is_read_from_the_words_of_a_denial(text: str, missing: Permission) -> None:
    assert missing_permission(text) == missing


@pytest.mark.parametrize(
    "text",
    [
        "AlgorithmError: exit code 1",
        "You are not authorized to perform this operation.",
        "ClientError: Data download failed:Unable to download object s3://data/x (AccessDenied: Access Denied)",
    ],
)
def test_no_permission_is_made_up_where_aws_names_none(text: str) -> None:
    assert missing_permission(text) is None
