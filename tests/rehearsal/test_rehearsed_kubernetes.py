"""The API server of rehearsals does what the real one does, as far as the operator and its users rely on it."""

from datetime import UTC, datetime
from typing import Any

import pytest
from tests.builders import training_job
from tests.rehearsal.kubernetes import Kubernetes

from sagemaker_operator.engine.resource import Key
from sagemaker_operator.kube.errors import Conflict, Invalid

DIGITS = Key("TrainingJob", "default", "digits")


@pytest.fixture
def kubernetes() -> Kubernetes:
    made = Kubernetes(lambda: datetime(2026, 1, 1, tzinfo=UTC))
    made.create(training_job("digits"))
    return made


def found(kubernetes: Kubernetes) -> dict[str, Any]:
    there = kubernetes.get(DIGITS)
    assert there is not None
    return there


def test_a_new_object_was_observed_by_nobody(kubernetes: Kubernetes) -> None:
    assert found(kubernetes)["metadata"]["generation"] == 1
    assert found(kubernetes)["status"] == {"observedGeneration": -1}


def test_a_write_to_another_version_is_a_conflict(kubernetes: Kubernetes) -> None:
    version = found(kubernetes)["metadata"]["resourceVersion"]
    kubernetes.patch(DIGITS, {"metadata": {"annotations": {"a": "b"}}}, version=version)

    with pytest.raises(Conflict):
        kubernetes.patch(DIGITS, {"status": {"attempt": 1}}, version=version, status=True)


def test_only_edits_of_the_spec_make_a_generation(kubernetes: Kubernetes) -> None:
    kubernetes.patch(DIGITS, {"status": {"attempt": 1}, "spec": {"deletionPolicy": "Retain"}}, status=True)
    kubernetes.patch(DIGITS, {"metadata": {"annotations": {"a": "b"}}, "status": {"attempt": 2}})
    assert found(kubernetes)["metadata"]["generation"] == 1
    assert found(kubernetes)["status"]["attempt"] == 1

    kubernetes.patch(DIGITS, {"spec": {"deletionPolicy": "Retain"}})

    assert found(kubernetes)["metadata"]["generation"] == 2


def test_a_write_that_changes_nothing_makes_no_version(kubernetes: Kubernetes) -> None:
    before = found(kubernetes)

    kubernetes.patch(DIGITS, {"spec": {"roleARN": before["spec"]["roleARN"]}})

    assert found(kubernetes) is before


def test_unknown_fields_are_dropped_and_wrong_ones_are_refused(kubernetes: Kubernetes) -> None:
    kubernetes.patch(DIGITS, {"status": {"nonsense": 1, "attempt": 1}}, status=True)
    assert "nonsense" not in found(kubernetes)["status"]

    with pytest.raises(Invalid, match=r"status\.attempt: must be of type integer"):
        kubernetes.patch(DIGITS, {"status": {"attempt": "1"}}, status=True)


@pytest.mark.parametrize("edit", [{"roleARN": "arn:aws:iam::123456789012:role/other"}, {"region": "eu-west-1"}])
def test_what_is_immutable_cannot_be_edited(kubernetes: Kubernetes, edit: dict[str, Any]) -> None:
    with pytest.raises(Invalid, match="immutable"):
        kubernetes.patch(DIGITS, {"spec": edit})


def test_an_object_goes_when_its_last_finalizer_has_gone(kubernetes: Kubernetes) -> None:
    heard: list[str] = []
    kubernetes.watchers.append(lambda event, *_: heard.append(event))
    kubernetes.patch(DIGITS, {"metadata": {"finalizers": ["a", "b"]}})
    kubernetes.delete(DIGITS)
    assert found(kubernetes)["metadata"]["generation"] == 2
    with pytest.raises(Invalid, match="no new finalizers"):
        kubernetes.patch(DIGITS, {"metadata": {"finalizers": ["a", "b", "c"]}})

    kubernetes.patch(DIGITS, {"metadata": {"finalizers": ["b"]}})
    kubernetes.patch(DIGITS, {"metadata": {"finalizers": None}})

    assert kubernetes.get(DIGITS) is None
    assert heard == ["MODIFIED", "MODIFIED", "MODIFIED", "DELETED"]


def test_a_deletion_of_another_object_is_a_conflict(kubernetes: Kubernetes) -> None:
    with pytest.raises(Conflict):
        kubernetes.delete(DIGITS, uid="another")

    assert kubernetes.delete(DIGITS, uid=found(kubernetes)["metadata"]["uid"])
    assert kubernetes.get(DIGITS) is None


def test_what_an_object_owns_goes_with_it(kubernetes: Kubernetes) -> None:
    child = training_job("child")
    child["metadata"]["ownerReferences"] = [{"uid": found(kubernetes)["metadata"]["uid"]}]
    kubernetes.create(child)

    kubernetes.delete(DIGITS)

    assert not list(kubernetes)


def owned(kubernetes: Kubernetes, *, blocks: bool, name: str = "child") -> Key:
    """A child that has a finalizer."""
    child = training_job(name)
    owner = {"uid": found(kubernetes)["metadata"]["uid"], "blockOwnerDeletion": blocks}
    child["metadata"] |= {"ownerReferences": [owner], "finalizers": ["example.com/busy"]}
    kubernetes.create(child)
    return Key("TrainingJob", "default", name)


def test_in_the_foreground_an_object_waits_for_what_it_owns(kubernetes: Kubernetes) -> None:
    child = owned(kubernetes, blocks=True)

    kubernetes.delete(DIGITS, cascade="foreground")

    assert found(kubernetes)["metadata"]["finalizers"] == ["foregroundDeletion"]
    made = kubernetes.get(child)
    assert made is not None
    assert "deletionTimestamp" in made["metadata"]
    kubernetes.patch(child, {"metadata": {"finalizers": None}})
    assert not list(kubernetes)


def test_what_comes_to_an_object_that_is_to_go_goes_as_well(kubernetes: Kubernetes) -> None:
    first = owned(kubernetes, blocks=True)
    kubernetes.delete(DIGITS, cascade="foreground")
    second = owned(kubernetes, blocks=True, name="second")

    kubernetes.patch(first, {"metadata": {"finalizers": None}})
    kubernetes.patch(second, {"metadata": {"finalizers": None}})

    assert not list(kubernetes)


def test_in_the_foreground_an_object_waits_for_nothing_that_does_not_block_it(kubernetes: Kubernetes) -> None:
    child = owned(kubernetes, blocks=False)

    kubernetes.delete(DIGITS, cascade="foreground")

    assert kubernetes.get(DIGITS) is None
    assert "deletionTimestamp" in (kubernetes.get(child) or {})["metadata"]


def test_what_comes_too_late_for_its_owner_goes(kubernetes: Kubernetes) -> None:
    late = training_job("late")
    late["metadata"]["ownerReferences"] = [{"uid": found(kubernetes)["metadata"]["uid"]}]
    kubernetes.delete(DIGITS)

    kubernetes.create(late)

    assert not list(kubernetes)


def test_orphans_stay_and_have_no_owner_any_more(kubernetes: Kubernetes) -> None:
    child = owned(kubernetes, blocks=True)

    kubernetes.delete(DIGITS, cascade="orphan")

    made = kubernetes.get(child)
    assert made is not None
    assert not made["metadata"].get("ownerReferences")
    assert "deletionTimestamp" not in made["metadata"]
