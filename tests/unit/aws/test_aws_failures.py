"""What exceptions of boto3 mean, and what the user is told."""

import pytest
from botocore import exceptions as boto
from botocore.exceptions import ClientError
from botocore.parsers import ResponseParserError

from sagemaker_operator.aws.failures import propagating, read
from sagemaker_operator.errors import AWSFailure, Denied, Lacking, Limited, Refused, Throttled, Unknown

CREATE = "CreateTrainingJob"
QUOTA = (
    "The account-level service limit 'ml.p3.2xlarge for training job usage' is 0 Instances, with current utilization of "
    "0 Instances and a request delta of 1 Instances."
)
NOT_ALLOWED = (
    "User: arn:aws:sts::123456789012:assumed-role/operator/session is not authorized to perform: sagemaker:CreateTrainingJob "
    "on resource: arn:aws:sagemaker:eu-west-1:123456789012:training-job/x because no identity-based policy allows the "
    "sagemaker:CreateTrainingJob action"
)


def answer(
    code: str,
    message: str = "words",
    *,
    status: int = 400,
    content: str = "application/x-amz-json-1.1",
    operation: str = CREATE,
) -> ClientError:
    return ClientError(
        {
            "Error": {"Code": code, "Message": message},
            "ResponseMetadata": {  # type: ignore[typeddict-item]
                "HTTPStatusCode": status,
                "HTTPHeaders": {"content-type": content},
                "RequestId": "c0ffee",
            },
        },
        operation,
    )


