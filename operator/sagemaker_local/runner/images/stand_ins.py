"""Where the programs that stand in for AWS's images are: packages that are run by path, and imported by nothing of this one."""

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

PACKAGES: Final = ("sagemaker_stand_ins", "sagemaker_analyzer")
"""The stand-ins, and the analyzer of captured data; they lie side by side, and the first one starts what is in either."""


@cache
def locations() -> tuple[Path, ...]:
    """The directories of all of them."""
    return tuple(_of(package) for package in PACKAGES)


def location() -> Path:
    """The directory of the stand-ins; an interpreter that is given it runs the module that is named next."""
    return locations()[0]


def _of(package: str) -> Path:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise FileNotFoundError(f"the package {package} is not installed beside sagemaker_local")
    return Path(spec.origin).parent
