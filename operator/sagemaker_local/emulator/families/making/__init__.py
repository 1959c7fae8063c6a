"""Jobs that make models: AutoML, compilation, optimization, recommendations, customization."""

from typing import Final

from sagemaker_local.emulator.family import Family

FAMILIES: Final[tuple[Family, ...]] = ()
