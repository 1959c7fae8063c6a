"""What SageMaker says when a model cannot be served: the FailureReason of an endpoint, with where it was seen."""

from typing import Final

from sagemaker_local.emulator.refusal import UNVERIFIED, VALIDATION, Refusal

NOT_HEALTHY: Final = Refusal(
    VALIDATION,
    "The {container} for production variant {variant} did not pass the ping health check. Please check CloudWatch logs for "
    "this endpoint.",
    evidence="primary container: sagemaker-python-sdk#787; container-2 of a pipeline: amazon-sagemaker-examples#1072",
)
NOT_AN_ARCHIVE: Final = Refusal(
    VALIDATION,
    'Failed to extract model data archive for container "{container}" from URL "{url}". Please ensure that the object located '
    "at the URL is a valid tar.gz archive.",
    evidence="aws/deep-learning-containers#569",
)
TOO_LARGE: Final = Refusal(
    VALIDATION,
    'Failed to extract model data archive from URL "{url}". The model data archive is too large. Please reduce the size of the '
    "model data archive or move to an instance type with more memory.",
    evidence="a FailureReason quoted in the README of a public repository (invoice-reader)",
)
NO_DATA: Final = Refusal(
    VALIDATION,
    'Failed to download model data for container "{container}" from URL: "{url}". Please ensure that there is an object located '
    "at the URL and that the role passed to CreateModel has permissions to download the object.",
    evidence="aws-solutions-library-samples/fraud-detection-using-machine-learning#9",
)
NO_SUCH_TARGET_MODEL: Final = Refusal(
    VALIDATION,
    "Failed to download model data(bucket: {bucket}, key: {key}). Please ensure that there is an object located at the URL and "
    "that the role passed to CreateModel has permissions to download the model.",
    evidence=f"its beginning, of inference components: a public troubleshooting guide; {UNVERIFIED} otherwise",
)
NOT_MULTI_MODEL: Final = Refusal(
    VALIDATION,
    "Endpoint {endpoint} is not a multi-model endpoint and does not support target model header.",
    evidence="amazon-sagemaker-examples#1026",
)
NEEDS_TARGET_MODEL: Final = Refusal(
    VALIDATION,
    "Endpoint {endpoint} is a multi-model endpoint and requires a target model header.",
    evidence=UNVERIFIED,
)
COMPONENT_NOT_HEALTHY: Final = Refusal(
    VALIDATION,
    "The container of inference component {component} did not pass the ping health check. Please check CloudWatch logs for "
    "this inference component.",
    evidence=UNVERIFIED,
)
NOT_RUN: Final = Refusal(
    VALIDATION,
    "sagemaker-local could not run what stands in for the image of the model: {problem}",
    evidence="this project's own",
)
