"""Training, processing, tuning and transform jobs, and the capacity that is reserved for them."""

from typing import Final

from sagemaker_local.emulator.families.jobs.plans import TRAINING_PLAN
from sagemaker_local.emulator.families.jobs.processing import PROCESSING_JOB
from sagemaker_local.emulator.families.jobs.training import TRAINING_JOB
from sagemaker_local.emulator.families.jobs.transform import TRANSFORM_JOB
from sagemaker_local.emulator.families.jobs.tuning import HYPER_PARAMETER_TUNING_JOB
from sagemaker_local.emulator.family import Family

FAMILIES: Final[tuple[Family, ...]] = (
    TRAINING_JOB,
    PROCESSING_JOB,
    TRANSFORM_JOB,
    HYPER_PARAMETER_TUNING_JOB,
    TRAINING_PLAN,
)
