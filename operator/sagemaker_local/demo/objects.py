"""What the API server says about some objects, in the columns that `kubectl get` shows.

The columns are the API server's own (it renders tables for whoever asks), so nothing here knows a kind. Conditions come from the
object itself. Not here: how rows are shown (`screen`), and what must be true of them (`story`).
"""

import http.client
import json
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Self
from urllib.parse import urlsplit

from sagemaker_local.cluster import Cluster
from sagemaker_local.demo.errors import NotSeen
from sagemaker_local.demo.places import Named

GROUP = "/apis/sagemaker-operator.dev/v1alpha1"
NAMESPACE = "default"
ANSWER_SECONDS = 30.0
_TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io"
_UNSET = ("", "<none>", None)

Conditions = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Row:
    """One object as a person sees it.

    Attributes:
        state: SageMaker's word for it; "" for what has no state, "gone" once the object is.
        ready: the status of its condition Ready; "" without one.
        reason: of what is under way or wrong, else of Ready.
        message: the same.
        settled: whether it is Ready as its manifest asks now, with nothing under way.
        stalled: whether somebody must act.
    """

    of: Named
    state: str = ""
    ready: str = ""
    reason: str = ""
    message: str = ""
    settled: bool = False
    stalled: bool = False

    @property
    def gone(self) -> bool:
        """Whether the object exists no longer."""
        return self.state == "gone"


@dataclass(slots=True)
class Objects:
    """Reads the objects of one namespace; remembers those that it has seen, so that it can tell that they are gone."""

    cluster: Cluster
    order: Sequence[Named]
    _plurals: Mapping[str, str] = field(default_factory=dict)
    _seen: set[Named] = field(default_factory=set)
    _connection: http.client.HTTPSConnection | None = None

    def read(self) -> list[Row]:
        """Everything there is or has been of `order`, in that order.

        Raises:
            NotSeen: the API server does not answer.
        """
        if not self._plurals:
            kinds = self._get(GROUP, "application/json")["resources"]
            self._plurals = {kind["kind"]: kind["name"] for kind in kinds if "/" not in kind["name"]}
        rows: dict[Named, Row] = {}
        for kind in dict.fromkeys(named.kind for named in self.order):
            path = f"{GROUP}/namespaces/{NAMESPACE}/{self._plurals[kind]}?includeObject=Object"
            table = self._get(path, _TABLE)
            names = [column["name"] for column in table["columnDefinitions"]]
            for line in table.get("rows") or ():
                row = _row(kind, dict(zip(names, line["cells"], strict=True)), line["object"])
                rows[row.of] = row
        self._seen |= rows.keys()
        return [rows.get(named, Row(named, state="gone")) for named in self.order if named in self._seen]

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _get(self, path: str, accept: str) -> Any:
        if self._connection is None:
            trusted = ssl.create_default_context(cafile=str(self.cluster.ca))
            netloc = urlsplit(self.cluster.server).netloc
            self._connection = http.client.HTTPSConnection(netloc, context=trusted, timeout=ANSWER_SECONDS)
        headers = {"Authorization": f"Bearer {self.cluster.token}", "Accept": accept}
        try:
            self._connection.request("GET", path, headers=headers)
            answer = self._connection.getresponse()
            body = answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise NotSeen(f"an answer of the API server to GET {path}: {error}") from error
        if answer.status != HTTPStatus.OK:
            raise NotSeen(f"the objects at {path}: the API server answers {answer.status} {body[:300].decode()}")
        return json.loads(body)


def conditions(found: Mapping[str, Any]) -> Conditions:
    """The conditions of an object by type."""
    return {said["type"]: said for said in found.get("status", {}).get("conditions", ())}


def _row(kind: str, cells: Mapping[str, Any], found: Mapping[str, Any]) -> Row:
    said = conditions(found)
    ready: Mapping[str, Any] = said.get("Ready", {})
    telling = next((said[name] for name in ("Stalled", "Reconciling") if name in said), ready)
    current = ready.get("observedGeneration") == found["metadata"]["generation"]
    leaving = "deletionTimestamp" in found["metadata"]
    state = cells.get("Phase") or cells.get("State")
    return Row(
        of=Named(kind, found["metadata"]["name"]),
        state="" if state in _UNSET else str(state),
        ready=ready.get("status", ""),
        reason=telling.get("reason", ""),
        message=telling.get("message", ""),
        settled=ready.get("status") == "True" and telling is ready and current and not leaving,
        stalled="Stalled" in said,
    )
