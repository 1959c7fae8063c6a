"""Pipelines and their executions."""

from typing import Final

from sagemaker_local.emulator.families.pipelines.executions import PIPELINE_EXECUTION
from sagemaker_local.emulator.families.pipelines.pipelines import PIPELINE
from sagemaker_local.emulator.family import Family

FAMILIES: Final[tuple[Family, ...]] = (PIPELINE, PIPELINE_EXECUTION)
