"""Requests to the Kubernetes API server over one bounded pool of connections.

Every request is one attempt: who retries, and when, is the work queue's business. Only credentials that have expired are renewed
here. Not here: watching (`kube.ingest`).
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Literal, Self

import aiohttp

from sagemaker_operator import __version__
from sagemaker_operator.kinds import GROUP, VERSION, AnyKind

from .access import Access
from .errors import Unavailable
from .reply import failure

Body = Mapping[str, Any]
Propagation = Literal["Background", "Foreground", "Orphan"]
Told = Callable[[str, str], None]
_METADATA_ONLY = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io"
_UNREACHABLE = (aiohttp.ClientError, TimeoutError, OSError)


@dataclass(frozen=True, slots=True)
class ObjectMeta:
    """What a sweep knows of an object."""

    namespace: str
    name: str
    uid: str
    resource_version: str


def path_of(kind: AnyKind, namespace: str | None = None, name: str | None = None, *, status: bool = False) -> str:
    """The path of one object, of a namespace's objects, or of all objects of a kind."""
    parts = ["", "apis", GROUP, VERSION]
    if namespace:
        parts += ["namespaces", namespace]
    parts.append(kind.plural)
    if name:
        parts.append(name)
    return "/".join([*parts, "status"] if status else parts)


class KubeClient:
    """Reads and writes objects; close it, or use it as ``async with``.

    Args:
        access: the way to the API server.
        limit: connections, and so requests in flight, at most.
        timeout: seconds for one request from start to end, waiting for a connection included.
        told: is told the verb and the status code (or ``error``) of each request, for metrics.
    """

    def __init__(
        self,
        access: Access,
        *,
        limit: int = 32,
        timeout: float = 30.0,
        user_agent: str = f"sagemaker-operator/{__version__}",
        told: Told | None = None,
    ) -> None:
        self.access = access
        self._told = told or (lambda _verb, _code: None)
        self._limit, self._user_agent = limit, user_agent
        self._timeout = aiohttp.ClientTimeout(total=timeout, sock_connect=5.0)
        self._opened: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Closes all connections."""
        if self._opened is not None:
            await self._opened.close()
            self._opened = None

    async def get(self, kind: AnyKind, namespace: str, name: str) -> dict[str, Any] | None:
        """An object, None when it does not exist."""
        return await self.request("GET", path_of(kind, namespace, name))

    async def core(self, plural: str, name: str, *, namespace: str | None = None) -> dict[str, Any] | None:
        """An object of the core API, such as a ConfigMap, None when it does not exist."""
        within = f"/namespaces/{namespace}" if namespace else ""
        return await self.request("GET", f"/api/v1{within}/{plural}/{name}")

    async def patch(
        self,
        kind: AnyKind,
        namespace: str,
        name: str,
        body: Body,
        *,
        resource_version: str | None = None,
        status: bool = False,
    ) -> dict[str, Any] | None:
        """Changes an object by a merge patch; gives it as it is afterwards, None when it does not exist.

        Args:
            kind: its kind.
            namespace: its namespace.
            name: its name.
            body: what to change; None as a value removes a field.
            resource_version: refuse when the object is not at this version.
            status: change the status instead of the rest.

        Raises:
            Conflict: the object is at another version.
        """
        if resource_version is not None:
            body = {**body, "metadata": {**body.get("metadata", {}), "resourceVersion": resource_version}}
        return await self.request("PATCH", path_of(kind, namespace, name, status=status), body)

    async def create(self, kind: AnyKind, namespace: str, body: Body) -> dict[str, Any]:
        """Creates an object; gives it as it is afterwards.

        Args:
            kind: its kind.
            namespace: where; the body need not say so.
            body: its metadata, with its name, and its spec.

        Raises:
            Conflict: there is an object of that name.
            Missing: the namespace does not exist, or the kind's CRD is not installed.
        """
        named = {"apiVersion": f"{GROUP}/{VERSION}", "kind": kind.name, **body}
        created = await self.request("POST", path_of(kind, namespace), named, missing=False)
        assert created is not None
        return created

    async def delete(
        self,
        kind: AnyKind,
        namespace: str,
        name: str,
        *,
        uid: str,
        resource_version: str | None = None,
        propagation: Propagation = "Background",
    ) -> bool:
        """Asks for one very object to be deleted; it goes when its finalizers have gone.

        Args:
            kind: its kind.
            namespace: its namespace.
            name: its name.
            uid: refuse when it is another object of that name.
            resource_version: refuse when the object is not at this version.
            propagation: what becomes of the objects that it owns.

        Returns:
            Whether there was an object of that name.

        Raises:
            Conflict: it is another object, or at another version.
        """
        preconditions = {"uid": uid} | ({} if resource_version is None else {"resourceVersion": resource_version})
        options = {
            "apiVersion": "v1",
            "kind": "DeleteOptions",
            "preconditions": preconditions,
            "propagationPolicy": propagation,
        }
        return await self.request("DELETE", path_of(kind, namespace, name), options) is not None

    async def labelled(self, kind: AnyKind, namespace: str, label: str) -> list[dict[str, Any]]:
        """The objects of a namespace that carry a label, ``key=value``: as they are now, whatever a watch has told.

        Raises:
            Missing: the kind's CRD is not installed.
        """
        found = await self.request("GET", path_of(kind, namespace), query={"labelSelector": label}, missing=False)
        assert found is not None
        items: list[dict[str, Any]] = found["items"]
        return items

    async def list_metadata(self, kind: AnyKind, namespace: str | None = None, *, limit: int = 500) -> list[ObjectMeta]:
        """The metadata of all objects of a kind, or those of one namespace, page by page so that no answer is large.

        Raises:
            Missing: the kind's CRD is not installed.
        """
        found: list[ObjectMeta] = []
        query = {"limit": str(limit)}
        while True:
            page = await self.request(
                "GET", path_of(kind, namespace), query=query, accept=_METADATA_ONLY, missing=False
            )
            assert page is not None
            found += [_metadata(item["metadata"]) for item in page["items"]]
            if not (token := page["metadata"].get("continue")):
                return found
            query = {"limit": str(limit), "continue": token}

    async def served_kinds(self) -> frozenset[str]:
        """The plural names of our group that the API server serves; none when no CRD is installed."""
        resources = await self.request("GET", f"/apis/{GROUP}/{VERSION}")
        listed = resources["resources"] if resources else ()
        return frozenset(resource["name"] for resource in listed if "/" not in resource["name"])

    async def request(
        self,
        method: str,
        path: str,
        body: Body | None = None,
        *,
        query: Mapping[str, str] | None = None,
        accept: str = "application/json",
        missing: bool = True,
    ) -> dict[str, Any] | None:
        """One request; PATCH sends a merge patch.

        Args:
            method: GET, POST, PUT, PATCH or DELETE.
            path: from the root, such as ``/api/v1/namespaces/default/events``.
            body: is sent as JSON.
            query: parameters of the URL.
            accept: the wanted media type.
            missing: answer None when there is no such thing, instead of raising `Missing`.

        Raises:
            KubeError: one of its kinds; the message names the method and the path.
        """
        status, reply, headers = await self._send(method, path, body, query=query, accept=accept, renew=False)
        if status == 401:
            status, reply, headers = await self._send(method, path, body, query=query, accept=accept, renew=True)
        if status == 404 and missing:
            return None
        if status >= 300:
            raise failure(method, path, status, reply, headers, source=self.access.source)
        return _decoded(method, path, reply)

    async def _send(
        self, method: str, path: str, body: Body | None, *, query: Mapping[str, str] | None, accept: str, renew: bool
    ) -> tuple[int, bytes, Mapping[str, str]]:
        media = "application/merge-patch+json" if method == "PATCH" else "application/json"
        try:
            headers = {**await self.access.headers(renew=renew), "Accept": accept}
            if body is not None:
                headers["Content-Type"] = media
            async with self._session().request(
                method,
                self.access.server + path,
                params=query,
                data=None if body is None else json.dumps(body).encode(),
                headers=headers,
                ssl=self.access.ssl_context() or True,
                server_hostname=self.access.server_name,
                proxy=self.access.proxy,
                allow_redirects=False,
            ) as reply:
                content = await reply.read()
                self._told(method, str(reply.status))
                return reply.status, content, reply.headers
        except _UNREACHABLE as error:
            self._told(method, "error")
            why = str(error) or type(error).__name__
            raise Unavailable(f"{method} {path}: no answer from {self.access.server}: {why}") from error

    def _session(self) -> aiohttp.ClientSession:
        if self._opened is None:
            self._opened = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._limit),
                timeout=self._timeout,
                headers={"User-Agent": self._user_agent},
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._opened


def _decoded(method: str, path: str, reply: bytes) -> dict[str, Any]:
    try:
        decoded = json.loads(reply)
    except ValueError as error:
        raise Unavailable(f"{method} {path}: the answer is not JSON: {reply[:80]!r}") from error
    if not isinstance(decoded, dict):
        raise Unavailable(f"{method} {path}: the answer is not an object: {reply[:80]!r}")
    return decoded


def _metadata(metadata: Mapping[str, Any]) -> ObjectMeta:
    return ObjectMeta(
        metadata.get("namespace", ""), metadata["name"], metadata["uid"], metadata.get("resourceVersion", "")
    )
