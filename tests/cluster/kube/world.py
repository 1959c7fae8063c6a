"""What the tests here play with: probes, objects of a kind of our group that accepts any spec, so that these tests are about
metadata alone and in nobody's way; and how they wait."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from sagemaker_local.cluster import Cluster
from sagemaker_operator.kinds import GROUP, KINDS, VERSION, Kind

PROBE = replace(KINDS["Model"], plural="probes")
SCHEMA = {
    "type": "object",
    "properties": {
        "spec": {"type": "object", "properties": {"size": {"type": "integer", "maximum": 9}}},
        "status": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
    },
}
DEFINITION = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": f"probes.{GROUP}"},
    "spec": {
        "group": GROUP,
        "scope": "Namespaced",
        "names": {"kind": "Probe", "plural": "probes"},
        "versions": [
            {
                "name": VERSION,
                "served": True,
                "storage": True,
                "subresources": {"status": {}},
                "schema": {"openAPIV3Schema": SCHEMA},
            }
        ],
    },
}


def define(cluster: Cluster) -> None:
    """Installs the probes' CRD and waits until it is served."""
    cluster.kubectl("apply", "-f", "-", input=json.dumps(DEFINITION))
    cluster.kubectl("wait", "--for=condition=established", "--timeout=30s", f"crd/probes.{GROUP}")
    cluster.kubectl("get", "probes.sagemaker-operator.dev", "--all-namespaces")


@dataclass(frozen=True)
class Probes:
    """The probes of one namespace, in the hands of a user with kubectl."""

    cluster: Cluster
    namespace: str
    kind: Kind = PROBE

    def apply(self, *names: str, **spec: Any) -> None:
        items = [
            {
                "apiVersion": f"{GROUP}/{VERSION}",
                "kind": "Probe",
                "metadata": {"name": name, "namespace": self.namespace},
                "spec": spec,
            }
            for name in names
        ]
        self.cluster.kubectl("apply", "-f", "-", input=json.dumps({"apiVersion": "v1", "kind": "List", "items": items}))

    def delete(self, name: str) -> None:
        self.cluster.kubectl("delete", "probes", name, "-n", self.namespace)


async def until(what: str, met: Callable[[], Any], *, within: float = 30.0) -> None:
    """Waits for a condition, and says which one did not come true."""
    try:
        async with asyncio.timeout(within):
            while not met():
                await asyncio.sleep(0.01)
    except TimeoutError:
        raise AssertionError(f"not within {within} s: {what}") from None


@dataclass
class Seen:
    """What ingest told about one namespace."""

    namespace: str
    events: list[tuple[str | None, str]] = field(default_factory=list)
    objects: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __call__(self, _kind: Kind, what: str | None, found: dict[str, Any]) -> None:
        metadata = found["metadata"]
        if metadata["namespace"] != self.namespace:
            return
        self.events.append((what, metadata["name"]))
        if what == "DELETED":
            self.objects.pop(metadata["name"], None)
        else:
            self.objects[metadata["name"]] = found
