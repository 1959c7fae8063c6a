"""The kinds table: one row per custom resource, holding what the service model cannot tell.

    >>> from sagemaker_operator.kinds import KINDS
    >>> KINDS["TrainingJob"].plural
    'trainingjobs'

Adding a kind is adding a row to a family's file and its name to `table`; schemas, permissions, documentation and behaviour
follow.
"""

from .kind import (
    AnyKind,
    Attachment,
    BuiltIn,
    Change,
    Detail,
    Kind,
    Launched,
    Lifecycle,
    Policy,
    Reference,
    Says,
    Source,
)
from .table import GROUP, KINDS, VERSION

__all__ = [
    "GROUP",
    "KINDS",
    "VERSION",
    "AnyKind",
    "Attachment",
    "BuiltIn",
    "Change",
    "Detail",
    "Kind",
    "Launched",
    "Lifecycle",
    "Policy",
    "Reference",
    "Says",
    "Source",
]
