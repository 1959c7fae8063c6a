"""What the emulator says about monitoring schedules and their definitions, and what it means."""

from collections.abc import Mapping

from sagemaker_operator.errors import Absent, AWSFailure, Busy, Exists, Refused

HEARD: Mapping[str, tuple[tuple[str, str, type[AWSFailure]], ...]] = {
    "monitoring.definitions.NO_ENDPOINT": (("DataQualityJobDefinition", "CreateDataQualityJobDefinition", Refused),),
    "monitoring.definitions.NO_DEFINITION": (("DataQualityJobDefinition", "DescribeDataQualityJobDefinition", Absent),),
    "monitoring.definitions.DEFINITION_EXISTS": (
        ("DataQualityJobDefinition", "CreateDataQualityJobDefinition", Exists),
    ),
    "monitoring.definitions.DEFINITION_IN_USE": (("DataQualityJobDefinition", "DeleteDataQualityJobDefinition", Busy),),
    "monitoring.definitions.ONE_INPUT": (("DataQualityJobDefinition", "CreateDataQualityJobDefinition", Refused),),
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
    "monitoring.schedules.CLOSED": (("MonitoringSchedule", "CreateMonitoringSchedule", Refused),),
}
