"""Endpoints that are scaled, for rehearsals: what they say, what was asked for them, and what Application Auto Scaling has."""

from typing import Any

from tests.rehearsal.amazon import REGION
from tests.rehearsal.stage import Rehearsal
from tests.rehearsal.test_rehearsed_endpoints import endpoint

from sagemaker_operator.engine.resource import Key

SERVICE = "application-autoscaling"
INVOCATIONS = "SageMakerVariantInvocationsPerInstance"
_OPERATIONS = ("Register", "Deregister", "PutSc", "DeleteSc", "UpdateEndpoint", "CreateEndpoint", "DeleteEndpoint")


def scaled(*, most: int = 4, value: float = 70.0, policies: bool = True, **further: Any) -> dict[str, Any]:
    """What a variant says about being scaled."""
    tracking = [{"predefinedMetric": INVOCATIONS, "targetValue": value}]
    return {"minCapacity": 1, "maxCapacity": most, **({"targetTracking": tracking} if policies else {}), **further}


def web(autoscaling: dict[str, Any] | None, *, image: str = "one", **variant: Any) -> dict[str, Any]:
    """An Endpoint with a variant that is scaled, or not."""
    said = {"autoscaling": autoscaling} if autoscaling is not None else {}
    return endpoint(image=image, variant={**said, **variant})


def in_step(play: Rehearsal, key: Key) -> None:
    """Wait until it serves and is scaled as its manifest says."""
    play.until("it is in step", lambda: _in_step(play, key), within=7200.0)


def _in_step(play: Rehearsal, key: Key) -> bool:
    generation = play.generation(key)
    told = [play.condition(key, kind) for kind in ("Ready", "AutoscalingReady")]
    busy = play.condition(key, "Reconciling") or play.condition(key, "Stalled")
    return not busy and all(c.get("status") == "True" and c["observedGeneration"] == generation for c in told)


def calls(play: Rehearsal) -> list[str]:
    """What was changed of endpoints and of their scaling, in its order, but for their configurations."""
    found = [one.operation for one in play.amazon.core.journal.entries(outcome="ok")]
    return [name for name in found if name.startswith(_OPERATIONS) and not name.endswith("Config")]


def asked(play: Rehearsal) -> int:
    """How often Application Auto Scaling was asked what it has."""
    return play.amazon.core.journal.count("DescribeScalableTargets")


def autoscaling(play: Rehearsal, operation: str, **request: Any) -> dict[str, Any]:
    """Somebody calls Application Auto Scaling without the operator."""
    about = {"ServiceNamespace": "sagemaker", **request}
    return play.loop.run_until_complete(
        play.amazon.ask(operation, about, region=REGION, caller="somebody", service=SERVICE)
    )


def targets(play: Rehearsal) -> list[dict[str, Any]]:
    """What is registered, without asking."""
    return [one.shown for one in play.amazon.core.targets.known.values()]


def place(play: Rehearsal, key: Key, variant: str = "main") -> dict[str, str]:
    """How Application Auto Scaling calls a variant."""
    name = play.status(key)["endpointName"]
    return {
        "ResourceId": f"endpoint/{name}/variant/{variant}",
        "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
    }
