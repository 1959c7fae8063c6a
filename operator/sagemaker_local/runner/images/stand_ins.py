"""Where the programs that stand in for AWS's images are: a package that is run by path, and imported by nothing of this one."""

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

PACKAGE: Final = "sagemaker_stand_ins"


@cache
def location() -> Path:
    """The directory of the package; an interpreter that is given it runs the module that is named next."""
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise FileNotFoundError(f"the package {PACKAGE} is not installed beside sagemaker_local")
    return Path(spec.origin).parent
