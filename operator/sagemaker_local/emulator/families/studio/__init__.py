"""Notebook instances and Studio: domains, user profiles, spaces, apps, images."""

from typing import Final

from sagemaker_local.emulator.families.studio.domains import DOMAIN
from sagemaker_local.emulator.families.studio.notebook_scripts import NOTEBOOK_INSTANCE_LIFECYCLE_CONFIG
from sagemaker_local.emulator.families.studio.notebooks import NOTEBOOK_INSTANCE
from sagemaker_local.emulator.families.studio.profiles import USER_PROFILE
from sagemaker_local.emulator.family import Family

FAMILIES: Final[tuple[Family, ...]] = (
    NOTEBOOK_INSTANCE,
    NOTEBOOK_INSTANCE_LIFECYCLE_CONFIG,
    DOMAIN,
    USER_PROFILE,
)
