"""Endpoints that describe everything in place, and what their users and SageMaker's journal see of roll-outs."""

from typing import Any

from tests.rehearsal.stage import Rehearsal

from sagemaker_operator.engine.resource import Key
from sagemaker_operator.kinds import GROUP, VERSION

ROLE = "arn:aws:iam::123456789012:role/sagemaker-execution"
WEB = Key("Endpoint", "default", "web")
BROKEN = "The primary container for production variant main did not pass the ping health check."
INTERNAL = "Request to service failed. If failure persists after retry, contact customer support."
NOTHING = {"Endpoint": 0, "EndpointConfig": 0, "Model": 0, "EndpointConfig objects": 0, "Model objects": 0}
_CHANGES = ("Create", "Update", "Delete")


def model(image: str) -> dict[str, Any]:
    """A model by the name of its image."""
    return {"primaryContainer": {"image": f"123456789012.dkr.ecr.us-east-1.amazonaws.com/{image}:1"}}


def web(image: str = "one", *, variant: dict[str, Any] | None = None, **spec: Any) -> dict[str, Any]:
    """An Endpoint with one variant, whose model is described in place."""
    main = {
        "variantName": "main",
        "model": model(image),
        "instanceType": "ml.m5.large",
        "initialInstanceCount": 1,
        "initialVariantWeight": 1,
    }
    return {
        "apiVersion": f"{GROUP}/{VERSION}",
        "kind": "Endpoint",
        "metadata": {"name": WEB.name},
        "spec": {
            "endpointName": "web",
            "executionRoleARN": ROLE,
            "productionVariants": [{**main, **(variant or {})}],
            **spec,
        },
    }


def fail(play: Rehearsal, *, reason: str = BROKEN, at: str | None = "Updating", times: int | None = None) -> None:
    """Let the next updates, or creations, of endpoints fail."""
    play.amazon.core.scenarios.fail("Endpoint", "", reason=reason, at=at, times=times)


def calls(play: Rehearsal, *, kind: str = "Endpoint") -> list[str]:
    """The operations by which endpoints were changed, in their order, without those on what they are made of."""
    made = play.amazon.core.journal.entries()
    return [
        one.operation
        for one in made
        if one.committed and one.operation.startswith(_CHANGES) and kind in one.operation and _alone(one.operation)
    ]


def _alone(operation: str) -> bool:
    return not operation.endswith("EndpointConfig")


def changes(play: Rehearsal) -> list[str]:
    """All operations that changed something, in their order."""
    made = play.amazon.core.journal.entries()
    return [one.operation for one in made if one.committed and one.operation.startswith(_CHANGES)]


def updates(play: Rehearsal) -> int:
    """How often a roll-out was asked for."""
    return play.committed("UpdateEndpoint")


def at_work(play: Rehearsal) -> str | None:
    """SageMaker's word for the state of the endpoint."""
    return next((str(one.status) for one in play.jobs("Endpoint")), None)


def current(play: Rehearsal, key: Key = WEB) -> bool:
    """Whether the last report is about the manifest as it is."""
    found = play.kubernetes.get(key)
    return found is not None and play.status(key).get("observedGeneration") == found["metadata"]["generation"]


def settled(play: Rehearsal, key: Key = WEB) -> bool:
    """Whether it serves what the manifest asks for, and nothing else is to be said."""
    told = {one["type"] for one in play.status(key).get("conditions", ()) if one["status"] == "True"}
    return told - {"AutoscalingReady", "DataCaptureReady"} == {"Ready"} and current(play, key)


def served(play: Rehearsal, key: Key = WEB) -> str:
    """Wait until it serves what the manifest asks for; the name of the configuration that it uses."""
    play.until("it serves", lambda: settled(play, key))
    return str(play.status(key)["endpointConfigName"])


def begun(play: Rehearsal, *, roll_outs: int = 1) -> None:
    """Wait until so many roll-outs were begun, and the last one is under way."""
    play.until("it rolls out", lambda: updates(play) == roll_outs and at_work(play) == "Updating")
    play.run(5)


def turned_back(play: Rehearsal, key: Key = WEB) -> None:
    """Wait until it says that SageMaker has undone an update."""
    play.until("it is rolled back", lambda: play.says(key, "RolledBack") and current(play, key))


def outcomes(play: Rehearsal, key: Key = WEB) -> list[tuple[int, str]]:
    """The revisions with what became of them."""
    return [(one["revision"], one["outcome"]) for one in play.status(key).get("revisions", ())]


def left(play: Rehearsal) -> dict[str, int]:
    """How many models, configurations and endpoints there are, in SageMaker and as objects."""
    found = {kind: len(play.jobs(kind)) for kind in ("Endpoint", "EndpointConfig", "Model")}
    objects = [one["kind"] for one in play.kubernetes]
    return found | {f"{kind} objects": objects.count(kind) for kind in ("EndpointConfig", "Model")}


def children(play: Rehearsal, kind: str = "EndpointConfig") -> list[Key]:
    """The objects of a kind, by name."""
    there = [one["metadata"] for one in play.kubernetes if one["kind"] == kind]
    return sorted(Key(kind, one["namespace"], one["name"]) for one in there)


def images(play: Rehearsal) -> list[str]:
    """The images that the endpoint's configuration serves, by variant."""
    (endpoint,) = play.jobs("Endpoint")
    config = next(one for one in play.jobs("EndpointConfig") if one.name == endpoint.spec["EndpointConfigName"])
    models = {one.name: one for one in play.jobs("Model")}
    found = [models[variant["ModelName"]] for variant in config.spec["ProductionVariants"]]
    return [str(one.spec["PrimaryContainer"]["Image"]).split("/")[1].split(":")[0] for one in found]


def gone(play: Rehearsal, *, within: float = 3600.0) -> None:
    """Wait until the endpoint's object is gone, and all that it was made of."""
    play.until("all is gone", lambda: not play.there(WEB) and left(play) == NOTHING, within=within)
