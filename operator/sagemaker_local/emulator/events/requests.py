"""Requests to SQS and EventBridge against the shapes of their service models.

EventBridge complains like SageMaker. SQS has words of its own for values out of range (see `sqs`); here only types and missing
members count.
"""

import re
from typing import Final

from sagemaker_local.emulator import model
from sagemaker_local.emulator.refusal import Refusal
from sagemaker_local.emulator.resource import Json
from sagemaker_local.emulator.validation import complaints, refuse

MISSING_PARAMETER: Final = Refusal(
    "MissingParameter", "The request must contain the parameter {name}.", evidence="moto's SQS"
)
_MISSING: Final = re.compile(r"Value null at '([^']+)'")


def known(service: str, operation: str) -> bool:
    """Whether a service has an operation, with behaviour here or not."""
    return operation in model.service_model(service).operation_names


def check(service: str, operation: str, request: Json) -> None:
    """Raise what AWS answers to a request that does not fit; unknown members and nulls are removed in place.

    Raises:
        ServiceError: SerializationException for wrong JSON types, else ValidationException or MissingParameter.
    """
    shape = model.service_model(service).operation_model(operation).input_shape
    if shape is None:
        return
    wrong = complaints(shape.name, request, service=service)
    if service != "sqs":
        refuse(wrong)
    for missing in filter(None, map(_MISSING.match, wrong)):
        name = missing[1]
        raise MISSING_PARAMETER.error(name=name[:1].upper() + name[1:])
