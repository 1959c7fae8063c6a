"""How an endpoint takes on a configuration: what is launched, what serves afterwards, and what an update keeps.

A failed update leaves a healthy endpoint InService on its old configuration, with a FailureReason. Not here: the stages in
between (see `fleets`).
"""

from collections.abc import Callable
from copy import deepcopy
from functools import partial

from sagemaker_local.emulator.families.hosting.fleets import course, restore, turn_back
from sagemaker_local.emulator.families.hosting.models import NO_CONFIG
from sagemaker_local.emulator.families.hosting.rollouts import ALL_AT_ONCE, Policy, policy, stages
from sagemaker_local.emulator.families.hosting.variants import (
    COMING,
    FLEET,
    LISTS,
    data_capture,
    fleet,
    launching,
    retain,
    serving,
)
from sagemaker_local.emulator.family import Timeline, at
from sagemaker_local.emulator.quotas import ACROSS_ENDPOINTS
from sagemaker_local.emulator.resource import Json, Place, Resource
from sagemaker_local.emulator.world import Call, World


def instances(request: Json, place: Place, world: World) -> dict[str, int]:
    """Instances that an endpoint needs, by quota name."""
    config = world.find(place, "EndpointConfig", request["EndpointConfigName"])
    wanted: dict[str, int] = {}
    for variant in config.spec["ProductionVariants"] if config else ():
        if "InstanceType" in variant:
            count = int(variant.get("InitialInstanceCount", 1))
            for quota in (f"{variant['InstanceType']} for endpoint usage", ACROSS_ENDPOINTS):
                wanted[quota] = wanted.get(quota, 0) + count
    return wanted


def prepare_update(call: Call, endpoint: Resource, _: World) -> None:
    """What the endpoint becomes if the update succeeds, and what it is if not.

    The reason of the last failure disappears at once (aws-controllers-k8s/sagemaker-controller#7).
    """
    asked = {name: deepcopy(value) for name, value in call.request.items() if name != "EndpointName"}
    deployment = effective_deployment(asked, endpoint)
    asked.pop("DeploymentConfig", None)
    if deployment is not None:
        asked["DeploymentConfig"] = deployment
    asked["Before"] = {name: deepcopy(endpoint.facts[name]) for name in LISTS if name in endpoint.facts}
    endpoint.pending = asked
    endpoint.reason = None


def effective_deployment(asked: Json, endpoint: Resource) -> Json | None:
    """The deployment configuration of an update: the one that came with it, or the last one if that is retained."""
    last: Json | None = endpoint.facts.get("LastDeploymentConfig")
    return asked.get("DeploymentConfig") or (last if asked.get("RetainDeploymentConfig") else None)


def update_course(_: Call, endpoint: Resource, world: World) -> Timeline:
    """The timeline of the update that was prepared."""
    return update_course_of(endpoint, world) or roll_out(ALL_AT_ONCE, {})


def update_course_of(
    endpoint: Resource, world: World, *, paced: Callable[[Policy], Policy] = lambda policy: policy
) -> Timeline | None:
    """The timeline of the update that is prepared or under way; None if its configuration is gone.

    Args:
        paced: how long its stages take, where that is not as at AWS.
    """
    config = world.find(endpoint.place, "EndpointConfig", _target(endpoint))
    if config is None:
        return None
    pending = endpoint.pending or {}
    variants = planned(endpoint, pending, config.spec, {})["ProductionVariants"]
    totals = {v["VariantName"]: v["DesiredInstanceCount"] for v in variants if "DesiredInstanceCount" in v}
    asked = policy(pending.get("DeploymentConfig")) if can_be_guarded(config.spec) else ALL_AT_ONCE
    return roll_out(paced(asked), totals, pending.get("DeploymentConfig"))


def roll_out(asked: Policy, totals: dict[str, int], deployment: Json | None = None) -> Timeline:
    """The timeline of an update of fleets of these sizes."""
    failed = at(0, "InService", effect=restore)
    if asked.rolling:
        size = (deployment or {}).get("RollingUpdatePolicy", {}).get("RollbackMaximumBatchSize")
        failed = at(0, None, effect=partial(turn_back, size=size))
    return course(asked, stages(asked, totals), first=deploy, last=serve, failed=failed)


