"""What is found out by comparing with the cluster."""

import json

from tests.cluster.kube.world import Probes

from sagemaker_local.cluster import Cluster
from sagemaker_operator.kinds import KINDS, Kind
from sagemaker_operator.kube.client import KubeClient
from sagemaker_operator.kube.sweep import Known, sweep


class Memory:
    """What an operator knows, and what a sweep told it."""

    def __init__(self, probes: Probes) -> None:
        self._probes = probes
        self.known: Known = {}
        self.missing: list[str] = []
        self.changed: list[str] = []

    def learn(self) -> None:
        cluster, namespace = self._probes.cluster, self._probes.namespace
        items = json.loads(cluster.kubectl("get", "probes", "-n", namespace, "-o", "json").stdout)["items"]
        metadata = [item["metadata"] for item in items]
        self.known = {(namespace, meta["name"]): (meta["uid"], meta["resourceVersion"]) for meta in metadata}

    async def compare(self, client: KubeClient, *kinds: Kind) -> int:
        return await sweep(
            client,
            kinds or [self._probes.kind],
            lambda _kind: self.known,
            on_missing=lambda _kind, _namespace, name: self.missing.append(name),
            on_changed=lambda _kind, _namespace, name: self.changed.append(name),
            namespaces=[self._probes.namespace],
        )


async def test_a_deletion_that_was_never_told_is_found(client: KubeClient, probes: Probes) -> None:
    memory = Memory(probes)
    probes.apply("stays", "goes")
    memory.learn()
    probes.delete("goes")

    assert await memory.compare(client) == 1
    assert (memory.missing, memory.changed) == (["goes"], [])


async def test_a_new_object_and_a_change_that_were_never_told_are_found(client: KubeClient, probes: Probes) -> None:
    memory = Memory(probes)
    probes.apply("same", "edited")
    memory.learn()
    probes.apply("edited", "new", size=5)

    assert await memory.compare(client) == 2
    assert (memory.missing, sorted(memory.changed)) == ([], ["edited", "new"])


async def test_nothing_is_told_when_all_is_known(client: KubeClient, probes: Probes) -> None:
    memory = Memory(probes)
    probes.apply("one", "two")
    memory.learn()

    assert await memory.compare(client) == 0


async def test_a_kind_that_cannot_be_listed_is_not_taken_for_deleted(
    cluster: Cluster, client: KubeClient, probes: Probes
) -> None:
    memory = Memory(probes)
    probes.apply("one")
    memory.learn()
    kind = KINDS["Endpoint"]
    cluster.kubectl("delete", "crd", f"{kind.plural}.sagemaker-operator.dev", "--ignore-not-found")

    assert await memory.compare(client, kind) == 0
    assert memory.missing == []
