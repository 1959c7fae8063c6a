"""What the emulator says about monitoring schedules and their definitions, and what it means."""

from collections.abc import Mapping

from sagemaker_operator.errors import Absent, AWSFailure, Busy, Closed, Exists, Refused

_DEFINITIONS = tuple(
    f"{what}JobDefinition" for what in ("DataQuality", "ModelQuality", "ModelBias", "ModelExplainability")
)


def _of_each(verb: str, meaning: type[AWSFailure]) -> tuple[tuple[str, str, type[AWSFailure]], ...]:
    return tuple((kind, f"{verb}{kind}", meaning) for kind in _DEFINITIONS)


HEARD: Mapping[str, tuple[tuple[str, str, type[AWSFailure]], ...]] = {
    "monitoring.definitions.NO_ENDPOINT": _of_each("Create", Refused),
    "monitoring.definitions.NO_DEFINITION": (*_of_each("Describe", Absent), *_of_each("Delete", Absent)),
    "monitoring.definitions.DEFINITION_EXISTS": _of_each("Create", Exists),
    "monitoring.definitions.DEFINITION_IN_USE": _of_each("Delete", Busy),
    "monitoring.definitions.ONE_INPUT": _of_each("Create", Refused),
    "monitoring.schedules.NO_DEFINITION": (
        ("MonitoringSchedule", "CreateMonitoringSchedule", Refused),
        ("MonitoringSchedule", "UpdateMonitoringSchedule", Refused),
    ),
    "monitoring.schedules.NO_SCHEDULE": (("MonitoringSchedule", "DescribeMonitoringSchedule", Absent),),
    "monitoring.schedules.SCHEDULE_EXISTS": (("MonitoringSchedule", "CreateMonitoringSchedule", Exists),),
    "monitoring.schedules.WRONG_STATUS": (("MonitoringSchedule", "DeleteMonitoringSchedule", Busy),),
    "monitoring.schedules.EXECUTING": (("MonitoringSchedule", "DeleteMonitoringSchedule", Busy),),
    "monitoring.schedules.BAD_CRON": (("MonitoringSchedule", "CreateMonitoringSchedule", Refused),),
    "monitoring.schedules.ONE_DEFINITION": (("MonitoringSchedule", "CreateMonitoringSchedule", Refused),),
    "monitoring.schedules.NO_ANALYSIS_TIME": (("MonitoringSchedule", "CreateMonitoringSchedule", Refused),),
    "monitoring.schedules.BAD_ANALYSIS_TIME": (("MonitoringSchedule", "CreateMonitoringSchedule", Refused),),
    "monitoring.schedules.CLOSED": (("MonitoringSchedule", "CreateMonitoringSchedule", Closed),),
}
