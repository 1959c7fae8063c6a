"""The resource families, as data. A new family is a row in one of these files and an entry in `FAMILIES`."""

from typing import Final

from sagemaker_local.emulator.families.endpoints import ENDPOINT
from sagemaker_local.emulator.families.hosting import ENDPOINT_CONFIG, MODEL
from sagemaker_local.emulator.families.monitoring import DATA_QUALITY_JOB_DEFINITION, MONITORING_SCHEDULE
from sagemaker_local.emulator.families.processing import PROCESSING_JOB
from sagemaker_local.emulator.families.training import TRAINING_JOB
from sagemaker_local.emulator.family import Family

FAMILIES: Final[tuple[Family, ...]] = (
    TRAINING_JOB,
    PROCESSING_JOB,
    MODEL,
    ENDPOINT_CONFIG,
    ENDPOINT,
    DATA_QUALITY_JOB_DEFINITION,
    MONITORING_SCHEDULE,
)
