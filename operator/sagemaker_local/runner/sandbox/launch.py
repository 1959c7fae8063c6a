"""Starts `boot` with a plan, and clears away behind it."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from .container import Container
from .errors import SandboxError
from .plan import Plan

# As the package `boot` of this directory: nothing else of sagemaker-local is imported.
BOOT = "import sys; sys.path.append(sys.argv[1]); from boot.main import main; sys.exit(main(int(sys.argv[2])))"


@contextmanager
def scratch_beside(ml: Path) -> Iterator[Path]:
    """A directory for one container, next to its /opt/ml; removed at once if the container does not come to be.

    Raises:
        SandboxError: for whatever this machine refuses: space, processes, memory.
    """
    try:
        scratch = Path(tempfile.mkdtemp(prefix=f"{ml.name}-scratch-", dir=ml.parent))
    except OSError as error:
        raise SandboxError(f"No container could be made beside {ml}: {error}") from error
    try:
        yield scratch
    except BaseException as error:
        erase(scratch)
        if isinstance(error, OSError):
            raise SandboxError(f"No container could be made for {ml}: {error}") from error
        raise


def launch(
    plan: Plan,
    scratch: Path,
    *,
    write: Callable[[str], None],
    ended: Callable[[Container], None] | None,
    remark: Callable[[int], str] = lambda _: "",
) -> Container:
    """Starts a container, which removes `scratch` at its end. Raises SandboxError.

    Args:
        remark: what to write below the program's output, given how it ended; nothing if empty.
    """
    ours, theirs = socket.socketpair()
    with theirs:
        process = subprocess.Popen(  # noqa: S603 # this package's own program
            [sys.executable, "-I", "-S", "-B", "-c", BOOT, str(Path(__file__).parent), str(theirs.fileno())],
            pass_fds=[theirs.fileno(), *plan.doors],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={},
            cwd="/",
            start_new_session=True,
        )
    container = Container(process, ours, write=write, ended=ended, leave=partial(erase, scratch), remark=remark)
    container.begin(plan)
    return container


def erase(directory: Path) -> None:
    """Removes what a program has left, also where it took its own permission away."""
    shutil.rmtree(directory, ignore_errors=True)
    if not directory.is_dir():
        return
    directory.chmod(0o700)
    for where, below, _ in os.walk(directory):
        for path in (Path(where, name) for name in below):
            if not path.is_symlink():
                path.chmod(0o700)
    shutil.rmtree(directory, ignore_errors=True)
