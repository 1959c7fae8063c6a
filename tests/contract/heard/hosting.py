"""What the emulator says about models and endpoints, and what it means."""

from collections.abc import Mapping

from sagemaker_operator.errors import Absent, AWSFailure, Busy, Exists, Refused

HEARD: Mapping[str, tuple[tuple[str, str, type[AWSFailure]], ...]] = {
    "hosting.models.NO_MODEL": (
        ("Model", "DescribeModel", Absent),
        ("EndpointConfig", "CreateEndpointConfig", Refused),
    ),
    "hosting.models.MODEL_EXISTS": (("Model", "CreateModel", Exists),),
    "hosting.models.NO_CONTAINER": (("Model", "CreateModel", Refused),),
    "hosting.models.NO_CONFIG": (("EndpointConfig", "DescribeEndpointConfig", Absent),),
    "hosting.models.NOT_FOR_MODELS": (("EndpointConfig", "CreateEndpointConfig", Refused),),
    "hosting.models.CONFIG_EXISTS": (("EndpointConfig", "CreateEndpointConfig", Exists),),
    "hosting.endpoints.NO_CONFIG": (
        ("Endpoint", "CreateEndpoint", Refused),
        ("Endpoint", "UpdateEndpoint", Refused),
    ),
    "hosting.endpoints.MISSING": (("Endpoint", "DescribeEndpoint", Absent), ("Endpoint", "DeleteEndpoint", Absent)),
    "hosting.endpoints.EXISTS": (("Endpoint", "CreateEndpoint", Exists),),
    "hosting.endpoints.BUSY": (("Endpoint", "UpdateEndpoint", Busy), ("Endpoint", "DeleteEndpoint", Busy)),
    "hosting.endpoints.FAILED": (("Endpoint", "UpdateEndpoint", Refused),),
    "hosting.endpoints.NO_VARIANT": (("Endpoint", "UpdateEndpointWeightsAndCapacities", Refused),),
}
