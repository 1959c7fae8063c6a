"""How the API server is reached: its address, its certificate authority, and who we say we are.

Inside a cluster the service account's files are read here, again and again, because the kubelet rotates them. Outside, the
kubeconfig is read by the `kubernetes` package (`kube.kubeconfig`), which knows exec plugins, OIDC and client certificates.
"""

import os
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from .errors import AccessError

SERVICE_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
HOME_KUBECONFIG = Path("~/.kube/config")
# A projected token lives for an hour and is replaced after 80 % of it; a minute is often enough and costs nothing.
_REREAD = 60.0
Clock = Callable[[], float]


class Credentials(Protocol):
    """Who we are, kept up to date."""

    async def headers(self, *, renew: bool = False) -> Mapping[str, str]:
        """The headers that identify us; `renew` when the API server did not accept the last ones."""
        ...

    def ssl_context(self) -> ssl.SSLContext | None:
        """What to trust and which client certificate to show, as of now; None when the connection is not encrypted."""
        ...


@dataclass(frozen=True, slots=True)
class Access:
    """A way to the API server.

    Attributes:
        server: its base URL without a slash at the end.
        namespace: the namespace that we live in, or that the kubeconfig's context names.
        source: where this was found, for messages.
        credentials: who we are.
        proxy: URL of a proxy in between.
        server_name: the name to expect in the server's certificate when it differs from the URL's.
    """

    server: str
    namespace: str
    source: str
    credentials: Credentials
    proxy: str | None = None
    server_name: str | None = None

    async def headers(self, *, renew: bool = False) -> Mapping[str, str]:
        """The headers that identify us, never to be logged."""
        return await self.credentials.headers(renew=renew)

    def ssl_context(self) -> ssl.SSLContext | None:
        """The TLS settings as of now; None for plain HTTP."""
        return self.credentials.ssl_context()


def load_access(*, kubeconfig: str | None = None, context: str | None = None) -> Access:
    """Finds the API server: the given kubeconfig, else KUBECONFIG, else the pod's service account, else ~/.kube/config.

    Blocks: reads files, and runs the exec plugin that a kubeconfig may name.

    Raises:
        AccessError: nothing was found, or what was found does not work.
    """
    if path := kubeconfig or os.environ.get("KUBECONFIG"):
        source = "--kubeconfig" if kubeconfig else "KUBECONFIG"
        return _from_kubeconfig(path, context=context, source=f"{path} ({source})")
    host, port = os.environ.get("KUBERNETES_SERVICE_HOST"), os.environ.get("KUBERNETES_SERVICE_PORT", "443")
    if host and not context:
        return in_cluster(host=host, port=port, directory=SERVICE_ACCOUNT)
    home = HOME_KUBECONFIG.expanduser()
    if home.exists():
        return _from_kubeconfig(str(home), context=context, source=str(home))
    raise AccessError(
        f"No Kubernetes API server is known: KUBECONFIG is not set, this is not a pod (KUBERNETES_SERVICE_HOST is not set), "
        f"and {home} does not exist. Set KUBECONFIG or pass --kubeconfig."
    )


def _from_kubeconfig(path: str, *, context: str | None, source: str) -> Access:
    from .kubeconfig import read  # noqa: PLC0415 - a pod never needs it, and it costs 20 MB of memory

    return read(path, context=context, source=source)


def in_cluster(*, host: str, port: str, directory: Path, clock: Clock = time.monotonic) -> Access:
    """The access of a pod, from its service account's files.

    Raises:
        AccessError: the files are not there.
    """
    credentials = ServiceAccount(directory, clock)
    try:
        credentials.read()
        credentials.ssl_context()
        namespace = (directory / "namespace").read_text(encoding="utf-8").strip()
    except (OSError, ssl.SSLError) as error:
        raise AccessError(
            f"The pod's service account cannot be used: {error}. Set automountServiceAccountToken to true for the pod, "
            f"or pass --kubeconfig."
        ) from error
    bracketed = f"[{host}]" if ":" in host else host
    return Access(f"https://{bracketed}:{port}", namespace, f"service account in {directory}", credentials)


class ServiceAccount:
    """A pod's projected token and certificate authority, which change while the pod runs."""

    def __init__(self, directory: Path, clock: Clock) -> None:
        self._directory, self._clock = directory, clock
        self._token = ""
        self._read_at = 0.0
        self._tls = TLS(authority=directory / "ca.crt", clock=clock)

    def read(self) -> None:
        """Takes the token that the kubelet put there last."""
        self._token = (self._directory / "token").read_text(encoding="utf-8").strip()
        self._read_at = self._clock()

    async def headers(self, *, renew: bool = False) -> Mapping[str, str]:
        """The token as a header; a file that cannot be read for a moment leaves the last token in use."""
        if renew or self._clock() - self._read_at > _REREAD:
            try:
                self.read()
            except OSError as error:
                if not self._token:
                    raise AccessError(f"The service account's token cannot be read: {error}") from error
        return {"Authorization": f"Bearer {self._token}"}

    def ssl_context(self) -> ssl.SSLContext:
        """Trusts the cluster's certificate authority."""
        return self._tls.context()


@dataclass(slots=True)
class TLS:
    """An SSL context made of files, made anew when a file has changed: connections of a pool are told apart by it."""

    authority: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    verify: bool = True
    clock: Clock = time.monotonic
    _made: ssl.SSLContext | None = None
    _stamp: tuple[float, ...] = ()
    _checked_at: float = 0.0

    def context(self) -> ssl.SSLContext:
        """The context for the files as they are now, looked at once a minute."""
        now = self.clock()
        if self._made is not None and now - self._checked_at < _REREAD:
            return self._made
        stamp = tuple(path.stat().st_mtime for path in (self.authority, self.certificate, self.key) if path)
        if self._made is None or stamp != self._stamp:
            self._made, self._stamp = self._make(), stamp
        self._checked_at = now
        return self._made

    def _make(self) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=str(self.authority) if self.authority else None)
        if self.certificate and self.key:
            context.load_cert_chain(str(self.certificate), str(self.key))
        if not self.verify:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context
