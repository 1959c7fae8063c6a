"""Models, endpoints and all that serves predictions."""

from typing import Final

from sagemaker_local.emulator.families.hosting.components import INFERENCE_COMPONENT
from sagemaker_local.emulator.families.hosting.endpoints import ENDPOINT
from sagemaker_local.emulator.families.hosting.experiments import INFERENCE_EXPERIMENT
from sagemaker_local.emulator.families.hosting.models import ENDPOINT_CONFIG, MODEL
from sagemaker_local.emulator.families.hosting.routers import INFERENCE_ROUTER
from sagemaker_local.emulator.family import Family

FAMILIES: Final[tuple[Family, ...]] = (
    MODEL,
    ENDPOINT_CONFIG,
    ENDPOINT,
    INFERENCE_COMPONENT,
    INFERENCE_EXPERIMENT,
    INFERENCE_ROUTER,
)
