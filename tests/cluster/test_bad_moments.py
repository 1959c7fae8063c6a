"""Things that happen in the middle of others: stops, deletions and ends of namespaces while a call is under way."""

from collections.abc import Callable

import pytest
from tests.builders import endpoint, endpoint_config, model, training_job
from tests.cluster.conftest import SPEED
from tests.cluster.eventually import eventually
from tests.cluster.operating import Operator
from tests.cluster.user import User

from sagemaker_local.emulator import Emulator

pytestmark = pytest.mark.serves("TrainingJob", "Model", "EndpointConfig", "Endpoint")

OURS = "sagemaker-operator.dev/finalizer"
THEIRS = "example.com/archive"


def begun(user: User, job: str) -> None:
    """Waits until the name is written down: from then on the Create is on its way."""
    eventually("the intent", lambda: user.status(job).get("trainingJobName"))


def test_a_stop_in_the_middle_of_a_create_waits_for_the_answer(
    user: User, operator: Operator, sagemaker: Emulator
) -> None:
    sagemaker.latency = 2
    user.apply(training_job("digits"))
    begun(user, "trainingjob/digits")

    assert operator.stop(within=10) == 0

    assert sagemaker.journal.committed("CreateTrainingJob") == 1
    operator.start()
    sagemaker.latency = 0
    user.wait("trainingjob/digits", condition="Succeeded")
    assert sagemaker.journal.count("CreateTrainingJob") == 1


def test_a_stop_is_not_held_up_for_ever_by_a_call_that_hangs(
    user: User, operator: Operator, sagemaker: Emulator
) -> None:
    sagemaker.faults.hang("CreateTrainingJob", seconds=120, times=1)
    user.apply(training_job("digits"))
    begun(user, "trainingjob/digits")

    assert operator.stop(within=30) == 0

    operator.start()
    user.wait("trainingjob/digits", condition="Succeeded")
    assert sagemaker.journal.committed("CreateTrainingJob") == 1


def test_deleting_an_object_whose_create_is_in_flight_leaves_nothing(
    user: User, operator: Operator, sagemaker: Emulator
) -> None:
    sagemaker.latency = 1
    user.apply(training_job("digits", deletionPolicy="Delete"))
    begun(user, "trainingjob/digits")

    user.delete("trainingjob/digits", wait=False)

    sagemaker.latency = 0
    user.wait_until_gone("trainingjob/digits")
    assert sagemaker.journal.committed("CreateTrainingJob") == sagemaker.journal.committed("DeleteTrainingJob") == 1
    assert sagemaker.resources("TrainingJob") == []


def test_deleting_an_object_whose_create_reply_was_lost_leaves_nothing(
    user: User, operator: Operator, sagemaker: Emulator
) -> None:
    sagemaker.faults.lose_reply("CreateTrainingJob", times=1)
    user.apply(training_job("digits", deletionPolicy="Delete"))
    eventually("the lost reply", lambda: sagemaker.journal.count("CreateTrainingJob", outcome="lost"))

    user.delete("trainingjob/digits")

    assert sagemaker.resources("TrainingJob") == []


def test_an_object_that_was_deleted_while_nobody_worked_takes_its_resource_along(
    user: User, operator: Operator, sagemaker: Emulator
) -> None:
    user.apply(model("digits"))
    user.wait("model/digits", condition="Ready")
    operator.kill()
    user.delete("model/digits", wait=False)

    operator.start()

    user.wait_until_gone("model/digits")
    assert sagemaker.resources("Model") == []


def test_a_namespace_that_is_deleted_takes_everything_along(
    user: User, operator: Operator, sagemaker: Emulator
) -> None:
    sagemaker.scenarios.take("TrainingJob", "", seconds=600 * SPEED)
    variant = {"variantName": "main", "instanceType": "ml.m5.large", "initialInstanceCount": 1}
    user.apply(
        training_job("digits", deletionPolicy="Delete"),
        model("digits"),
        endpoint_config("digits", productionVariants=[{**variant, "modelRef": {"name": "digits"}}]),
        endpoint("digits", endpointConfigName=None, endpointConfigRef={"name": "digits"}),
    )
    user.wait("endpoint/digits", condition="Ready")

    user.cluster.kubectl("delete", "namespace", user.namespace, "--timeout=60s")

    left = {kind: sagemaker.resources(kind) for kind in ("TrainingJob", "Model", "EndpointConfig", "Endpoint")}
    assert left == {kind: [] for kind in left}


def test_the_finalizers_of_others_are_theirs(user: User, operator: Operator, sagemaker: Emulator) -> None:
    digits = model("digits")
    digits["metadata"]["finalizers"] = [THEIRS]
    user.apply(digits)
    user.wait("model/digits", condition="Ready")

    user.delete("model/digits", wait=False)

    eventually("ours is gone", lambda: OURS not in user.get("model/digits")["metadata"]["finalizers"])
    assert user.get("model/digits")["metadata"]["finalizers"] == [THEIRS]
    assert sagemaker.resources("Model") == []
    calls = sagemaker.journal.count()
    user.patch("model/digits", {"metadata": {"labels": {"archived": "yes"}}})
    user.apply(training_job("meanwhile"))
    user.wait("trainingjob/meanwhile", condition="Succeeded")
    others = [e for e in sagemaker.journal.entries()[calls:] if "TrainingJob" not in e.operation]
    assert others == [], "what we let go of is none of our business"
    user.patch("model/digits", {"metadata": {"finalizers": None}})
    user.wait_until_gone("model/digits")


def test_an_edit_while_the_operator_is_away_arrives_when_it_is_back(
    user: User, operators: Callable[..., Operator], sagemaker: Emulator
) -> None:
    operator = operators()
    operator.start()
    user.apply(model("digits", tags=[{"key": "team", "value": "vision"}]))
    user.wait("model/digits", condition="Ready")
    operator.stop()
    user.edit("model/digits", tags=[{"key": "team", "value": "speech"}])

    operator.start()

    user.wait("model/digits", condition="Ready")
    tags = sagemaker.client().list_tags(ResourceArn=user.status("model/digits")["arn"])["Tags"]
    assert {"Key": "team", "Value": "speech"} in tags
