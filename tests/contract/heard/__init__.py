"""Every text of the emulator's families that are kinds of the operator, with what it must mean to the kinds that can hear it.

One module for each area of the emulator. Each entry names a refusal and, for each kind that can hear it, the operation in whose
answer it comes and the class of failure that it is there.
"""

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules

from sagemaker_operator.errors import AWSFailure

_AREAS = [import_module(f"{__name__}.{area.name}").HEARD for area in iter_modules(__path__)]

HEARD: Mapping[str, tuple[tuple[str, str, type[AWSFailure]], ...]] = {
    name: hearings for area in _AREAS for name, hearings in area.items()
}
