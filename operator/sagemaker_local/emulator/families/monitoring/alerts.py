"""The alert of a schedule, which the Model Dashboard shows: raised when enough of the latest executions found violations.

"After every monitoring execution, the number of failures are counted within the evaluation period"; if it "meets or exceeds" the
datapoints to alert, "the monitor raises an alert and remains in alert status until the number of failures […] becomes less"
(SageMaker's documentation of the Model Dashboard). That each schedule has one alert from the start, what it is called, and its
first numbers are unverified.
"""

from typing import Final

from sagemaker_local.emulator.families.monitoring import executions
from sagemaker_local.emulator.lists import in_period, newest_first
from sagemaker_local.emulator.paging import cut
from sagemaker_local.emulator.refusal import UNVERIFIED, Refusal
from sagemaker_local.emulator.resource import Json, Resource
from sagemaker_local.emulator.world import Call, World

NO_ALERT: Final = Refusal(
    "ResourceNotFound",
    "Monitoring alert {alert} of monitoring schedule {arn} not found",
    evidence=UNVERIFIED,
)
NO_SCHEDULE: Final = Refusal(
    "ResourceNotFound",
    "Monitoring Schedule {arn} not found",
    evidence="sagemaker-python-sdk#2708",
)
KEPT: Final = 1000
"""Changes of an alert that are remembered; AWS's pages give no number."""
_ALERT: Final = "Alert"
_HISTORY: Final = "AlertHistory"


def open_alert(schedule: Resource, now: float) -> None:
    """A new schedule has an alert."""
    schedule.facts[_ALERT] = {
        "MonitoringAlertName": f"{schedule.spec['MonitoringScheduleConfig']['MonitoringType']}Alert",
        "CreationTime": now,
        "LastModifiedTime": now,
        "AlertStatus": "OK",
        "DatapointsToAlert": 1,
        "EvaluationPeriod": 1,
        "Actions": {"ModelDashboardIndicator": {"Enabled": True}},
    }


def evaluate(schedule: Resource, *, now: float) -> None:
    """Raise or lower the alert after an execution."""
    alert = schedule.facts[_ALERT]
    latest = executions.finished(schedule, alert["EvaluationPeriod"])
    status = "InAlert" if latest.count("CompletedWithViolations") >= alert["DatapointsToAlert"] else "OK"
    if status != alert["AlertStatus"]:
        alert["AlertStatus"] = status
        history = schedule.facts.setdefault(_HISTORY, [])
        history.append(
            {"CreationTime": now, "AlertStatus": status, "MonitoringAlertName": alert["MonitoringAlertName"]}
        )
        del history[:-KEPT]


def listed(call: Call, world: World) -> Json:
    """ListMonitoringAlerts."""
    page = cut([_schedule(call, world).facts[_ALERT]], call, size=100)
    return {"MonitoringAlertSummaries": [dict(alert) for alert in page.items], **page.token}


def history(call: Call, world: World) -> Json:
    """ListMonitoringAlertHistory: of one schedule, or of all; newest first by default."""
    schedules = list(world.store.of_kind(call.place, "MonitoringSchedule").values())
    if "MonitoringScheduleName" in call.request:
        schedules = [_schedule(call, world)]
    rows = [
        {"MonitoringScheduleName": schedule.name, **row}
        for schedule in schedules
        for row in schedule.facts.get(_HISTORY, ())
        if _selected(call.request, row)
    ]
    by = "AlertStatus" if call.request.get("SortBy") == "Status" else "CreationTime"
    rows.sort(key=lambda row: (row[by], row["CreationTime"]))
    page = cut(newest_first(rows, call.request), call)
    return {"MonitoringAlertHistory": page.items, **page.token}


def update(call: Call, world: World) -> Json:
    """UpdateMonitoringAlert: other numbers, which count from the next execution on."""
    schedule = _schedule(call, world)
    alert, name = schedule.facts[_ALERT], call.request["MonitoringAlertName"]
    if name != alert["MonitoringAlertName"]:
        raise NO_ALERT.error(alert=name, arn=schedule.arn)
    for member in ("DatapointsToAlert", "EvaluationPeriod"):
        alert[member] = call.request[member]
    alert["LastModifiedTime"] = call.now
    return {"MonitoringScheduleArn": schedule.arn, "MonitoringAlertName": name}


def _schedule(call: Call, world: World) -> Resource:
    name = call.request["MonitoringScheduleName"]
    found = world.find(call.place, "MonitoringSchedule", name)
    if found is None:
        raise NO_SCHEDULE.error(arn=call.place.arn("monitoring-schedule", name))
    return found


def _selected(request: Json, row: Json) -> bool:
    if request.get("MonitoringAlertName", row["MonitoringAlertName"]) != row["MonitoringAlertName"]:
        return False
    if request.get("StatusEquals", row["AlertStatus"]) != row["AlertStatus"]:
        return False
    return in_period(request, "CreationTime", row["CreationTime"])
