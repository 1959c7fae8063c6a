"""Pipelines and their executions."""

from typing import Final

from sagemaker_local.emulator.family import Family

FAMILIES: Final[tuple[Family, ...]] = ()
