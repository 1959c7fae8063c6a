"""Counts of what is scaled, as SageMaker tells them, and the calls that change them.

Under the service's lock. Not here: which count is wanted.
"""

from sagemaker_local.emulator import autoscaling
from sagemaker_local.emulator.refusal import ServiceError
from sagemaker_local.emulator.resource import Json
from sagemaker_local.emulator.scaling.targets import Key
from sagemaker_local.emulator.service import SageMaker

INSTANCES = "sagemaker:variant:DesiredInstanceCount"
COPIES = "sagemaker:inference-component:DesiredCopyCount"


def counts(service: SageMaker, key: Key) -> tuple[int, int] | None:
    """How many instances or copies there are and are wanted; None if nothing can be done about it now."""
    place, resource, dimension = key
    shown: Json
    match resource.split("/"):
        case ["endpoint", endpoint, "variant", variant] if dimension == INSTANCES:
            found = service.world.find(place, "Endpoint", endpoint.lower())
            if found is None or found.status != "InService":
                return None
            shown = next((v for v in found.facts.get("ProductionVariants", ()) if v["VariantName"] == variant), {})
            names = ("CurrentInstanceCount", "DesiredInstanceCount")
        case ["inference-component", component] if dimension == COPIES:
            found = service.world.find(place, "InferenceComponent", component)
            if found is None or found.status != "InService":
                return None
            shown, names = found.facts.get("Copies") or {}, ("CurrentCopyCount", "DesiredCopyCount")
        case _:
            return None
    if not all(name in shown for name in names):
        return None
    return int(shown[names[0]]), int(shown[names[1]])


def scale(service: SageMaker, key: Key, count: int) -> None:
    """Give a target another count. Raises ValueError if SageMaker refuses."""
    place, resource, dimension = key
    if dimension == INSTANCES:
        _, endpoint, _, variant = resource.split("/")
        autoscaling.scale(service, endpoint, variant, count, account=place.account, region=place.region)
        return
    name = resource.partition("/")[2]
    request = {"InferenceComponentName": name, "DesiredRuntimeConfig": {"CopyCount": count}}
    try:
        service.call("UpdateInferenceComponentRuntimeConfig", request, place)
    except ServiceError as refused:
        raise ValueError(f"SageMaker does not scale {resource}: {refused}") from None
