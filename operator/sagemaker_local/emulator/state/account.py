"""Resources, tokens, timers and the state of chance, as JSON and back."""

from dataclasses import fields
from random import Random
from typing import Any, Final

from sagemaker_local.emulator.machine import Timer
from sagemaker_local.emulator.resource import EXECUTED, Json, Place, Resource
from sagemaker_local.emulator.service import SageMaker
from sagemaker_local.emulator.state import timelines
from sagemaker_local.emulator.state.timelines import Unreadable
from sagemaker_local.emulator.timeline import Timeline, at

_MEMBERS: Final = tuple(field.name for field in fields(Resource) if field.name not in ("place", "gone", "earlier"))


def dump(service: SageMaker) -> Json:
    """Everything that SageMaker knows, under the service's lock."""
    resources = list(service.world.store.all())
    number = {id(resource): index for index, resource in enumerate(resources)}
    return {
        "now": service.world.clock.now(),
        "random": _plain(service.world.random.getstate()),
        "resources": [_dump_resource(resource) for resource in resources],
        "timers": [
            _dump_timer(timer, number[id(timer.resource)])
            for timer in service.machine.timers()
            if id(timer.resource) in number
        ],
        "tokens": [
            [place.account, place.region, operation, token, asked, answer]
            for (place, operation, token), (asked, answer) in service.tokens.used.items()
        ],
    }


def load(service: SageMaker, saved: Json) -> None:
    """Make SageMaker what it was, in place of what it is, under its lock. Raises Unreadable, and then changes nothing."""
    resources = [_load_resource(one, service) for one in saved["resources"]]
    timers = [_load_timer(one, resources) for one in saved["timers"]]
    chance = Random()
    version, words, gauss = saved["random"]
    chance.setstate((version, tuple(words), gauss))
    service.clear()
    if service.world.clock.virtual:
        service.world.clock.move(saved["now"])
    service.world.random.setstate(chance.getstate())
    for resource in resources:
        service.world.store.add(resource)
    for timer in timers:
        service.machine.restore(timer)
    for account, region, operation, token, asked, answer in saved["tokens"]:
        service.tokens.used[Place(account, region), operation, token] = (asked, answer)
    now = service.world.clock.now()
    for resource in resources:
        _take_up(service, resource, now)
    if service.world.worker is not None:
        service.world.worker.restored(now)


def _take_up(service: SageMaker, resource: Resource, now: float) -> None:
    """Work that was really under way has no timer: it begins anew on other instances, or is stopped at last."""
    if not resource.facts.get(EXECUTED):
        return
    family = service.family(resource.kind)
    if family.again is not None:
        course = family.again(resource, service.world)
        if course is not None:
            service.begin(resource, course, now=now)
    elif resource.status == "InProgress":
        service.begin(resource, family.create, now=now)
    elif resource.status == "Stopping":
        service.begin(resource, Timeline((at(0, "Stopped", "Stopped", "Job stopped"),)), now=now)


def _dump_resource(resource: Resource) -> Json:
    saved: Json = {name: getattr(resource, name) for name in _MEMBERS}
    return {**saved, "account": resource.place.account, "region": resource.place.region}


def _load_resource(saved: Json, service: SageMaker) -> Resource:
    if saved["kind"] not in service.kinds():
        raise Unreadable(f"this version of the emulator has no {saved['kind']}")
    place = Place(saved["account"], saved["region"])
    return Resource(place=place, **{name: saved[name] for name in _MEMBERS})


def _dump_timer(timer: Timer, resource: int) -> Json:
    return {
        "due": timer.due, "resource": resource, "timeline": timelines.dump(timer.timeline), "index": timer.index,
        "began": timer.began, "generation": timer.generation,
    }  # fmt: skip


def _load_timer(saved: Json, resources: list[Resource]) -> Timer:
    return Timer(
        saved["due"], resources[saved["resource"]], timelines.load(saved["timeline"]), saved["index"], saved["began"],
        saved["generation"],
    )  # fmt: skip


def _plain(state: tuple[Any, ...]) -> list[Any]:
    version, words, gauss = state
    return [version, list(words), gauss]
