"""Endpoints in service: updates that arrive, updates that fail, and endpoints that somebody deletes behind our back."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.builders import Manifest, endpoint, endpoint_config, model
from tests.cluster.conftest import SPEED
from tests.cluster.eventually import eventually
from tests.cluster.history import History
from tests.cluster.operating import Operator
from tests.cluster.user import User, find_condition

from sagemaker_local.emulator import Emulator

pytestmark = pytest.mark.serves("Model", "EndpointConfig", "Endpoint")

FAILURE = "The primary container for production variant main did not pass the ping health check."
INTERNAL = "Request to service failed. If failure persists after retry, contact customer support."


def config(name: str) -> Manifest:
    variant = {"variantName": "main", "instanceType": "ml.m5.large", "initialInstanceCount": 1}
    return endpoint_config(name, productionVariants=[{**variant, "modelRef": {"name": "digits"}}])


@pytest.fixture
def operator(operators: Callable[..., Operator]) -> Operator:
    """The operator, looking at services at rest every second instead of every minute."""
    operator = operators("--no-leader-elect", "--resync=1")
    operator.start()
    return operator


@pytest.fixture
def serving(user: User, operator: Operator) -> User:
    """A user with an endpoint in service on configuration `one`; `two` exists as well."""
    user.apply(model("digits"), config("one"), config("two"))
    user.apply(endpoint("digits", endpointConfigName=None, endpointConfigRef={"name": "one"}))
    user.wait("endpoint/digits", "endpointconfig/two", condition="Ready")
    return user


def test_an_edit_arrives_with_one_update_and_no_outage(serving: User, sagemaker: Emulator, history: History) -> None:
    sagemaker.scenarios.take("Endpoint", "", seconds=3 * SPEED)

    serving.edit("endpoint/digits", endpointConfigRef={"name": "two"})

    serving.wait("endpoint/digits", condition="Ready")
    assert (
        serving.status("endpoint/digits")["endpointConfigName"]
        == serving.status("endpointconfig/two")["endpointConfigName"]
    )
    assert sagemaker.journal.count("UpdateEndpoint") == 1
    eventually("the watch has seen it", lambda: history.caught_up(serving.objects("smep")))
    shown = history.versions("Endpoint", serving.namespace, "digits")
    assert "Updating" in [version["status"].get("endpointStatus") for version in shown]
    ready = [find_condition(version, "Ready").get("status") for version in shown]
    assert set(ready[ready.index("True") :]) == {"True"}, "it served all the while"


def test_a_failed_update_keeps_serving_says_so_and_is_not_repeated(serving: User, sagemaker: Emulator) -> None:
    sagemaker.scenarios.fail("Endpoint", "", reason=FAILURE, at="Updating")

    serving.edit("endpoint/digits", endpointConfigRef={"name": "two"})

    serving.wait("endpoint/digits", condition="Stalled")
    conditions = {c["type"]: c for c in serving.status("endpoint/digits")["conditions"]}
    assert (conditions["Stalled"]["reason"], conditions["Stalled"]["message"]) == ("RolledBack", FAILURE)
    assert conditions["RolledBack"]["status"] == "True"
    assert (conditions["Ready"]["status"], conditions["Ready"]["observedGeneration"]) == ("True", 1)
    serving.edit("endpoint/digits", deletionPolicy="Retain")
    eventually("another pass", lambda: serving.status("endpoint/digits")["observedGeneration"] == 3)
    assert serving.reason("endpoint/digits", "Stalled") == "RolledBack"
    assert sagemaker.journal.count("UpdateEndpoint") == 1


def test_an_update_that_failed_for_an_internal_error_is_tried_again_later_or_when_somebody_asks(
    serving: User, sagemaker: Emulator
) -> None:
    sagemaker.scenarios.fail("Endpoint", "", reason=INTERNAL, at="Updating", times=1)

    serving.edit("endpoint/digits", endpointConfigRef={"name": "two"})

    eventually(
        "it says that it waits", lambda: serving.reason("endpoint/digits", "Reconciling") == "ProgressingWithRetry"
    )
    serving.look_now("endpoint/digits", "now")
    serving.wait("endpoint/digits", condition="Ready")
    assert sagemaker.journal.count("UpdateEndpoint") == 2


def test_after_a_failed_update_the_way_back_is_an_edit(serving: User, sagemaker: Emulator) -> None:
    sagemaker.scenarios.fail("Endpoint", "", reason=FAILURE, at="Updating")
    serving.edit("endpoint/digits", endpointConfigRef={"name": "two"})
    serving.wait("endpoint/digits", condition="Stalled")

    serving.edit("endpoint/digits", endpointConfigRef={"name": "one"})

    serving.wait("endpoint/digits", condition="Ready")
    assert [c["type"] for c in serving.status("endpoint/digits")["conditions"]] == ["Ready"]


def test_an_endpoint_that_was_deleted_elsewhere_is_made_again(serving: User, sagemaker: Emulator) -> None:
    name = serving.status("endpoint/digits")["endpointName"]

    sagemaker.client().delete_endpoint(EndpointName=name)

    eventually("a second endpoint", lambda: sagemaker.journal.committed("CreateEndpoint") == 2)
    serving.wait("endpoint/digits", condition="Ready")
    assert sagemaker.resources("Endpoint") == [name]


def test_an_endpoint_that_was_changed_elsewhere_is_brought_back(serving: User, sagemaker: Emulator) -> None:
    name = serving.status("endpoint/digits")["endpointName"]
    one, two = (serving.status(f"endpointconfig/{which}")["endpointConfigName"] for which in ("one", "two"))

    sagemaker.client().update_endpoint(EndpointName=name, EndpointConfigName=two)

    eventually("the way back", lambda: sagemaker.journal.count("UpdateEndpoint") == 2)
    eventually("the old one", lambda: described(sagemaker, name) == ("InService", one))


def test_an_endpoint_may_be_kept(serving: User, sagemaker: Emulator) -> None:
    serving.edit("endpoint/digits", deletionPolicy="Retain")

    serving.delete("endpoint/digits")

    assert len(sagemaker.resources("Endpoint")) == 1
    assert sagemaker.journal.count("DeleteEndpoint") == 0


def described(sagemaker: Emulator, name: str) -> tuple[Any, Any]:
    reply = sagemaker.client().describe_endpoint(EndpointName=name)
    return reply["EndpointStatus"], reply["EndpointConfigName"]
