"""All composites, and all kinds there are."""

from collections.abc import Collection, Mapping
from types import MappingProxyType

from sagemaker_operator.kinds import KINDS, AnyKind

from .composite import Composite
from .cron.row import CRON_TRAINING_JOB
from .monitoring.row import MONITORING_SCHEDULE

# Kinds of the other table whose objects have a plan besides their SageMaker resource, or in its place.
COMPANIONS: Mapping[str, Composite] = MappingProxyType({row.name: row for row in (MONITORING_SCHEDULE,)})
COMPOSITES: Mapping[str, Composite] = MappingProxyType({row.name: row for row in (CRON_TRAINING_JOB,)})
ALL_KINDS: Mapping[str, AnyKind] = MappingProxyType({**KINDS, **COMPOSITES})


def lacking(kinds: Collection[str]) -> str:
    """What else must be served for some kinds to do their work, as flags; empty if nothing."""
    made = {child for name in kinds if name in COMPOSITES for child in COMPOSITES[name].makes}
    return " ".join(f"--kind {name}" for name in sorted(made - set(kinds)))
