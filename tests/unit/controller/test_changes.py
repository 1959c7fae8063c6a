"""Which events of the API server lead to a pass."""

from typing import Any

import pytest
from surroundings import HandClock, condition, job, read, running

from sagemaker_operator.controller.changes import Changes
from sagemaker_operator.controller.store import Record, Store
from sagemaker_operator.engine.queue import WorkQueue
from sagemaker_operator.engine.resource import LOOK_NOW, Key
from sagemaker_operator.kinds import GROUP, KINDS

TRAINING_JOB = KINDS["TrainingJob"]


class Hearing:
    """A controller's ear, and what came of what it heard."""

    def __init__(self) -> None:
        self.queue, self.store = WorkQueue(), Store()
        self.settled: list[Record] = []
        self.watched: list[Record] = []
        self.changes = Changes(
            store=self.store,
            queue=self.queue,
            settle=self.settled.append,
            watch=self.watched.append,
            remind=lambda _: None,
            gone=lambda _: None,
            wake=lambda: None,
        )

    def hear(self, body: dict[str, Any], event: str | None = "MODIFIED") -> None:
        self.changes.ingest(KINDS[body["kind"]], event, body)

    def queued(self) -> set[str]:
        names = set()
        while taken := self.queue.take(HandClock().monotonic()):
            names.add(f"{taken[0].kind}/{taken[0].name}")
            self.queue.done(taken[0])
        return names


@pytest.fixture
def hearing() -> Hearing:
    return Hearing()


def model(name: str, refers_to: str) -> dict[str, Any]:
    body = job(name)
    body["kind"], body["spec"] = "Model", {"primaryContainer": {"modelDataURLRef": {"name": refers_to}}}
    return body


def test_a_new_object_is_worked_on(hearing: Hearing) -> None:
    hearing.hear(job("a"), "ADDED")

    assert hearing.queued() == {"TrainingJob/a"}


def test_the_echo_of_our_own_write_is_not(hearing: Hearing) -> None:
    hearing.hear(job("a"), "ADDED")
    hearing.queued()
    hearing.changes.learn(read(job("a", version=5, trainingJobName="a")))

    hearing.hear(job("a", version=5, trainingJobName="a"))
    hearing.hear(job("a", version=4))

    assert hearing.queued() == set()


def test_nor_is_it_when_it_is_heard_before_the_reply(hearing: Hearing) -> None:
    unclaimed, asked = job("a"), job("a", version=3)
    unclaimed["metadata"]["finalizers"] = []
    asked["metadata"]["annotations"] = {LOOK_NOW: "once"}
    hearing.hear(unclaimed, "ADDED")
    hearing.queued()

    hearing.hear(job("a", version=2))
    assert hearing.queued() == set(), "our finalizer"

    hearing.hear(asked)
    assert hearing.queued() == {"TrainingJob/a"}
    hearing.hear(
        {
            **asked,
            "metadata": {**asked["metadata"], "resourceVersion": "4"},
            "status": {"lastHandledReconcileAt": "once"},
        }
    )
    assert hearing.queued() == set(), "our answer to a request"


@pytest.mark.parametrize(
    "change",
    [{"generation": 2}, {"deletionTimestamp": "2026-01-01T00:00:00Z"}, {"finalizers": []}],
    ids=["spec", "deletion", "finalizer"],
)
def test_what_we_act_on_is_worked_on_and_other_changes_are_not(hearing: Hearing, change: dict[str, Any]) -> None:
    hearing.hear(job("a"), "ADDED")
    hearing.queued()
    labelled = job("a", version=2)
    labelled["metadata"]["labels"] = {"x": "y"}
    hearing.hear(labelled)
    assert hearing.queued() == set()

    changed = job("a", version=3)
    changed["metadata"] |= change
    hearing.hear(changed)
    assert hearing.queued() == {"TrainingJob/a"}


def test_after_a_restart_nobody_is_worked_on_who_is_settled_or_running(hearing: Hearing) -> None:
    over = running("over")
    over["status"] |= {"conditions": [condition("Ready", "True"), condition("Succeeded", "True")]}
    hearing.hear(over, None)
    hearing.hear(running("under-way"), None)

    assert hearing.queued() == set()
    assert [record.key.name for record in hearing.settled] == ["over"]
    assert [record.key.name for record in hearing.watched] == ["under-way"]


def test_who_waits_is_woken_when_the_awaited_becomes_ready(hearing: Hearing) -> None:
    hearing.hear(model("m", refers_to="a"), "ADDED")
    hearing.hear(job("a"), "ADDED")
    hearing.queued()

    ready = running("a")
    ready["metadata"]["resourceVersion"] = "9"
    ready["status"] |= {"conditions": [condition("Ready", "True"), condition("Succeeded", "True")]}
    hearing.changes.learn(read(ready))

    assert hearing.queued() == {"Model/m"}


def test_a_new_object_of_an_old_name_is_another_one(hearing: Hearing) -> None:
    hearing.hear(running("a"), "ADDED")
    again = job("a", version=1)
    again["metadata"]["uid"] = "another"
    hearing.hear(again, "ADDED")

    assert hearing.queued() == {"TrainingJob/a"}
    record = hearing.store.get(Key("TrainingJob", "default", "a"))
    assert record is not None
    assert record.arn is None


