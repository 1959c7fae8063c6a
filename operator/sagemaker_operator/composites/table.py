"""All composites, and all kinds there are."""

from collections.abc import Mapping
from types import MappingProxyType

from sagemaker_operator.kinds import KINDS, AnyKind

from .composite import Composite
from .cron.row import CRON_TRAINING_JOB

COMPOSITES: Mapping[str, Composite] = MappingProxyType({row.name: row for row in (CRON_TRAINING_JOB,)})
ALL_KINDS: Mapping[str, AnyKind] = MappingProxyType({**KINDS, **COMPOSITES})
