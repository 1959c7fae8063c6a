"""Manifests that only AWS can refuse: they stall with AWS's words, and AWS is not asked again and again."""

import pytest
from tests.builders import model, training_job
from tests.cluster.conftest import SPEED
from tests.cluster.operating import Operator
from tests.cluster.user import User

from sagemaker_local.emulator import Emulator

pytestmark = pytest.mark.serves("TrainingJob", "Model")

P3 = {"instanceType": "ml.p3.2xlarge", "instanceCount": 2, "volumeSizeInGB": 10}
# Object, the reason of the condition, AWS's words in it, the operation that brought them.
REFUSED = (
    ("trainingjob/large", "QuotaExceeded", "limit 'ml.p3.2xlarge for training job usage' is 1", "CreateTrainingJob"),
    ("trainingjob/distrusted", "RefusedByAWS", "Could not assume role arn:aws:iam::1", "CreateTrainingJob"),
    ("model/digits", "AccessDenied", "is not authorized to perform: sagemaker:CreateModel", "CreateModel"),
)


@pytest.fixture
def refused(user: User, operator: Operator, sagemaker: Emulator) -> User:
    """A user whose manifests are well-formed, and wrong in ways that only AWS knows of."""
    sagemaker.quotas.set("ml.p3.2xlarge for training job usage", 1)
    sagemaker.roles.refuse("distrusted")
    sagemaker.faults.deny("CreateModel")
    user.apply(
        training_job("large", resourceConfig=P3),
        training_job("distrusted", roleARN="arn:aws:iam::123456789012:role/distrusted"),
        model("digits"),
    )
    return user


def test_a_refusal_stalls_the_object_with_awss_words_at_once(refused: User, sagemaker: Emulator) -> None:
    for name, reason, words, _ in REFUSED:
        refused.wait(name, condition="Stalled", seconds=10)
        told = refused.condition(name, "Stalled")
        assert (told["reason"], words in told["message"]) == (reason, True), told["message"]

    created = {name: sagemaker.journal.count(name) for name in ("CreateModel", "CreateTrainingJob")}
    assert created == {"CreateModel": 1, "CreateTrainingJob": 2}


def test_a_refused_create_is_not_tried_again_and_again(refused: User, sagemaker: Emulator) -> None:
    for name, *_ in REFUSED:
        refused.wait(name, condition="Stalled", seconds=10)
    before = {operation: sagemaker.journal.count(operation) for *_, operation in REFUSED}

    sagemaker.scenarios.take("TrainingJob", "", seconds=6 * SPEED)
    refused.apply(training_job("meanwhile"))
    refused.wait("trainingjob/meanwhile", condition="Succeeded")

    after = {operation: sagemaker.journal.count(operation) for *_, operation in REFUSED}
    assert after == {**before, "CreateTrainingJob": before["CreateTrainingJob"] + 1}, "six seconds later"


def test_whoever_may_not_tag_may_not_create(user: User, operator: Operator, sagemaker: Emulator) -> None:
    sagemaker.faults.deny("AddTags")

    user.apply(model("digits"))

    user.wait("model/digits", condition="Stalled")
    assert user.reason("model/digits", "Stalled") == "AccessDenied"
    assert "sagemaker:AddTags" in user.condition("model/digits", "Stalled")["message"]
    assert sagemaker.resources("Model") == []


def test_what_was_refused_works_once_the_cause_is_gone(user: User, operator: Operator, sagemaker: Emulator) -> None:
    sagemaker.faults.deny("CreateModel")
    user.apply(model("digits"))
    user.wait("model/digits", condition="Stalled")

    sagemaker.faults.clear()
    user.look_now("model/digits", "allowed")

    user.wait("model/digits", condition="Ready", seconds=10)
    assert user.condition("model/digits", "Stalled") == {}


def test_a_mended_manifest_is_tried_at_once(user: User, operator: Operator, sagemaker: Emulator) -> None:
    sagemaker.roles.refuse("distrusted")
    user.apply(training_job("digits", roleARN="arn:aws:iam::123456789012:role/distrusted"))
    user.wait("trainingjob/digits", condition="Stalled")

    user.delete("trainingjob/digits")
    user.apply(training_job("digits"))

    user.wait("trainingjob/digits", condition="Succeeded", seconds=10)
    assert [e.outcome for e in sagemaker.journal.entries("CreateTrainingJob")] == ["ValidationException", "ok"]
