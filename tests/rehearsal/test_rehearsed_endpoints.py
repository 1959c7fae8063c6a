"""Endpoints that describe their models in place, from the first roll-out to the end."""

from typing import Any

from tests.rehearsal.stage import Rehearsal

from sagemaker_operator.engine.resource import Key
from sagemaker_operator.kinds import GROUP, VERSION

ROLE = "arn:aws:iam::123456789012:role/sagemaker-execution"


def endpoint(name: str = "web", *, image: str = "one", **spec: Any) -> dict[str, Any]:
    """An Endpoint with one variant, whose model is described in place."""
    variant = {
        "variantName": "main",
        "model": {"primaryContainer": {"image": f"123456789012.dkr.ecr.us-east-1.amazonaws.com/{image}:1"}},
        "instanceType": "ml.m5.large",
        "initialInstanceCount": 1,
        "initialVariantWeight": 1,
    }
    return {
        "apiVersion": f"{GROUP}/{VERSION}",
        "kind": "Endpoint",
        "metadata": {"name": name},
        "spec": {"executionRoleARN": ROLE, "productionVariants": [variant | spec.pop("variant", {})], **spec},
    }


def serving(play: Rehearsal, key: Key) -> None:
    play.until("it serves", lambda: _serves(play, key))


def _serves(play: Rehearsal, key: Key) -> bool:
    told = {condition["type"] for condition in play.status(key).get("conditions", ()) if condition["status"] == "True"}
    return told == {"Ready"} and play.status(key)["observedGeneration"] == play.generation(key)


def changes(play: Rehearsal) -> list[str]:
    """The calls that changed something, in their order."""
    verbs = ("Create", "Update", "Delete")
    return [one.operation for one in play.amazon.core.journal.entries() if one.operation.startswith(verbs)]


def test_an_endpoint_makes_the_model_and_the_configuration_that_it_describes() -> None:
    with Rehearsal() as play:
        web = play.apply(endpoint())

        serving(play, web)

        assert changes(play) == ["CreateModel", "CreateEndpointConfig", "CreateEndpoint"]
        play.quiet()


def test_an_edit_rolls_out_and_its_undoing_returns_to_what_was_there() -> None:
    with Rehearsal() as play:
        web = play.apply(endpoint())
        serving(play, web)
        first = play.status(web)["endpointConfigName"]

        play.apply(endpoint(image="two"))
        play.until("it serves the second", lambda: play.status(web)["endpointConfigName"] != first)
        serving(play, web)
        play.apply(endpoint())
        play.until("it serves the first", lambda: play.status(web)["endpointConfigName"] == first)
        serving(play, web)

        assert changes(play)[3:] == ["CreateModel", "CreateEndpointConfig", "UpdateEndpoint", "UpdateEndpoint"]
        assert [(r["revision"], r["outcome"]) for r in play.status(web)["revisions"]] == [
            (1, "InService"),
            (2, "Superseded"),
        ]
        play.quiet()


def test_another_weight_needs_no_other_configuration() -> None:
    with Rehearsal() as play:
        web = play.apply(endpoint())
        serving(play, web)

        play.apply(endpoint(variant={"initialInstanceCount": 3}))
        play.until("three serve", lambda: play.status(web)["productionVariants"][0]["currentInstanceCount"] == 3)
        serving(play, web)

        assert changes(play)[3:] == ["UpdateEndpointWeightsAndCapacities"]
        play.quiet()


def test_a_stopped_endpoint_costs_nothing_and_comes_back() -> None:
    with Rehearsal() as play:
        web = play.apply(endpoint())
        serving(play, web)

        play.edit(web, stopped=True)
        play.until("it is stopped", lambda: play.says(web, "Suspended"))
        assert play.jobs("Endpoint") == []
        play.edit(web, stopped=None)
        play.until("it is back", lambda: len(play.jobs("Endpoint")) == 1)
        serving(play, web)

        assert changes(play)[3:] == ["DeleteEndpoint", "CreateEndpoint"]
        play.quiet()


def test_a_revision_is_returned_to_by_its_number() -> None:
    with Rehearsal() as play:
        web = play.apply(endpoint())
        serving(play, web)
        first = play.status(web)["endpointConfigName"]
        play.apply(endpoint(image="two"))
        play.until("it serves the second", lambda: play.status(web)["endpointConfigName"] != first)
        serving(play, web)

        play.edit(web, rollbackTo=1)
        play.until("it serves the first", lambda: play.status(web)["endpointConfigName"] == first)
        serving(play, web)

        assert changes(play)[-1] == "UpdateEndpoint"
        play.edit(web, rollbackTo=7)
        play.until("it says so", lambda: play.condition(web, "Stalled").get("reason") == "InvalidSpec")