def can_be_guarded(config: Json) -> bool:
    """Whether traffic can be moved in steps: not on Inf1 instances, which are updated all at once (exclusions in the guide)."""
    return not any(v.get("InstanceType", "").startswith("ml.inf1.") for v in config["ProductionVariants"])


def planned(endpoint: Resource, asked: Json, config: Json, images: dict[str, str], *, now: float = 0) -> Json:
    """PendingDeploymentSummary of an update when it begins; `images` by model name."""
    summary = launching(config, images, now=now)
    if asked.get("RetainAllVariantProperties"):
        retain(summary, endpoint.facts, without=_excluded(asked))
    return summary


def deploy(endpoint: Resource, world: World, now: float) -> None:
    """Show what is being launched."""
    config = world.find(endpoint.place, "EndpointConfig", _target(endpoint))
    if config is not None:
        images = _images(endpoint.place, config.spec, world)
        summary = planned(endpoint, endpoint.pending or {}, config.spec, images, now=now)
        endpoint.facts["PendingDeploymentSummary"] = summary
        endpoint.facts[COMING] = fleet(endpoint, config.spec, _models(endpoint.place, config.spec, world))


def serve(endpoint: Resource, world: World, now: float) -> str | None:
    """Take on the new configuration; needs the old and the new one (terraform-provider-aws#40048)."""
    for name in (endpoint.spec["EndpointConfigName"], _target(endpoint)):
        if world.find(endpoint.place, "EndpointConfig", name) is None:
            return NO_CONFIG.text.format(arn=endpoint.place.arn("endpoint-config", name))
    config = world.find(endpoint.place, "EndpointConfig", _target(endpoint))
    assert config is not None
    asked = endpoint.spec if endpoint.pending is None else endpoint.pending
    fresh = serving(config.spec, _images(endpoint.place, config.spec, world), now=now)
    if asked.get("RetainAllVariantProperties"):
        retain(fresh, asked.get("Before", {}), without=_excluded(asked))
    # Counts and weights are retained; of the third VariantProperty, DataCaptureConfig, the API reference says "not currently
    # supported", so what is captured is for the configuration to say.
    capture = data_capture(config.spec)
    for name in (*LISTS, "PendingDeploymentSummary"):
        endpoint.facts.pop(name, None)
    endpoint.facts.update(fresh, DataCaptureConfig=capture, LastDeploymentConfig=asked.get("DeploymentConfig"))
    endpoint.facts[FLEET] = endpoint.facts.pop(COMING, None)
    for name in ("AsyncInferenceConfig", "ExplainerConfig", "MetricsConfig", "CrossRegionTrafficConfig"):
        endpoint.facts[name] = config.spec.get(name)
    endpoint.spec["EndpointConfigName"] = config.name
    endpoint.usage = instances(endpoint.spec, endpoint.place, world)
    endpoint.pending = endpoint.reason = None
    return None


def roll_back_creation(endpoint: Resource, _: World, __: float) -> None:
    """Nothing of what was launched is left."""
    endpoint.facts.pop("PendingDeploymentSummary", None)
    endpoint.facts.pop(COMING, None)


def _excluded(asked: Json) -> list[str]:
    return [p["VariantPropertyType"] for p in asked.get("ExcludeRetainedVariantProperties", ())]


def _target(endpoint: Resource) -> str:
    wanted: str = (endpoint.pending or endpoint.spec)["EndpointConfigName"]
    return wanted


def _images(place: Place, config: Json, world: World) -> dict[str, str]:
    """Model name to the image of its first container, for the models that still exist."""
    images: dict[str, str] = {}
    for name, model in _models(place, config, world).items():
        container = model.get("PrimaryContainer") or model["Containers"][0]
        if "Image" in container:
            images[name] = container["Image"]
    return images


def _models(place: Place, config: Json, world: World) -> dict[str, Json]:
    """The models of a configuration's variants that still exist, by name."""
    names = [variant.get("ModelName", "") for kind in LISTS for variant in config.get(kind, ())]
    found = (world.find(place, "Model", name) for name in names)
    return {model.name: model.spec for model in found if model is not None}
