"""What SageMaker's control plane says of an endpoint that is invoked: whether it serves, what may be asked, what is captured.

Functions of the stored resources. Not here: which instance answers (see `ports`).
"""

from dataclasses import dataclass
from typing import Final

from sagemaker_local.emulator.resource import Json, Place, Resource
from sagemaker_local.emulator.world import World
from sagemaker_local.runner.capture import Rules, rules
from sagemaker_local.runner.runtime import refusals

SERVING: Final = frozenset({"InService", "Updating", "SystemUpdating", "RollingBack", "UpdateRollbackFailed"})
"""The statuses in which an endpoint answers; the documentation of EndpointStatus."""
_NO_EXPLANATION: Final = "`false`"
"""A JMESPath literal that turns explanations off: EnableExplanations in "Explainability with Clarify" of the guide."""


@dataclass(frozen=True, slots=True)
class Aim:
    """An endpoint that serves, as far as a request has to know it.

    Attributes:
        name: as it was created, whatever the case of the request.
        asynchronous: its AsyncInferenceConfig.
        capture: what is captured; None if nothing is.
        hosts_components: whether models come as inference components.
        component: the inference component that is asked for.
        shadows: shadow variants with the share of the requests that they get a copy of.
        counts: the number of instances of each variant, and at least 1.
        concurrency: the most requests at a time of each serverless variant.
    """

    place: Place
    name: str
    arn: str
    asynchronous: Json | None
    capture: Rules | None
    hosts_components: bool
    component: Resource | None
    shadows: tuple[tuple[str, float], ...]
    counts: dict[str, int]
    concurrency: dict[str, int]


class Aims:
    """Finds endpoints. Under the service's lock.

    A configuration may be deleted while its endpoint serves, so what it said is kept.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._known: dict[str, tuple[str, Json]] = {}

    def at(self, place: Place, members: Json, *, asynchronous: bool) -> Aim:
        """The endpoint that a request is for.

        Args:
            place: who asks, and where.
            members: the members of the request.
            asynchronous: whether it is InvokeEndpointAsync.

        Raises:
            ServiceError: there is none that serves, or it cannot be asked so.
        """
        asked = members["EndpointName"]
        endpoint = self._world.find(place, "Endpoint", asked.lower())
        if endpoint is None or endpoint.status not in SERVING:
            raise refusals.NOT_FOUND.error(endpoint=asked, account=place.account)
        config = self._config(endpoint)
        _may_be_asked(endpoint, config, members, asynchronous=asynchronous)
        hosts = any("ModelName" not in variant for variant in config.get("ProductionVariants", ()))
        variants = endpoint.facts.get("ProductionVariants", ())
        return Aim(
            place=place,
            name=endpoint.name,
            arn=endpoint.arn,
            asynchronous=config.get("AsyncInferenceConfig"),
            capture=rules(config.get("DataCaptureConfig")),
            hosts_components=hosts,
            component=self._component(endpoint, members, hosts=hosts),
            shadows=_shadows(endpoint),
            counts={v["VariantName"]: max(1, int(v.get("CurrentInstanceCount", 1))) for v in variants},
            concurrency={
                v["VariantName"]: int(v["CurrentServerlessConfig"]["MaxConcurrency"])
                for v in variants
                if "CurrentServerlessConfig" in v
            },
        )

    def _config(self, endpoint: Resource) -> Json:
        name = endpoint.spec["EndpointConfigName"]
        found = self._world.find(endpoint.place, "EndpointConfig", name)
        if found is not None:
            self._known[endpoint.arn] = (name, found.spec)
            return found.spec
        before, spec = self._known.get(endpoint.arn, ("", {}))
        return spec if before == name else {}

    def _component(self, endpoint: Resource, members: Json, *, hosts: bool) -> Resource | None:
        name = members.get("InferenceComponentName")
        if name is None:
            if hosts:
                raise refusals.NEEDS_COMPONENT.error()
            return None
        if not hosts:
            raise refusals.NO_COMPONENTS.error(endpoint=endpoint.name)
        found = self._world.find(endpoint.place, "InferenceComponent", name)
        if found is None or found.spec["EndpointName"].lower() != endpoint.key:
            raise refusals.NO_COMPONENT.error(component=name, account=endpoint.place.account)
        return found


def _may_be_asked(endpoint: Resource, config: Json, members: Json, *, asynchronous: bool) -> None:
    """Raise what is answered to a request of another kind than the endpoint is of."""
    deferred = config.get("AsyncInferenceConfig")
    if asynchronous and deferred is None:
        raise refusals.NOT_ASYNCHRONOUS.error(endpoint=endpoint.name)
    if not asynchronous and deferred is not None:
        raise refusals.IS_ASYNCHRONOUS.error(endpoint=endpoint.name)
    if config.get("ExplainerConfig") and members.get("EnableExplanations") != _NO_EXPLANATION:
        raise refusals.EXPLAINS.error(endpoint=endpoint.name)
    _variant_exists(endpoint, members.get("TargetVariant"))


def _variant_exists(endpoint: Resource, asked: str | None) -> None:
    """A target variant is one that serves, or one of the configuration that takes over."""
    if asked is None:
        return
    summary = endpoint.facts.get("PendingDeploymentSummary") or {}
    for shown in (endpoint.facts, summary):
        if any(variant["VariantName"] == asked for variant in shown.get("ProductionVariants", ())):
            return
    raise refusals.NO_VARIANT.error(variant=asked, endpoint=endpoint.name, account=endpoint.place.account)


def _shadows(endpoint: Resource) -> tuple[tuple[str, float], ...]:
    """A shadow variant's weight by that of all production variants is the share that it gets ("Shadow tests" of the guide)."""
    total = sum(float(v.get("CurrentWeight", 1.0)) for v in endpoint.facts.get("ProductionVariants", ()))
    return tuple(
        (shadow["VariantName"], float(shadow.get("CurrentWeight", 1.0)) / total if total else 0.0)
        for shadow in endpoint.facts.get("ShadowProductionVariants", ())
    )
