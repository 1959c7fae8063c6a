"""Whether AWS has what a manifest asks for.

Only what the manifest sets is compared: AWS fills in the rest, and what it fills in is not drift.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from sagemaker_operator.kinds import Kind
from sagemaker_operator.model.service import output_shape


def differences(kind: Kind, wanted: Mapping[str, Any], described: Mapping[str, Any]) -> tuple[str, ...]:
    """The members that Update can change and in which AWS has something else than the manifest, sorted.

    Members that Describe does not return cannot be compared, and are never differences.
    """
    shown = output_shape(kind.family.describe).members
    return tuple(
        sorted(
            name
            for name in kind.mutable
            if name in wanted and name in shown and not satisfied(wanted[name], described.get(name))
        )
    )


def satisfied(wanted: Any, found: Any) -> bool:
    """Whether a value found at AWS is what was wanted; members that were not asked for do not count."""
    if isinstance(wanted, Mapping):
        held = found if isinstance(found, Mapping) else {}
        return all(satisfied(value, held.get(name)) for name, value in wanted.items())
    if isinstance(wanted, Sequence) and not isinstance(wanted, str):
        items = found if isinstance(found, Sequence) and not isinstance(found, str) else ()
        return len(wanted) == len(items) and all(map(satisfied, wanted, items))
    if isinstance(wanted, float) or isinstance(found, float):
        # SageMaker keeps single precision for many numbers: 0.1 comes back as 0.10000000149.
        return isinstance(found, int | float) and math.isclose(wanted, found, rel_tol=1e-6)
    return bool(wanted == found) or (found is None and wanted in ("", False))
