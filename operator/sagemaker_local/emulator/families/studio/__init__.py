"""Notebook instances and Studio: domains, user profiles, spaces, apps, images."""

from typing import Final

from sagemaker_local.emulator.families.studio.app_images import APP_IMAGE_CONFIG
from sagemaker_local.emulator.families.studio.apps import APP
from sagemaker_local.emulator.families.studio.domains import DOMAIN
from sagemaker_local.emulator.families.studio.image_versions import IMAGE_VERSION
from sagemaker_local.emulator.families.studio.images import IMAGE
from sagemaker_local.emulator.families.studio.notebook_scripts import NOTEBOOK_INSTANCE_LIFECYCLE_CONFIG
from sagemaker_local.emulator.families.studio.notebooks import NOTEBOOK_INSTANCE
from sagemaker_local.emulator.families.studio.profiles import USER_PROFILE
from sagemaker_local.emulator.families.studio.spaces import SPACE
from sagemaker_local.emulator.families.studio.studio_scripts import STUDIO_LIFECYCLE_CONFIG
from sagemaker_local.emulator.family import Family

FAMILIES: Final[tuple[Family, ...]] = (
    NOTEBOOK_INSTANCE,
    NOTEBOOK_INSTANCE_LIFECYCLE_CONFIG,
    DOMAIN,
    USER_PROFILE,
    SPACE,
    APP,
    STUDIO_LIFECYCLE_CONFIG,
    APP_IMAGE_CONFIG,
    IMAGE,
    IMAGE_VERSION,
)
