"""The SageMaker service model, read once per process.

The loader is shared with the AWS clients (`aws.sessions`): a session of its own would cost each client another 20 MB for the
same JSON.
"""

from functools import cache

from botocore.loaders import Loader, create_loader
from botocore.model import OperationModel, ServiceModel, StructureShape


@cache
def loader() -> Loader:
    """The one botocore data loader of the process; it caches what it has read."""
    return create_loader()


@cache
def service() -> ServiceModel:
    """SageMaker's API as botocore describes it (API version 2017-07-24)."""
    return ServiceModel(loader().load_service_model("sagemaker", "service-2"), "sagemaker")


def has_operation(name: str) -> bool:
    """Whether this botocore knows an operation of that name."""
    return name in _operation_names()


def operation(name: str) -> OperationModel:
    """The model of one operation, such as ``CreateTrainingJob``.

    Raises:
        botocore.model.OperationNotFoundError: if there is no such operation.
    """
    return service().operation_model(name)


@cache
def input_shape(name: str) -> StructureShape:
    """The input structure of an operation; an operation without input has an empty one."""
    shape = operation(name).input_shape
    return shape if shape is not None else StructureShape(f"{name}Input", {"type": "structure", "members": {}})


@cache
def output_shape(name: str) -> StructureShape:
    """The output structure of an operation; an operation without output has an empty one."""
    shape = operation(name).output_shape
    return shape if shape is not None else StructureShape(f"{name}Output", {"type": "structure", "members": {}})


@cache
def _operation_names() -> frozenset[str]:
    return frozenset(service().operation_names)
