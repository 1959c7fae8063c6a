"""Ground Truth and Augmented AI: labeling jobs, and the people and pages that do the work."""

from typing import Final

from sagemaker_local.emulator.families.labeling.jobs import LABELING_JOB
from sagemaker_local.emulator.families.labeling.workforces import WORKFORCE
from sagemaker_local.emulator.families.labeling.workteams import WORKTEAM
from sagemaker_local.emulator.family import Family

FAMILIES: Final[tuple[Family, ...]] = (
    WORKFORCE,
    WORKTEAM,
    LABELING_JOB,
)
