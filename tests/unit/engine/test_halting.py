"""Resources that stand still: suspended by their manifest, or because SageMaker updates and deletes them only so."""

from typing import Any

import pytest
from making import ARN, condition, facts, known, reply, resource

from sagemaker_operator.engine.decide import decide
from sagemaker_operator.engine.facts import Facts, Present
from sagemaker_operator.engine.schedule import Pace
from sagemaker_operator.engine.steps import Call, Intend, Rest, Verb
from sagemaker_operator.engine.target import Waiting
from sagemaker_operator.engine.verdict import State, Verdict

NAMED = {"NotebookInstanceName": "digits"}


def notebook(status: str, *, spec: dict[str, Any] | None = None, size: str = "ml.t3.medium", **more: Any) -> Facts:
    """A notebook that AWS shows in a status; ``stoppedFor`` and ``generation`` as an earlier pass left them."""
    generation = more.pop("generation", 1)
    told = {"tagKeys": [], "conditions": [condition("Ready")], **more.pop("told", {})}
    about = resource(
        "NotebookInstance", spec=spec or {}, generation=generation, status=known("NotebookInstance", **told)
    )
    tags = facts("NotebookInstance").target.tags  # type: ignore[union-attr]
    shown = reply("NotebookInstance", status, InstanceType=size, RoleArn="arn:aws:iam::123456789012:role/sagemaker")
    return facts("NotebookInstance", about=about, observed=Present(shown), tags=tags, **more)


def verdict(step: Any) -> Verdict:
    assert isinstance(step, Rest), step
    assert step.verdict is not None
    return step.verdict


def test_a_suspended_manifest_creates_nothing_and_says_so() -> None:
    step = decide(facts("NotebookInstance", about=resource("NotebookInstance", spec={"suspend": True})))

    said = verdict(step)
    assert (said.state, said.reason, said.suspended) == (State.READY, "Suspended", True)


def test_suspending_writes_down_why_before_it_stops() -> None:
    step = decide(notebook("InService", spec={"suspend": True}, generation=2))
    assert isinstance(step, Intend)
    assert step.status == {"stoppedFor": "Suspend"}
    written = notebook("InService", spec={"suspend": True}, generation=2, told={"stoppedFor": "Suspend"})
    assert decide(written) == Call(Verb.STOP, "StopNotebookInstance", NAMED)


def test_what_stands_still_as_asked_is_ready_and_suspended() -> None:
    said = verdict(decide(notebook("Stopped", spec={"suspend": True}, told={"stoppedFor": "Suspend"})))

    assert (said.state, said.suspended) == (State.READY, True)


@pytest.mark.parametrize(
    ("spec", "told"),
    [({"suspend": False}, {}), ({}, {"stoppedFor": "Suspend"})],
    ids=["asked to run", "not suspended any more"],
)
def test_it_is_started_again(spec: dict[str, Any], told: dict[str, Any]) -> None:
    assert decide(notebook("Stopped", spec=spec, told=told)) == Call(Verb.START, "StartNotebookInstance", NAMED)


def test_what_somebody_else_has_stopped_stays_stopped_and_is_told() -> None:
    said = verdict(decide(notebook("Stopped")))

    assert (said.state, said.reason) == (State.STALLED, "Stopped")


def test_an_edit_stops_it_updates_it_and_starts_it_again() -> None:
    bigger = {"instanceType": "ml.t3.large"}

    stop = decide(notebook("InService", spec=bigger, generation=2, told={"stoppedFor": "Update"}))
    assert stop == Call(Verb.STOP, "StopNotebookInstance", NAMED)

    intend = decide(notebook("Stopped", spec=bigger, generation=2, told={"stoppedFor": "Update"}))
    assert isinstance(intend, Intend)
    update = decide(notebook("Stopped", spec=bigger, generation=2, told={"stoppedFor": "Update", **intend.status}))
    assert isinstance(update, Call)
    assert (update.verb, update.request["InstanceType"]) == (Verb.UPDATE, "ml.t3.large")

    start = decide(notebook("Stopped", spec=bigger, size="ml.t3.large", generation=2, told={"stoppedFor": "Update"}))
    assert start == Call(Verb.START, "StartNotebookInstance", NAMED)


def test_what_is_stopped_for_an_edit_is_not_started_while_the_edit_waits_for_a_reference() -> None:
    step = decide(notebook("Stopped", told={"stoppedFor": "Update"}, target=Waiting("CodeRepository x is not ready.")))

    assert verdict(step).reason == "DependencyNotReady"


def test_an_edit_that_it_was_stopped_for_is_no_drift() -> None:
    assert not notebook("Stopped", size="ml.t3.large", told={"stoppedFor": "Update"}).drifting
    assert notebook("InService", size="ml.t3.large").drifting


def test_an_edit_of_what_is_stopped_by_others_updates_it_and_leaves_it_stopped() -> None:
    bigger = {"instanceType": "ml.t3.large"}

    assert isinstance(decide(notebook("Stopped", spec=bigger, generation=2)), Intend)
    said = verdict(decide(notebook("Stopped", spec=bigger, size="ml.t3.large", generation=2)))
    assert said.reason == "Stopped"


def test_a_running_notebook_is_stopped_before_it_is_deleted() -> None:
    leaving = {"status": known("NotebookInstance"), "deleting": True}
    about = resource("NotebookInstance", **leaving)

    shown = Present(reply("NotebookInstance", "InService"))
    assert decide(facts("NotebookInstance", about=about, observed=shown)) == Call(
        Verb.STOP, "StopNotebookInstance", NAMED
    )
    stopped = Present(reply("NotebookInstance", "Stopped"))
    assert decide(facts("NotebookInstance", about=about, observed=stopped)) == Call(
        Verb.DELETE, "DeleteNotebookInstance", NAMED
    )


@pytest.mark.parametrize("deleting", [False, True])
def test_what_is_paused_is_left_alone_even_by_its_deletion(deleting: bool) -> None:
    about = resource("NotebookInstance", annotations={"sagemaker-operator.dev/paused": "true"}, deleting=deleting)

    assert decide(facts("NotebookInstance", about=about)) == Rest(None, Pace.NEVER)


def test_the_arn_is_the_one_that_the_others_mean() -> None:
    assert notebook("InService").arn == ARN
