"""What stands beside a schedule that SageMaker runs: which definitions come and go, and what is known of the runs."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from sagemaker_operator.composites.asks import Ask, Denied, Describe, Read, Told
from sagemaker_operator.composites.child import Child
from sagemaker_operator.composites.monitoring import native
from sagemaker_operator.composites.monitoring.execution import Execution, Result
from sagemaker_operator.composites.monitoring.findings import findings
from sagemaker_operator.composites.plan import Refusal, Situation
from sagemaker_operator.composites.table import COMPANIONS
from sagemaker_operator.engine.resource import FINALIZER, Object
from sagemaker_operator.kinds.monitoring_definition import definition

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
SPEC: dict[str, Any] = {
    "engine": "Native",
    "monitoringType": "DataQuality",
    "schedule": "@hourly",
    "source": {"endpoint": {"endpointName": "web", "dataCapturedDestinationS3URI": "s3://bucket/captures"}},
    "baseline": {"constraintsS3URI": "s3://bucket/constraints.json"},
    "output": {"s3OutputPath": "s3://bucket/results"},
    "roleARN": "arn:aws:iam::123456789012:role/monitoring",
}
JOB = "arn:aws:sagemaker:eu-west-1:123456789012:processing-job/job-1"
ROW = {"scheduledTime": "2026-01-01T11:00:00Z", "lastModifiedTime": "2026-01-01T11:20:00Z", "processingJobARN": JOB}
OUTPUT = "s3://bucket/results/web/drift/2026/01/01/11"
LOOK = Describe("ProcessingJob", "job-1", "eu-west-1")
SUMMARY, VIOLATIONS = Read(f"{OUTPUT}/summary.json", ""), Read(f"{OUTPUT}/constraint_violations.json", "")
REPLY = {
    "ExitMessage": "CompletedWithViolations: Job completed successfully with 2 violations.",
    "Environment": {"start_time": "2026-01-01T10:00:00Z", "end_time": "2026-01-01T11:00:00Z"},
    "ProcessingOutputConfig": {"Outputs": [{"S3Output": {"S3Uri": f"{OUTPUT}/"}}]},
    "ProcessingEndTime": datetime(2026, 1, 1, 11, 15, tzinfo=UTC),
}
DRIFT = {
    "feature_name": "age",
    "constraint_check_type": "baseline_drift_check",
    "description": "Baseline drift distance: 0.31 exceeds threshold: 0.1",
}
LOST = {"feature_name": "job", "constraint_check_type": "completeness_check", "description": "80% exceeds 90%"}


def situation(
    *children: Child,
    spec: dict[str, Any] | None = None,
    status: dict[str, Any] | None = None,
    answers: dict[Ask, Told | Denied] | None = None,
    refused: dict[str, Refusal] | None = None,
    claimed: bool = True,
    deleting: bool = False,
) -> Situation:
    told = {name: value for name, value in {**SPEC, **(spec or {})}.items() if value is not None}
    parent = Object(
        kind=COMPANIONS["MonitoringSchedule"],
        namespace="default",
        name="drift",
        uid="parent",
        generation=1,
        version="1",
        deleting=deleting,
        finalizers=(FINALIZER,) if claimed else (),
        annotations={},
        spec=told,
        status=status or {},
    )
    return Situation(parent, children, NOW, refused=refused or {}, answers=answers or {})


def child(spec: dict[str, Any] | None = None, *, deleting: bool = False) -> Child:
    """The definition of a spec, which is called as its object in SageMaker."""
    made = definition("drift", {**SPEC, **(spec or {})}, {})
    return Child(
        made.kind, made.name, f"uid-{made.name}", "2026-01-01T00:00:00Z", identity=made.name, deleting=deleting
    )


def runs(one: Child, *, status: str = "Scheduled", last: str = "Completed") -> dict[str, Any]:
    """The status of a schedule that SageMaker shows with a definition."""
    return {
        "arn": "arn",
        "monitoringScheduleStatus": status,
        "lastMonitoringExecutionSummary": {"monitoringExecutionStatus": last},
        "inEffect": [{"jobDefinitionName": one.identity}],
    }


OLD, NEW = child(), child({"maxRuntimeInSeconds": 1800})
EDITED = {"maxRuntimeInSeconds": 1800}


def test_the_definition_is_made_once() -> None:
    (made,) = native.missing(situation())

    assert (made.kind, made.name) == ("DataQualityJobDefinition", OLD.name)
    assert native.missing(situation(OLD)) == ()
    assert native.missing(situation(child(deleting=True))) == (), "it has to go before it can come again"
    assert native.missing(situation(refused={OLD.name: Refusal("no")})) == ()


@pytest.mark.parametrize(
    "spec",
    [
        {"engine": "Operator"},
        {"monitoringType": None, "monitoringScheduleConfig": {"monitoringJobDefinitionName": "mine"}},
        {"baseline": {"from": {"s3": {"s3URI": "s3://bucket/train.csv"}}}},
        {"suspend": True},
    ],
    ids=["the operator runs it", "it is in SageMaker's own form", "the baseline is not there yet", "it is to wait"],
)
def test_nothing_is_made_where_nothing_is_needed_yet(spec: dict[str, Any]) -> None:
    assert native.missing(situation(spec=spec)) == ()


def test_nothing_is_made_for_what_is_leaving() -> None:
    assert native.missing(situation(deleting=True)) == ()


def test_an_old_definition_goes_once_sagemaker_is_seen_to_run_the_new_one() -> None:
    assert native.surplus(situation(OLD, NEW, spec=EDITED, status=runs(NEW))) == (OLD,)


@pytest.mark.parametrize(
    "status",
    [
        {},
        runs(OLD),
        runs(NEW, status="Pending"),
        runs(NEW, last="InProgress"),
        runs(NEW, last="Pending"),
        {**runs(NEW), "inEffect": [{}]},
    ],
    ids=[
        "nothing was seen",
        "the old one runs",
        "it is changing",
        "a run is under way",
        "a run is due",
        "nothing is told",
    ],
)
def test_an_old_definition_stays_as_long_as_sagemaker_may_run_it(status: dict[str, Any]) -> None:
    assert native.surplus(situation(OLD, NEW, spec=EDITED, status=status)) == ()


def test_an_old_definition_stays_where_the_new_one_is_not_there() -> None:
    assert native.surplus(situation(OLD, spec=EDITED, status=runs(OLD))) == ()


def test_a_manifest_in_sagemakers_own_form_needs_none_but_what_runs() -> None:
    own = {"monitoringType": None, "monitoringScheduleConfig": {"monitoringJobDefinitionName": NEW.identity}}

    assert native.surplus(situation(OLD, NEW, spec=own, status=runs(NEW))) == (OLD,)


def test_all_definitions_go_once_sagemaker_has_let_go_of_the_schedule() -> None:
    ours = {"engine": "Operator"}

    assert native.surplus(situation(OLD, NEW, spec=ours)) == ()
    assert native.surplus(situation(OLD, NEW, spec=ours, claimed=False)) == (OLD, NEW)
    job = Child("ProcessingJob", "baseline", "uid", "2026-01-01T00:00:00Z")
    assert native.surplus(situation(job, spec=ours, claimed=False)) == ()


def looked(
    row: dict[str, Any], answers: dict[Ask, Told | Denied] | None = None, before: tuple[Execution, ...] = ()
) -> tuple[Execution, tuple[Ask, ...]]:
    listed = {"monitoringExecutions": [{**ROW, **row}]}
    found, asks = native.executions(situation(status=listed, answers=answers), before)
    (one,) = found
    return one, asks


@pytest.mark.parametrize("status", ["Pending", "InProgress", "Stopping"])
def test_a_run_that_is_under_way_is_not_looked_into(status: str) -> None:
    one, asks = looked({"monitoringExecutionStatus": status})

    assert (one.name, one.result, one.ended, asks) == ("drift-20260101110000", Result.IN_PROGRESS, None, ())


def test_what_a_run_has_found_is_asked_for_step_by_step() -> None:
    row = {"monitoringExecutionStatus": "CompletedWithViolations"}
    answers: dict[Ask, Told | Denied] = {}
    asked = []
    for answer in (Told(REPLY), Told(None), Told(json.dumps({"violations": [LOST, DRIFT]}))):
        _, (ask,) = looked(row, answers)
        asked.append(ask)
        answers[ask] = answer

    one, asks = looked(row, answers)

    assert asked == [LOOK, SUMMARY, VIOLATIONS]
    assert asks == ()
    assert one.explained
    assert (one.start, one.end) == (datetime(2026, 1, 1, 10, tzinfo=UTC), datetime(2026, 1, 1, 11, tzinfo=UTC))
    assert (one.violations, one.output) == (2, OUTPUT)
    assert one.by_check == {"completeness_check": 1, "baseline_drift_check": 1}
    assert one.worst[0].told() == {"feature": "age", "check": "baseline_drift_check", "value": 0.31, "threshold": 0.1}
    assert looked(row, before=(one,)) == (one, ()), "what is known is not asked again"


def test_how_many_violations_there_are_is_known_before_they_are_read() -> None:
    one, _ = looked({"monitoringExecutionStatus": "CompletedWithViolations"}, {LOOK: Told(REPLY)})

    assert (one.violations, one.explained) == (2, False)


@pytest.mark.parametrize(
    ("row", "answers"),
    [
        ({"failureReason": "Job inputs had no data", "processingJobARN": None}, {}),
        ({"failureReason": "ClientError"}, {LOOK: Told({"ExitMessage": "Error: Job inputs had no data"})}),
    ],
    ids=["SageMaker says so", "the container says so"],
)
def test_no_data_is_no_failure(row: dict[str, Any], answers: dict[Ask, Told | Denied]) -> None:
    one, asks = looked({"monitoringExecutionStatus": "Failed", **row}, answers)

    assert (one.result, one.explained, asks) == (Result.NO_DATA, True, ())


def test_a_failure_is_told_with_what_the_container_said() -> None:
    row = {"monitoringExecutionStatus": "Failed", "failureReason": "AlgorithmError: see the log"}

    one, asks = looked(row, {LOOK: Told({"ExitMessage": "Error: column age is missing"})})

    assert (one.result, one.explained, asks) == (Result.FAILED, True, ())
    assert one.message == "AlgorithmError: see the log Error: column age is missing"


def test_a_job_that_is_forgotten_is_asked_for_once() -> None:
    one, asks = looked({"monitoringExecutionStatus": "Completed"}, {LOOK: Told(None)})

    assert (one.result, one.explained, asks) == (Result.COMPLETED, True, ())


@pytest.mark.parametrize("passing", [True, False])
def test_what_may_not_be_looked_at_is_said_and_asked_again_only_if_that_may_help(*, passing: bool) -> None:
    one, asks = looked({"monitoringExecutionStatus": "Completed"}, {LOOK: Denied("not authorized", passing=passing)})

    assert asks == ()
    assert one.explained is not passing
    assert "job-1 cannot be looked at: not authorized" in one.message


def test_the_newest_ten_runs_are_kept_also_those_that_sagemaker_lists_no_more() -> None:
    rows = [
        {**ROW, "scheduledTime": f"2026-01-01T{hour:02}:00:00Z", "monitoringExecutionStatus": "Pending"}
        for hour in range(3, 8)
    ]
    before = tuple(
        Execution(f"drift-{n}", datetime(2025, 12, 31, n, tzinfo=UTC), result=Result.COMPLETED, explained=True)
        for n in range(8)
    )

    found, _ = native.executions(situation(status={"monitoringExecutions": rows}), before)

    assert len(found) == 10
    assert [one.name for one in found][:5] == [f"drift-202601010{hour}0000" for hour in (7, 6, 5, 4, 3)]
    assert found[-1].name == "drift-3"


def test_the_worst_finding_is_the_farthest_from_what_is_allowed() -> None:
    rows = [
        LOST,
        {**DRIFT, "feature_name": "a", "description": "Baseline drift distance: 0.2 exceeds threshold: 0.1"},
        {**DRIFT, "feature_name": "b", "description": "Baseline drift distance: 0.9 exceeds threshold: 0.1"},
        {**DRIFT, "feature_name": "c", "description": "Baseline drift distance: 0.01 exceeds threshold: 0.0"},
        {**DRIFT, "feature_name": "d", "description": "Baseline drift distance: NaN exceeds threshold: 0.1"},
    ]

    found = findings(json.dumps({"violations": rows}))

    assert [one.feature for one in found][:3] == ["c", "b", "a"]
    assert found[1].value == 0.9
    assert {one.value for one in found if one.feature in ("job", "d")} == {None}


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"violations": null}', '{"violations": [{}]}', '{"violations": {"a": 1}}']
)
def test_a_file_that_holds_something_else_is_said_to(text: str) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        findings(text)


def test_the_latest_run_is_known_where_the_list_lags_behind_or_cannot_be_had() -> None:
    latest = {
        **ROW,
        "monitoringExecutionStatus": "Failed",
        "failureReason": "Job inputs had no data",
        "processingJobARN": "",
    }
    listed = {**ROW, "monitoringExecutionStatus": "InProgress"}

    for status in ({"monitoringExecutions": [listed]}, {}):
        told = {**status, "lastMonitoringExecutionSummary": latest}
        ((one,), _) = native.executions(situation(status=told), ())
        assert one.result is Result.NO_DATA
