"""Application Auto Scaling's hand: changes the instance count of a variant as it does, outside of the endpoint's configuration.

Nothing scales by itself; tests say when. Not here: which targets there are (`scaling`), and what the endpoint does then.
"""

from sagemaker_local.emulator.families.hosting.scaling import resource_id
from sagemaker_local.emulator.mount import DEFAULT_ACCOUNT
from sagemaker_local.emulator.refusal import ServiceError
from sagemaker_local.emulator.resource import Place
from sagemaker_local.emulator.service import SageMaker


def scale(
    service: SageMaker,
    endpoint: str,
    variant: str,
    count: int,
    *,
    account: str = DEFAULT_ACCOUNT,
    region: str = "us-east-1",
) -> None:
    """Let a registered variant want another number of instances.

    Args:
        endpoint: its name.
        variant: the name of one of its variants, registered as `endpoint/<name>/variant/<variant>`.
        count: within the capacities that were registered.
        account: whose endpoint it is.
        region: where it is.

    Raises:
        ValueError: there is no such endpoint, the variant is not registered, the count is not allowed, or SageMaker refuses.
    """
    place = Place(account, region)
    with service.lock:
        service.machine.run(service.world.clock.now())
        found = service.world.find(place, "Endpoint", service.family("Endpoint").key(endpoint))
        if found is None:
            raise ValueError(f"account {account} has no endpoint {endpoint!r} in {region}")
        name = resource_id(found, variant)
        limits = service.world.services.scalable(place, name) if service.world.services is not None else None
        if limits is None:
            raise ValueError(f"{name} is not registered as a scalable target")
        if not limits[0] <= count <= limits[1]:
            raise ValueError(f"{name} may have {limits[0]} to {limits[1]} instances, not {count}")
    change = {"VariantName": variant, "DesiredInstanceCount": count}
    request = {"EndpointName": found.name, "DesiredWeightsAndCapacities": [change]}
    try:
        service.call("UpdateEndpointWeightsAndCapacities", request, place)
    except ServiceError as refused:
        raise ValueError(f"SageMaker does not scale {name}: {refused}") from None


def exists(service: SageMaker, place: Place, resource: str, dimension: str) -> bool:
    """Whether there is what a resource id of Application Auto Scaling names, and it has that count."""
    match resource.split("/"):
        case ["endpoint", name, "variant", variant]:
            found = service.world.find(place, "Endpoint", service.family("Endpoint").key(name))
            there = {one["VariantName"] for one in found.facts.get("ProductionVariants", ())} if found else set()
            return variant in there and dimension.startswith("sagemaker:variant:")
        case ["inference-component", name]:
            key = service.family("InferenceComponent").key(name)
            found = service.world.find(place, "InferenceComponent", key)
            return found is not None and dimension == "sagemaker:inference-component:DesiredCopyCount"
        case _:
            return False