def test_the_deletion_of_the_old_one_does_not_take_the_new_one_along(hearing: Hearing) -> None:
    again = job("a", version=8)
    again["metadata"]["uid"] = "another"
    hearing.hear(again, "ADDED")

    hearing.hear(job("a", version=7), "DELETED")

    assert hearing.store.get(Key("TrainingJob", "default", "a")) is not None


def test_what_was_held_back_goes_on_when_its_dependent_is_gone(hearing: Hearing) -> None:
    config = job("c")
    config["kind"], config["spec"] = "EndpointConfig", {"productionVariants": [{"modelRef": {"name": "m"}}]}
    config["status"]["endpointConfigName"] = "c"
    hearing.hear(config, "ADDED")
    leaving = model("m", refers_to="a")
    leaving["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    hearing.hear(leaving, "ADDED")
    assert hearing.store.dependents(Key("Model", "default", "m")) == ("EndpointConfig default/c",)
    hearing.queued()

    hearing.hear(config, "DELETED")

    assert hearing.queued() == {"Model/m"}
    assert hearing.store.dependents(Key("Model", "default", "m")) == ()


def transform(*, version: int = 1, **status: Any) -> dict[str, Any]:
    body = job("t", version=version, transformJobName="t", arn="arn", observedGeneration=1, **status)
    body["kind"], body["spec"] = "TransformJob", {"modelRef": {"name": "m"}}
    return body


@pytest.mark.parametrize("heard", ["as a reply", "as an event"])
def test_a_model_may_go_when_the_job_that_needs_it_is_over(hearing: Hearing, heard: str) -> None:
    leaving = model("m", refers_to="a")
    leaving["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    hearing.hear(leaving, "ADDED")
    hearing.hear(transform(), "ADDED")
    hearing.queued()
    model_key = Key("Model", leaving["metadata"]["namespace"], "m")
    assert hearing.store.dependents(model_key) != ()

    over = transform(version=2, conditions=[condition("Succeeded", "True")])
    if heard == "as a reply":
        hearing.changes.learn(read(over))
    else:
        hearing.hear(over)

    assert hearing.store.dependents(model_key) == ()
    assert hearing.queued() == {"Model/m"}


def owned(body: dict[str, Any], uid: str = "uid-nightly", name: str = "nightly") -> dict[str, Any]:
    """The same object as somebody's child."""
    owner = {"apiVersion": f"{GROUP}/v1alpha1", "kind": "CronTrainingJob", "name": name, "uid": uid, "controller": True}
    return {**body, "metadata": {**body["metadata"], "ownerReferences": [owner]}}


def test_a_child_wakes_its_owner_when_it_comes_ends_and_goes(hearing: Hearing) -> None:
    hearing.hear(owned(running("a")), "ADDED")
    assert "CronTrainingJob/nightly" in hearing.queued()
    over = job(
        "a", version=2, observedGeneration=1, conditions=[condition("Succeeded", "True"), condition("Ready", "True")]
    )

    hearing.hear(owned(over))
    assert hearing.queued() == {"CronTrainingJob/nightly"}
    hearing.hear(owned(over), "DELETED")
    assert hearing.queued() == {"CronTrainingJob/nightly"}
    assert hearing.store.children("uid-nightly") == ()


def test_no_late_reply_brings_back_what_was_heard_to_be_gone(hearing: Hearing) -> None:
    hearing.hear(owned(running("a")), "ADDED")
    hearing.hear(owned(job("a", version=9)), "DELETED")
    hearing.queued()

    hearing.changes.learn(read(owned(job("a", version=9))))
    hearing.hear(owned(job("a", version=8)), None)

    assert hearing.store.children("uid-nightly") == ()
    assert hearing.queued() == set()


def test_no_late_reply_puts_an_older_version_in_the_place_of_a_newer_one(hearing: Hearing) -> None:
    hearing.hear(job("a"), "ADDED")
    edited = job("a", version=5)
    edited["metadata"]["generation"] = 2
    hearing.hear(edited)

    hearing.changes.learn(read(job("a", version=4)))

    record = hearing.store.get(Key("TrainingJob", "default", "a"))
    assert record is not None
    assert (record.version, record.generation) == ("5", 2)


def test_what_is_of_no_concern_to_an_owner_does_not_wake_it(hearing: Hearing) -> None:
    hearing.hear(owned(running("a")), "ADDED")
    hearing.queued()

    hearing.changes.learn(
        read(owned({**running("a", "Uploading"), "metadata": {**job("a")["metadata"], "resourceVersion": "2"}}))
    )

    assert hearing.queued() == set()


def test_a_child_that_is_given_away_wakes_both_its_owners(hearing: Hearing) -> None:
    hearing.hear(owned(running("a")), "ADDED")
    hearing.queued()
    given = owned(running("a"), uid="uid-other", name="other")
    given["metadata"]["resourceVersion"] = "2"

    hearing.hear(given)

    assert hearing.queued() == {"CronTrainingJob/nightly", "CronTrainingJob/other"}
    assert [child.name for child in hearing.store.children("uid-other")] == ["a"]
    assert hearing.store.children("uid-nightly") == ()


def test_owners_of_other_groups_are_nobody_here(hearing: Hearing) -> None:
    body = owned(running("a"))
    body["metadata"]["ownerReferences"][0]["apiVersion"] = "batch/v1"

    hearing.hear(body, "ADDED")

    assert hearing.store.children("uid-nightly") == ()
