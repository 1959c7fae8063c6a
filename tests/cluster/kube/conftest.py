"""The Kubernetes side against a real API server."""

from collections.abc import AsyncIterator, Iterator

import pytest
from tests.cluster.kube.world import Probes, Seen, define

from sagemaker_local.cluster import Cluster
from sagemaker_operator.kinds import GROUP
from sagemaker_operator.kube.access import Access, load_access
from sagemaker_operator.kube.client import KubeClient


@pytest.fixture(scope="session")
def defined(cluster: Cluster) -> Iterator[None]:
    define(cluster)
    yield
    cluster.kubectl("delete", "crd", f"probes.{GROUP}", "--ignore-not-found")


@pytest.fixture
def access(cluster: Cluster) -> Access:
    return load_access(kubeconfig=str(cluster.kubeconfig))


@pytest.fixture
async def client(access: Access) -> AsyncIterator[KubeClient]:
    async with KubeClient(access) as client:
        yield client


@pytest.fixture
def probes(cluster: Cluster, defined: None, namespace: str) -> Probes:
    return Probes(cluster, namespace)


@pytest.fixture
def seen(namespace: str) -> Seen:
    return Seen(namespace)
