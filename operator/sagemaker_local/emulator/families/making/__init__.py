"""Jobs that make, shrink, measure or choose models: Autopilot, compilation, optimization, customization, recommendations."""

from typing import Final

from sagemaker_local.emulator.families.making.automl import AUTOML_JOB, AUTOML_JOB_V2
from sagemaker_local.emulator.families.making.compilation import COMPILATION_JOB
from sagemaker_local.emulator.families.making.customization import JOB, TRAINING_SESSION
from sagemaker_local.emulator.families.making.optimization import OPTIMIZATION_JOB
from sagemaker_local.emulator.families.making.recommender import INFERENCE_RECOMMENDATIONS_JOB
from sagemaker_local.emulator.families.making.workloads import (
    AI_BENCHMARK_JOB,
    AI_RECOMMENDATION_JOB,
    AI_WORKLOAD_CONFIG,
)
from sagemaker_local.emulator.family import Family

FAMILIES: Final[tuple[Family, ...]] = (
    AUTOML_JOB,
    AUTOML_JOB_V2,
    COMPILATION_JOB,
    OPTIMIZATION_JOB,
    INFERENCE_RECOMMENDATIONS_JOB,
    AI_WORKLOAD_CONFIG,
    AI_BENCHMARK_JOB,
    AI_RECOMMENDATION_JOB,
    JOB,
    TRAINING_SESSION,
)
