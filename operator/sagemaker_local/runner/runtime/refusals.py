"""What sagemaker-runtime says when it refuses, each text with the evidence for it.

The codes are those of its service model: ValidationError, ModelError, ModelNotReadyException, ServiceUnavailable. Not here: how
an error travels over HTTP (see `wire`).
"""

from dataclasses import dataclass
from typing import Final

from sagemaker_local.emulator.refusal import UNVERIFIED, Refusal, ServiceError
from sagemaker_local.emulator.resource import Json, Place, partition

INVALID: Final = "ValidationError"
NOT_FOUND: Final = Refusal(
    INVALID,
    "Endpoint {endpoint} of account {account} not found.",
    evidence="amazon-sagemaker-examples#293, #559; that it is said also of one that is not in service: " + UNVERIFIED,
)
INVALID_REQUEST: Final = Refusal(
    INVALID,
    "{count} validation error{plural} detected: {complaints}",
    evidence=f"quoted in many public issues of AWS's services; {UNVERIFIED} of this one",
)
NO_VARIANT: Final = Refusal(
    INVALID,
    "Variant {variant} not found for endpoint {endpoint} of account {account}.",
    evidence=UNVERIFIED,
)
NO_COMPONENT: Final = Refusal(
    INVALID,
    "Inference Component {component} of account {account} not found.",
    evidence=UNVERIFIED,
)
NEEDS_COMPONENT: Final = Refusal(
    INVALID,
    "Inference Component Name header is required for endpoints to which you plan to deploy inference components. Please include "
    "Inference Component Name header or consider using SageMaker models.",
    evidence="amazon-kendra-langchain-extensions#64",
)
NO_COMPONENTS: Final = Refusal(
    INVALID,
    "Endpoint {endpoint} does not host inference components and does not support the inference component header.",
    evidence=UNVERIFIED,
)
IS_ASYNCHRONOUS: Final = Refusal(
    INVALID,
    "Endpoint {endpoint} is an asynchronous endpoint. Use InvokeEndpointAsync.",
    evidence=UNVERIFIED,
)
NOT_ASYNCHRONOUS: Final = Refusal(
    INVALID,
    "Endpoint {endpoint} is not an asynchronous endpoint. Use InvokeEndpoint.",
    evidence=UNVERIFIED,
)
ONE_INPUT: Final = Refusal(
    INVALID,
    "Exactly one of Body and InputLocation must be provided.",
    evidence=f'the rule: "Provide exactly one of them" in the service model; {UNVERIFIED} text',
)
INLINE_TOO_LARGE: Final = Refusal(
    INVALID,
    "The inline payload has more than {limit} bytes. Use InputLocation.",
    evidence=f"the limit: the service model; {UNVERIFIED} text",
)
NO_INPUT: Final = Refusal(
    INVALID,
    "Unable to download the input payload from {url}. Please ensure that there is an object located at the URL.",
    evidence=UNVERIFIED,
)
INPUT_TOO_LARGE: Final = Refusal(
    INVALID,
    "The input payload at {url} has more than {limit} bytes.",
    evidence=f'the limit: "Asynchronous inference" of the developer guide; {UNVERIFIED} text',
)
NOT_UPLOADED: Final = Refusal(INVALID, "Unable to upload the result to {url}.", evidence=UNVERIFIED)
EXPIRED: Final = Refusal(
    INVALID,
    "The request was in the queue for more than {seconds} seconds.",
    evidence=f"the rule: RequestTTLSeconds of the service model; {UNVERIFIED} text",
)
BROKEN: Final = Refusal(
    "InternalFailure",
    "The request processing has failed because of an unknown error, exception or failure.",
    evidence="Common Errors of the SageMaker API Reference",
    status=500,
)
TOO_LARGE: Final = Refusal(
    "413",
    "HTTP content length exceeded {limit} bytes.",
    evidence="sagemaker-python-sdk#171, amazon-sagemaker-examples#245, of the limit of that time",
    status=413,
)
NO_CAPACITY: Final = Refusal(
    "ServiceUnavailable",
    "{reason}",
    evidence=f"the code: the service model; {UNVERIFIED} text",
    status=503,
)
SIMULATED: Final = Refusal("NotEmulated", "{reason}", evidence="this project's own answer")
NOT_READY: Final = Refusal(
    "ModelNotReadyException",
    "{reason}",
    evidence=f"the code: the service model; {UNVERIFIED} text",
    status=429,
)
INVALID_TARGET: Final = Refusal(INVALID, "{reason}", evidence="the texts are those of whoever serves")
EXPLAINS: Final = Refusal(
    "NotEmulated",
    "Endpoint {endpoint} has an ExplainerConfig, and sagemaker-local does not explain predictions. Invoke it with "
    "EnableExplanations='`false`' to have its predictions alone.",
    evidence="this project's own answer",
)
BIDIRECTIONAL: Final = Refusal(
    "NotEmulated",
    "sagemaker-local has no InvokeEndpointWithBidirectionalStream, which needs HTTP/2 and a WebSocket of the model's container. "
    "What it has is InvokeEndpoint, InvokeEndpointWithResponseStream and InvokeEndpointAsync.",
    evidence="this project's own answer",
)
UNKNOWN_PATH: Final = Refusal(
    "UnknownOperationException",
    "sagemaker-runtime has nothing at {method} {path}.",
    evidence="code of AWS's services; the text is this project's own",
    status=404,
)
RECEIVED: Final = Refusal(
    "ModelError",
    'Received {side} error ({status}) from {container} with message "{message}". See {link} in account {account} for more '
    "information.",
    evidence="amazon-sagemaker-examples#407; with `primary`: sagemaker-python-sdk#2955",
    status=424,
)
NOT_WHOLE: Final = Refusal(
    "ModelError",
    "Received {side} error ({status}) from {container} and could not load the entire response body. See {link} in account "
    "{account} for more information.",
    evidence="amazon-sagemaker-examples#4324",
    status=424,
)
TIMED_OUT: Final = (
    "Your invocation timed out while waiting for a response from container {container}. Review the latency metrics for each "
    "container in Amazon CloudWatch, resolve the issue, and try again."
)
"""Of a ModelError with the status 0: amazon-sagemaker-examples#799, #1407."""
STREAM_TIMED_OUT: Final = "Your model {container} did not complete sending the inference response in the allotted time."
"""Of a ModelStreamError: repost.aws, "Invoke streaming timeout error"."""
LOST: Final = "Container {container} closed the connection before it answered."
"""Of a ModelError with the status 0: a text of this project's own, as AWS's was not found."""
THROTTLED: Final = Refusal(
    "ThrottlingException",
    "",
    evidence="code, status 400 and the empty message: opensearch-project/ml-commons#2429, "
    "amazon-kinesis-video-streams-parser-library#187",
)


