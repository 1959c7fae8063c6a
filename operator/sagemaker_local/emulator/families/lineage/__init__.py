"""Experiments, lineage and search."""

from typing import Final

from sagemaker_local.emulator.families.lineage.entities import ACTION, ARTIFACT, CONTEXT
from sagemaker_local.emulator.families.lineage.experiments import EXPERIMENT, TRIAL, TRIAL_COMPONENT
from sagemaker_local.emulator.family import Family

FAMILIES: Final[tuple[Family, ...]] = (EXPERIMENT, TRIAL, TRIAL_COMPONENT, ACTION, ARTIFACT, CONTEXT)
