"""What boto3 raises, told in the terms of `sagemaker_operator.errors`: by what we do about it.

Pure. The order of the questions matters: a page of HTML with status 403 is a wrong endpoint and no refusal, a throttled STS is
no missing permission. Not here: what a refusal means for a kind (`kinds.kind.Kind.read`).
"""

import re
from urllib.parse import urlsplit

from botocore import exceptions as boto

from sagemaker_operator.errors import AWSFailure, Denied, Lacking, Limited, Refused, Throttled, Unknown

# botocore's own list (botocore.retries.standard.ThrottledRetryableChecker) without the codes of other services.
_THROTTLED = frozenset(
    {
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
_UNKNOWN = frozenset(
    {
        "IDPCommunicationError",
        "InternalError",
        "InternalFailure",
        "InternalServerError",
        "InternalServerException",
        "RequestTimeout",
        "RequestTimeoutException",
        "ServiceUnavailable",
        "ServiceUnavailableException",
    }
)
# hashicorp/terraform-provider-aws#27258 (SageMaker in us-west-1), aws/aws-sdk-js#4584 (ListDevices there); the other codes are
# those of other services (hashicorp/terraform-provider-aws#38978, aws-iso) and of AWS's common errors.
_LACKING = frozenset(
    {
        "InvalidAction",
        "UnknownOperation",
        "UnknownOperationException",
        "UnsupportedOperation",
        "UnsupportedOperationException",
    }
)
_NOT_HERE = re.compile(r"operation is not supported in (?:the called|this) region", re.IGNORECASE)
_LIMITED = frozenset({"LimitExceededException", "ResourceLimitExceeded", "ServiceQuotaExceededException"})

_ALLOW = "Allow it to the credentials that the operator runs with."
_RENEW = "Renew the credentials that the operator runs with."
_CHECK = "Check the credentials that the operator runs with, and that they belong to this AWS partition."
_CLOCK = "Check the secret key and the clock of the machine that the operator runs on."
_PROVIDE = "Give the operator credentials: a role for its service account, environment variables or a profile."
# https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html, and the names that services use beside them.
_DENIED = {
    "AccessDenied": _ALLOW,
    "AccessDeniedException": _ALLOW,
    "AuthFailure": _CHECK,
    "AuthorizationError": _ALLOW,
    "ExpiredToken": _RENEW,
    "ExpiredTokenException": _RENEW,
    "IncompleteSignature": _CLOCK,
    "IncompleteSignatureException": _CLOCK,
    "InvalidAccessKeyId": _CHECK,
    "InvalidClientTokenId": _CHECK,
    "InvalidIdentityToken": _CHECK,
    "InvalidSignatureException": _CLOCK,
    "MissingAuthenticationToken": _PROVIDE,
    "MissingAuthenticationTokenException": _PROVIDE,
    "NotAuthorized": _ALLOW,
    "OptInRequired": "Enable the region for this AWS account.",
    "RegionDisabledException": "Enable the region for this AWS account.",
    "RequestExpired": _CLOCK,
    "SignatureDoesNotMatch": _CLOCK,
    "TokenRefreshRequired": _RENEW,
    "UnauthorizedOperation": _ALLOW,
    "UnrecognizedClientException": _CHECK,
}
_NO_CREDENTIALS: dict[type[Exception], str] = {
    boto.NoCredentialsError: _PROVIDE,
    boto.NoAuthTokenError: _PROVIDE,
    boto.PartialCredentialsError: "Set all parts of the credentials that the operator runs with.",
    boto.CredentialRetrievalError: _CHECK,
    boto.RefreshWithMFAUnsupportedError: "Use credentials that need no second factor.",
    boto.TokenRetrievalError: _RENEW,
    boto.SSOError: "Sign in again: aws sso login.",
    boto.LoginError: "Sign in again: aws login.",
    boto.MetadataRetrievalError: _CHECK,
    boto.UnknownCredentialError: "Check credential_source in the AWS configuration file.",
    boto.UnknownTokenProviderError: "Check the AWS configuration file.",
    boto.ProfileNotFound: "Check AWS_PROFILE and the AWS configuration file.",
    boto.InvalidConfigError: "Check the AWS configuration file.",
    boto.ConfigParseError: "Check the AWS configuration file.",
    boto.ConfigNotFound: "Check AWS_CONFIG_FILE.",
}
# Below HTTP: whether the call was carried out cannot be told.
_UNHEARD: dict[type[Exception], str] = {
    boto.EndpointConnectionError: "cannot be reached: check the endpoint URL, the region and the network",
    boto.ProxyConnectionError: "cannot be reached through the proxy: check HTTPS_PROXY and NO_PROXY",
    boto.SSLError: "shows no certificate that can be trusted: check the endpoint URL and AWS_CA_BUNDLE",
    boto.ConnectTimeoutError: "did not accept the connection in time: check the network and the VPC endpoint",
    boto.ReadTimeoutError: "did not answer in time",
    boto.ConnectionClosedError: "closed the connection without an answer",
    boto.IncompleteReadError: "broke off its answer",
    boto.ResponseStreamingError: "broke off its answer",
    boto.HTTPClientError: "broke the connection",
}
_ACTION = re.compile(r"not authorized to perform: ([\w-]+:\w+)")
# A web identity without a session name gets one with the time in it: it would change the message at every restart.
_SESSION = re.compile(r"/botocore-session-\d+")

# Terraform retries a create with exactly these refusals (terraform-provider-aws, internal/service/sagemaker/training_job.go).
_PROPAGATING = (
    "could not assume role",
    "unauthorized to list objects under s3 url",
    "access denied to outputdataconfig s3 bucket",
    "no identity-based policy allows the s3:listbucket action",
    "access denied to hub content",
    "access denied for repository",
)


def read(error: Exception, operation: str, *, endpoint: str = "") -> AWSFailure:
    """What an exception of boto3 means.

    Args:
        error: what a client's method raised.
        operation: the operation that was called, such as ``CreateTrainingJob``.
        endpoint: the URL that was called, for messages.

    Returns:
        `Throttled`, `Unknown`, `Denied`, `Limited`, `Lacking` or plain `Refused`, with AWS's words.
    """
    if isinstance(error, AWSFailure):
        return error
    if isinstance(error, boto.ClientError):
        return _read_answer(error, operation, _host(endpoint))
    return _read_silence(error, operation, endpoint)


def nonsense(operation: str, *, endpoint: str, found: str) -> Unknown:
    """The failure of an endpoint that is not AWS.

    Args:
        operation: the operation that was called.
        endpoint: the URL that was called.
        found: what came instead of an answer, such as ``status 200 with text/html``.
    """
    message = f"{_host(endpoint)} gave {found}, which is not how AWS answers: check the endpoint URL and proxies"
    return Unknown("NotAWS", message, operation)


def propagating(failure: AWSFailure) -> bool:
    """Whether a refusal may be due to a role or policy that is too new to be known everywhere in AWS.

    Worth trying again for about two minutes after it was first seen; final after that.
    """
    told = failure.message.lower()
    return isinstance(failure, Refused) and any(text in told for text in _PROPAGATING)


def _read_answer(error: boto.ClientError, operation: str, host: str) -> AWSFailure:
    code = str(error.response.get("Error", {}).get("Code", ""))
    words = _SESSION.sub("", str(error.response.get("Error", {}).get("Message", "")))
    metadata = error.response.get("ResponseMetadata", {})
    status = int(metadata.get("HTTPStatusCode", 0))
    if code in _THROTTLED or words == "Rate exceeded" or status == 429:
        return Throttled(code, words or f"status {status} without a message", operation)
    content = str(metadata.get("HTTPHeaders", {}).get("content-type", ""))
    # botocore puts the status where the code should be when the answer has none.
    stray = not code or code.isdigit()
    if stray and status < 500:
        return nonsense(operation, endpoint=f"//{host}", found=f"status {status} with {content or 'no content type'}")
    if status >= 500 or code in _UNKNOWN:
        told = f"status {status} with {content or 'no content type'}" if stray else words or f"status {status}"
        return Unknown(code, f"{host} answered: {told}", operation)
    if error.operation_name not in ("", "Unknown", operation):
        # The call did not get as far as SageMaker: its credentials had to be fetched first.
        return Denied(code, _sentences(f"No credentials from {error.operation_name}: {words}", _CHECK), operation)
    if code in _DENIED:
        action = _ACTION.search(words)
        advice = f"Allow {action[1]} to the credentials that the operator runs with." if action else _DENIED[code]
        return Denied(code, _sentences(words, advice), operation)
    if code in _LACKING or _NOT_HERE.search(words):
        return Lacking(code, words or f"{host} does not know {operation}: this region may not have it.", operation)
    return (Limited if code in _LIMITED else Refused)(code, words or f"status {status} without a message", operation)


def _read_silence(error: Exception, operation: str, endpoint: str) -> AWSFailure:
    """The meaning of an exception that does not hold an answer of AWS."""
    code = type(error).__name__
    for kind, advice in _NO_CREDENTIALS.items():
        if isinstance(error, kind):
            return Denied(code, _sentences(_masked(str(error)), advice), operation)
    for kind, said in _UNHEARD.items():
        if isinstance(error, kind):
            where = _host(str(getattr(error, "kwargs", {}).get("endpoint_url") or endpoint))
            return Unknown(code, f"{where} {said}", operation)
    if isinstance(error, boto.BotoCoreError):
        return Refused(code, "; ".join(_masked(str(error)).splitlines()), operation)
    return nonsense(operation, endpoint=endpoint, found=f"an answer that cannot be read ({code})")


def _sentences(words: str, advice: str) -> str:
    words = words.strip()
    return f"{words}{'' if not words or words.endswith(('.', '!', '?')) else '.'} {advice}".strip()


def _host(url: str) -> str:
    parts = urlsplit(url)
    if not parts.hostname:
        return "the endpoint"
    return f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname


def _masked(text: str) -> str:
    return re.sub(r"//[^/\s@]+@", "//", text)
