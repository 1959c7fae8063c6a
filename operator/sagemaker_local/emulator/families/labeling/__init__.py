"""Ground Truth and Augmented AI: labeling jobs and review workflows, and the people and pages that do the work."""

from typing import Final

from sagemaker_local.emulator.families.labeling.flows import FLOW_DEFINITION
from sagemaker_local.emulator.families.labeling.jobs import LABELING_JOB
from sagemaker_local.emulator.families.labeling.pages import HUMAN_TASK_UI
from sagemaker_local.emulator.families.labeling.workforces import WORKFORCE
from sagemaker_local.emulator.families.labeling.workteams import WORKTEAM
from sagemaker_local.emulator.family import Family

FAMILIES: Final[tuple[Family, ...]] = (
    WORKFORCE,
    WORKTEAM,
    HUMAN_TASK_UI,
    FLOW_DEFINITION,
    LABELING_JOB,
)
