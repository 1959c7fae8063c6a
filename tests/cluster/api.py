"""The API server without kubectl, which takes a fifth of a second for what is here one request on an open connection."""

import http.client
import json
import ssl
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from sagemaker_local.cluster import Cluster
from sagemaker_operator.kinds import GROUP, VERSION, Kind

Object = dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """What the API server says: an object, or a Status that tells why not."""

    code: int
    body: Object

    @property
    def message(self) -> str:
        return str(self.body.get("message", ""))


class Api:
    """An admin in a namespace; a context manager."""

    def __init__(self, cluster: Cluster, namespace: str) -> None:
        address = urlsplit(cluster.server)
        trust = ssl.create_default_context(cafile=str(cluster.ca))
        self._connection = http.client.HTTPSConnection(str(address.hostname), address.port, context=trust)
        self._headers = {
            "Authorization": f"Bearer {cluster.token}",
            "Content-Type": "application/merge-patch+json",
            "Accept": "application/json",
        }
        self._namespace = namespace

    def get(self, kind: Kind, name: str) -> Answer:
        """A custom resource."""
        return self._ask("GET", kind, name)

    def create(self, kind: Kind, body: Object, *, dry: bool = False) -> Answer:
        """A new custom resource, of which an unknown field is refused; dry means that nothing is kept."""
        asked = "fieldValidation=Strict&dryRun=All" if dry else "fieldValidation=Strict"
        headers = {"Content-Type": "application/json"}
        return self._ask("POST", kind, f"?{asked}", json.dumps(body), headers)

    def patch(self, kind: Kind, name: str, body: Object, *, dry: bool = False) -> Answer:
        """A JSON merge patch; dry means that nothing is kept."""
        return self._ask("PATCH", kind, f"{name}?dryRun=All" if dry else name, json.dumps(body))

    def _ask(
        self, method: str, kind: Kind, what: str, body: str | None = None, headers: dict[str, str] | None = None
    ) -> Answer:
        path = f"/apis/{GROUP}/{VERSION}/namespaces/{self._namespace}/{kind.plural}/{what}".replace("/?", "?")
        self._connection.request(method, path, body=body, headers={**self._headers, **(headers or {})})
        reply = self._connection.getresponse()
        return Answer(reply.status, json.loads(reply.read()))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()
