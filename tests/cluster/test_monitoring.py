"""Monitoring by the operator itself, as its users see it: what is refused, told and shown."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.request import urlopen

import pytest
from tests.builders import Manifest, training_job
from tests.cluster.eventually import eventually
from tests.cluster.operating import Operator
from tests.cluster.user import User
from tests.rehearsal.watched import schedule as watched
from tests.rehearsal.watched import summary

from sagemaker_local.emulator import Emulator

pytestmark = pytest.mark.serves("MonitoringSchedule", "ProcessingJob", "TrainingJob")

NAME = "monitoringschedule/digits"
BUCKET = "monitored"
ACCOUNT, REGION = "123456789012", "us-east-1"


def schedule(**spec: Any) -> Manifest:
    """A schedule that was due at the beginning of the year."""
    return watched(**{"schedule": "0 0 1 1 *", **spec})


def refused(user: User, **spec: Any) -> str:
    manifest = json.dumps(schedule(**spec))
    return user.kubectl("apply", "--dry-run=server", "-f", "-", stdin=manifest, check=False).stderr


TEMPLATE = {"spec": training_job("digits")["spec"]}
SHORT = {"source": None, "baseline": None, "output": None, "roleARN": None, "schedule": None, "monitoringType": None}
WRONG = {
    "a threshold out of range": ({"thresholds": {"drift": 1.5}}, "spec.thresholds.drift"),
    "nothing to compare with": ({"baseline": None}, "DataQuality compares with something: set baseline or baselineRef"),
    "two things to compare with": ({"baselineRef": {"name": "other"}}, "at most one of baseline and baselineRef"),
    "two sources": ({"source": {"endpointRef": {"name": "a"}, "s3": {"s3URI": "s3://bucket/a"}}}, "spec.source"),
    "no source": ({"source": None}, "also schedule, source, output and roleARN must be set"),
    "no truth": ({"monitoringType": "ModelQuality"}, "ModelQuality needs groundTruth and problemType"),
    "no configuration": ({"monitoringType": "ModelBias"}, "need analysisConfigS3URI"),
    "neither form": (SHORT, "exactly one of monitoringScheduleConfig and monitoringType"),
    "a time zone for SageMaker": ({"engine": "Native", "timeZone": "Europe/Berlin"}, "are for engine Operator"),
    "a zone in the schedule": ({"schedule": "TZ=UTC 0 * * * *"}, "set timeZone"),
    "a template without the channel that it names": (
        {"onViolation": {"capturedChannel": "seen", "trainingJobTemplate": TEMPLATE}},
        "has no channel of the name that capturedChannel says",
    ),
    "a gate without a bound": (
        {"onViolation": {"gate": {"metric": "validation:auc"}, "trainingJobTemplate": TEMPLATE}},
        "gate needs at least one of min, max and betterThanCurrent",
    ),
}


@pytest.mark.parametrize(("spec", "said"), WRONG.values(), ids=WRONG)
def test_what_can_be_told_at_once_is_refused_at_apply(user: User, spec: dict[str, Any], said: str) -> None:
    assert said in refused(user, **spec)


def test_the_engine_cannot_go_back(user: User) -> None:
    user.apply(schedule(engine="Operator"))

    done = user.kubectl("patch", NAME, "--type=merge", '--patch={"spec": {"engine": "Native"}}', check=False)

    assert "engine cannot go back to Native" in done.stderr


def test_a_run_is_told_in_conditions_columns_and_events(
    user: User, operators: Callable[..., Operator], sagemaker: Emulator
) -> None:
    year = datetime.now(UTC).year
    where = f"results/{user.namespace}/digits/{year}/01/01/0000"
    s3 = sagemaker.client("s3", REGION, ACCOUNT)
    s3.create_bucket(Bucket=BUCKET)
    s3.put_object(Bucket=BUCKET, Key=f"captures/digits/AllTraffic/{year - 1}/12/31/22/seen.jsonl", Body=b"{}\n")
    s3.put_object(Bucket=BUCKET, Key=f"{where}/summary.json", Body=json.dumps(summary({"age": 0.31}, 1000)).encode())
    first = operators()
    first.start()
    user.apply(schedule())
    baseline = eventually("a baseline is made", lambda: user.status(NAME).get("baseline", {}).get("processingJob"))
    for file in ("constraints.json", "statistics.json"):
        s3.put_object(Bucket=BUCKET, Key=f"results/{user.namespace}/digits/{baseline}/{file}", Body=b"{}")
    user.wait(NAME, condition="BaselineReady")

    user.kubectl(
        *("patch", NAME, "--subresource=status", "--type=merge"),
        f'--patch={{"status": {{"lastScheduleTime": "{year - 1}-01-01T00:00:00Z"}}}}',
    )
    user.wait(NAME, condition="ViolationsFound")

    (execution,) = user.status(NAME)["executions"]
    assert (execution["result"], execution["violations"], execution["records"]) == ("CompletedWithViolations", 1, 1000)
    assert execution["windowEnd"] == f"{year - 1}-12-31T23:59:00Z"
    assert execution["worst"] == [{"feature": "age", "check": "baseline_drift_check", "value": 0.31, "threshold": 0.1}]
    head, row = user.kubectl("get", NAME).stdout.splitlines()
    assert head.split() == ["NAME", "STATE", "LAST-RUN", "VIOLATIONS", "NEXT", "AGE"]
    assert row.split()[1] == "Violations"
    assert row.split()[3:5] == ["1", f"{year + 1}-01-01T00:00:00Z"]
    user.wait(NAME, condition="Ready")
    eventually("it is told", lambda: "ViolationsFound" in {event["reason"] for event in user.events(NAME)})
    metrics = eventually("metrics are measured", lambda: _violations(first))
    assert f'sagemaker_operator_monitoring_violations{{name="digits",namespace="{user.namespace}"}} 1.0' in metrics

    user.delete(NAME)
    eventually("its jobs go with it", lambda: not user.objects("processingjobs.sagemaker-operator.dev"))


def _violations(operator: Operator) -> str:
    """The lines of the metrics that are about violations."""
    with urlopen(f"http://{operator.address}/metrics", timeout=5) as answer:
        lines = answer.read().decode().splitlines()
    return "\n".join(line for line in lines if line.startswith("sagemaker_operator_monitoring_violations{"))
