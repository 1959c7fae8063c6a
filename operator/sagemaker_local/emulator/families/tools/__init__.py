"""What stands beside Studio: projects, code repositories, MLflow, partner apps, hubs, devices at the edge."""

from typing import Final

from sagemaker_local.emulator.family import Family

FAMILIES: Final[tuple[Family, ...]] = ()
