"""What the tests of this directory run against: one real control plane per worker, one namespace per test."""

import os
import secrets
from collections.abc import Iterator

import pytest

from sagemaker_local.cluster import Cluster, binaries


def pytest_collection_finish(session: pytest.Session) -> None:
    """Build the control plane before the first test, whose time limit a build would exceed."""
    if any("cluster" in getattr(item, "fixturenames", ()) for item in session.items):
        capture = session.config.pluginmanager.getplugin("capturemanager")
        with capture.global_and_fixture_disabled():
            binaries.ensure(os.environ)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A control plane that the tests of one worker share: leave no cluster-wide object behind."""
    with Cluster.start() as started:
        yield started


@pytest.fixture
def namespace(cluster: Cluster) -> Iterator[str]:
    """A fresh namespace; afterwards it is left to the namespace controller, which nobody waits for."""
    name = f"test-{secrets.token_hex(4)}"
    cluster.kubectl("create", "namespace", name)
    yield name
    cluster.kubectl("delete", "namespace", name, "--wait=false")
