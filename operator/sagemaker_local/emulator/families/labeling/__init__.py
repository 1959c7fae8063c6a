"""Ground Truth and A2I: labeling jobs, the people who do them, and what they see."""

from typing import Final

from sagemaker_local.emulator.family import Family

FAMILIES: Final[tuple[Family, ...]] = ()
