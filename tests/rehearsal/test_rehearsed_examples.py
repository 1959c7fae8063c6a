"""The examples of endpoints: each comes up as it is shipped, and takes its next model in the way that it describes."""

import re
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.builders import training_job
from tests.rehearsal.stage import Rehearsal

from sagemaker_operator.engine.resource import Key

ENDPOINTS = Path(__file__).parents[2] / "examples" / "endpoints"
FILES = sorted(ENDPOINTS.glob("*.yaml"))
PACKAGE = {
    "ModelPackageName": "digits",
    "InferenceSpecification": {
        "Containers": [{"Image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/digits:1"}],
        "SupportedContentTypes": ["text/csv"],
        "SupportedResponseMIMETypes": ["text/csv"],
    },
}
# How an update is told to go, as SageMaker shows it afterwards.
ROLLED_OUT: dict[str, dict[str, str | None]] = {
    "all-at-once": {"blueGreenUpdatePolicy": "ALL_AT_ONCE"},
    "canary-steps": {"blueGreenUpdatePolicy": "CANARY"},
    "linear": {"blueGreenUpdatePolicy": "LINEAR"},
    "rolling": {"rollingUpdatePolicy": None},
}


def manifests(path: Path) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all(path.read_text()))


def applied(play: Rehearsal, path: Path) -> list[Key]:
    """Everything in a file is applied, after what its comment says must be there."""
    for name in ("digits", "digits-2") if path.stem == "trained" else ():
        play.apply(training_job(name))
    if path.stem == "model-package":
        play.console("CreateModelPackageGroup", ModelPackageGroupName="digits")
        versioned = {name: value for name, value in PACKAGE.items() if name != "ModelPackageName"}
        play.console("CreateModelPackage", ModelPackageGroupName="digits", **versioned)
    return [play.apply(manifest) for manifest in manifests(path)]


def at_rest(play: Rehearsal, key: Key) -> bool:
    told = play.status(key)
    conditions = {c["type"]: c["status"] for c in told.get("conditions", ())}
    found = play.kubernetes.get(key)
    assert found is not None
    current = told.get("observedGeneration") == found["metadata"]["generation"]
    return current and conditions.get("Ready") == "True" and not conditions.keys() & {"Reconciling", "Stalled"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_an_example_comes_up_and_goes_without_a_trace(path: Path) -> None:
    with Rehearsal() as play:
        keys = applied(play, path)

        play.until("everything is ready", lambda: all(at_rest(play, key) for key in keys))
        told = play.status(keys[0])
        assert told["phase"] == ("Stopped" if path.stem == "stopped" else "InService")
        assert len(play.jobs("Endpoint")) == (path.stem != "stopped")
        scaled = [key for key, manifest in zip(keys, manifests(path), strict=True) if "autoscaling" in str(manifest)]
        play.until("it is scaled", lambda: all(play.says(key, "AutoscalingReady") for key in scaled))
        assert play.committed("RegisterScalableTarget") == len(scaled)
        play.quiet()

        for key in reversed(keys):
            play.delete(key)
        play.until("they are gone", lambda: not any(play.there(key) for key in keys))
        play.run(600)
        left = [kind for kind in ("Model", "EndpointConfig", "Endpoint", "InferenceComponent") if play.jobs(kind)]
        assert left == []
        assert play.committed("DeregisterScalableTarget") == len(scaled)


@pytest.mark.parametrize("name", ROLLED_OUT)
def test_the_next_model_is_rolled_out_as_an_example_says(name: str) -> None:
    path = ENDPOINTS / f"{name}.yaml"
    with Rehearsal() as play:
        (key,) = applied(play, path)
        play.until("it serves", lambda: at_rest(play, key))
        first, (manifest,) = play.status(key)["endpointConfigName"], manifests(path)

        container = manifest["spec"]["productionVariants"][0]["model"]["primaryContainer"]
        container["modelDataURL"] = "s3://my-bucket/models/digits-2/model.tar.gz"
        play.apply(manifest)
        play.until("it rolls out", lambda: "stage" in play.status(key).get("deployment", {}))
        play.until("it serves the next", lambda: at_rest(play, key), within=4 * 3600)

        told = play.status(key)
        assert (told["endpointConfigName"] != first, play.committed("UpdateEndpoint")) == (True, 1)
        assert "deployment" not in told
        ((policy, routing),) = ROLLED_OUT[name].items()
        asked = told["lastDeploymentConfig"]
        assert asked["autoRollbackConfiguration"]["alarms"] == [{"alarmName": "digits-errors"}]
        assert routing in (None, asked[policy].get("trafficRoutingConfiguration", {}).get("type_"))


def test_a_revision_is_returned_to_as_the_example_says() -> None:
    with Rehearsal() as play:
        served = []
        for path in (ENDPOINTS / "instances.yaml", *sorted((ENDPOINTS / "update").glob("*.yaml"))):
            (key,) = applied(play, path)
            play.until("it serves", partial(at_rest, play, key))
            served.append(play.status(key)["endpointConfigName"])

        assert served[0] == served[2] != served[1]


def test_from_trained_models_to_an_autoscaled_canary_takes_few_lines() -> None:
    text = (ENDPOINTS / "trained.yaml").read_text()

    (manifest,) = yaml.safe_load_all(text)
    (variant,) = manifest["spec"]["productionVariants"]
    assert {"trainingJobRef", "autoscaling"} < variant.keys()
    assert "canary" in manifest["spec"]
    assert len(text.splitlines()) <= 35


def test_the_page_of_examples_lists_each_of_them() -> None:
    page = (ENDPOINTS / "README.md").read_text()

    listed = re.findall(r"^\| `([^`]+)` \|", page, re.MULTILINE)
    assert sorted(listed) == sorted(str(path.relative_to(ENDPOINTS)) for path in ENDPOINTS.rglob("*.yaml"))


@pytest.mark.parametrize("name", ["canary-steps", "linear"])
def test_a_canary_comes_and_goes_at_once_where_models_are_rolled_out_in_steps(name: str) -> None:
    with Rehearsal() as play:
        (key,) = applied(play, ENDPOINTS / f"{name}.yaml")
        play.until("it serves", lambda: at_rest(play, key))

        (held,) = manifests(ENDPOINTS / "held-canary.yaml")
        play.edit(key, canary=held["spec"]["canary"])
        play.until("both serve", lambda: play.status(key)["trafficSummary"] == "main 90%, canary 10%")
        play.until("it is at rest", lambda: at_rest(play, key))
        play.edit(key, canary=None)
        play.until("one serves", lambda: play.status(key)["trafficSummary"] == "main 100%" and at_rest(play, key))

        assert play.committed("UpdateEndpoint") == 2


def test_a_model_of_another_region_is_told_by_the_name_of_the_field() -> None:
    with Rehearsal() as play:
        (manifest,) = manifests(ENDPOINTS / "instances.yaml")
        model = {**manifest, "kind": "Model", "metadata": {"name": "far"}}
        (variant,) = manifest["spec"]["productionVariants"]
        model["spec"] = {"region": "eu-west-1", "executionRoleARN": manifest["spec"]["executionRoleARN"]}
        model["spec"] |= variant.pop("model")
        variant["modelRef"] = {"name": "far"}
        play.apply(model)

        key = play.apply(manifest)
        play.until("it says so", lambda: play.says(key, "Stalled"))

        told = play.condition(key, "Stalled")
        assert "spec.productionVariants[0].modelRef: Model default/far is in the region eu-west-1" in told["message"]
