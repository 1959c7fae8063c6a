"""What an endpoint or inference component is to run: models as blueprints, what comes after a change, and where it is told.

Functions of the stored resources, under the service's lock. Not here: how much of it is wanted now (see `wanted`).
"""

from collections.abc import Callable
from threading import RLock
from typing import Final

from sagemaker_local.emulator.families.hosting.component_updates import specified
from sagemaker_local.emulator.families.hosting.variants import FLEET, LISTS, fleet
from sagemaker_local.emulator.resource import Json, Resource
from sagemaker_local.emulator.world import World
from sagemaker_local.runner.serving import wanted
from sagemaker_local.runner.serving.blueprint import PRIMARY, Blueprint, ContainerPlan, of_component, of_model
from sagemaker_local.runner.serving.quarters import Quarters
from sagemaker_local.runner.serving.texts import COMPONENT_NOT_HEALTHY, NOT_HEALTHY
from sagemaker_local.runner.serving.wanted import Group
from sagemaker_local.runner.tools import Tools

COMPONENT: Final = "InferenceComponent"
PATIENCE: Final = 240.0
"""Seconds until a container must be healthy where nobody says so; unverified (field reports tell of 4 minutes and more)."""
LEAST: Final = 15.0
"""Real seconds that it has in any case, however fast time runs."""


def groups_of(resource: Resource, world: World) -> tuple[Group, ...]:
    """What is wanted now of a resource whose models really run."""
    if resource.kind != COMPONENT:
        return wanted.of_endpoint(resource)
    models = models_of(resource, world, *specified(resource.spec), *specified(resource.pending or {}))
    return wanted.of_component(resource, models)


def blueprint_of(resource: Resource, world: World, settings: Json, model: Json | None) -> Blueprint | None:
    """What is to run for a variant or a specification; None if nothing is.

    Args:
        settings: of the variant, or the specification of the component.
        model: the members of CreateModel.
    """

    def package(name: str) -> Json | None:
        place = resource.place
        found = world.store.find_arn(name if name.startswith("arn:") else place.arn("model-package", name))
        return found.spec if found is not None and found.place == place else None

    if resource.kind != COMPONENT:
        return of_model(model, package) if model is not None else None
    # An adapter is no server of its own: its base component answers for it.
    adapter = "BaseInferenceComponentName" in settings
    return None if adapter else of_component(resource.name, settings, model, package)


def to_come(resource: Resource, world: World) -> list[Blueprint]:
    """What runs at the end of the course that a resource begins."""
    asked = resource.pending or {}
    if resource.kind == COMPONENT:
        given = specified(asked) or specified(resource.spec)
    else:
        name = str(asked.get("EndpointConfigName", resource.spec["EndpointConfigName"]))
        config = world.find(resource.place, "EndpointConfig", name)
        given = [one for kind in LISTS for one in (config.spec.get(kind, ()) if config is not None else ())]
    models = models_of(resource, world, *given)
    found = (blueprint_of(resource, world, one, models.get(one.get("ModelName", ""))) for one in given)
    return [blueprint for blueprint in found if blueprint is not None]


def models_of(resource: Resource, world: World, *settings: Json) -> dict[str, Json]:
    """The models that settings name and that exist now, by name."""
    names = {str(one["ModelName"]) for one in settings if "ModelName" in one}
    found = (world.find(resource.place, "Model", name) for name in names)
    return {model.name: model.spec for model in found if model is not None}


def know_fleet(endpoint: Resource, world: World) -> None:
    """Let an endpoint that came into service where nothing of it was remembered be served by its configuration of now."""
    config = world.find(endpoint.place, "EndpointConfig", endpoint.spec.get("EndpointConfigName", ""))
    if "ProductionVariants" in endpoint.facts and not endpoint.facts.get(FLEET) and config is not None:
        variants = [one for kind in LISTS for one in config.spec.get(kind, ())]
        endpoint.facts[FLEET] = fleet(endpoint, config.spec, models_of(endpoint, world, *variants))


def group_of_logs(resource: Resource) -> str:
    """The log group."""
    folder = "InferenceComponents" if resource.kind == COMPONENT else "Endpoints"
    return f"/aws/sagemaker/{folder}/{resource.name}"


def quarters_of(resource: Resource, group: Group, tools: Tools, *, lock: RLock, wake: Callable[[], None]) -> Quarters:
    """Where the crew of a group works."""
    startup = group.settings.get("StartupParameters", group.settings)
    seconds = startup.get("ContainerStartupHealthCheckTimeoutInSeconds", PATIENCE)
    return Quarters(
        place=resource.place,
        tools=tools,
        name=f"{resource.arn}/{group.variant}/{group.deployment}",
        group=group_of_logs(resource),
        variant=group.variant,
        unhealthy=_unhealthy(resource, group.variant),
        patience=max(LEAST, seconds / tools.speed),
        lock=lock,
        wake=wake,
    )


def _unhealthy(resource: Resource, variant: str) -> Callable[[ContainerPlan], str]:
    if resource.kind == COMPONENT:
        return lambda _: COMPONENT_NOT_HEALTHY.text.format(component=resource.name)

    def text(plan: ContainerPlan) -> str:
        container = "primary container" if plan.name == PRIMARY else plan.name
        return NOT_HEALTHY.text.format(container=container, variant=variant)

    return text
