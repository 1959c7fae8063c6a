"""What the engine does when the manifest of something that serves is edited."""

from datetime import UTC, datetime
from typing import Any

from making import condition, facts, known, reply, resource

from sagemaker_operator.engine import ownership
from sagemaker_operator.engine.decide import decide
from sagemaker_operator.engine.facts import Facts, Present
from sagemaker_operator.engine.resource import LOOK_NOW
from sagemaker_operator.engine.schedule import Pace
from sagemaker_operator.engine.steps import Call, Intend, Rest, Verb
from sagemaker_operator.engine.verdict import State, conditions
from sagemaker_operator.errors import Refused

BEFORE, AFTER = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)


def edited(status: str = "InService", *, changed: datetime = BEFORE, reason: str = "", **given: Any) -> Facts:
    """An endpoint that serves configuration "one", and whose manifest now asks for "two"."""
    remembered = known("Endpoint", conditions=[condition("Ready")], **given.pop("remembered", {}))
    about = resource(
        "Endpoint", generation=2, spec={"endpointConfigName": "two"}, status=remembered, **given.pop("about", {})
    )
    told = reply("Endpoint", status, EndpointConfigName="one", LastModifiedTime=changed)
    if reason:
        told["FailureReason"] = reason
    start = facts(about=about, observed=Present(told), **given)
    return facts(about=about, observed=Present(told), tags={**start.target.tags}, **given)  # type: ignore[union-attr]


def intended() -> dict[str, Any]:
    step = decide(edited())
    assert isinstance(step, Intend)
    return dict(step.status["lastUpdate"])


def test_an_edit_is_written_down_before_it_is_sent() -> None:
    intent = intended()

    step = decide(edited(remembered={"lastUpdate": intent}))

    assert isinstance(step, Call)
    assert (step.verb, step.request["EndpointConfigName"]) == (Verb.UPDATE, "two")
    assert step.request["RetainAllVariantProperties"] is True


def test_an_edit_waits_until_aws_has_finished_the_last_one() -> None:
    step = decide(edited("Updating"))

    assert isinstance(step, Rest)
    assert step.pace is Pace.WATCH


def test_what_serves_stays_ready_but_only_for_the_manifest_that_it_serves() -> None:
    start = edited("Updating")
    step = decide(start)
    assert isinstance(step, Rest)
    assert step.verdict is not None

    told = {c["type"]: c for c in conditions(step.verdict, start.resource, "2026-01-02T00:00:00Z")}

    assert (told["Ready"]["status"], told["Ready"]["observedGeneration"]) == ("True", 1)
    assert (told["Reconciling"]["status"], told["Reconciling"]["observedGeneration"]) == ("True", 2)


def test_an_update_that_aws_has_undone_is_told_and_not_tried_again() -> None:
    step = decide(
        edited(changed=AFTER, reason="did not pass the ping health check", remembered={"lastUpdate": intended()})
    )

    assert isinstance(step, Rest)
    assert step.verdict is not None
    assert (step.verdict.state, step.verdict.rolled_back, step.verdict.serving) == (State.STALLED, True, True)
    assert "ping health check" in step.verdict.message


def test_an_undone_update_is_tried_again_when_somebody_asks() -> None:
    asked = {"annotations": {LOOK_NOW: "2026-01-03"}}

    step = decide(edited(changed=AFTER, reason="ping", about=asked, remembered={"lastUpdate": intended()}))

    assert isinstance(step, Intend)


def test_a_refused_edit_leaves_ready_about_the_manifest_before_it() -> None:
    refused = Refused("ValidationException", "No.", "UpdateEndpoint")

    # The second time, when the refusal is reported already.
    step = decide(edited(failure=refused, remembered={"observedGeneration": 2}))

    assert isinstance(step, Rest)
    assert step.verdict is not None
    assert (step.verdict.state, step.verdict.serving, step.verdict.current) == (State.STALLED, True, False)


def test_an_old_failure_does_not_count_against_a_new_edit() -> None:
    step = decide(edited(reason="an older update had failed", remembered={"lastUpdate": intended()}))

    assert isinstance(step, Call)


def test_a_failed_endpoint_is_not_updated_as_aws_would_refuse() -> None:
    step = decide(edited("Failed", reason="out of capacity"))

    assert isinstance(step, Rest)
    assert step.verdict is not None
    assert step.verdict.state is State.STALLED
    assert step.verdict.message.startswith("out of capacity SageMaker accepts nothing")
    assert "set spec.recreateOnFailure" in step.verdict.message


def test_an_update_that_aws_accepts_and_never_applies_ends() -> None:
    last, changed = intended(), BEFORE
    for day in range(3, 9):
        changed = datetime(2026, 1, day, tzinfo=UTC)
        step = decide(edited(changed=changed, remembered={"lastUpdate": last}))
        if isinstance(step, Rest):
            break
        assert isinstance(step, Intend)
        last = dict(step.status["lastUpdate"])

    assert isinstance(step, Rest)
    assert step.verdict is not None
    assert (step.verdict.reason, step.verdict.serving) == ("NotApplied", True)


def test_a_schedule_is_updated_in_what_the_manifest_sets_and_no_more() -> None:
    about = resource("MonitoringSchedule", status=known("MonitoringSchedule"))
    owned = ownership.ownership(cluster="c", namespace="team-a", name="digits", uid=about.uid)
    filled = {
        "MonitoringJobDefinitionName": "quality",
        "MonitoringType": "DataQuality",
        "ScheduleConfig": {"X": "filled in"},
    }
    told = reply("MonitoringSchedule", "Scheduled", MonitoringScheduleConfig=filled, LastModifiedTime=BEFORE)

    step = decide(facts("MonitoringSchedule", about=about, observed=Present(told), tags=owned))

    assert isinstance(step, Rest)
    assert step.verdict is not None
    assert step.verdict.state is State.READY
