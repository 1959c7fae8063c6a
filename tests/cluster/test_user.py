"""The tests' shortcuts past kubectl: each does and sees what kubectl does."""

import json

import pytest
from tests.builders import Manifest, as_file, model, training_job, with_field
from tests.cluster.user import Object, User

from sagemaker_local.cluster import KubectlFailed

JOB = "trainingjob/digits"
EVERYTHING = ("--output=json", "--show-managed-fields")


def by_name(found: list[Object]) -> list[Object]:
    return sorted(found, key=lambda one: (one["kind"], one["metadata"]["name"]))


def config_map() -> Manifest:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "one"}, "data": {"key": "value"}}


def test_what_is_listed_is_what_kubectl_lists(user: User) -> None:
    user.apply(training_job("one"), training_job("two"), model("one"), config_map())

    for what in ("sagemaker", "trainingjobs", "smtj,smmodel", "model.sagemaker-operator.dev", "cm"):
        listed = json.loads(user.kubectl("get", what, *EVERYTHING).stdout)["items"]
        assert by_name(user.objects(what)) == by_name(listed), what
    assert len(user.objects()) == 3
    assert user.get("smmodel/one") == json.loads(user.kubectl("get", "smmodel/one", *EVERYTHING).stdout)


def test_what_is_applied_is_as_kubectl_makes_it(user: User) -> None:
    tags = [{"key": "team", "value": "vision"}]
    first, second = training_job("digits", tags=tags, deletionPolicy="Retain"), training_job("digits", tags=tags)
    user.apply(first)
    user.apply(second)
    ours = user.get(JOB)
    user.delete(JOB)

    for manifest in (first, second):
        user.kubectl("apply", "--filename=-", stdin=as_file(manifest))

    theirs = user.get(JOB)
    assert ours["spec"] == theirs["spec"]
    assert "deletionPolicy" not in ours["spec"]
    assert ours["metadata"]["generation"] == theirs["metadata"]["generation"] == 2


def test_a_field_that_there_is_not_is_refused(user: User) -> None:
    misspelt = with_field(training_job("digits"), "resourceConfig.instanceKind", "ml.m5.large")

    with pytest.raises(AssertionError, match=r"spec\.resourceConfig\.instanceKind: field not declared"):
        user.apply(misspelt)
    with pytest.raises(KubectlFailed, match=r'unknown field "spec\.resourceConfig\.instanceKind"'):
        user.kubectl("apply", "--filename=-", stdin=as_file(misspelt))
    assert user.objects() == []


def test_a_condition_about_an_older_spec_is_waited_for_further(user: User) -> None:
    user.apply(training_job("digits"))
    tell_ready(user)
    user.kubectl("wait", "--for=condition=Ready", "--timeout=5s", JOB)
    user.wait(JOB, condition="Ready", seconds=0)

    user.edit(JOB, deletionPolicy="Retain")

    with pytest.raises(KubectlFailed, match="timed out"):
        user.kubectl("wait", "--for=condition=Ready", "--timeout=1s", JOB)
    with pytest.raises(AssertionError, match="timed out"):
        user.wait(JOB, condition="Ready", seconds=0)


def tell_ready(user: User) -> None:
    condition = {"type": "Ready", "status": "True", "reason": "Told", "message": "So it is.", "observedGeneration": 1}
    told = {**condition, "lastTransitionTime": "2026-11-21T09:00:00Z"}
    status = {"status": {"observedGeneration": 1, "conditions": [told]}}
    user.kubectl("patch", JOB, "--subresource=status", "--type=merge", f"--patch={json.dumps(status)}")


def test_what_is_not_there_cannot_be_waited_for_or_deleted(user: User) -> None:
    for what in (("wait", "--for=condition=Ready"), ("delete",)):
        with pytest.raises(KubectlFailed, match='"digits" not found'):
            user.kubectl(*what, JOB)
    with pytest.raises(AssertionError, match='"digits" not found'):
        user.wait(JOB, condition="Ready")
    with pytest.raises(AssertionError, match='"digits" not found'):
        user.delete(JOB)
    user.wait_until_gone(JOB)
    user.kubectl("wait", "--for=delete", JOB)
