"""All kinds, by name, in the order in which documentation and permissions list them."""

from collections.abc import Mapping
from types import MappingProxyType

from .features import FEATURE_GROUP
from .hosting import ENDPOINT, ENDPOINT_CONFIG, MODEL
from .hubs import HUB, HUB_CONTENT
from .kind import Kind
from .lineage import ACTION, ARTIFACT, CONTEXT, EXPERIMENT, TRIAL, TRIAL_COMPONENT
from .mlflow import MLFLOW_APP, MLFLOW_TRACKING_SERVER, PARTNER_APP
from .monitoring import DATA_QUALITY_JOB_DEFINITION, MONITORING_SCHEDULE
from .notebooks import CODE_REPOSITORY, NOTEBOOK_INSTANCE, NOTEBOOK_INSTANCE_LIFECYCLE_CONFIG
from .pipelines import PIPELINE, PIPELINE_EXECUTION
from .projects import PROJECT
from .registry import ALGORITHM, MODEL_CARD, MODEL_CARD_EXPORT_JOB, MODEL_PACKAGE, MODEL_PACKAGE_GROUP
from .studio import APP, DOMAIN, SPACE, STUDIO_LIFECYCLE_CONFIG, USER_PROFILE
from .studio_images import APP_IMAGE_CONFIG, IMAGE, IMAGE_VERSION
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
            MODEL_PACKAGE_GROUP,
            MODEL_PACKAGE,
            ALGORITHM,
            MODEL_CARD,
            MODEL_CARD_EXPORT_JOB,
            FEATURE_GROUP,
            HUB,
            HUB_CONTENT,
            PIPELINE,
            PIPELINE_EXECUTION,
            EXPERIMENT,
            TRIAL,
            TRIAL_COMPONENT,
            ACTION,
            ARTIFACT,
            CONTEXT,
            NOTEBOOK_INSTANCE,
            NOTEBOOK_INSTANCE_LIFECYCLE_CONFIG,
            CODE_REPOSITORY,
            DOMAIN,
            USER_PROFILE,
            SPACE,
            APP,
            STUDIO_LIFECYCLE_CONFIG,
            IMAGE,
            IMAGE_VERSION,
            APP_IMAGE_CONFIG,
            PROJECT,
            MLFLOW_TRACKING_SERVER,
            MLFLOW_APP,
            PARTNER_APP,
        )
    }
)
