"""Jobs that make, shrink, measure or choose models: Autopilot, compilation, optimization, recommendations, benchmarks."""

from typing import Final

from sagemaker_local.emulator.families.making.automl import AUTOML_JOB, AUTOML_JOB_V2
from sagemaker_local.emulator.families.making.compilation import COMPILATION_JOB
from sagemaker_local.emulator.family import Family

FAMILIES: Final[tuple[Family, ...]] = (
    AUTOML_JOB,
    AUTOML_JOB_V2,
    COMPILATION_JOB,
)
