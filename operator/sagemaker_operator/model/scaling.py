"""What botocore knows of Application Auto Scaling, the service that changes the counts of what SageMaker serves with."""

from functools import cache

from botocore.model import ServiceModel, StructureShape

from .service import loader

SERVICE = "application-autoscaling"


@cache
def structure(name: str) -> StructureShape:
    """A structure of the service, such as ``StepScalingPolicyConfiguration``, always the same object."""
    shape = _service().shape_for(name)
    assert isinstance(shape, StructureShape), f"{name} is no structure of Application Auto Scaling"
    return shape


@cache
def request(operation: str) -> StructureShape:
    """The input of an operation, always the same object."""
    shape = _service().operation_model(operation).input_shape
    assert isinstance(shape, StructureShape), f"{operation} takes no input"
    return shape


@cache
def _service() -> ServiceModel:
    """Application Auto Scaling's API as botocore describes it (API version 2016-02-06)."""
    return ServiceModel(loader().load_service_model(SERVICE, "service-2"), SERVICE)
