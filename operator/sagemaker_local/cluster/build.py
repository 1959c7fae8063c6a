"""Building the control plane once per user: from pinned sources, visibly, and never half.

One builder at a time holds a file lock (the others wait for its result), and every program appears under its name by a rename,
complete or not at all. Not here: whether a build is needed (see `binaries`).
"""

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Builder:
    """Builds some sources into a cache, and tells how far it is."""

    sources: Sources
    cache: Path
    environ: Mapping[str, str]
    progress: Progress

    def build(self) -> Path:
        """Build what is missing of the three programs; the directory that has them all.

        Raises:
            BuildFailed: no compiler, no sources from the module proxy, no room; with the compiler's words.
        """
        target = directory(self.cache, self.sources)
        with _only_builder(self.cache, self.progress):
            # Left by builders that were killed: only one of us is here.
            for partial in target.glob("*.partial"):
                partial.unlink()
            missing = [program for program in PACKAGES if not (target / program).is_file()]
            if missing:
                self._build(missing, target)
        return target

    def _build(self, programs: list[str], target: Path) -> None:
        self.progress.say(
            f"building a Kubernetes {self.sources.kubernetes} API server in {target}: "
            "about 4 minutes on 2 cores, once for this user"
        )
        compiler = toolchain.go(self.environ, at_least=self.sources.go, cache=self.cache, progress=self.progress)
        env = {**self.environ, **BUILD_ENVIRONMENT}
        # A GOROOT of some other installation would make this compiler use that one's standard library.
        env.pop("GOROOT", None)
        target.mkdir(parents=True, exist_ok=True)
        for program in programs:
            partial = target / f"{program}.partial"
            how = [*self.sources.arguments, "-o", str(partial), PACKAGES[program]]
            what = f"building {program} {self.sources.version_of(program)}"
            argv = [str(compiler), "build", *how]
            self.progress.run(what, argv, env=env, cwd=self.sources.directory)
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
