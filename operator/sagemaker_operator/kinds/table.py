"""All kinds, by name, in the order in which documentation and permissions list them."""

from collections.abc import Mapping
from types import MappingProxyType

from .hosting import ENDPOINT, ENDPOINT_CONFIG, MODEL
from .kind import Kind
from .monitoring import DATA_QUALITY_JOB_DEFINITION, MONITORING_SCHEDULE
from .training import PROCESSING_JOB, TRAINING_JOB

GROUP = "sagemaker-operator.dev"
VERSION = "v1alpha1"

KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            TRAINING_JOB,
            PROCESSING_JOB,
            MODEL,
            ENDPOINT_CONFIG,
            ENDPOINT,
            DATA_QUALITY_JOB_DEFINITION,
            MONITORING_SCHEDULE,
        )
    }
)
