"""S3, STS and the other services that moto emulates, on the same port.

moto is imported when the first request for it comes, so that an emulator that only serves SageMaker starts fast and stays
small. What moto does not have becomes an error that SDKs understand and do not retry.
"""

import re
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final
from xml.sax.saxutils import escape

from botocore.awsrequest import AWSPreparedRequest
from botocore.compat import HTTPHeaders

from sagemaker_local.emulator.wire import CONTENT_TYPE, encode, presigned, scope

DEFAULT_ACCOUNT: Final = "123456789012"
_ACCOUNT: Final = re.compile(r"\d{12}")
_HOP_BY_HOP: Final = frozenset({"content-length", "transfer-encoding", "connection", "date", "server"})

_NOT_IN_MOTO: Final = "Not yet implemented"

Dispatch = Callable[[AWSPreparedRequest], Any]


@dataclass(frozen=True, slots=True)
class Request:
    """An HTTP request for moto; `raw_path` includes the query."""

    method: str
    raw_path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Response:
    """moto's answer."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


class Moto:
    """moto's server application, made when it is first needed.

    Attributes:
        requests: how many it was asked so far.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._dispatch: Dispatch | None = None
        self.requests = 0
        self.pool = ThreadPoolExecutor(max_workers=8, thread_name_prefix="moto")

    @property
    def loaded(self) -> bool:
        """Whether anybody has used it."""
        return self._dispatch is not None

    def account_of(self, access_key: str) -> str:
        """The account of an access key: its own 12 digits, else what STS or IAM gave it out for, else the default one."""
        if _ACCOUNT.fullmatch(access_key):
            return access_key
        if not self.loaded:
            return DEFAULT_ACCOUNT
        from moto.iam.models import get_account_id_from  # noqa: PLC0415 heavy, and only needed once moto is in use

        return str(get_account_id_from(access_key))

    def answer(self, request: Request) -> Response:
        """Let moto answer; runs in a thread of `pool`."""
        self.requests += 1
        try:
            dispatch = self.load()
        except ImportError as missing:
            return _refusal(request, f"S3, STS and other services need moto, which is not installed: {missing}")
        reply = dispatch(_for_moto(request))
        if reply is None or (reply[0] == 404 and reply[2] == _NOT_IN_MOTO):
            return _refusal(request, "Neither SageMaker's control plane nor moto answers this request.")
        status, headers, body = reply
        if status >= 500:
            return _refusal(request, "moto, which emulates this service, does not have this operation.")
        # An answer to HEAD says how long the body would be; for all others the server counts.
        dropped = _HOP_BY_HOP - ({"content-length"} if request.method == "HEAD" else set())
        kept = [(str(k), str(v)) for k, v in headers.items() if str(k).lower() not in dropped]
        return Response(int(status), kept, body.encode() if isinstance(body, str) else bytes(body))

    def reset(self) -> None:
        """Forget all buckets, credentials and so on."""
        if self.loaded:
            from moto.moto_api._internal.models import moto_api_backend  # noqa: PLC0415 see above

            moto_api_backend.reset()

    def stop(self) -> None:
        """End the threads, and leave nothing behind: moto keeps its state per process, not per emulator."""
        self.reset()
        self.pool.shutdown(wait=False, cancel_futures=True)

    def load(self) -> Dispatch:
        """Import moto, unless it is; ImportError if it is not installed."""
        with self._lock:
            if self._dispatch is None:
                # The dispatcher behind moto's decorators: the same services as its server, without needing Flask.
                from moto.core.botocore_stubber import BotocoreStubber  # noqa: PLC0415 see the module's docstring

                self._dispatch = BotocoreStubber().process_request
            return self._dispatch


def _for_moto(request: Request) -> AWSPreparedRequest:
    """The request as for AWS: moto tells services by the host in the URL, and buckets by the path if the header Host is local."""
    headers = HTTPHeaders()
    for name, value in request.headers.items():
        if name.lower() not in _HOP_BY_HOP:
            headers[name] = value
    signed = scope(request.headers) or presigned(request.query)
    service, region = (signed.service, signed.region) if signed else ("s3", "us-east-1")
    host = f"{service}.{region}.amazonaws.com"
    if signed is not None and _ACCOUNT.fullmatch(signed.access_key):
        # moto knows no accounts by their digits; with this header it works in the same one as SageMaker here.
        headers["x-moto-account-id"] = signed.access_key
    return AWSPreparedRequest(request.method, f"https://{host}{request.raw_path}", headers, request.body, False)


def _refusal(request: Request, text: str) -> Response:
    if "X-Amz-Target" in request.headers:
        body = encode({"__type": "NotEmulated", "message": text})
        return Response(400, [("Content-Type", CONTENT_TYPE)], body)
    xml = f"<?xml version='1.0'?><Error><Code>NotEmulated</Code><Message>{escape(text)}</Message></Error>"
    return Response(400, [("Content-Type", "application/xml")], xml.encode())
