"""What the engine does next about a resource that is being deleted."""

from typing import Any

import pytest
from making import ARN, condition, facts, known, reply, resource

from sagemaker_operator.engine import ownership
from sagemaker_operator.engine.decide import decide
from sagemaker_operator.engine.facts import Facts, Missing, Present
from sagemaker_operator.engine.schedule import Pace
from sagemaker_operator.engine.steps import AskOwner, Call, Look, Release, Rest, Verb
from sagemaker_operator.engine.verdict import State
from sagemaker_operator.errors import Busy, Denied, Lacking, Refused, Unknown


def leaving(kind: str = "TrainingJob", *, status: dict[str, Any] | None = None, **given: Any) -> Facts:
    spec = given.pop("spec", {})
    remembered = known(kind) if status is None else status
    return facts(about=resource(kind, deleting=True, status=remembered, spec=spec), **given)


def test_nothing_is_asked_of_aws_when_nothing_was_ever_named() -> None:
    assert isinstance(decide(leaving(status={})), Release)


def test_without_our_finalizer_there_is_nothing_to_do() -> None:
    assert decide(facts(about=resource(deleting=True, finalizers=()))) == Rest(None, Pace.NEVER)


def test_a_running_job_is_stopped_and_waited_for() -> None:
    step = decide(leaving(observed=Present(reply(status="InProgress"))))
    assert isinstance(step, Call)
    assert step.verb is Verb.STOP

    assert decide(leaving(done=(Verb.STOP,))).pace is Pace.WATCH  # type: ignore[union-attr]
    assert decide(leaving(observed=Present(reply(status="Stopping")))).pace is Pace.WATCH  # type: ignore[union-attr]
    assert isinstance(decide(leaving(observed=Present(reply(status="Stopped")))), Release)


def test_a_finished_job_is_let_go_without_a_call() -> None:
    over = known(conditions=[condition("Succeeded")])

    assert isinstance(decide(leaving(status=over)), Release)


def test_a_job_is_deleted_at_aws_when_the_manifest_says_so() -> None:
    step = decide(leaving(spec={"deletionPolicy": "Delete"}, observed=Present(reply(status="Completed"))))

    assert isinstance(step, Call)
    assert step.operation == "DeleteTrainingJob"


def test_retain_keeps_everything_and_asks_nothing() -> None:
    assert isinstance(decide(leaving("Endpoint", spec={"deletionPolicy": "Retain"})), Release)


def test_an_endpoint_that_is_being_created_is_waited_for_and_not_deleted_in_vain() -> None:
    step = decide(leaving("Endpoint", observed=Present(reply("Endpoint", "Creating"))))

    assert isinstance(step, Rest)
    assert step.pace is Pace.WATCH
    assert step.verdict is not None
    assert "Creating" in step.verdict.message


def test_an_endpoint_is_released_only_when_aws_says_that_it_is_gone() -> None:
    step = decide(leaving("Endpoint", observed=Present(reply("Endpoint", "InService"))))
    assert isinstance(step, Call)
    assert step.verb is Verb.DELETE

    assert decide(leaving("Endpoint", done=(Verb.DELETE,))) == Look()
    assert isinstance(decide(leaving("Endpoint", observed=Present(reply("Endpoint", "Deleting")))), Rest)
    shown = known("Endpoint", creationTime="2026-01-01T00:00:00Z")
    assert isinstance(decide(leaving("Endpoint", status=shown, observed=Missing(), misses=1)), Release)


def test_what_sagemaker_has_taken_and_never_shown_may_still_come_to_light() -> None:
    assert isinstance(decide(leaving("Endpoint", observed=Missing(), misses=2)), Rest)
    assert isinstance(decide(leaving("Endpoint", observed=Missing(), misses=3)), Release)


