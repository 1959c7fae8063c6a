"""Building the control plane once per user: from pinned sources, visibly, and never half.

One builder at a time holds a file lock (the others wait for its result), and every program appears under its name by a rename,
complete or not at all. Not here: whether a build is needed (see `binaries`).
"""

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sagemaker_local.cluster import toolchain
from sagemaker_local.cluster.errors import BuildFailed
from sagemaker_local.cluster.progress import Progress
from sagemaker_local.cluster.sources import PACKAGES, Sources

BUILD_ENVIRONMENT = {
    "CGO_ENABLED": "0",
    "GOFLAGS": "",
    "GOWORK": "off",
    # The compiler was chosen; Go must not fetch another one behind our back.
    "GOTOOLCHAIN": "local",
}


def directory(cache: Path, sources: Sources) -> Path:
    """Where the programs of these sources are, once built."""
    return cache / "controlplane" / sources.key


def build(sources: Sources, cache: Path, environ: Mapping[str, str], progress: Progress | None = None) -> Path:
    """Build what is missing of the three programs; the directory that has them all.

    Raises:
        BuildFailed: no compiler, no sources from the module proxy, no room; with the compiler's words.
    """
    progress = progress or Progress()
    target = directory(cache, sources)
    with _only_builder(cache, progress):
        # Left by builders that were killed: only one of us is here.
        for partial in target.glob("*.partial"):
            partial.unlink()
        missing = [program for program in PACKAGES if not (target / program).is_file()]
        if missing:
            _build(missing, sources, target, cache, environ, progress)
    return target


def _build(
    programs: list[str],
    sources: Sources,
    target: Path,
    cache: Path,
    environ: Mapping[str, str],
    progress: Progress,
) -> None:
    progress.say(
        f"building a Kubernetes {sources.kubernetes} API server in {target}: about 4 minutes on 2 cores, "
        "once for this user"
    )
    compiler = toolchain.go(environ, at_least=sources.go, cache=cache, progress=progress)
    env = {**environ, **BUILD_ENVIRONMENT}
    # A GOROOT of some other installation would make this compiler use that one's standard library.
    env.pop("GOROOT", None)
    target.mkdir(parents=True, exist_ok=True)
    for program in programs:
        partial = target / f"{program}.partial"
        argv = [str(compiler), "build", *sources.arguments, "-o", str(partial), PACKAGES[program]]
        what = f"building {program} {sources.version_of(program)}"
        progress.run(what, argv, env=env, cwd=sources.directory)
        partial.rename(target / program)


@contextmanager
def _only_builder(cache: Path, progress: Progress) -> Iterator[None]:
    try:
        cache.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(cache / "build.lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise BuildFailed(
            f"the cache {cache} cannot be written ({error.strerror}): set SAGEMAKER_LOCAL_CACHE to a directory that can"
        ) from error
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress.say(f"waiting for another build ({cache / 'build.lock'} is locked)")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)
