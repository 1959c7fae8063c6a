"""The variants of an endpoint as Describe shows them: what serves, and what is on its way.

Pure functions from an endpoint configuration to the members of DescribeEndpoint.
"""

from collections.abc import Iterable
from copy import deepcopy
from typing import Any, Final

from sagemaker_local.emulator.resource import Json, Resource

LISTS: Final = ("ProductionVariants", "ShadowProductionVariants")
_KEPT: Final = ("ManagedInstanceScaling", "RoutingConfig")
FLEET: Final = "fleet"
"""A fact that no answer shows: what serves, as it was when it was deployed: `id`, `config`, `models` by name, and `launched`, by
variant. Configurations and models may be deleted meanwhile."""
COMING: Final = "coming"
"""A fact that no answer shows: the same of what an update or a creation launches; `launched` says how many instances so far."""


def serving(config: Json, images: dict[str, str], *, now: float) -> Json:
    """ProductionVariants and ShadowProductionVariants of an endpoint that runs a configuration.

    Args:
        config: the endpoint configuration.
        images: model name to container image.
        now: when the images were resolved.
    """
    return {name: [_serving(v, images, now) for v in config[name]] for name in LISTS if config.get(name)}


def launching(config: Json, images: dict[str, str], *, now: float) -> Json:
    """PendingDeploymentSummary of a configuration that is being deployed; arguments as in `serving`."""
    return {
        "EndpointConfigName": config["EndpointConfigName"],
        "StartTime": now,
        **{name: [_launching(v, images, now) for v in config[name]] for name in LISTS if config.get(name)},
    }


def fleet(endpoint: Resource, config: Json, models: dict[str, Json]) -> Json:
    """What is being launched, for whoever really runs it."""
    return {"id": str(endpoint.generation), "config": deepcopy(config), "models": deepcopy(models), "launched": {}}


def data_capture(config: Json) -> Json | None:
    """DescribeEndpoint's summary of DataCaptureConfig; None if nothing is captured."""
    wanted = config.get("DataCaptureConfig")
    if wanted is None:
        return None
    # "defaults to enabled": the API reference on DataCaptureConfig.
    enabled = bool(wanted.get("EnableCapture", True))
    return {
        "EnableCapture": enabled,
        "CaptureStatus": "Started" if enabled else "Stopped",
        "CurrentSamplingPercentage": wanted["InitialSamplingPercentage"],
        "DestinationS3Uri": wanted["DestinationS3Uri"],
        "KmsKeyId": wanted.get("KmsKeyId", ""),
    }


def retain(fresh: Json, before: Json, *, without: Iterable[str]) -> None:
    """Keep the wanted counts and weights of variants that stay, in place, except the properties in `without`."""
    parts = [part for part in ("DesiredInstanceCount", "DesiredWeight") if part not in set(without)]
    for name in LISTS:
        old = {variant["VariantName"]: variant for variant in before.get(name, ())}
        for variant in fresh.get(name, ()):
            known: dict[str, Any] = old.get(variant["VariantName"], {})
            for part in parts:
                if part in variant and part in known:
                    variant[part] = known[part]
                    _reach(variant, part)


def _reach(variant: Json, wanted: str) -> None:
    """What serves has what is wanted; what is being launched has nothing yet."""
    current = wanted.replace("Desired", "Current")
    if "VariantStatus" not in variant:
        variant[current] = variant[wanted]
    elif wanted == "DesiredInstanceCount":
        message = f"Launching {variant[wanted]} instance(s)."
        variant["VariantStatus"] = [{**variant["VariantStatus"][0], "StatusMessage": message}]


def desire(endpoint: Resource, changes: Iterable[Json]) -> None:
    """Note the weights and counts that UpdateEndpointWeightsAndCapacities asks for."""
    wanted = {change["VariantName"]: change for change in changes}
    for name in LISTS:
        for variant in endpoint.facts.get(name, ()):
            variant.update(
                {
                    member: value
                    for member, value in wanted.get(variant["VariantName"], {}).items()
                    if member in ("DesiredWeight", "DesiredInstanceCount")
                }
            )


def fulfil(endpoint: Resource) -> None:
    """Let the current weights and counts be the desired ones."""
    for name in LISTS:
        for variant in endpoint.facts.get(name, ()):
            for part in ("Weight", "InstanceCount"):
                if f"Desired{part}" in variant:
                    variant[f"Current{part}"] = variant[f"Desired{part}"]


def _serving(variant: Json, images: dict[str, str], now: float) -> Json:
    shown: Json = {"VariantName": variant["VariantName"], **_sizes(variant, current=True)}
    return {**shown, **_image(variant, images, now)}


def _image(variant: Json, images: dict[str, str], now: float) -> Json:
    image = images.get(variant.get("ModelName", ""))
    if image is None:
        return {}
    return {"DeployedImages": [{"SpecifiedImage": image, "ResolvedImage": image, "ResolutionTime": now}]}


def _launching(variant: Json, images: dict[str, str], now: float) -> Json:
    count = variant.get("InitialInstanceCount", 1)
    status = {"Status": "Creating", "StatusMessage": f"Launching {count} instance(s).", "StartTime": now}
    shown: Json = {"VariantName": variant["VariantName"], **_sizes(variant, current=False), "VariantStatus": [status]}
    if "InstanceType" in variant:
        shown["InstanceType"] = variant["InstanceType"]
    return {**shown, **_image(variant, images, now)}


def _sizes(variant: Json, *, current: bool) -> Json:
    weight = variant.get("InitialVariantWeight", 1.0)
    sizes: Json = {"DesiredWeight": weight, **{name: variant[name] for name in _KEPT if name in variant}}
    sizes["CurrentWeight"] = weight if current else 0.0
    if "ServerlessConfig" in variant:
        sizes["CurrentServerlessConfig" if current else "DesiredServerlessConfig"] = variant["ServerlessConfig"]
        return sizes
    count = variant.get("InitialInstanceCount", 1)
    sizes["DesiredInstanceCount"] = count
    sizes["CurrentInstanceCount"] = count if current else 0
    return sizes
