"""Schedules as their users see them: what is started, kept and refused."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from tests.builders import ROOT, Manifest, training_job
from tests.cluster.conftest import SPEED
from tests.cluster.eventually import eventually
from tests.cluster.operating import Operator
from tests.cluster.user import User, as_file

from sagemaker_local.emulator import Emulator
from sagemaker_operator.composites.table import COMPOSITES
from sagemaker_operator.generate.examples import example

pytestmark = pytest.mark.serves("CronTrainingJob", "TrainingJob")

NAME = "crontrainingjob/digits"


def cron(schedule: str = "* * * * *", **spec: Any) -> Manifest:
    """A schedule that is valid, and due each minute."""
    manifest = example(ROOT, COMPOSITES["CronTrainingJob"])
    manifest["spec"] |= {"schedule": schedule, "concurrencyPolicy": "Allow", **spec}
    return manifest


def ago(**span: float) -> str:
    return (datetime.now(UTC) - timedelta(**span)).strftime("%Y-%m-%dT%H:%M:%SZ")


def behind(user: User, **span: float) -> None:
    """Lets time pass: as if the last job had been started that long ago."""
    patch = f'{{"status": {{"lastScheduleTime": "{ago(**span)}"}}}}'
    user.kubectl("patch", NAME, "--subresource=status", "--type=merge", f"--patch={patch}")


def made(user: User) -> list[dict[str, Any]]:
    found = user.objects("trainingjobs.sagemaker-operator.dev")
    return sorted(found, key=lambda o: str(o["metadata"]["name"]))


def reasons(user: User) -> set[str]:
    return {event["reason"] for event in user.events(NAME)}


def test_a_job_of_each_time_is_made_once_and_its_success_is_told(
    user: User, operators: Callable[..., Operator], sagemaker: Emulator
) -> None:
    first = operators()
    first.start()
    user.apply(cron("0 0 1 1 *", timeZone="UTC"))
    user.wait(NAME, condition="Ready")

    behind(user, days=800)
    eventually("a job is made", lambda: made(user))
    (job,) = made(user)
    user.wait(f"trainingjob/{job['metadata']['name']}", condition="Succeeded")
    eventually("the success is told", lambda: "lastSuccessfulTime" in user.status(NAME))
    eventually("it is told", lambda: {"SuccessfulCreate", "SawCompletedJob"} <= reasons(user))
    first.kill()
    again = operators()
    again.start()
    user.look_now(NAME, "after-the-restart")
    eventually("the restart is over", lambda: user.status(NAME).get("lastHandledReconcileAt") == "after-the-restart")

    due = datetime(datetime.now(UTC).year, 1, 1, tzinfo=UTC)
    assert [o["metadata"]["name"] for o in made(user)] == [f"digits-{int(due.timestamp()) // 60}"]
    assert job["metadata"]["annotations"]["sagemaker-operator.dev/scheduled-at"] == due.isoformat()
    status = user.status(NAME)
    assert (status["lastScheduleTime"], status["activeCount"]) == (f"{due.year}-01-01T00:00:00Z", 0)
    assert status["nextScheduleTime"] == f"{due.year + 1}-01-01T00:00:00Z"
    assert sagemaker.journal.committed("CreateTrainingJob") == 1


def test_what_can_be_told_at_once_is_refused_at_apply(user: User) -> None:
    template = cron()["spec"]["jobTemplate"]
    named = {"spec": {**template["spec"], "trainingJobName": "mine"}}
    refused = {
        "schedule must have five fields": cron("0 2 * *"),
        "a schedule has no time zone in it: set timeZone": cron("TZ=UTC 0 2 * * *"),
        'Unsupported value: "Queue"': cron(concurrencyPolicy="Queue"),
        "trainingJobName must not be set": cron(jobTemplate=named),
        "must be no more than 52 characters": {**cron(), "metadata": {"name": "d" * 53}},
    }
    taken = ["0 2 * * *", "*/5 0-6,12 ? JAN-MAR Mon", "@daily", " 0  2 1 1 0 "]

    said = user.kubectl("create", "--filename=-", "--dry-run=server", stdin=as_file(*refused.values()), check=False)
    user.kubectl("create", "--filename=-", "--dry-run=server", stdin=as_file(*map(cron, taken)))

    assert [words for words in refused if words not in said.stderr] == []
    assert said.stdout == ""


def test_a_schedule_is_shown_as_a_cron_job_is_and_names_what_it_cannot_use(user: User, operator: Operator) -> None:
    user.apply(cron("0 2 1 1 *", timeZone="Europe/Berlin"))
    user.wait(NAME, condition="Ready")

    head, row = user.kubectl("get", "smctj").stdout.splitlines()
    assert head.split() == ["NAME", "SCHEDULE", "TIMEZONE", "SUSPEND", "ACTIVE", "LAST-SCHEDULE", "NEXT", "AGE"]
    following = f"{datetime.now(UTC).year + 1}-01-01T01:00:00Z"
    assert row.split()[:-1] == ["digits", "0", "2", "1", "1", "*", "Europe/Berlin", "false", "0", following]

    user.edit(NAME, suspend=True)
    user.wait(NAME, condition="Suspended")
    user.edit(NAME, suspend=False, timeZone="Europe/Atlantis")
    user.wait(NAME, condition="Stalled")

    stalled = user.condition(NAME, "Stalled")
    assert stalled["reason"] == "InvalidSpec"
    assert stalled["message"] == "spec.timeZone cannot be used: there is no time zone Europe/Atlantis."
    user.edit(NAME, schedule="0 0 30 2 *", timeZone=None)
    eventually("it is told", lambda: "never comes true" in user.condition(NAME, "Stalled").get("message", ""))


def daily(**span: float) -> str:
    """A schedule that was due so long ago, and has been each day."""
    due = datetime.now(UTC) - timedelta(**span)
    return f"{due.minute} {due.hour} * * *"


@pytest.fixture
def collected(user: User) -> None:
    """Kubernetes' garbage collector has come to know the CRDs: up to 30 s after them, it lets an owner go before its jobs."""
    orphan = training_job("orphan")
    owner = {"apiVersion": orphan["apiVersion"], "kind": "CronTrainingJob", "name": "nobody", "uid": str(uuid4())}
    orphan["metadata"]["ownerReferences"] = [owner]
    # No operator looks after that namespace.
    elsewhere = replace(user, namespace="default")
    with elsewhere.api:
        elsewhere.apply(orphan)
        elsewhere.wait_until_gone("trainingjob/orphan", seconds=60)


def test_jobs_take_turns_and_go_with_their_schedule(
    user: User, collected: None, operator: Operator, sagemaker: Emulator
) -> None:
    sagemaker.scenarios.take("TrainingJob", "", seconds=600 * SPEED)
    user.apply(cron(daily(hours=2), concurrencyPolicy="Replace"))
    user.wait(NAME, condition="Ready")
    behind(user, days=1)
    eventually("a job works", lambda: user.status(NAME).get("activeCount") == 1 and "arn" in made(user)[0]["status"])
    (first,) = made(user)

    user.edit(NAME, schedule=daily(hours=1))

    eventually("another takes its place", lambda: sagemaker.journal.committed("CreateTrainingJob") == 2)
    assert sagemaker.journal.committed("StopTrainingJob") == 1
    (second,) = made(user)
    assert second["metadata"]["name"] > first["metadata"]["name"]
    eventually("it is told", lambda: second["metadata"]["name"] in [a["name"] for a in user.status(NAME)["active"]])
    user.kubectl("delete", NAME, "--cascade=foreground", "--timeout=30s")
    assert made(user) == []
    assert sagemaker.journal.committed("StopTrainingJob") == 2
