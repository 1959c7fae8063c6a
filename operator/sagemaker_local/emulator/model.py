"""SageMaker's service model, and that of its events' services, as botocore ships them: loaded once, without their prose.

The documentation strings are much of the model's memory and nothing here reads them; so this copy is the emulator's own. This is
the only module of the emulator that knows where the model comes from.
"""

from functools import cache, lru_cache
from typing import Any

from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel, StructureShape


@cache
def service_model(service: str = "sagemaker") -> ServiceModel:
    """The newest model of a service: `sagemaker`, `sqs` or `events`."""
    document = Loader().load_service_model(service, "service-2")
    _drop_prose(document)
    return ServiceModel(document, service)


@lru_cache(maxsize=1)
def operation_names() -> frozenset[str]:
    """Every operation that SageMaker has, with behaviour here or not."""
    return frozenset(service_model().operation_names)


@cache
def operation(name: str) -> OperationModel:
    """One operation of the model; KeyError-like errors of botocore if it does not exist."""
    return service_model().operation_model(name)


def input_members(name: str) -> StructureShape:
    """The shape of an operation's input; every operation with behaviour has one."""
    shape = operation(name).input_shape
    assert shape is not None, f"{name} takes no input"
    return shape


def output_members(name: str) -> StructureShape:
    """The shape of an operation's output, where there is one."""
    shape = operation(name).output_shape
    assert shape is not None, f"{name} answers nothing"
    return shape


def _drop_prose(node: Any) -> None:
    """Remove documentation in place. Members may be called "documentation" only inside `members`."""
    for operation_document in node["operations"].values():
        operation_document.pop("documentation", None)
    for shape in node["shapes"].values():
        shape.pop("documentation", None)
        for member in shape.get("members", {}).values():
            member.pop("documentation", None)
        for part in ("member", "key", "value"):
            if part in shape:
                shape[part].pop("documentation", None)
