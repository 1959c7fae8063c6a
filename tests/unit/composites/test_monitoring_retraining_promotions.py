"""Which Endpoints a model can be given to, how, and what is said of the others."""

import json
from dataclasses import replace
from typing import Any

import pytest
from retraining import PROMOTE, VARIANT, Play, endpoint, said

from sagemaker_operator.engine.resource import PAUSED

ARTIFACT = {"variantName": "main", "modelDataURL": "s3://models/old.tar.gz", "container": {"image": "serve"}}
CONTAINER = {"image": "serve", "environment": {"A": "b"}}
SIZED = {"instanceType": "ml.m5.large", "initialInstanceCount": 2}


def in_place(**container: Any) -> dict[str, Any]:
    """A variant whose model is described in place."""
    return {
        "variantName": "main",
        "model": {"primaryContainer": {**CONTAINER, **container}, "vpcConfig": {"subnets": ["s"]}},
    }


def trained(play: Play) -> Play:
    """A model that is good enough."""
    play.step()
    play.trained()
    return play


@pytest.mark.parametrize(
    ("variant", "changed"),
    [
        ({**VARIANT, **SIZED}, {**VARIANT, **SIZED, "trainingJobRef": {"name": "JOB"}}),
        ({**ARTIFACT, **SIZED}, {**ARTIFACT, **SIZED, "modelDataURL": "s3://models/JOB/model.tar.gz"}),
        (in_place(modelDataURL="s3://old"), in_place(modelDataURL="s3://models/JOB/model.tar.gz")),
        (in_place(modelDataURLRef={"name": "old"}), in_place(modelDataURLRef={"name": "JOB"})),
    ],
)
def test_each_form_of_a_variant_gets_the_model_and_keeps_all_else(variant: Any, changed: Any) -> None:
    play = trained(Play(endpoint=endpoint(variant, dataCaptureConfig={"enableCapture": True})))

    job = play.made[0].name
    assert play.variant == json.loads(json.dumps(changed).replace("JOB", job))
    assert play.endpoint is not None
    assert play.endpoint["spec"]["dataCaptureConfig"] == {"enableCapture": True}
    assert "deploymentConfig" not in play.endpoint["spec"]
    assert play.status["retraining"]["endpoint"] == {"name": "digits", "variantName": "main", "generation": 2}


def test_the_variant_that_is_named_gets_the_model_and_no_other() -> None:
    other = {**VARIANT, "variantName": "other"}
    there = endpoint()
    there["spec"]["productionVariants"] = [VARIANT, other]
    play = trained(Play(rule={"promote": {**PROMOTE, "variantName": "other"}}, endpoint=there))

    assert there["spec"]["productionVariants"] == [VARIANT, other]
    assert play.endpoint is not None
    first, second = play.endpoint["spec"]["productionVariants"]
    assert (first, second["trainingJobRef"]["name"]) == (VARIANT, play.made[0].name)


@pytest.mark.parametrize(
    ("strategy", "routing"),
    [
        ("AllAtOnce", {"type_": "ALL_AT_ONCE", "waitIntervalInSeconds": 0}),
        (
            "Canary",
            {
                "type_": "CANARY",
                "waitIntervalInSeconds": 300,
                "canarySize": {"type_": "CAPACITY_PERCENT", "value": 10},
            },
        ),
        (
            "Linear",
            {
                "type_": "LINEAR",
                "waitIntervalInSeconds": 300,
                "linearStepSize": {"type_": "CAPACITY_PERCENT", "value": 20},
            },
        ),
    ],
)
def test_a_strategy_says_how_the_model_takes_over_and_which_alarms_end_it(strategy: str, routing: Any) -> None:
    size = {"type_": "CAPACITY_PERCENT", "value": 30}
    before = {
        "rollingUpdatePolicy": {"maximumBatchSize": size, "waitIntervalInSeconds": 1},
        "autoRollbackConfiguration": {"alarms": [{"alarmName": "old"}]},
    }
    alarms = [{"alarmName": "digits-errors"}]
    promote = {**PROMOTE, "strategy": strategy, "alarms": alarms}
    play = trained(Play(rule={"promote": promote}, endpoint=endpoint(deploymentConfig=before)))

    assert play.endpoint is not None
    assert play.endpoint["spec"]["deploymentConfig"] == {
        "blueGreenUpdatePolicy": {"trafficRoutingConfiguration": routing},
        "autoRollbackConfiguration": {"alarms": alarms},
    }


def test_a_strategy_without_alarms_keeps_those_of_the_endpoint_and_what_it_waits_for() -> None:
    blue_green = {
        "trafficRoutingConfiguration": {
            "type_": "CANARY",
            "waitIntervalInSeconds": 1,
            "canarySize": {"type_": "INSTANCE_COUNT"},
        },
        "terminationWaitInSeconds": 60,
    }
    alarms = {"alarms": [{"alarmName": "old"}]}
    before = {"blueGreenUpdatePolicy": blue_green, "autoRollbackConfiguration": alarms}
    promote = {**PROMOTE, "strategy": "AllAtOnce"}
    play = trained(Play(rule={"promote": promote}, endpoint=endpoint(deploymentConfig=before)))

    assert play.endpoint is not None
    assert play.endpoint["spec"]["deploymentConfig"] == {
        "blueGreenUpdatePolicy": {
            "trafficRoutingConfiguration": {"type_": "ALL_AT_ONCE", "waitIntervalInSeconds": 0},
            "terminationWaitInSeconds": 60,
        },
        "autoRollbackConfiguration": alarms,
    }


TWO = [VARIANT, {**VARIANT, "variantName": "other"}]
IN_PLACE = "have it serve trainingJobRef or modelDataURL with a container, or model.primaryContainer.modelDataURL"


