"""Model Monitor: job definitions, schedules and their executions."""

from typing import Final

from sagemaker_local.emulator.families.monitoring.schedules import DATA_QUALITY_JOB_DEFINITION, MONITORING_SCHEDULE
from sagemaker_local.emulator.family import Family

FAMILIES: Final[tuple[Family, ...]] = (
    DATA_QUALITY_JOB_DEFINITION,
    MONITORING_SCHEDULE,
)
