"""The API server without kubectl, which takes a tenth of a second to start and half of one to list what is ours: here each is a
request on an open connection."""

import http.client
import json
import ssl
import threading
import time
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from sagemaker_local.cluster import Cluster
from sagemaker_operator.kinds import GROUP, VERSION, Kind

Object = dict[str, Any]
JSON = "application/json"
APPLIED = "application/apply-patch+yaml"
# As `kubectl apply --server-side --force-conflicts` sends it.
APPLY = "fieldManager=kubectl&force=true&fieldValidation=Strict"
_MERGE = "application/merge-patch+json"
# As often as client-go comes again: https://github.com/kubernetes/client-go/blob/master/rest/request.go, maxRetries.
_PATIENCE = 11


@dataclass(frozen=True)
class Answer:
    """What the API server says: an object, or a Status that tells why not."""

    code: int
    body: Object

    @property
    def message(self) -> str:
        return str(self.body.get("message", ""))


class Api:
    """An admin in a namespace, whom threads may share; a context manager."""

    def __init__(self, cluster: Cluster, namespace: str) -> None:
        self._address = urlsplit(cluster.server)
        self._trust = ssl.create_default_context(cafile=str(cluster.ca))
        self._headers = {"Authorization": f"Bearer {cluster.token}"}
        self._namespace = namespace
        self._own = threading.local()
        self._open: list[http.client.HTTPSConnection] = []

    def get(self, kind: Kind, name: str) -> Answer:
        """A custom resource."""
        return self.ask("GET", self._path(kind, name))

    def create(self, kind: Kind, body: Object, *, dry: bool = False) -> Answer:
        """A new custom resource, of which an unknown field is refused; dry means that nothing is kept."""
        asked = "fieldValidation=Strict&dryRun=All" if dry else "fieldValidation=Strict"
        return self.ask("POST", f"{self._path(kind)}?{asked}", body, content=JSON)

    def patch(self, kind: Kind, name: str, body: Object, *, dry: bool = False) -> Answer:
        """A JSON merge patch; dry means that nothing is kept."""
        return self.ask("PATCH", self._path(kind, name) + ("?dryRun=All" if dry else ""), body)

    def ask(self, method: str, path: str, body: Any = None, *, content: str = _MERGE, accept: str = JSON) -> Answer:
        """The answer to any request; once more on a new connection if an open one turns out to be dead.

        An API server that is about to be able to answer says when to come again, and is asked again then, as kubectl does it.

        Raises:
            OSError: the API server is not there.
        """
        headers = {**self._headers, "Accept": accept} | ({} if body is None else {"Content-Type": content})
        told = None if body is None else json.dumps(body)
        if (connection := self._connection()).sock is not None:
            try:
                return _exchange(connection, method, path, told, headers)
            except (http.client.HTTPException, OSError):
                connection.close()
        return _exchange(connection, method, path, told, headers)

    def _connection(self) -> http.client.HTTPSConnection:
        """Each thread has its own."""
        found: http.client.HTTPSConnection | None = getattr(self._own, "connection", None)
        if found is None:
            found = http.client.HTTPSConnection(
                str(self._address.hostname), self._address.port, context=self._trust, timeout=60
            )
            self._own.connection = found
            self._open.append(found)
        return found

    def _path(self, kind: Kind, name: str = "") -> str:
        path = f"/apis/{GROUP}/{VERSION}/namespaces/{self._namespace}/{kind.plural}"
        return f"{path}/{name}" if name else path

    def close(self) -> None:
        for connection in self._open:
            connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _exchange(
    connection: http.client.HTTPSConnection, method: str, path: str, body: str | None, headers: dict[str, str]
) -> Answer:
    for _ in range(_PATIENCE):
        connection.request(method, path, body=body, headers=headers)
        reply = connection.getresponse()
        said = reply.read()
        if reply.status != http.client.TOO_MANY_REQUESTS or not reply.getheader("Retry-After"):
            break
        time.sleep(float(reply.getheader("Retry-After", "1")))
    try:
        return Answer(reply.status, json.loads(said))
    except ValueError:
        return Answer(reply.status, {"message": said.decode(errors="replace")})
