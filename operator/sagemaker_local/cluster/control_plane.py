"""The life of one local control plane: start, wait until it serves, stop, and leave nothing.

`Cluster` decides what runs and when it counts as running. The processes and the directory belong to a keeper, so that they go
when this process does, whatever ends it. Not here: flags (`components`), files (`credentials`), programs (`binaries`).
"""

import json
import os
import secrets
import subprocess
import tempfile
import time
from collections.abc import Mapping
from contextlib import ExitStack, closing
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sagemaker_local.cluster import binaries, client, components, credentials
from sagemaker_local.cluster.binaries import Binaries
from sagemaker_local.cluster.components import Component
from sagemaker_local.cluster.errors import NotStarted
from sagemaker_local.cluster.health import Access
from sagemaker_local.cluster.keeping import Keeping
from sagemaker_local.cluster.ports import LOOPBACK, Reservation

READY_SECONDS = 90.0
LOOK_AGAIN_SECONDS = 0.05
ATTEMPTS = 5
LOG_LINES_SHOWN = 15
# The API server serves before it has made the namespace that most manifests go to.
SIGNS_OF_LIFE = ("/readyz", "/api/v1/namespaces/default")


class PortTaken(NotStarted):
    """Somebody else listens where a component was told to."""


class Cluster:
    """A running control plane. Made by `start`; a context manager that stops it.

    Attributes:
        kubeconfig: gives admin rights; readable by its owner only.
        server: the API server's URL.
        token: the admin's bearer token.
        ca: the certificate authority (PEM) that signed the API server's certificate.
        directory: holds all of the above, the data and the logs; removed by `stop`.
        origin: in words, where the programs were found.
    """

    def __init__(self, keeping: Keeping, programs: Binaries, *, port: int, etcd_port: int) -> None:
        """Lay out a cluster in the directory of `keeping`; nothing runs yet. Callers use `start`."""
        self._keeping = keeping
        self._started: dict[str, Component] = {}
        self._resources = ExitStack()
        self.directory = keeping.directory
        self.origin = programs.origin
        self.server = f"https://{LOOPBACK}:{port}"
        self.kubeconfig = self.directory / "kubeconfig"
        made = credentials.issue(self.directory / "credentials", kubeconfig=self.kubeconfig, server=self.server)
        self.token, self.ca = made.token, made.ca
        data = self.directory / "etcd"
        self._etcd = components.etcd(programs, made, data=data, port=etcd_port)
        self._api_server = components.api_server(programs, made, port=port, etcd_port=etcd_port)
        self._controllers = components.controller_manager(programs, made) if programs.controller_manager else None

    @classmethod
    def start(cls, directory: Path | None = None, *, controller_manager: bool = True) -> Self:
        """Start a control plane and wait until it serves, which takes 2 to 4 seconds.

        Without programs at hand they are built first, once, which takes minutes and is told on stderr.

        Args:
            directory: absent or empty; becomes the cluster's and goes with it. Default: a temporary one.
            controller_manager: whether deleted namespaces and dependents go away, as in any cluster.

        Raises:
            BinariesMissing: the programs are neither found nor to be built.
            NotStarted: one of them ended, or did not get ready in time; with the end of its log.
        """
        programs = binaries.ensure(os.environ, controller_manager=controller_manager)
        for _ in range(ATTEMPTS - 1):
            try:
                return cls._start(directory or _temporary(), programs)
            except PortTaken:
                continue
        return cls._start(directory or _temporary(), programs)

    @classmethod
    def _start(cls, directory: Path, programs: Binaries) -> Self:
        with ExitStack() as resources:
            port, etcd_port = (resources.enter_context(closing(Reservation())) for _ in range(2))
            keeping = Keeping(directory.absolute())
            resources.callback(keeping.release)
            cluster = cls(keeping, programs, port=port.port, etcd_port=etcd_port.port)
            cluster._run(cluster._etcd)
            cluster.start_api_server()
            cluster._resources = resources.pop_all()
        return cluster

    @property
    def pids(self) -> Mapping[str, int]:
        """The process ids by name: the components', and the keeper's that they belong to."""
        return dict(self._keeping.pids)

    def stop(self) -> None:
        """End all processes and remove the directory; both are gone when this returns. Idempotent."""
        self._resources.close()

    def stop_api_server(self) -> None:
        """Kill the API server alone, as an outage would: connections break, new ones are refused.

        Without effect during an outage.
        """
        self._keeping.kill(self._api_server.name)
        self._started.pop(self._api_server.name, None)

    def start_api_server(self) -> None:
        """Start the API server on its port and data unless it runs, and wait until it serves.

        Raises:
            NotStarted: it ended, or did not get ready in time; with the end of its log.
        """
        if not self._runs(self._api_server):
            self._run(self._api_server)
        self._wait_until_served()
        # The controller manager gives up when there is no API server in its first ten seconds.
        if self._controllers is not None and not self._runs(self._controllers):
            self._run(self._controllers)

    def get(self, path: str) -> int | None:
        """The HTTP status that the API server answers to an admin's GET; None without an answer."""
        return Access(self.server, self.token, self.ca).get(path)

    def check(self) -> None:
        """Look whether all components still run.

        Raises:
            NotStarted: one has ended; with the end of its log.
        """
        for component in self._started.values():
            self._check(component)

    def kubectl(
        self,
        *args: str,
        input: str | None = None,  # noqa: A002 - as subprocess.run has it
        check: bool = True,
    ) -> subprocess.CompletedProcess[str]:
        """Run kubectl against this cluster.

        Raises:
            KubectlFailed: `check`, and it ended with an error; a CalledProcessError with its words.
            ClusterError: there is no kubectl.
        """
        cache = self.directory / "kubectl"
        return client.run(args, kubeconfig=self.kubeconfig, cache=cache, stdin=input, check=check)

    def unserved_crds(self) -> list[str]:
        """The CRDs that are installed and not served yet, by name.

        `kubectl wait` takes a fifth of a second for each that it waits for; this is one request for all.

        Raises:
            KubectlFailed: the API server did not tell.
        """
        told = self.kubectl("get", "--raw", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions").stdout
        return [crd["metadata"]["name"] for crd in json.loads(told)["items"] if not _established(crd)]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def _wait_until_served(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        for path in SIGNS_OF_LIFE:
            while True:
                self._check(self._etcd)
                self._check(self._api_server)
                if self.get(path) == HTTPStatus.OK:
                    break
                if time.monotonic() > deadline:
                    raise NotStarted(
                        f"{self.server}{path} was not well after {READY_SECONDS:.0f} s:\n"
                        f"{self._end_of_log(self._api_server)}"
                    )
                time.sleep(LOOK_AGAIN_SECONDS)

    def _check(self, component: Component) -> None:
        code = self._keeping.exit_code(component.name)
        if code is not None:
            end = self._end_of_log(component)
            kind = PortTaken if "address already in use" in end else NotStarted
            raise kind(f"{component.argv[0]} ended with {code}:\n{end}")

    def _runs(self, component: Component) -> bool:
        return component.name in self._started and self._keeping.exit_code(component.name) is None

    def _run(self, component: Component) -> None:
        # A heap twice as large as what lives in it spares a fifth of the API server's CPU in a burst of writes.
        env = {"HOME": str(self.directory), "PATH": os.defpath, "GOGC": "200"}
        self._keeping.start(component.name, component.argv, self._log(component), env)
        self._started[component.name] = component

    def _log(self, component: Component) -> Path:
        return self.directory / f"{component.name}.log"

    def _end_of_log(self, component: Component) -> str:
        lines = self._log(component).read_text(errors="replace").splitlines()
        return "\n".join(lines[-LOG_LINES_SHOWN:])


def _temporary() -> Path:
    return Path(tempfile.gettempdir()) / f"sagemaker-local-{secrets.token_hex(6)}"


def _established(crd: Mapping[str, Any]) -> bool:
    conditions = crd.get("status", {}).get("conditions") or ()
    return any((condition["type"], condition["status"]) == ("Established", "True") for condition in conditions)
