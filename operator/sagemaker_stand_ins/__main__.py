"""Runs a module of this package from the package's directory: `python …/sagemaker_stand_ins sagemaker_stand_ins.x.train`.

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
    spec = importlib.util.spec_from_file_location(
        _HERE.name, _HERE / "__init__.py", submodule_search_locations=[str(_HERE)]
    )
    assert spec is not None
    assert spec.loader is not None
    package = importlib.util.module_from_spec(spec)
    sys.modules[_HERE.name] = package
    spec.loader.exec_module(package)
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


_main()
