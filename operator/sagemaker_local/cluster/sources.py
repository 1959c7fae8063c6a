"""What the control plane is built from: the Go module that pins it, its versions, and how the linker is told of them.

Not here: running the compiler (see `build`).
"""

import hashlib
import platform
import re
from dataclasses import dataclass
from pathlib import Path

from sagemaker_local.cluster.errors import BuildFailed

PACKAGES = {
    "etcd": "go.etcd.io/etcd/server/v3",
    "kube-apiserver": "k8s.io/kubernetes/cmd/kube-apiserver",
    "kube-controller-manager": "k8s.io/kubernetes/cmd/kube-controller-manager",
}

HERE = Path(__file__).parent
# A wheel carries the module beside this file; a source checkout has it where people look for it.
PLACES = (HERE / "controlplane", HERE.parents[2] / "tools" / "controlplane")


@dataclass(frozen=True, slots=True)
class Sources:
    """One Go module, with the versions it pins (without their leading "v")."""

    directory: Path
    kubernetes: str
    etcd: str
    go: str

    @property
    def linker_flags(self) -> str:
        """Strip symbols, and stamp the version that `kubectl version` and API discovery show."""
        major, minor = self.kubernetes.split(".")[:2]
        version = "k8s.io/component-base/version"
        stamps = (f"gitVersion=v{self.kubernetes}", f"gitMajor={major}", f"gitMinor={minor}")
        return " ".join(["-s -w", *(f"-X {version}.{stamp}" for stamp in stamps)])

    @property
    def arguments(self) -> tuple[str, ...]:
        """The arguments of `go build`, apart from output and package."""
        return ("-trimpath", "-buildvcs=false", "-mod=readonly", "-ldflags", self.linker_flags)

    @property
    def key(self) -> str:
        """Names a build: another version, dependency, flag or machine gets another name."""
        digest = hashlib.sha256(repr(self.arguments).encode())
        for name in ("go.mod", "go.sum"):
            digest.update((self.directory / name).read_bytes())
        machine = f"{platform.system()}-{platform.machine()}".lower()
        return f"v{self.kubernetes}-{machine}-{digest.hexdigest()[:8]}"

    def version_of(self, program: str) -> str:
        """The version of one of `PACKAGES`."""
        return self.etcd if program == "etcd" else self.kubernetes


def read(places: tuple[Path, ...] = PLACES) -> Sources:
    """Read the first module there is.

    Raises:
        BuildFailed: there is none, or it does not pin what is needed.
    """
    directory = next((place for place in places if (place / "go.mod").is_file()), None)
    if directory is None:
        looked = " and ".join(map(str, places))
        raise BuildFailed(f"the Go module of the control plane is missing: looked in {looked}")
    text = (directory / "go.mod").read_text()

    def pinned(pattern: str) -> str:
        found = re.search(pattern, text, re.MULTILINE)
        if found is None:
            raise BuildFailed(f"{directory / 'go.mod'} has no line like {pattern!r}")
        return found[1]

    return Sources(
        directory,
        kubernetes=pinned(r"^\s*k8s\.io/kubernetes v(\S+)"),
        etcd=pinned(r"^\s*go\.etcd\.io/etcd/server/v3 v(\S+)"),
        go=pinned(r"^go (\S+)$"),
    )
