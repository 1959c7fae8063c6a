"""Application Auto Scaling's hand: changes the instance count of a variant as it does, outside of the endpoint's configuration.

Scalable targets are registered with moto, which never scales anything; tests say when. Not here: what the endpoint does then.
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
