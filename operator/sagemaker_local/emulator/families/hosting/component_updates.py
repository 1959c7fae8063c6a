"""How an inference component gets its copies: at creation, by an update in batches, and back when an update fails.

Not here: which requests are refused (see `components`).
"""

from copy import deepcopy
from dataclasses import replace
from functools import partial
from typing import Final

from sagemaker_local.emulator.families.hosting.fleets import timed_out, tripped
from sagemaker_local.emulator.families.hosting.rollouts import Policy, Stage, policy, stages
from sagemaker_local.emulator.family import Step, Timeline, at
from sagemaker_local.emulator.resource import Json, Resource
from sagemaker_local.emulator.world import Call, World

BAKED: Final = frozenset({"Updating", "Launching", "ActivatingTraffic", "Baking", "Terminating"})
_CHANGED: Final = ("Specification", "Specifications", "DeploymentConfig")


def specified(request: Json) -> list[Json]:
    """The specifications of a request, whichever way they are given."""
    single: Json | None = request.get("Specification")
    several: list[Json] = request.get("Specifications", [])
    return [*several, *([single] if single is not None else [])]


def choose_variant(request: Json, call: Call, world: World) -> None:
    """Without a variant it is that of the base component, or the endpoint's first one."""
    endpoint = world.find(call.place, "Endpoint", request["EndpointName"].lower())
    assert endpoint is not None, "a check has found it"
    request["EndpointName"] = endpoint.name
    bases = (one["BaseInferenceComponentName"] for one in specified(request) if "BaseInferenceComponentName" in one)
    base = world.find(call.place, "InferenceComponent", next(bases, ""))
    if "VariantName" in request:
        return
    if base is not None:
        request["VariantName"] = base.spec["VariantName"]
        return
    config = world.find(call.place, "EndpointConfig", endpoint.spec["EndpointConfigName"])
    variants = config.spec["ProductionVariants"] if config is not None else endpoint.facts["ProductionVariants"]
    request["VariantName"] = variants[0]["VariantName"]


def start(component: Resource, world: World, _: float) -> None:
    """No copy runs yet; without a number one is wanted."""
    wanted = component.spec.pop("RuntimeConfig", {}).get("CopyCount", 1)
    component.facts["Copies"] = {"DesiredCopyCount": wanted, "CurrentCopyCount": 0}
    endpoint = world.find(component.place, "Endpoint", component.spec["EndpointName"].lower())
    assert endpoint is not None, "a check has found it"
    component.facts["EndpointArn"] = endpoint.arn


def reach(component: Resource, _: World, __: float, *, back: bool = False) -> None:
    """The wanted copies run, of the new specification; or those of before if the update failed."""
    copies, pending = component.facts["Copies"], component.pending or {}
    if back:
        component.facts["Copies"] = pending["Before"]
    else:
        copies["CurrentCopyCount"] = copies["DesiredCopyCount"]
        _take_on(component, pending)
    component.pending = None


def prepare_update(call: Call, component: Resource, _: World) -> None:
    """Note the update; the wanted copies show at once."""
    request = call.request
    component.pending = {
        **{name: deepcopy(request[name]) for name in _CHANGED if name in request},
        "Before": dict(component.facts["Copies"]),
    }
    runtime = request.get("RuntimeConfig") or request.get("DesiredRuntimeConfig")
    if runtime is not None:
        component.facts["Copies"]["DesiredCopyCount"] = runtime["CopyCount"]


def update_course(call: Call, component: Resource, _: World) -> Timeline:
    """The timeline of the update that was prepared."""
    return roll_out(call.request.get("DeploymentConfig"), component.facts["Copies"]["DesiredCopyCount"])


def roll_out(deployment: Json | None, total: int) -> Timeline:
    """The timeline of an update of so many copies: in batches if there is a deployment configuration, otherwise one batch."""
    rolling = policy(deployment) if deployment is not None else Policy(rolling=True)
    asked = replace(rolling, launch=60.0, shift=10.0, terminate=10.0)
    *steps, done = stages(asked, {"": total})
    return Timeline(
        (at(0, "Updating"), *map(_step, steps), at(done.after, "InService", effect=reach)),
        failed=at(0, "InService", effect=partial(reach, back=True)),
    )


def _step(stage: Stage) -> Step:
    match stage.name:
        case "TimedOut":
            return at(stage.after, None, effect=partial(timed_out, seconds=int(stage.after)))
        case "Watching":
            return at(stage.after, None, effect=tripped)
        case "Launching":
            return at(stage.after, None, stage.name)
        case _:
            return at(stage.after, None, stage.name, effect=tripped)


def _take_on(component: Resource, pending: Json) -> None:
    if "Specification" in pending or "Specifications" in pending:
        for name in ("Specification", "Specifications"):
            component.spec.pop(name, None)
    for name in ("Specification", "Specifications"):
        if name in pending:
            component.spec[name] = pending[name]
    if "DeploymentConfig" in pending:
        component.facts["LastDeploymentConfig"] = pending["DeploymentConfig"]
