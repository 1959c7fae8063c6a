"""What stands beside Studio: projects, code repositories, MLflow, partner apps, hubs, devices at the edge."""

from typing import Final

from sagemaker_local.emulator.families.tools.devices import DEVICE_FLEET
from sagemaker_local.emulator.families.tools.edge import EDGE_DEPLOYMENT_PLAN, EDGE_PACKAGING_JOB
from sagemaker_local.emulator.families.tools.hubs import HUB, HUB_CONTENT
from sagemaker_local.emulator.families.tools.mlflow import MLFLOW_APP, MLFLOW_TRACKING_SERVER
from sagemaker_local.emulator.families.tools.partners import PARTNER_APP
from sagemaker_local.emulator.families.tools.projects import PROJECT
from sagemaker_local.emulator.families.tools.repositories import CODE_REPOSITORY
from sagemaker_local.emulator.family import Family

FAMILIES: Final[tuple[Family, ...]] = (
    CODE_REPOSITORY,
    PROJECT,
    MLFLOW_TRACKING_SERVER,
    MLFLOW_APP,
    PARTNER_APP,
    HUB,
    HUB_CONTENT,
    DEVICE_FLEET,
    EDGE_PACKAGING_JOB,
    EDGE_DEPLOYMENT_PLAN,
)
