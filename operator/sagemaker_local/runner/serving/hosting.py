"""The department of the workshop that hosts models: all endpoints and inference components, and who takes a request.

One thread looks after all houses whenever something has changed. Lock order: the service's lock, then this one's; a request takes
the latter alone, so that it never waits for SageMaker.
"""

import logging
import threading
from collections.abc import Callable
from functools import partial
from random import Random
from typing import Final

from sagemaker_local.emulator.resource import EXECUTED, SIMULATED, Place, Resource
from sagemaker_local.emulator.timeline import Timeline
from sagemaker_local.runner.runtime.ports import NoCapacity, NoRoute, Route, Simulated, UnknownTarget
from sagemaker_local.runner.serving.crew import GRACE, Crew
from sagemaker_local.runner.serving.house import House, Share
from sagemaker_local.runner.serving.plans import COMPONENT, know_fleet
from sagemaker_local.runner.serving.quarters import Berth
from sagemaker_local.runner.serving.routing import chosen_share, hops_of, target_of
from sagemaker_local.runner.tools import Tools

ENDPOINT: Final = "Endpoint"
TICK: Final = 0.5
"""Seconds between two looks at houses when nobody tells of a change: back-offs and drains are over by then."""
_log = logging.getLogger(__name__)


class Hosting:
    """Runs the model servers of one emulator; a `crafts.Department`, and `runtime.ports.Hosting`."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._lock = threading.RLock()
        self._houses: dict[int, House] = {}
        self._by_name: dict[tuple[Place, str, str], House] = {}
        self._parting: list[Crew] = []
        self._random = Random(0)
        self._changed = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="hosting", daemon=True)
        tools.desk.service.world.listeners.append(self._heard)
        self._thread.start()

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds that are hosted."""
        return frozenset({ENDPOINT, COMPONENT})

    def take(self, resource: Resource, timeline: Timeline, *, usual: bool, now: float) -> Timeline:  # noqa: ARG002
        """What time alone brings about of a course; under the service's lock."""
        leg = self._house(resource).take(timeline, usual=usual)
        self._changed.set()
        return leg

    def restored(self, now: float) -> None:
        """Start the servers of what is in service, and begin anew what was under way; under the service's lock."""
        service = self._tools.desk.service
        with self._lock:
            for house in self._houses.values():
                before = house.resource
                # What a file was read in place of is not there any more.
                before.gone |= service.world.find(before.place, before.kind, before.key) is not before
        for kind in (ENDPOINT, COMPONENT):
            family = service.family(kind)
            for resource in list(service.world.store.everywhere(kind)):
                if SIMULATED in resource.facts:
                    continue
                resource.facts[EXECUTED] = True
                if kind == ENDPOINT:
                    know_fleet(resource, service.world)
                known = id(resource) in self._houses
                self._house(resource)
                course = family.again(resource, service.world) if family.again is not None and not known else None
                if course is not None:
                    service.begin(resource, course, now=now)
        self._changed.set()

    def forget(self) -> None:
        """End all servers; under the service's lock."""
        with self._lock:
            self._parting = [crew for crew in self._parting if not crew.is_gone]
            self._parting += [crew for house in self._houses.values() for crew in house.close()]
            self._houses.clear()
            self._by_name.clear()

    def stop(self) -> None:
        """End all servers, and return when they are gone."""
        self._stopping.set()
        self._changed.set()
        self._thread.join()
        self.forget()
        for crew in self._parting:
            crew.finish(2 * GRACE)

    def route(
        self,
        place: Place,
        endpoint: str,
        *,
        variant: str | None = None,
        model: str | None = None,
        component: str | None = None,
        container: str | None = None,
        session: str | None = None,
    ) -> Route:
        """Choose who takes a request, and count it as in flight; see `runtime.ports.Hosting`. Raises NoRoute."""
        with self._lock:
            shares = self._shares(place, endpoint, variant=variant, component=component)
            share = chosen_share(shares, self._random.random())
            target_of(share.crew.blueprint, endpoint, model=model, container=container)
            berth = share.crew.pick(session=session, model=model)
            if berth is None or berth.server is None:
                raise NoCapacity(
                    f"No instance of variant {share.group.variant} of endpoint {endpoint} takes requests now."
                )
            berth.users += 1
            server, models = berth.server, berth.models
        try:
            hops = hops_of(server, container) if model is None or models is None else (models.take(model),)
        except BaseException:
            self._release(berth)
            raise
        done: Callable[[], None] = partial(self._release, berth)
        if model is not None and models is not None:
            done = partial(self._release, berth, partial(models.release, model))
        return Route(share.group.variant, berth.instance, hops, done)

    def instances(self, place: Place, endpoint: str) -> dict[str, int]:
        """Variant name to how many of its instances take requests now."""
        with self._lock:
            house = self._by_name.get((place, ENDPOINT, endpoint.lower()))
            found: dict[str, int] = {}
            for share in house.shares if house is not None else ():
                serving = share.crew.instances if share.crew.is_complete else len(share.crew.serving)
                found[share.group.variant] = found.get(share.group.variant, 0) + serving
            return found

    def processes(self) -> dict[tuple[Place, str, str], list[tuple[int, ...]]]:
        """Place, endpoint and variant to the process ids of each of its instances."""
        found: dict[tuple[Place, str, str], list[tuple[int, ...]]] = {}
        with self._lock:
            for house in self._houses.values():
                for share in house.shares if house.resource.kind == ENDPOINT else ():
                    key = (house.resource.place, house.resource.name, share.group.variant)
                    pids = [berth.server.pids for berth in share.crew.serving if berth.server is not None]
                    found.setdefault(key, []).extend(pids)
        return found

    def _release(self, berth: Berth, then: Callable[[], None] = lambda: None) -> None:
        with self._lock:
            berth.users -= 1
            leaves = berth.leaving is not None and not berth.users
        then()
        if leaves:
            self._changed.set()

    def _shares(self, place: Place, endpoint: str, *, variant: str | None, component: str | None) -> list[Share]:
        house = self._by_name.get((place, ENDPOINT, endpoint.lower()))
        if component is not None:
            house = self._component(place, endpoint, component)
        if house is None:
            raise UnknownTarget("endpoint", f"Endpoint {endpoint} is not hosted by sagemaker-local.")
        found = [share for share in house.shares if variant is None or share.group.variant == variant]
        if variant is None:
            found = [share for share in found if not share.group.shadow]
        if not found:
            raise self._why_nobody(house, variant)
        able = [share for share in found if share.crew.serving and share.group.weight > 0]
        # The weight does not matter to who asks for a variant by name; who has no server now is passed over while others have.
        return able or [share for share in found if share.crew.serving] or found

    def _component(self, place: Place, endpoint: str, name: str) -> House | None:
        """The house of a component of an endpoint; that of its base for an adapter."""
        house = self._by_name.get((place, COMPONENT, name))
        if house is None or house.resource.spec["EndpointName"].lower() != endpoint.lower():
            raise UnknownTarget("component", f"Inference Component {name} of account {place.account} not found.")
        base = house.base
        return self._by_name.get((place, COMPONENT, base)) if base is not None else house

    @staticmethod
    def _why_nobody(house: House, variant: str | None) -> NoRoute:
        reasons = [why for name, why in house.simulated.items() if variant in (None, name)] or house.why_simulated
        if reasons:
            return Simulated(reasons[0])
        name = house.resource.name
        if variant is not None:
            return UnknownTarget("variant", f"Variant {variant} not found for endpoint {name}.")
        return NoCapacity(f"{house.resource.kind} {name} has no instance that takes requests now.")

    def _house(self, resource: Resource) -> House:
        with self._lock:
            if id(resource) not in self._houses:
                house = House(resource, self._tools, self._lock, self._changed.set)
                self._houses[id(resource)] = house
                self._by_name[resource.place, resource.kind, resource.key] = house
            return self._houses[id(resource)]

    def _heard(self, resource: Resource, now: float) -> None:  # noqa: ARG002
        """Something of a resource changed; who takes which share follows at once. Under the service's lock."""
        if resource.kind not in self.kinds:
            return
        house = self._houses.get(id(resource))
        if house is not None:
            house.refresh()
        self._changed.set()

    def _keep(self) -> None:
        """The thread that looks after all houses."""
        while not self._stopping.is_set():
            self._changed.wait(TICK if self._houses else None)
            self._changed.clear()
            with self._tools.desk.lock:
                for key, house in list(self._houses.items()):
                    self._look_after(key, house)

    def _look_after(self, key: int, house: House) -> None:
        try:
            house.look()
            house.work()
            if house.is_empty:
                with self._lock:
                    self._houses.pop(key, None)
                    name = (house.resource.place, house.resource.kind, house.resource.key)
                    if self._by_name.get(name) is house:
                        del self._by_name[name]
        except Exception:  # noqa: BLE001 one endpoint must not stop the others from being looked after
            _log.exception("%s could not be looked after", house.resource.arn)
