"""The resource families, as data. A new family is a row in one of these files and an entry in `FAMILIES`."""

from typing import Final

from sagemaker_local.emulator.families.training import TRAINING_JOB
from sagemaker_local.emulator.family import Family

FAMILIES: Final[tuple[Family, ...]] = (TRAINING_JOB,)
