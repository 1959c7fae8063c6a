"""What stands beside Studio: projects, code repositories, MLflow, partner apps, hubs, devices at the edge."""

from typing import Final

from sagemaker_local.emulator.families.tools.devices import DEVICE_FLEET
from sagemaker_local.emulator.families.tools.edge import EDGE_DEPLOYMENT_PLAN, EDGE_PACKAGING_JOB
from sagemaker_local.emulator.families.tools.hubs import HUB, HUB_CONTENT
from sagemaker_local.emulator.family import Family

FAMILIES: Final[tuple[Family, ...]] = (HUB, HUB_CONTENT, DEVICE_FLEET, EDGE_PACKAGING_JOB, EDGE_DEPLOYMENT_PLAN)
