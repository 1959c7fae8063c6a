"""Model Monitor: job definitions, schedules, their executions and alerts."""

from typing import Final

from sagemaker_local.emulator.families.monitoring.definitions import (
    DATA_QUALITY_JOB_DEFINITION,
    MODEL_BIAS_JOB_DEFINITION,
    MODEL_EXPLAINABILITY_JOB_DEFINITION,
    MODEL_QUALITY_JOB_DEFINITION,
)
from sagemaker_local.emulator.families.monitoring.schedules import MONITORING_SCHEDULE
from sagemaker_local.emulator.family import Family

FAMILIES: Final[tuple[Family, ...]] = (
    DATA_QUALITY_JOB_DEFINITION,
    MODEL_QUALITY_JOB_DEFINITION,
    MODEL_BIAS_JOB_DEFINITION,
    MODEL_EXPLAINABILITY_JOB_DEFINITION,
    MONITORING_SCHEDULE,
)
