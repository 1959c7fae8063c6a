"""What the tests of this directory run against.

One real control plane and one emulated SageMaker per worker; for each test a namespace, an empty SageMaker, and an operator
process of its own.
"""

import os
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from tests.cluster.api import JSON, Api
from tests.cluster.eventually import eventually
from tests.cluster.history import History
from tests.cluster.operating import Operator, environment
from tests.cluster.user import User

from sagemaker_local.cluster import Cluster, ClusterError, binaries
from sagemaker_local.emulator import Emulator
from sagemaker_operator.kinds import GROUP

CRDS = Path(__file__).parents[2] / "crds"
# A training job takes 344 s in SageMaker and 0.7 s here, an endpoint 240 s and 0.5 s.
SPEED = 500.0
# What AWS takes minutes for is over before the operator would look for the first time.
FIRST_LOOK = "--first-look=0.2"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "serves(*kinds): the kinds that the operators of a test serve, else all")


def pytest_collection_finish(session: pytest.Session) -> None:
    """Build the control plane before the first test, whose time limit a build would exceed."""
    if any("cluster" in getattr(item, "fixturenames", ()) for item in session.items):
        capture = session.config.pluginmanager.getplugin("capturemanager")
        with capture.global_and_fixture_disabled():
            try:
                binaries.ensure(os.environ)
            except ClusterError as error:
                pytest.exit(str(error), returncode=1)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A control plane that the tests of one worker share: leave no cluster-wide object behind."""
    with Cluster.start() as started:
        yield started


@pytest.fixture(scope="session")
def namespaces(cluster: Cluster) -> Iterator[Api]:
    """Makes namespaces."""
    with Api(cluster, "default") as api:
        yield api


@pytest.fixture
def namespace(namespaces: Api) -> str:
    """A fresh namespace, which stays as long as the cluster: to empty 90 kinds of objects takes the cluster half a second."""
    made = namespaces.ask("POST", "/api/v1/namespaces", {"metadata": {"generateName": "test-"}}, content=JSON)
    assert made.code == 201, made.message
    return str(made.body["metadata"]["name"])


def install_crds(cluster: Cluster) -> None:
    cluster.kubectl("apply", "--server-side", "--kustomize", str(CRDS))
    eventually("the CRDs are served", lambda: not cluster.unserved_crds())
    # kubectl remembers for hours what categories there are.
    cluster.kubectl("api-resources", f"--api-group={GROUP}")


@pytest.fixture(scope="session")
def crds(cluster: Cluster) -> None:
    """The CRDs as users install them."""
    install_crds(cluster)


@pytest.fixture(scope="session")
def history(cluster: Cluster, crds: None) -> Iterator[History]:
    """Every status that the API server ever showed."""
    with History(cluster) as watching:
        yield watching


@pytest.fixture
def user(cluster: Cluster, crds: None, namespace: str, history: History) -> Iterator[User]:
    """Somebody with kubectl; whatever a test does, no status may ever break the rules of `kstatus`."""
    user = User(cluster, namespace)
    with user.api:
        yield user
        left = user.objects()
        user.let_go(left)
        history.check(namespace, left)


@pytest.fixture(scope="session")
def emulator() -> Iterator[Emulator]:
    with Emulator.start(speed=SPEED, check_s3=False) as running:
        yield running


@pytest.fixture
def sagemaker(emulator: Emulator) -> Emulator:
    """An empty SageMaker in which nothing goes wrong yet."""
    emulator.reset()
    emulator.latency = 0
    return emulator


@pytest.fixture
def kinds(request: pytest.FixtureRequest) -> list[str]:
    """The flags for the kinds of `pytest.mark.serves`: to begin watching 70 kinds takes almost a second."""
    marker = request.node.get_closest_marker("serves")
    return [f"--kind={kind}" for kind in marker.args] if marker else []


@pytest.fixture
def operators(user: User, sagemaker: Emulator, tmp_path: Path, kinds: list[str]) -> Iterator[Callable[..., Operator]]:
    """Makes operators that are not started yet; whatever still runs at the end is stopped, and shows its log on failure."""
    made: list[Operator] = []
    numbers = count(1)

    def make(*flags: str, **environ: str) -> Operator:
        operator = Operator(
            # Only its own namespace: what other tests left in theirs goes by and by, and would be created in this SageMaker.
            (
                f"--endpoint-url={sagemaker.url}",
                f"--namespace={user.namespace}",
                FIRST_LOOK,
                *kinds,
                *(flags or ("--no-leader-elect",)),
            ),
            environment(kubeconfig=user.cluster.kubeconfig, home=tmp_path, **environ),
            tmp_path / f"operator-{next(numbers)}.log",
        )
        made.append(operator)
        return operator

    try:
        yield make
    finally:
        for operator in made:
            if operator.running:
                operator.kill()
            print(f"--- {operator.log.name} ---", *operator.lines()[-200:], sep="\n")
    assert [line for operator in made for line in operator.complaints()] == []


@pytest.fixture
def operator(operators: Callable[..., Operator]) -> Operator:
    """The operator, at work."""
    operator = operators()
    operator.start()
    return operator
