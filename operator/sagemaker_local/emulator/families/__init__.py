"""The resource families, as data, by area. A new family is a row in a file of its area and an entry in its `FAMILIES`."""

from typing import Final

from sagemaker_local.emulator.families import (
    hosting,
    hyperpod,
    jobs,
    labeling,
    lineage,
    making,
    monitoring,
    pipelines,
    registry,
    studio,
    tools,
)
from sagemaker_local.emulator.family import Family

FAMILIES: Final[tuple[Family, ...]] = (
    *jobs.FAMILIES,
    *making.FAMILIES,
    *labeling.FAMILIES,
    *hosting.FAMILIES,
    *monitoring.FAMILIES,
    *studio.FAMILIES,
    *tools.FAMILIES,
    *registry.FAMILIES,
    *pipelines.FAMILIES,
    *lineage.FAMILIES,
    *hyperpod.FAMILIES,
)
