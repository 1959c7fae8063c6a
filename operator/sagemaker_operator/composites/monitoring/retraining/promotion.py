"""Giving a model to a variant of an Endpoint, and telling what became of it; about the Endpoint as Kubernetes has it.

Only variants that are described in place are changed: of a Model or an EndpointConfig elsewhere nobody knows who else uses it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sagemaker_operator.engine.resource import PAUSED

Body = Mapping[str, Any]
_STEPS = {
    "AllAtOnce": {"type_": "ALL_AT_ONCE", "waitIntervalInSeconds": 0, "canarySize": None, "linearStepSize": None},
    "Canary": {
        "type_": "CANARY",
        "waitIntervalInSeconds": 300,
        "canarySize": {"type_": "CAPACITY_PERCENT", "value": 10},
        "linearStepSize": None,
    },
    "Linear": {
        "type_": "LINEAR",
        "waitIntervalInSeconds": 300,
        "linearStepSize": {"type_": "CAPACITY_PERCENT", "value": 20},
        "canarySize": None,
    },
}
_HELD = {
    "rollbackTo": "spec.rollbackTo makes it serve an earlier revision: remove it",
    "canary": "spec.canary tries another model already: promote or remove that first",
    "stopped": "spec.stopped is true",
    "suspend": "spec.suspend is true",
}


@dataclass(frozen=True, slots=True)
class Unpromotable:
    """Why a model cannot be given to an Endpoint as its manifest is, and what to do about it."""

    message: str


@dataclass(frozen=True, slots=True)
class Serving:
    """What a variant refers to: a TrainingJob by name, or an artifact; one of them is empty."""

    job: str = ""
    artifact: str = ""


def variant(endpoint: Body, wanted: str | None) -> Body | Unpromotable:
    """The variant to give a model to.

    Args:
        endpoint: the object.
        wanted: its name; None for the only one.
    """
    name = _name(endpoint)
    listed: Sequence[Body] = endpoint["spec"].get("productionVariants") or ()
    if not listed:
        return Unpromotable(
            f"Endpoint {name} names its configuration, which is not changed for it: describe its variants in "
            "spec.productionVariants, each with trainingJobRef or modelDataURL and a container."
        )
    names = [str(one["variantName"]) for one in listed]
    if wanted is None and len(names) > 1:
        return Unpromotable(
            f"Endpoint {name} has the variants {', '.join(names)}: say which in onViolation.promote.variantName."
        )
    found = next((one for one in listed if wanted in (None, one["variantName"])), None)
    if found is None:
        said = f"Endpoint {name} has no variant {wanted}; it has {', '.join(names)}: change onViolation.promote.variantName."
        return Unpromotable(said)
    return found


def serving(endpoint: Body, one: Body) -> Serving | Unpromotable:
    """What a variant refers to, if that can be changed."""
    where = f"The variant {one['variantName']} of Endpoint {_name(endpoint)}"
    container = (one.get("model") or {}).get("primaryContainer") or {}
    if "MultiModel" in (container.get("mode"), (one.get("container") or {}).get("mode")):
        return Unpromotable(f"{where} serves many models from one prefix: give it one that serves a single artifact.")
    if "trainingJobRef" in one:
        return Serving(job=str(one["trainingJobRef"]["name"]))
    if "modelDataURL" in one:
        return Serving(artifact=str(one["modelDataURL"]))
    if "modelDataURLRef" in container:
        return Serving(job=str(container["modelDataURLRef"]["name"]))
    if "modelDataURL" in container:
        return Serving(artifact=str(container["modelDataURL"]))
    said = next((f"serves a Model by {name}" for name in ("modelRef", "modelName") if name in one), None)
    if said is None:
        said = "has a model without modelDataURL" if "model" in one else "has no model of its own"
    return Unpromotable(
        f"{where} {said}: have it serve trainingJobRef or modelDataURL with a container, or "
        "model.primaryContainer.modelDataURL, so that another artifact can be given to it."
    )


def fitting(endpoint: Body, promote: Body) -> Serving | Unpromotable:
    """What serves now, if another model can take its place in the way that is asked for."""
    one = variant(endpoint, promote.get("variantName"))
    if isinstance(one, Unpromotable):
        return one
    if "serverlessConfig" in one and promote.get("strategy", "AsConfigured") != "AsConfigured":
        return Unpromotable(
            f"The variant {one['variantName']} of Endpoint {_name(endpoint)} is serverless, and SageMaker updates those in its "
            "own way: set onViolation.promote.strategy to AsConfigured."
        )
    return serving(endpoint, one)


def obstacle(endpoint: Body) -> str:
    """Why an Endpoint cannot be given another model at this moment; "" if it can."""
    metadata, spec, status = endpoint["metadata"], endpoint["spec"], endpoint.get("status") or {}
    name, said = _name(endpoint), {one["type"]: one for one in status.get("conditions") or ()}
    if "deletionTimestamp" in metadata:
        return f"Endpoint {name} is being deleted."
    if str((metadata.get("annotations") or {}).get(PAUSED, "")).lower() == "true":
        return f"Endpoint {name} is paused: remove the annotation {PAUSED}."
    held = next((why for field, why in _HELD.items() if spec.get(field)), None)
    if held is not None:
        return f"Endpoint {name} waits for somebody: {held}."
    if rolled_back(endpoint):
        return f"Endpoint {name} has rolled back its last update: have it serve what is good, by its manifest."
    if _is(said, "Reconciling") or status.get("observedGeneration") != metadata.get("generation"):
        return f"Endpoint {name} is rolling out something else."
    if _is(said, "Stalled"):
        return f"Endpoint {name} needs somebody first: {said['Stalled'].get('message', '')}"
    return "" if _is(said, "Ready") else f"Endpoint {name} is not ready."


def rolled_back(endpoint: Body) -> str:
    """Why SageMaker has undone the last update of an Endpoint; "" if it has not."""
    said = _said(endpoint, "RolledBack")
    return "" if said is None else str(said.get("message") or "SageMaker does not say why.")


def patch(endpoint: Body, promote: Body, *, job: str, artifact: str) -> dict[str, Any]:
    """The JSON merge patch that gives a model to a variant which `fitting` has found to be so.

    Args:
        endpoint: the object.
        promote: ``spec.onViolation.promote``.
        job: the name of the TrainingJob.
        artifact: what it has trained.
    """
    chosen = variant(endpoint, promote.get("variantName"))
    # A list is replaced as a whole; the version of the object that goes with the patch keeps edits of others from being lost.
    listed = [_given(one, job, artifact) if one == chosen else one for one in endpoint["spec"]["productionVariants"]]
    spec: dict[str, Any] = {"productionVariants": listed}
    if (steps := _STEPS.get(promote.get("strategy", "AsConfigured"))) is not None:
        spec["deploymentConfig"] = {
            "blueGreenUpdatePolicy": {"trafficRoutingConfiguration": steps},
            "rollingUpdatePolicy": None,
        }
        if promote.get("alarms"):
            alarms = [{"alarmName": one["alarmName"]} for one in promote["alarms"]]
            spec["deploymentConfig"]["autoRollbackConfiguration"] = {"alarms": alarms}
    return {"spec": spec}


def has(endpoint: Body, wanted: str | None, *, job: str, artifact: str) -> bool:
    """Whether a variant of an Endpoint refers to a model."""
    one = variant(endpoint, wanted)
    found = one if isinstance(one, Unpromotable) else serving(endpoint, one)
    return isinstance(found, Serving) and bool(
        (found.job and found.job == job) or (found.artifact and found.artifact == artifact)
    )


def serves(endpoint: Body, generation: int) -> bool:
    """Whether an Endpoint has come to rest with a generation of its manifest, or a later one."""
    status = endpoint.get("status") or {}
    now = int(endpoint["metadata"].get("generation", 0))
    said = {one["type"]: one for one in status.get("conditions") or ()}
    if now < generation or status.get("observedGeneration") != now or not _is(said, "Ready"):
        return False
    return said["Ready"].get("observedGeneration") == now and not _is(said, "Reconciling") and not _is(said, "Stalled")


def trouble(endpoint: Body) -> str:
    """What keeps an Endpoint from going on by itself; "" if nothing does."""
    said = _said(endpoint, "Stalled")
    return "" if said is None else str(said.get("message", ""))


def _given(one: Body, job: str, artifact: str) -> dict[str, Any]:
    if "trainingJobRef" in one:
        return {**one, "trainingJobRef": {"name": job}}
    if "modelDataURL" in one:
        return {**one, "modelDataURL": artifact}
    model = one["model"]
    container = model["primaryContainer"]
    given = (
        {**container, "modelDataURLRef": {"name": job}}
        if "modelDataURLRef" in container
        else {**container, "modelDataURL": artifact}
    )
    return {**one, "model": {**model, "primaryContainer": given}}


def _said(endpoint: Body, kind: str) -> Body | None:
    """A condition that is true of the manifest as it is now."""
    listed: Sequence[Body] = (endpoint.get("status") or {}).get("conditions") or ()
    found = next((one for one in listed if one["type"] == kind and one["status"] == "True"), None)
    return found if found is not None and _current(endpoint, found) else None


def _current(endpoint: Body, condition: Body) -> bool:
    return bool(condition.get("observedGeneration") == endpoint["metadata"].get("generation"))


def _is(said: Mapping[str, Body], kind: str) -> bool:
    return bool(kind in said and said[kind]["status"] == "True")


def _name(endpoint: Body) -> str:
    return f"{endpoint['metadata']['namespace']}/{endpoint['metadata']['name']}"