@dataclass(frozen=True, slots=True)
class Blame:
    """Which container answered with an error, on which endpoint."""

    place: Place
    endpoint: str
    container: str


class ModelError(ServiceError):
    """The model answered an error, or not in time.

    Attributes:
        original: what it answered: status, 0 if nothing, and text.
        container: who answered it.
        log: the ARN of the log group.
    """

    def __init__(self, blame: Blame, *, status: int, message: str, whole: bool = True) -> None:
        refusal = RECEIVED if whole else NOT_WHOLE
        region, group = blame.place.region, f"/aws/sagemaker/Endpoints/{blame.endpoint}"
        made = refusal.error(
            side="client" if 400 <= status < 500 else "server",
            status=status,
            container=blame.container,
            message=message,
            link=f"https://{region}.console.aws.amazon.com/cloudwatch/home?region={region}#logEventViewer:group={group}",
            account=blame.place.account,
        )
        super().__init__(made.code, made.text, status=made.status)
        self.container = blame.container
        self.original = (status, message if whole else "")
        self.log = f"arn:{partition(region)}:logs:{region}:{blame.place.account}:log-group:{group}"

    def members(self) -> Json:
        """The members of the error beside its message; ErrorCode as in the body that opensearch-project/ml-commons tests with."""
        status, message = self.original
        return {
            "ErrorCode": "CLIENT_ERROR_FROM_MODEL" if 400 <= status < 500 else "INTERNAL_FAILURE_FROM_MODEL",
            "LogStreamArn": self.log,
            "OriginalMessage": message,
            "OriginalStatusCode": status,
        }
