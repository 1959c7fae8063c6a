"""Calls through boto3 to endpoints that are something else than SageMaker."""

import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import pytest_asyncio

from sagemaker_operator.aws.cloud import Cloud
from sagemaker_operator.aws.limits import Limits
from sagemaker_operator.aws.sessions import Sessions
from sagemaker_operator.aws.sweeps import sweep
from sagemaker_operator.engine.lanes import Lane
from sagemaker_operator.errors import Unknown
from sagemaker_operator.kinds import KINDS

REGION = "eu-west-1"
JOB = KINDS["TrainingJob"]
IDENTITY = (
    b'<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>'
    b"<Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"
)

pytestmark = pytest.mark.usefixtures("account_credentials")


@dataclass
class Stranger:
    """An HTTP server that is not SageMaker: gives its answers in turn, the last one for ever."""

    answers: list[tuple[int, str, bytes]]
    url: str = ""

    def next(self) -> tuple[int, str, bytes]:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@pytest.fixture
def stranger() -> Iterator[Stranger]:
    told = Stranger([(200, "text/html", b"<html>Welcome to nginx!</html>")])

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            status, content, body = told.next()
            self.send_response(status)
            self.send_header("Content-Type", content)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name in the standard library
            """Keep quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        told.url = f"http://127.0.0.1:{server.server_port}"
        yield told
        server.shutdown()
        thread.join()


@pytest_asyncio.fixture
async def misled(stranger: Stranger) -> AsyncIterator[Cloud]:
    cloud = Cloud(Sessions(endpoint_url=stranger.url), Limits())
    yield cloud
    await cloud.close()


@pytest.mark.parametrize("operation", ["DescribeTrainingJob", "StopTrainingJob"])
@pytest.mark.parametrize(
    "answer",
    [
        (200, "text/html", b"<html>Welcome to nginx!</html>"),
        (200, "application/json", b"<html>Welcome to nginx!</html>"),
        (200, "application/json", b'{"kind": "Status", "status": "Success"}'),
        (200, "application/json", b"[]"),
        (200, "application/json", b"\xff\xfe"),
        (200, "application/json", b""),
        (403, "text/html", b"<html>Forbidden</html>"),
        (404, "application/json", b'{"kind": "Status", "code": 404, "message": "not found"}'),
        (400, "application/json", b"[]"),
        (502, "text/html", b"<html>Bad Gateway</html>"),
    ],
    ids=str,
)
async def test_an_endpoint_that_answers_nonsense_never_counts_as_an_answer(
    misled: Cloud, stranger: Stranger, operation: str, answer: tuple[int, str, bytes]
) -> None:
    stranger.answers = [answer]

    with pytest.raises(Unknown) as failure:
        await misled.call(operation, {"TrainingJobName": "digits"}, region=REGION, lane=Lane.USER)

    assert stranger.url.removeprefix("http://") in failure.value.message
    assert "<html>" not in failure.value.message


async def test_an_endpoint_where_nobody_listens_is_named() -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        free = server.server_port
    cloud = Cloud(Sessions(endpoint_url=f"http://127.0.0.1:{free}"), Limits())

    with pytest.raises(Unknown, match=f"127.0.0.1:{free} cannot be reached: check the endpoint URL"):
        await cloud.call("DescribeTrainingJob", {"TrainingJobName": "digits"}, region=REGION, lane=Lane.USER)
    await cloud.close()


async def test_the_account_is_asked_once(misled: Cloud, stranger: Stranger) -> None:
    stranger.answers = [
        (200, "text/xml", IDENTITY),
        (500, "text/xml", b""),
    ]

    assert [await misled.account(region=REGION) for _ in range(2)] == ["123456789012", "123456789012"]


async def test_an_account_that_cannot_be_told_is_no_crash(misled: Cloud) -> None:
    with pytest.raises(Unknown, match="which is not how"):
        await misled.account(region=REGION)


async def test_a_sweep_goes_on_over_an_empty_page(misled: Cloud, stranger: Stranger) -> None:
    stranger.answers = [
        (200, "application/x-amz-json-1.1", b'{"TrainingJobSummaries": [], "NextToken": "2"}'),
        (200, "application/x-amz-json-1.1", b'{"TrainingJobSummaries": [{"TrainingJobName": "digits"}]}'),
    ]

    names = [row["TrainingJobName"] async for row in sweep(misled, JOB, region=REGION, since=None)]

    assert names == ["digits"]


async def test_a_list_that_leads_back_to_itself_ends(misled: Cloud, stranger: Stranger) -> None:
    stranger.answers = [(200, "application/x-amz-json-1.1", b'{"TrainingJobSummaries": [], "NextToken": "2"}')]

    with pytest.raises(Unknown, match="does not get on"):
        [row async for row in sweep(misled, JOB, region=REGION, since=None)]
