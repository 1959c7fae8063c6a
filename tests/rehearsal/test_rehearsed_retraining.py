"""The closed loop on a virtual clock: violations, a training, the gate, a roll-out; with the operator killed at each request."""

import json
from typing import Any

import pytest
from tests.builders import training_job
from tests.rehearsal.moments import at_each_moment
from tests.rehearsal.rollouts import WEB, fail, model, served, settled, turned_back, updates, web
from tests.rehearsal.stage import Rehearsal
from tests.rehearsal.watched import BUCKET, HOUR, SCHEDULE, Watched, schedule, until_runs

from sagemaker_local.emulator.families.jobs.metrics import WRITTEN
from sagemaker_local.emulator.resource import Resource
from sagemaker_operator.engine.resource import Key

OLD = Key("TrainingJob", "default", "digits-1")
METRIC = "validation:accuracy"
TRAINS = "CreateTrainingJob"
ENDPOINT = ("InService", "Updating")
TOPIC = "arn:aws:sns:us-east-1:123456789012:drift"


def rule(**more: Any) -> dict[str, Any]:
    """What is to follow from violations."""
    spec = dict(training_job("any", trainingJobName=None)["spec"])
    spec["inputDataConfig"] = [
        {
            "channelName": "train",
            "dataSource": {"s3DataSource": {"s3DataType": "S3Prefix", "s3URI": f"{BUCKET}/train"}},
        },
        {"channelName": "captured"},
    ]
    promote = {"endpointRef": {"name": WEB.name}, "strategy": "AllAtOnce", "approval": "Automatic"}
    told = {
        "trainingJobTemplate": {"spec": spec},
        "gate": {"metric": METRIC, "min": 0.8, "betterThanCurrent": True},
        "promote": promote,
        "rebaseline": "Captured",
        **more,
    }
    return {name: value for name, value in told.items() if value is not None}


class Trained:
    """The trainings play: what they reach, the first model included."""

    def __init__(self, play: Rehearsal, *, first: float = 0.85, then: float = 0.95) -> None:
        self.first, self.then = first, then
        play.amazon.listen(self._heard)
        play.amazon.core.scenarios.take("TrainingJob", "", seconds=600)

    def _heard(self, job: Resource, now: float) -> None:
        if job.kind == "TrainingJob" and job.status == "Completed":
            value = self.then if "retrain" in job.name else self.first
            job.facts[WRITTEN] = [{"MetricName": METRIC, "Value": value, "Timestamp": now}]


def drifting(play: Rehearsal, *, then: float = 0.95, **more: Any) -> None:
    """An endpoint that serves what a job has trained, and a schedule whose first run finds that its inputs have drifted."""
    Trained(play, then=then)
    watched = Watched(play)
    watched.captures()
    watched.finds = [{"age": 0.3}]
    play.apply(training_job(OLD.name, trainingJobName=None))
    container = model("one")["primaryContainer"]
    variant = {"model": None, "trainingJobRef": {"name": OLD.name}, "container": container}
    manifest = web(variant=variant)
    del manifest["spec"]["productionVariants"][0]["model"]
    play.apply(manifest)
    served(play)
    play.apply(schedule(**{"onViolation": rule(), "notify": {"snsTopicARN": TOPIC}, **more}))
    play.until("a run has looked at what was captured", lambda: bool(watched.windows), within=2 * HOUR)
    play.opens()


def state(play: Rehearsal) -> str:
    return str(play.status(SCHEDULE).get("retraining", {}).get("state"))


def until(play: Rehearsal, wanted: str) -> dict[str, Any]:
    play.until(f"retraining is {wanted}", lambda: state(play) == wanted, within=6 * HOUR)
    found: dict[str, Any] = play.status(SCHEDULE)["retraining"]
    return found


def closing(play: Rehearsal) -> None:
    drifting(play)

    told = until(play, "Promoted")

    made = Key("TrainingJob", "default", told["trainingJob"])
    found, endpoint = play.kubernetes.get(made), play.kubernetes.get(WEB)
    assert found is not None
    assert endpoint is not None
    assert play.committed(TRAINS) == 2, "the first model and one for the decision"
    assert updates(play) == 1
    assert settled(play, WEB)
    assert endpoint["spec"]["productionVariants"][0]["trainingJobRef"] == {"name": made.name}
    assert told["metric"] == {"name": METRIC, "value": 0.95, "current": 0.85}
    captured = found["spec"]["inputDataConfig"][1]["dataSource"]["s3DataSource"]["s3URI"]
    assert captured == told["captured"]["s3URI"] == told["baselineFrom"]["captured"]["s3URI"]
    assert found["spec"]["environment"]["CAPTURED_START"] == told["captured"]["startTime"]
    assert not play.says(SCHEDULE, "Retraining")
    # In the end nothing holds the job but itself.
    play.until("it is let go", lambda: not (play.kubernetes.get(made) or {})["metadata"].get("ownerReferences"))
    assert len(set(play.around.sent)) == 1, "one message, however often it was sent"


def baselines(play: Rehearsal) -> list[str]:
    return [
        job.name
        for job in play.jobs("ProcessingJob")
        if "baseline_constraints" not in job.spec["Environment"] and job.status == "Completed"
    ]


