"""All kinds, by name, in the order in which documentation and permissions list them."""

from collections.abc import Mapping
from types import MappingProxyType

from .customization import JOB, TRAINING_SESSION
from .edge import DEVICE_FLEET, EDGE_DEPLOYMENT_PLAN, EDGE_PACKAGING_JOB
from .features import FEATURE_GROUP
from .hosting import ENDPOINT, ENDPOINT_CONFIG, MODEL
from .hubs import HUB, HUB_CONTENT
from .hyperpod import CLUSTER, CLUSTER_EXTENSION, CLUSTER_SCHEDULER_CONFIG, COMPUTE_QUOTA
from .inference import INFERENCE_COMPONENT, INFERENCE_EXPERIMENT, INFERENCE_ROUTER
from .jobs import AUTO_ML_JOB, AUTO_ML_JOB_V2, HYPER_PARAMETER_TUNING_JOB, TRAINING_PLAN, TRANSFORM_JOB
from .kind import Kind
from .labeling import FLOW_DEFINITION, HUMAN_TASK_UI, LABELING_JOB, WORKFORCE, WORKTEAM
from .lineage import ACTION, ARTIFACT, CONTEXT, EXPERIMENT, TRIAL, TRIAL_COMPONENT
from .making import (
    AI_BENCHMARK_JOB,
    AI_RECOMMENDATION_JOB,
    AI_WORKLOAD_CONFIG,
    COMPILATION_JOB,
    INFERENCE_RECOMMENDATIONS_JOB,
    OPTIMIZATION_JOB,
)
from .mlflow import MLFLOW_APP, MLFLOW_TRACKING_SERVER, PARTNER_APP
from .monitoring import (
    DATA_QUALITY_JOB_DEFINITION,
    MODEL_BIAS_JOB_DEFINITION,
    MODEL_EXPLAINABILITY_JOB_DEFINITION,
    MODEL_QUALITY_JOB_DEFINITION,
    MONITORING_SCHEDULE,
)
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
            TRANSFORM_JOB,
            HYPER_PARAMETER_TUNING_JOB,
            AUTO_ML_JOB,
            AUTO_ML_JOB_V2,
            TRAINING_PLAN,
            JOB,
            TRAINING_SESSION,
            COMPILATION_JOB,
            OPTIMIZATION_JOB,
            INFERENCE_RECOMMENDATIONS_JOB,
            AI_WORKLOAD_CONFIG,
            AI_BENCHMARK_JOB,
            AI_RECOMMENDATION_JOB,
            WORKFORCE,
            WORKTEAM,
            LABELING_JOB,
            HUMAN_TASK_UI,
            FLOW_DEFINITION,
            EDGE_PACKAGING_JOB,
            DEVICE_FLEET,
            EDGE_DEPLOYMENT_PLAN,
            MODEL,
            ENDPOINT_CONFIG,
            ENDPOINT,
            INFERENCE_COMPONENT,
            INFERENCE_EXPERIMENT,
            INFERENCE_ROUTER,
            DATA_QUALITY_JOB_DEFINITION,
            MODEL_QUALITY_JOB_DEFINITION,
            MODEL_BIAS_JOB_DEFINITION,
            MODEL_EXPLAINABILITY_JOB_DEFINITION,
            MONITORING_SCHEDULE,
            CLUSTER,
            CLUSTER_EXTENSION,
            CLUSTER_SCHEDULER_CONFIG,
            COMPUTE_QUOTA,
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
