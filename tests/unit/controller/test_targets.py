"""What manifests ask for, given the state of what they refer to."""

from typing import Any

from surroundings import condition, job, read

from sagemaker_operator.controller.store import Store
from sagemaker_operator.controller.targets import Targets
from sagemaker_operator.engine.target import Target, Waiting


def model(*, generation: int = 1, **status: Any) -> dict[str, Any]:
    body = job("m", modelName="m-1", arn="arn:m", observedGeneration=1, **status)
    body["kind"], body["metadata"]["generation"] = "Model", generation
    return body


def transform(**status: Any) -> dict[str, Any]:
    body = job("t", **status)
    body["kind"], body["spec"] = "TransformJob", {"modelRef": {"name": "m"}}
    return body


def wanted(target: dict[str, Any], of: dict[str, Any]) -> Target | Waiting:
    store = Store()
    store.take(read(target))
    return Targets(store, cluster="c", region="eu-west-1").of(read(of), {})


def test_what_is_ready_is_made_use_of() -> None:
    found = wanted(model(conditions=[condition("Ready", "True")]), of=transform())

    assert isinstance(found, Target)
    assert found.members["ModelName"] == "m-1"


def test_what_is_being_edited_is_waited_for_by_what_is_new() -> None:
    edited = model(generation=2, conditions=[condition("Ready", "True")])

    assert isinstance(wanted(edited, of=transform()), Waiting)


def test_what_is_made_of_it_already_goes_on_meanwhile() -> None:
    edited = model(generation=2, conditions=[condition("Ready", "True")])

    assert isinstance(wanted(edited, of=transform(arn="arn:t", transformJobName="t")), Target)


def test_what_is_in_another_region_cannot_be_named() -> None:
    elsewhere = model(conditions=[condition("Ready", "True")])
    elsewhere["spec"] = {**elsewhere["spec"], "region": "us-west-2"}

    found = wanted(elsewhere, of=transform())

    assert isinstance(found, Waiting)
    assert found.hopeless
    assert found.message.startswith("spec.modelRef: Model ")
    assert "us-west-2" in found.message
    assert "eu-west-1" in found.message


def test_what_does_not_work_is_waited_for_by_all() -> None:
    broken = model(conditions=[condition("Ready", "False"), condition("Stalled", "True", "RefusedByAWS")])

    for status in ({}, {"arn": "arn:t", "transformJobName": "t"}):
        found = wanted(broken, of=transform(**status))
        assert isinstance(found, Waiting)
        assert "RefusedByAWS" in found.message
