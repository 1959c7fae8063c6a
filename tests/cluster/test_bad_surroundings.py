"""When what the operator needs is missing, broken or goes away: it says so, and goes on as soon as it can."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from tests.builders import model, monitoring_schedule, training_job
from tests.cluster.conftest import CRDS, SPEED
from tests.cluster.eventually import eventually
from tests.cluster.operating import Operator
from tests.cluster.user import User

from sagemaker_local.cluster import Cluster
from sagemaker_local.emulator import Emulator
from sagemaker_operator.kinds import GROUP


@pytest.fixture
def outage(cluster: Cluster) -> Iterator[Callable[[], None]]:
    """Stops the API server; it is back at the latest when the test ends."""
    down: list[bool] = []

    def stop() -> None:
        cluster.stop_api_server()
        down.append(True)

    yield stop
    if down and cluster.get("/readyz") is None:
        cluster.start_api_server()


class _Portal(BaseHTTPRequestHandler):
    """A login page, as a proxy puts it in the place of an answer."""

    def do_POST(self) -> None:
        page = b"<html><body>Please log in to the network</body></html>"
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def portal() -> Iterator[str]:
    """The URL of something that answers every request with a web page."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Portal) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_missing_crd_is_named_and_the_kind_is_served_once_it_is_there(
    cluster: Cluster, user: User, operators: Callable[..., Operator], sagemaker: Emulator
) -> None:
    name = f"monitoringschedules.{GROUP}"
    cluster.kubectl("delete", f"crd/{name}", "--timeout=30s")
    try:
        operator = operators()
        operator.start()

        operator.says("CRD", "not installed", "MonitoringSchedule")
        user.apply(training_job("digits"))
        user.wait("trainingjob/digits", condition="Succeeded")
    finally:
        cluster.kubectl("apply", "--server-side", f"--filename={CRDS / 'monitoringschedules.yaml'}")
        eventually("the CRD is served", lambda: not cluster.unserved_crds())
    user.apply(monitoring_schedule("digits"))
    user.wait("monitoringschedule/digits", condition="Stalled", seconds=40)
    assert "Monitoring Job Definition" in user.condition("monitoringschedule/digits", "Stalled")["message"]


def test_without_credentials_it_says_so_and_takes_them_when_they_come(
    user: User, operators: Callable[..., Operator], sagemaker: Emulator, tmp_path: Path
) -> None:
    operator = operators("--no-leader-elect", AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="")
    operator.start()
    user.apply(model("digits"))
    user.wait("model/digits", condition="Stalled")
    assert user.reason("model/digits", "Stalled") == "AccessDenied"
    assert "credentials" in user.condition("model/digits", "Stalled")["message"].lower()

    credentials = tmp_path / ".aws" / "credentials"
    credentials.parent.mkdir()
    credentials.write_text("[default]\naws_access_key_id = 123456789012\naws_secret_access_key = secret\n")

    user.wait("model/digits", condition="Ready", seconds=40)


def test_expired_credentials_are_told_and_nothing_is_lost(user: User, operator: Operator, sagemaker: Emulator) -> None:
    sagemaker.faults.expire(".*")
    user.apply(training_job("digits"))
    user.wait("trainingjob/digits", condition="Stalled")
    assert user.reason("trainingjob/digits", "Stalled") == "AccessDenied"
    assert "token included in the request is expired" in user.describe("trainingjob/digits")

    sagemaker.faults.clear()
    user.look_now("trainingjob/digits", "renewed")

    user.wait("trainingjob/digits", condition="Succeeded")
    assert sagemaker.journal.committed("CreateTrainingJob") == 1


def test_an_endpoint_url_that_answers_nonsense_is_named_in_the_status(
    user: User, operators: Callable[..., Operator], portal: str
) -> None:
    operator = operators("--no-leader-elect", f"--endpoint-url={portal}")
    operator.start()

    user.apply(training_job("digits"))

    named = f"{portal.removeprefix('http://')} gave status 200 with text/html"
    eventually("its name", lambda: named in user.condition("trainingjob/digits", "Reconciling").get("message", ""))
    assert user.reason("trainingjob/digits", "Reconciling") == "ProgressingWithRetry"
    assert operator.answers("/healthz") == 200


def test_an_api_server_that_is_down_at_the_start_is_waited_for(
    cluster: Cluster, user: User, operators: Callable[..., Operator], outage: Callable[[], None]
) -> None:
    operator = operators(f"--lease-namespace={user.namespace}")
    user.apply(training_job("digits"))
    outage()

    operator.start(wait=False)
    operator.says(cluster.server, "no answer")
    cluster.start_api_server()

    user.wait("trainingjob/digits", condition="Succeeded")


def test_what_happens_in_aws_during_an_outage_of_the_api_server_is_told_after_it(
    cluster: Cluster, user: User, operator: Operator, sagemaker: Emulator, outage: Callable[[], None]
) -> None:
    sagemaker.scenarios.take("TrainingJob", "", seconds=3 * SPEED)
    user.apply(training_job("digits"))
    eventually("it runs", lambda: user.status("trainingjob/digits").get("trainingJobStatus"))

    outage()
    operator.says(cluster.server, "does not answer")
    eventually("its end in SageMaker", lambda: ended(sagemaker))
    cluster.start_api_server()

    user.wait("trainingjob/digits", condition="Succeeded")
    assert sagemaker.journal.committed("CreateTrainingJob") == 1
    assert operator.running


def test_a_leader_that_cannot_reach_the_api_server_ends_with_a_reason(
    user: User, operators: Callable[..., Operator], outage: Callable[[], None]
) -> None:
    operator = operators(f"--lease-namespace={user.namespace}")
    operator.start()
    eventually("it leads", lambda: user.objects("leases"))

    outage()

    assert operator.exit_code(within=20) == 3
    assert operator.said("lease is lost")


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"KUBECONFIG": "/nowhere/config"}, "/nowhere/config"),
        ({"AWS_REGION": ""}, "AWS_REGION"),
        ({"AWS_REGION": "", "AWS_PROFILE": "nowhere"}, "nowhere"),
    ],
)
def test_what_is_set_wrongly_is_named_and_ends_the_start(
    operators: Callable[..., Operator], wrong: dict[str, str], named: str
) -> None:
    operator = operators("--no-leader-elect", **wrong)

    operator.start(wait=False)

    assert operator.exit_code() == 2
    assert operator.said('"error"', named)


def test_an_address_that_is_taken_is_named_and_ends_the_start(operators: Callable[..., Operator]) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        operator = operators("--no-leader-elect", f"--http-address={address}")

        operator.start(wait=False)

        assert operator.exit_code() == 2
        assert operator.said('"error"', "--http-address", str(taken.getsockname()[1]))


def ended(sagemaker: Emulator) -> bool:
    jobs = sagemaker.client().list_training_jobs()["TrainingJobSummaries"]
    return [job["TrainingJobStatus"] for job in jobs] == ["Completed"]