@pytest.mark.parametrize(
    ("error", "meaning"),
    [
        (answer("ThrottlingException", "Rate exceeded"), Throttled),
        (answer("Throttling", "Rate exceeded"), Throttled),
        (answer("RequestLimitExceeded"), Throttled),
        (answer("TooManyRequestsException", status=429), Throttled),
        (answer("ValidationException", "Rate exceeded"), Throttled),
        (answer("429", "", status=429, content="text/html"), Throttled),
        (answer("InternalFailure", status=500), Unknown),
        (answer("ServiceUnavailable", status=503), Unknown),
        (answer("InternalServerException"), Unknown),
        (answer("SomethingNew", status=500), Unknown),
        (answer("502", "<html>", status=502, content="text/html"), Unknown),
        (answer("404", "<html>", status=404, content="text/html"), Unknown),
        (answer("403", "no route", status=403, content="application/json"), Unknown),
        (answer("AccessDeniedException", NOT_ALLOWED), Denied),
        (answer("AccessDenied"), Denied),
        (answer("ExpiredToken"), Denied),
        (answer("ExpiredTokenException"), Denied),
        (answer("UnrecognizedClientException"), Denied),
        (answer("InvalidSignatureException"), Denied),
        (answer("InvalidClientTokenId"), Denied),
        (answer("MissingAuthenticationTokenException"), Denied),
        (answer("InvalidIdentityToken", operation="AssumeRoleWithWebIdentity"), Denied),
        (answer("ValidationError", operation="AssumeRole"), Denied),
        (answer("Throttling", operation="AssumeRole"), Throttled),
        (answer("ResourceLimitExceeded", QUOTA), Limited),
        (answer("ValidationException"), Refused),
        (answer("ResourceInUse"), Refused),
        (answer("ResourceNotFound"), Refused),
        (answer("ConflictException", status=409), Refused),
        (answer("UnknownOperationException", "", status=404), Lacking),
        (
            answer("UnknownOperationException", "The requested operation is not supported in the called region."),
            Lacking,
        ),
        (answer("ValidationException", "This operation is not supported in this region"), Lacking),
        (answer("UnsupportedOperation", "The functionality you requested is not available in this region."), Lacking),
        (boto.NoCredentialsError(), Denied),
        (boto.PartialCredentialsError(provider="env", cred_var="AWS_SECRET_ACCESS_KEY"), Denied),
        (boto.CredentialRetrievalError(provider="process", error_msg="exit 1"), Denied),
        (boto.TokenRetrievalError(provider="sso", error_msg="Token has expired and refresh failed"), Denied),
        (boto.UnauthorizedSSOTokenError(), Denied),
        (boto.ProfileNotFound(profile="team"), Denied),
        (boto.EndpointConnectionError(endpoint_url="http://localhost:4566/"), Unknown),
        (boto.ConnectTimeoutError(endpoint_url="http://localhost:4566/"), Unknown),
        (boto.ReadTimeoutError(endpoint_url="http://localhost:4566/"), Unknown),
        (boto.ConnectionClosedError(endpoint_url="http://localhost:4566/"), Unknown),
        (boto.SSLError(endpoint_url="https://localhost:4566/", error=OSError("self-signed")), Unknown),
        (boto.ProxyConnectionError(proxy_url="http://user:secret@proxy:3128"), Unknown),
        (boto.IncompleteReadError(actual_bytes=1, expected_bytes=2), Unknown),
        (boto.HTTPClientError(error="broken pipe"), Unknown),
        (ResponseParserError("not XML"), Unknown),
        (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte"), Unknown),
        (boto.ParamValidationError(report="Missing RoleArn"), Refused),
        (boto.InvalidRegionError(region_name="eu west"), Refused),
    ],
    ids=str,
)
def test_an_exception_means(error: Exception, meaning: type[AWSFailure]) -> None:
    failure = read(error, CREATE, endpoint="http://user:secret@localhost:4566")

    assert type(failure) is meaning
    assert failure.operation == CREATE
    assert failure.message
    assert "secret@" not in str(failure)
    assert "c0ffee" not in str(failure)
    assert "\n" not in failure.message


def test_a_refusal_keeps_the_words_of_aws_and_nothing_else() -> None:
    failure = read(answer("ResourceLimitExceeded", QUOTA), CREATE)

    assert (failure.code, failure.message) == ("ResourceLimitExceeded", QUOTA)


def test_a_missing_permission_is_named() -> None:
    failure = read(answer("AccessDeniedException", NOT_ALLOWED), CREATE)

    assert failure.message.startswith(NOT_ALLOWED)
    assert failure.message.endswith("Allow sagemaker:CreateTrainingJob to the credentials that the operator runs with.")


def test_a_message_does_not_change_when_the_operator_restarts() -> None:
    def told(session: str) -> str:
        words = f"User: arn:aws:sts::1:assumed-role/operator/{session} is not authorized to perform: sagemaker:ListTags"
        return read(answer("AccessDeniedException", words), "ListTags").message

    assert told("botocore-session-1795253815") == told("botocore-session-1795260000")


def test_credentials_that_cannot_be_fetched_are_not_blamed_on_the_manifest() -> None:
    error = answer(
        "AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity", operation="AssumeRoleWithWebIdentity"
    )

    failure = read(error, CREATE)

    assert failure.message.startswith("No credentials from AssumeRoleWithWebIdentity: Not authorized")
    assert failure.operation == CREATE


def test_a_wrong_endpoint_is_named_with_what_to_check() -> None:
    failure = read(
        answer("404", "<html>nginx</html>", status=404, content="text/html"), CREATE, endpoint="http://localhost:4566"
    )

    assert failure.message == (
        "localhost:4566 gave status 404 with text/html, which is not how AWS answers: check the endpoint URL and proxies"
    )


def test_an_endpoint_that_cannot_be_reached_is_named() -> None:
    failure = read(boto.EndpointConnectionError(endpoint_url="https://api.sagemaker.eu-west-9.amazonaws.com/"), CREATE)

    assert "api.sagemaker.eu-west-9.amazonaws.com cannot be reached" in failure.message


def test_an_answer_that_was_read_before_stays() -> None:
    failure = Limited("ResourceLimitExceeded", QUOTA, CREATE)

    assert read(failure, CREATE) is failure


@pytest.mark.parametrize(
    "words",
    [
        "Could not assume role arn:aws:iam::1:role/x. Please ensure that the role exists and allows principal …",
        'Unauthorized to List objects under S3 URL "s3://b/p".',
        "Access denied to OutputDataConfig S3 bucket: b",
        "… because no identity-based policy allows the s3:ListBucket action",
        "Access denied to hub content",
        "Access denied for repository: r in registry",
    ],
)
def test_a_role_that_is_too_new_is_worth_another_try(words: str) -> None:
    assert propagating(read(answer("ValidationException", words), CREATE))


@pytest.mark.parametrize(
    "error",
    [
        answer("ValidationException", "1 validation error detected: Value 'x' at 'instanceType' …"),
        answer("AccessDeniedException", NOT_ALLOWED),
        answer("InternalFailure", "Could not assume role", status=500),
    ],
    ids=str,
)
def test_other_failures_are_not_taken_for_a_role_that_is_too_new(error: ClientError) -> None:
    assert not propagating(read(error, CREATE))
