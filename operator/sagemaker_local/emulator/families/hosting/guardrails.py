"""Which deployment configurations are refused: the rules that their documentation states.

The rules are those of TrafficRoutingConfig, BlueGreenUpdatePolicy, RollingUpdatePolicy and DeploymentConfig in the API reference,
and of "Exclusions" in the developer guide's chapter on deployment guardrails; how AWS words its refusals is not known.
"""

from collections.abc import Iterator
from typing import Final

from sagemaker_local.emulator.families.hosting.deployment import effective_deployment, planned
from sagemaker_local.emulator.families.hosting.rollouts import Policy, number_of_batches, policy
from sagemaker_local.emulator.refusal import UNVERIFIED, VALIDATION, Refusal
from sagemaker_local.emulator.resource import Json, Resource
from sagemaker_local.emulator.world import Call, World

ONE_POLICY: Final = Refusal(
    VALIDATION,
    "Only one of BlueGreenUpdatePolicy and RollingUpdatePolicy can be specified in DeploymentConfig.",
    evidence=UNVERIFIED,
)
NO_SIZE: Final = Refusal(
    VALIDATION,
    "{member} must be specified for the traffic routing type {type}.",
    evidence=UNVERIFIED,
)
BAD_SIZE: Final = Refusal(
    VALIDATION,
    "{member} must be {allowed} of the total instance count of a variant, but is {value}.",
    evidence=UNVERIFIED,
)
SHORT: Final = Refusal(
    VALIDATION,
    "MaximumExecutionTimeoutInSeconds must be larger than the total waiting time of {waiting} seconds.",
    evidence=UNVERIFIED,
)
OTHER_VARIANTS: Final = Refusal(
    VALIDATION,
    "The new endpoint configuration must have the same variant names as the current one to shift traffic in steps.",
    evidence=UNVERIFIED,
)
SERVERLESS: Final = Refusal(
    VALIDATION,
    "Deployment guardrails are not supported for serverless variants.",
    evidence=UNVERIFIED,
)
SEVERAL_VARIANTS: Final = Refusal(
    VALIDATION,
    "RollingUpdatePolicy is not supported for endpoints with more than one variant.",
    evidence=UNVERIFIED,
)
_CANARY: Final = (0, 50, "at most 50 percent")
_LINEAR: Final = (10, 50, "10 to 50 percent")
_BATCH: Final = (5, 50, "5 to 50 percent")
_BACK: Final = (0, 100, "at most 100 percent")


def creation_fits(call: Call, world: World) -> None:
    """A creation may bring a deployment configuration for later updates; it must be sound by itself."""
    deployment = call.request.get("DeploymentConfig")
    config = world.find(call.place, "EndpointConfig", call.request["EndpointConfigName"])
    if deployment is not None and config is not None:
        _sound(deployment, {})


def update_fits(call: Call, endpoint: Resource, world: World) -> None:
    """The deployment configuration of an update is sound, and fits the old and the new variants."""
    deployment = effective_deployment(call.request, endpoint)
    config = world.find(call.place, "EndpointConfig", call.request["EndpointConfigName"])
    if deployment is None or config is None:
        return
    variants = planned(endpoint, call.request, config.spec, {})["ProductionVariants"]
    asked = _sound(deployment, {v["VariantName"]: v["DesiredInstanceCount"] for v in variants if _counted(v)})
    if asked.size is None:
        return
    if not all(map(_counted, variants)):
        raise SERVERLESS.error()
    if asked.rolling and len(variants) > 1:
        raise SEVERAL_VARIANTS.error()
    if {v["VariantName"] for v in variants} != {v["VariantName"] for v in endpoint.facts["ProductionVariants"]}:
        raise OTHER_VARIANTS.error()


def _sound(deployment: Json, totals: dict[str, int]) -> Policy:
    if "BlueGreenUpdatePolicy" in deployment and "RollingUpdatePolicy" in deployment:
        raise ONE_POLICY.error()
    for member, size, allowed in _sizes(deployment):
        _within(member, size, allowed, totals)
    asked = policy(deployment)
    if asked.size is not None:
        steps = number_of_batches(asked.size, totals.values())
        waits = 1 if asked.canary else steps if asked.rolling else max(1, steps - 1)
        waiting = asked.interval * waits + asked.final
    else:
        waiting = asked.final
    if asked.limit is not None and asked.limit <= waiting:
        raise SHORT.error(waiting=waiting)
    return asked


def _sizes(deployment: Json) -> Iterator[tuple[str, Json, tuple[int, int, str]]]:
    rolling: Json = deployment.get("RollingUpdatePolicy", {})
    for member, allowed in (("MaximumBatchSize", _BATCH), ("RollbackMaximumBatchSize", _BACK)):
        if member in rolling:
            yield member, rolling[member], allowed
    routing: Json = deployment.get("BlueGreenUpdatePolicy", {}).get("TrafficRoutingConfiguration", {})
    rules = (("CANARY", "CanarySize", _CANARY), ("LINEAR", "LinearStepSize", _LINEAR))
    for kind, member, allowed in rules:
        if routing.get("Type") == kind:
            if member not in routing:
                raise NO_SIZE.error(member=member, type=kind)
            yield member, routing[member], allowed


def _within(member: str, size: Json, allowed: tuple[int, int, str], totals: dict[str, int]) -> None:
    least, most, words = allowed
    if size["Type"] == "CAPACITY_PERCENT":
        if not least <= size["Value"] <= most:
            raise BAD_SIZE.error(member=member, allowed=words, value=f"{size['Value']} percent")
        return
    for variant, total in totals.items():
        if not total * least <= size["Value"] * 100 <= total * most:
            raise BAD_SIZE.error(member=member, allowed=words, value=f"{size['Value']} of {total} in {variant}")


def _counted(variant: Json) -> bool:
    return "DesiredServerlessConfig" not in variant
