"""Runs a module of this package, or of one beside it, by their paths: `python …/sagemaker_stand_ins sagemaker_stand_ins.x.train`.

So the package is found wherever it is installed, and nothing that is installed beside it is.
"""

import importlib.util
import runpy
import sys
from pathlib import Path

_HERE = Path(__file__).resolve().parent


def _main() -> None:
    if len(sys.argv) < 2:
        sys.exit("usage: python …/sagemaker_stand_ins MODULE [ARGUMENT...]")
    # The interpreter has put this directory to the front, where `xgboost` would be the stand-in instead of the library.
    sys.path[:] = [path for path in sys.path if not path or Path(path).resolve() != _HERE]
    sys.argv = sys.argv[1:]
    _load(sys.argv[0].partition(".")[0])
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


def _load(name: str) -> None:
    """Import a package from its directory, which is not on the path."""
    directory = _HERE.parent / name
    spec = importlib.util.spec_from_file_location(
        name, directory / "__init__.py", submodule_search_locations=[str(directory)]
    )
    assert spec is not None
    assert spec.loader is not None
    package = importlib.util.module_from_spec(spec)
    sys.modules[name] = package
    spec.loader.exec_module(package)


_main()
