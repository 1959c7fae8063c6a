"""Who takes a request, among those who could: by weight, and as the kind of endpoint has it. Pure."""

from collections.abc import Sequence

from sagemaker_local.runner.runtime.ports import Hop, UnknownTarget, WrongTarget
from sagemaker_local.runner.serving.blueprint import Blueprint
from sagemaker_local.runner.serving.house import Share
from sagemaker_local.runner.serving.server import ModelServer
from sagemaker_local.runner.serving.texts import NEEDS_TARGET_MODEL, NOT_MULTI_MODEL


def chosen_share(shares: Sequence[Share], point: float) -> Share:
    """The one on which a point between 0 and 1 falls, each taking its weight's part; the first if none weighs anything.

    Args:
        shares: one or more.
        point: from a random generator, at least 0 and less than 1.
    """
    total = sum(share.group.weight for share in shares)
    reached = 0.0
    for share in shares:
        reached += share.group.weight
        if point * total < reached:
            return share
    return shares[0]


def target_of(blueprint: Blueprint, endpoint: str, *, model: str | None, container: str | None) -> None:
    """Refuse what a request aims at if it is not of this kind of endpoint. Raises WrongTarget or UnknownTarget."""
    if model is not None and not blueprint.multi_model:
        raise WrongTarget(NOT_MULTI_MODEL.text.format(endpoint=endpoint))
    if model is None and blueprint.multi_model:
        raise WrongTarget(NEEDS_TARGET_MODEL.text.format(endpoint=endpoint))
    if container is not None and not blueprint.direct:
        raise WrongTarget(
            f"Endpoint {endpoint} does not invoke containers directly; its inference execution mode is Serial."
        )
    if container is None and blueprint.direct:
        raise WrongTarget(f"Endpoint {endpoint} invokes containers directly and requires a target container hostname.")
    if container is not None and container not in {plan.name for plan in blueprint.containers}:
        raise UnknownTarget("container", f"Container {container} not found for endpoint {endpoint}.")


def hops_of(server: ModelServer, container: str | None) -> tuple[Hop, ...]:
    """Where a request passes through."""
    return tuple(hop for hop in server.hops if container in (None, hop.container))
