"""Schedules as their users see them: what is started, kept and refused."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.builders import ROOT, Manifest
from tests.cluster.eventually import eventually
from tests.cluster.operating import Operator
from tests.cluster.user import User

from sagemaker_local.emulator import Emulator
from sagemaker_operator.composites.table import COMPOSITES
from sagemaker_operator.generate.examples import example

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
    eventually("it is told", lambda: {"SuccessfulCreate", "SawCompletedJob"} <= reasons(user))
