"""HyperPod clusters, what is installed on them, and who may use how much of them."""

from typing import Final

from sagemaker_local.emulator.families.hyperpod.clusters import CLUSTER
from sagemaker_local.emulator.families.hyperpod.extensions import CLUSTER_EXTENSION
from sagemaker_local.emulator.families.hyperpod.governance import CLUSTER_SCHEDULER_CONFIG, COMPUTE_QUOTA
from sagemaker_local.emulator.family import Family

FAMILIES: Final[tuple[Family, ...]] = (
    CLUSTER,
    CLUSTER_EXTENSION,
    CLUSTER_SCHEDULER_CONFIG,
    COMPUTE_QUOTA,
)
