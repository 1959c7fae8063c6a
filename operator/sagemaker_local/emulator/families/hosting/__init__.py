"""Models, endpoints and all that serves predictions."""

from typing import Final

from sagemaker_local.emulator.families.hosting.endpoints import ENDPOINT
from sagemaker_local.emulator.families.hosting.models import ENDPOINT_CONFIG, MODEL
from sagemaker_local.emulator.family import Family

FAMILIES: Final[tuple[Family, ...]] = (
    MODEL,
    ENDPOINT_CONFIG,
    ENDPOINT,
)
