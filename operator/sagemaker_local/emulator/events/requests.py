"""Requests to SQS and EventBridge against the shapes of their service models."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

from botocore.loaders import Loader
from botocore.model import ServiceModel

from sagemaker_local.emulator.refusal import Refusal
from sagemaker_local.emulator.resource import Json

MISSING_PARAMETER: Final = Refusal(
    "MissingParameter", "The request must contain the parameter {name}.", evidence="moto's SQS, which quotes AWS"
)


@lru_cache(maxsize=2)
def _model(service: str) -> ServiceModel:
    return ServiceModel(Loader().load_service_model(service, "service-2"), service)


OPERATIONS: Final[dict[str, Callable[[], Any]]] = {
    "sqs": lambda: _model("sqs").operation_names,
    "events": lambda: _model("events").operation_names,
}


def check(service: str, operation: str, request: Json) -> None:
    """Raise what AWS answers to a request that does not fit."""
    shape = _model(service).operation_model(operation).input_shape
    for name in shape.required_members:
        if name not in request:
            raise MISSING_PARAMETER.error(name=name)