def test_violations_lead_to_another_model_that_serves_and_to_another_baseline() -> None:
    with Rehearsal() as play:
        closing(play)
        play.run(1)
        steps = [step["state"] for step in play.status(SCHEDULE)["retraining"]["history"][0]["steps"]]
        reasons = [event.reason for event in play.events(SCHEDULE) if event.reason.startswith("Retraining")]

        assert steps == ["Training", "Promoting", "RollingOut", "Promoted"]
        assert reasons == [
            "RetrainingStarted",
            "RetrainingGatePassed",
            "RetrainingPromoting",
            "RetrainingRollingOut",
            "RetrainingPromoted",
        ]
        assert len(play.around.sent) == 1
        # What comes is compared with what was captured, and that begins at once.
        play.until("another baseline is on its way", lambda: len(play.live("ProcessingJob")) == 1, within=10)
        play.until(
            "there is another baseline",
            lambda: play.says(SCHEDULE, "BaselineReady") and len(baselines(play)) == 2,
            within=2 * HOUR,
        )
        assert until_runs(play, 3)[0]["result"] == "Completed"
        assert play.committed(TRAINS) == 2


def of_the_loop(label: tuple[Any, ...]) -> Any:
    """The request, the state of the retraining, and what the endpoint says; how far jobs have come is for them to survive."""
    request, *scene = label
    objects = [one for one in scene if len(one) == len(("generation", "deleted", "phase", "conditions"))]
    retraining = [reason for *_, conditions in objects for kind, reason in conditions if kind == "Retraining"]
    endpoint = [(generation, conditions) for generation, _, phase, conditions in objects if phase in ENDPOINT]
    return request, *retraining, *endpoint


def test_one_decision_trains_once_and_promotes_once_whenever_the_operator_is_killed() -> None:
    assert at_each_moment(closing, reads=False, alike=of_the_loop) > 15


def test_a_model_that_is_no_better_is_not_promoted() -> None:
    with Rehearsal() as play:
        drifting(play, then=0.85)

        told = until(play, "GateFailed")

        assert "no better than the 0.85 of the model that serves" in told["message"]
        assert (updates(play), play.committed(TRAINS)) == (0, 2)


def test_a_model_waits_for_the_person_who_approves_it() -> None:
    with Rehearsal() as play:
        drifting(play, onViolation=rule(promote={"endpointRef": {"name": WEB.name}}))
        told = until(play, "AwaitingApproval")
        play.run(HOUR)
        assert updates(play) == 0

        play.annotate(SCHEDULE, approve=told["decision"])
        until(play, "Promoted")
        assert updates(play) == 1


def test_an_endpoint_that_rolls_back_stops_the_loop_and_serves_what_it_did() -> None:
    with Rehearsal() as play:
        drifting(play, onViolation=rule(cooldown="1h"))
        fail(play, times=1)

        told = until(play, "RolledBack")
        turned_back(play)

        assert "did not pass the ping health check" in told["message"]
        assert play.says(WEB, "Ready")
        play.run(5 * HOUR)
        assert (updates(play), play.committed(TRAINS)) == (1, 2)


def test_an_endpoint_that_rolls_out_something_else_is_waited_for() -> None:
    with Rehearsal() as play:
        drifting(play)
        until(play, "Training")
        found = play.kubernetes.get(WEB)
        assert found is not None
        (variant,) = found["spec"]["productionVariants"]
        play.run(580)
        play.edit(WEB, productionVariants=[{**variant, "instanceType": "ml.m5.xlarge"}])

        told = until(play, "Promoted")

        serving = play.kubernetes.get(WEB)
        assert serving is not None
        (after,) = serving["spec"]["productionVariants"]
        assert (after["instanceType"], after["trainingJobRef"]) == ("ml.m5.xlarge", {"name": told["trainingJob"]})
        assert updates(play) == 2


def test_deleting_the_schedule_leaves_the_model_that_serves_and_its_job() -> None:
    with Rehearsal() as play:
        drifting(play)
        told = until(play, "Promoted")
        made = Key("TrainingJob", "default", told["trainingJob"])
        play.run(60)

        play.delete(SCHEDULE)
        play.until("it is gone", lambda: not play.there(SCHEDULE))
        play.run(HOUR)

        assert play.there(made)
        assert settled(play, WEB)


@pytest.mark.parametrize("cascade", ["background", "foreground"])
def test_deleting_the_schedule_during_a_training_stops_that(cascade: Any) -> None:
    with Rehearsal() as play:
        drifting(play)
        until(play, "Training")
        play.until("it trains", lambda: bool(play.live("TrainingJob")))

        play.delete(SCHEDULE, cascade=cascade)
        play.until("it is gone", lambda: not play.there(SCHEDULE))
        play.until("nothing trains", lambda: not play.live("TrainingJob"))

        assert updates(play) == 0


def test_a_message_tells_what_was_found() -> None:
    with Rehearsal() as play:
        drifting(play, onViolation=None)
        play.until(
            "somebody is told", lambda: bool(play.status(SCHEDULE).get("notified", {}).get("messages")), within=4 * HOUR
        )
        play.run(60)

        ((topic, subject, message),) = play.around.sent
        body = json.loads(message)
        assert (topic, subject) == (TOPIC, "MonitoringSchedule default/digits: 1 violation")
        assert body["execution"]["worst"][0]["feature"] == "age"
        assert play.status(SCHEDULE)["notified"]["messages"][0]["state"] == "Sent"
