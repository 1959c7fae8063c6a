"""A kubeconfig as `Access`, read by the `kubernetes` package, so that exec plugins, OIDC, token files and client certificates
work as they do for its other users. Not here: a pod's service account (`kube.access`).
"""

import asyncio
import time
from collections.abc import Mapping
from pathlib import Path
from ssl import SSLContext, SSLError
from typing import Any

import yaml
from kubernetes.client import Configuration
from kubernetes.config import ConfigException, list_kube_config_contexts, load_kube_config
from kubernetes.config.kube_config import KubeConfigMerger

from .access import TLS, Access
from .errors import AccessError

# The package renews expired tokens when it is asked for one, which is too slow to do for every request.
_ASK_AGAIN = 30.0


class Kubeconfig:
    """The credentials of a kubeconfig's user; plugins run in a thread."""

    def __init__(self, path: str, context: str | None, source: str) -> None:
        self._path, self._context, self._source = path, context, source
        self._lock = asyncio.Lock()
        self._headers: Mapping[str, str] = {}
        self._asked_at = 0.0
        self.load()

    def load(self) -> None:
        """Reads the file, and runs the plugin that it may name.

        Raises:
            AccessError: the file, its context or its plugin cannot be used.
        """
        configuration = _load(self._path, self._context, self._source)
        plugin = _plugin(self._path, _context(self._path, self._context, self._source))
        if plugin and not configuration.api_key and not configuration.cert_file:
            raise AccessError(
                f"The plugin {plugin!r} that the kubeconfig {self._source} names gave no credentials. "
                f"Check it with: kubectl --kubeconfig {self._path} version"
            )
        try:
            self._tls = _tls(configuration)
        except (OSError, SSLError) as error:
            raise AccessError(f"The certificates in {self._source} cannot be used: {error}") from error
        self.configuration = configuration
        self._take()

    def _take(self) -> None:
        token = self.configuration.get_api_key_with_prefix("BearerToken", alias="authorization")
        self._headers = {"Authorization": token} if token else {}
        self._asked_at = time.monotonic()

    async def headers(self, *, renew: bool = False) -> Mapping[str, str]:
        """The token as a header, renewed when it has expired; `renew` reads everything again, plugin included."""
        if not renew and time.monotonic() - self._asked_at < _ASK_AGAIN:
            return self._headers
        async with self._lock:
            if renew:
                await asyncio.to_thread(self.load)
            elif time.monotonic() - self._asked_at >= _ASK_AGAIN:
                await asyncio.to_thread(self._take)
        return self._headers

    def ssl_context(self) -> SSLContext | None:
        """The TLS settings of the cluster and of the user; None for plain HTTP."""
        return self._tls.context() if self._tls else None


def read(path: str, *, context: str | None, source: str) -> Access:
    """The access that a kubeconfig gives.

    Args:
        path: a file, or several as in KUBECONFIG.
        context: the context to use instead of the current one.
        source: what to call it in messages.

    Raises:
        AccessError: it cannot be used.
    """
    credentials = Kubeconfig(path, context, source)
    configuration = credentials.configuration
    return Access(
        server=configuration.host.rstrip("/"),
        namespace=_context(path, context, source).get("namespace") or "default",
        source=source,
        credentials=credentials,
        proxy=configuration.proxy or None,
        server_name=configuration.tls_server_name or None,
    )


def _load(path: str, context: str | None, source: str) -> Configuration:
    configuration = Configuration()
    try:
        load_kube_config(  # type: ignore[no-untyped-call]
            path, context=context, client_configuration=configuration, persist_config=False
        )
    except (ConfigException, OSError, yaml.YAMLError, ValueError, TypeError, AttributeError) as error:
        raise AccessError(
            f"The kubeconfig {source} cannot be used: {str(error).strip() or type(error).__name__}. "
            f"Check it with: kubectl --kubeconfig {path} version"
        ) from error
    return configuration


def _context(path: str, wanted: str | None, source: str) -> Mapping[str, Any]:
    contexts, current = list_kube_config_contexts(path)  # type: ignore[no-untyped-call]
    chosen = next((entry for entry in contexts if entry["name"] == wanted), None) if wanted else current
    if chosen is None:
        raise AccessError(f"The kubeconfig {source} has no context {wanted!r}.")
    return dict(chosen["context"])


def _plugin(path: str, context: Mapping[str, Any]) -> str | None:
    """The exec plugin of a context's user; the package only logs when it fails."""
    entries = KubeConfigMerger(path).config.safe_get("users")  # type: ignore[no-untyped-call]
    users = {entry.value["name"]: entry.value.get("user") or {} for entry in entries or ()}
    plugin = users.get(context.get("user"), {}).get("exec")
    return str(plugin.get("command")) if plugin else None


def _tls(configuration: Configuration) -> TLS | None:
    if not configuration.host.startswith("https:"):
        return None

    def path(value: str | None) -> Path | None:
        return Path(value) if value else None

    tls = TLS(
        authority=path(configuration.ssl_ca_cert),
        certificate=path(configuration.cert_file),
        key=path(configuration.key_file),
        verify=configuration.verify_ssl,
    )
    tls.context()
    return tls