@pytest.mark.parametrize(
    ("spec", "promote", "message"),
    [
        (
            {"productionVariants": [], "endpointConfigRef": {"name": "x"}},
            {},
            "names its configuration, which is not changed",
        ),
        (
            {"productionVariants": TWO},
            {},
            "has the variants main, other: say which in onViolation.promote.variantName.",
        ),
        ({"productionVariants": TWO}, {"variantName": "third"}, "has no variant third; it has main, other"),
        (
            {"productionVariants": [{"variantName": "main", "modelRef": {"name": "m"}}]},
            {},
            "serves a Model by modelRef",
        ),
        (
            {"productionVariants": [{"variantName": "main", "modelName": "m"}]},
            {},
            f"serves a Model by modelName: {IN_PLACE}",
        ),
        ({"productionVariants": [{"variantName": "main"}]}, {}, f"has no model of its own: {IN_PLACE}"),
        ({"productionVariants": [in_place()]}, {}, f"has a model without modelDataURL: {IN_PLACE}"),
        (
            {"productionVariants": [in_place(modelDataURL="s3://many/", mode="MultiModel")]},
            {},
            "serves many models from one prefix",
        ),
        (
            {"productionVariants": [{**VARIANT, "serverlessConfig": {"memorySizeInMB": 2048}}]},
            {"strategy": "Canary"},
            "is serverless, and SageMaker updates those in its own way: set onViolation.promote.strategy to AsConfigured.",
        ),
    ],
)
def test_what_cannot_be_promoted_to_is_refused_by_name_before_training_and_after(
    spec: Any, promote: Any, message: str
) -> None:
    before = Play(rule={"promote": {**PROMOTE, **promote}}, endpoint=endpoint(**spec))
    before.step()
    assert (before.made, before.held[0]) == ([], "CannotPromote")
    assert message in before.held[1]

    # An edit while the model was trained.
    after = Play(rule={"promote": {**PROMOTE, **promote}})
    if "variantName" in promote or promote.get("strategy"):
        after.rule = {**(after.rule or {}), "promote": PROMOTE}
    after.step()
    after.rule = {**(after.rule or {}), "promote": {**PROMOTE, **promote}}
    after.edit({"spec": spec})
    after.trained()
    assert (after.state, after.edits) == ("PromotionRefused", 0)
    assert message in after.message


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"metadata": {"deletionTimestamp": "2026-01-05T12:00:00Z"}}, "is being deleted"),
        ({"metadata": {"annotations": {PAUSED: "true"}}}, f"is paused: remove the annotation {PAUSED}"),
        ({"spec": {"rollbackTo": 1}}, "spec.rollbackTo makes it serve an earlier revision: remove it"),
        ({"spec": {"canary": {"trafficPercent": 0}}}, "spec.canary tries another model already"),
        ({"spec": {"stopped": True}}, "spec.stopped is true"),
        ({"status": {"observedGeneration": 0}}, "is rolling out something else"),
        ({"status": {"conditions": [said("Ready", 2), said("Reconciling", 2)]}}, "is rolling out something else"),
        (
            {"status": {"conditions": [said("Ready", 1), said("Stalled", 2, "No quota.")]}},
            "needs somebody first: No quota.",
        ),
        ({"status": {"conditions": []}}, "is not ready"),
        (
            {"status": {"conditions": [said("Ready", 1), said("RolledBack", 2, "Alarm."), said("Stalled", 2)]}},
            "has rolled back its last update",
        ),
    ],
)
def test_an_endpoint_that_has_something_else_to_do_is_waited_for(change: Any, message: str) -> None:
    play = Play()
    play.step()
    play.edit({**change, "status": {"observedGeneration": 2, **change.get("status", {})}})
    found = play.trained()

    assert (play.state, play.edits, play.condition()) == ("Promoting", 0, ("True", "Promoting"))
    assert message in play.message
    assert found.wake_at is not None

    play.endpoint = endpoint()
    play.wait(minutes=1)
    assert (play.state, play.edits) == ("RollingOut", 1)


def test_an_endpoint_that_vanishes_is_waited_for_before_it_has_the_model_and_not_afterwards() -> None:
    play = Play()
    play.step()
    play.endpoint = None
    play.trained()
    assert (play.state, play.message) == ("Promoting", "Waiting for Endpoint default/digits, which does not exist.")

    play.endpoint = endpoint()
    play.wait(minutes=5)
    assert play.state == "RollingOut"

    play.endpoint = None
    play.wait(minutes=5)
    assert play.state == "Superseded"


def test_a_job_that_is_deleted_before_its_model_is_promoted_is_not_referred_to() -> None:
    play = Play(rule={"promote": {"endpointRef": {"name": "digits"}}})
    play.step()
    play.trained()
    play.children.clear()
    play.annotations["sagemaker-operator.dev/approve"] = play.decision
    play.step()

    assert (play.state, play.edits) == ("PromotionRefused", 0)
    assert "was deleted, and Endpoint digits refers to such jobs by name" in play.message


def test_a_training_that_leaves_no_artifact_is_not_promoted() -> None:
    play = Play(rule={"gate": None})
    play.step()
    (name,) = play.children
    play.children[name] = replace(play.children[name], finished=True, succeeded=True)
    play.step()

    assert (play.state, play.edits) == ("PromotionRefused", 0)
    assert "has left no artifact (status.modelArtifacts)" in play.message


def test_without_a_gate_every_model_goes_on_that_was_trained() -> None:
    play = trained(Play(rule={"gate": None}))

    assert play.state == "RollingOut"
    assert "metric" not in play.status["retraining"]