def test_where_no_create_was_confirmed_a_second_look_decides() -> None:
    unconfirmed = {"trainingJobName": "digits"}

    assert decide(leaving(status=unconfirmed)) == Look()
    assert isinstance(decide(leaving(status=unconfirmed, observed=Missing(), misses=1)), Rest)
    assert isinstance(decide(leaving(status=unconfirmed, observed=Missing(), misses=2)), Release)


def test_what_others_are_built_on_goes_after_them() -> None:
    step = decide(leaving("Model", dependents=("EndpointConfig team-a/digits",)))

    assert isinstance(step, Rest)
    assert step.verdict is not None
    assert step.verdict.reason == "InUse"
    assert "EndpointConfig team-a/digits" in step.verdict.message


@pytest.mark.parametrize("tags", [{}, {ownership.UID: "another"}])
def test_what_is_not_ours_is_left_alone(tags: dict[str, str]) -> None:
    unconfirmed = {"endpointName": "digits"}
    seen = Present(reply("Endpoint", "InService"))

    assert decide(leaving("Endpoint", status=unconfirmed, observed=seen)) == AskOwner(ARN)
    assert isinstance(decide(leaving("Endpoint", status=unconfirmed, observed=seen, tags=tags)), Release)


@pytest.mark.parametrize(
    ("failure", "pace", "state"),
    [
        (Unknown("500", "lost"), Pace.RETRY, None),
        (Busy("ValidationException", "in-progress"), Pace.SOON, State.RECONCILING),
        (Denied("AccessDeniedException", "not authorized"), Pace.RECHECK, State.STALLED),
        (Refused("ValidationException", "never heard of it"), Pace.RECHECK, State.STALLED),
    ],
)
def test_no_failure_ever_releases_what_may_still_be_there(failure: Exception, pace: Pace, state: State | None) -> None:
    step = decide(leaving("Endpoint", failure=failure))

    assert isinstance(step, Rest)
    assert step.pace is pace
    assert (step.verdict.state if step.verdict else None) is state


def parting(described: dict[str, Any], **given: Any) -> Facts:
    """A finished training job that is to be deleted in SageMaker too."""
    about = resource(
        spec={"deletionPolicy": "Delete"}, deleting=True, status=known(conditions=[condition("Succeeded")])
    )
    return facts(about=about, observed=Present({**reply(), **described}), **given)


def test_a_region_without_the_operation_keeps_the_record_and_lets_the_object_go() -> None:
    failed = Call(Verb.DELETE, "DeleteTrainingJob", {"TrainingJobName": "digits"})
    words = "The requested operation is not supported in the called region."
    lacking = Lacking("UnknownOperationException", words, "DeleteTrainingJob")

    step = decide(parting({"TrainingJobStatus": "Stopped"}, failure=lacking, failed=failed))

    assert isinstance(step, Release)
    assert "its record stays in SageMaker, which has no DeleteTrainingJob in this region" in step.message


def test_a_warm_pool_is_given_up_before_its_job_is_deleted() -> None:
    done = {"TrainingJobStatus": "Completed"}

    step = decide(parting({**done, "WarmPoolStatus": {"Status": "Available"}}))
    assert isinstance(step, Call)
    assert step.operation == "UpdateTrainingJob"
    assert step.request["ResourceConfig"] == {"KeepAlivePeriodInSeconds": 0}

    step = decide(parting({**done, "WarmPoolStatus": {"Status": "Available"}}, done=(Verb.UPDATE,)))
    assert isinstance(step, Rest)
    assert step.verdict is not None
    assert "when its warm pool is no longer Available" in step.verdict.message

    for pool in ("Terminated", "Reused"):
        step = decide(parting({**done, "WarmPoolStatus": {"Status": pool}}))
        assert isinstance(step, Call)
        assert step.operation == "DeleteTrainingJob"


def test_a_warm_pool_outlives_an_object_whose_job_is_kept() -> None:
    about = resource(deleting=True, status=known(conditions=[condition("Succeeded")]))

    assert isinstance(decide(facts(about=about)), Release)
