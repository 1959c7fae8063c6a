"""S3, STS and the other services that moto emulates, on the same port.

moto is imported when the first request for it comes, so that an emulator that only serves SageMaker starts fast and stays
small. Its HTML pages for what it does not have become errors that SDKs understand and do not retry.
"""

import io
import re
import sys
import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

from sagemaker_local.emulator.wire import CONTENT_TYPE, encode, scope

DEFAULT_ACCOUNT: Final = "123456789012"
_ACCOUNT: Final = re.compile(r"\d{12}")
_HOP_BY_HOP: Final = frozenset({"content-length", "transfer-encoding", "connection", "date", "server"})

WSGI = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


@dataclass(frozen=True, slots=True)
class Request:
    """An HTTP request for moto."""

    method: str
    path: str
    raw_path: str
    query: str
    host: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Response:
    """moto's answer."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


class Moto:
    """moto's server application, made when it is first needed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._application: WSGI | None = None
        self.pool = ThreadPoolExecutor(max_workers=8, thread_name_prefix="moto")

    @property
    def loaded(self) -> bool:
        """Whether anybody has used it."""
        return self._application is not None

    def account_of(self, access_key: str) -> str:
        """The account of an access key: its own 12 digits, else what STS or IAM gave it out for, else the default one."""
        if _ACCOUNT.fullmatch(access_key):
            return access_key
        if not self.loaded:
            return DEFAULT_ACCOUNT
        from moto.iam.models import get_account_id_from  # noqa: PLC0415 heavy, and only needed once moto is in use

        return str(get_account_id_from(access_key))

    def has(self, account: str, bucket: str, prefix: str) -> bool:
        """Whether S3 holds an object with that prefix, in the account's buckets or another's."""
        if not self.loaded:
            return False
        from moto.s3.models import s3_backends  # noqa: PLC0415 see above

        partition, owner = s3_backends.bucket_accounts.get(bucket, ("aws", account))
        found = s3_backends[owner][partition].buckets.get(bucket)
        return found is not None and any(key.startswith(prefix) for key in list(found.keys))

    def answer(self, request: Request) -> Response:
        """Let moto answer; runs in a thread of `pool`."""
        try:
            application = self._load()
        except ImportError as missing:
            return _refusal(request, f"S3, STS and other services need moto, which is not installed: {missing}")
        started: dict[str, Any] = {}

        def start(status: str, headers: list[tuple[str, str]], _: object = None) -> None:
            started.update(status=int(status.split(maxsplit=1)[0]), headers=headers)

        chunks = application(_environ(request), start)
        try:
            body = b"".join(chunks)
        finally:
            close = getattr(chunks, "close", None)
            if close is not None:
                close()
        headers = [(k, v) for k, v in started["headers"] if k.lower() not in _HOP_BY_HOP]
        if started["status"] >= 500 and "html" in dict(headers).get("Content-Type", ""):
            return _refusal(
                request, "This request is not emulated: neither SageMaker's control plane nor moto answers it."
            )
        return Response(started["status"], headers, body)

    def reset(self) -> None:
        """Forget all buckets, credentials and so on."""
        if self.loaded:
            from moto.moto_api._internal.models import moto_api_backend  # noqa: PLC0415 see above

            moto_api_backend.reset()

    def stop(self) -> None:
        """End the threads."""
        self.pool.shutdown(wait=False, cancel_futures=True)

    def _load(self) -> WSGI:
        with self._lock:
            if self._application is None:
                from moto.moto_server.werkzeug_app import (  # noqa: PLC0415 see the module's docstring
                    DomainDispatcherApplication,
                    create_backend_app,
                )

                self._application = DomainDispatcherApplication(create_backend_app)
            return self._application


def _environ(request: Request) -> dict[str, Any]:
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": request.path,
        "RAW_URI": request.raw_path,
        "REQUEST_URI": request.raw_path,
        "QUERY_STRING": request.query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": request.host.rpartition(":")[2] or "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_LENGTH": str(len(request.body)),
        "CONTENT_TYPE": request.headers.get("Content-Type", ""),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(request.body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "wsgi.input_terminated": True,
    }
    for name, value in request.headers.items():
        if name.lower() not in ("content-length", "content-type", "transfer-encoding"):
            environ["HTTP_" + name.upper().replace("-", "_")] = value
    signed = scope(request.headers)
    if signed is not None and _ACCOUNT.fullmatch(signed.access_key):
        # moto knows no accounts by their digits; with this header it works in the same one as SageMaker here.
        environ["HTTP_X_MOTO_ACCOUNT_ID"] = signed.access_key
    return environ


def _refusal(request: Request, text: str) -> Response:
    if "X-Amz-Target" in request.headers:
        body = encode({"__type": "NotEmulated", "message": text})
        return Response(400, [("Content-Type", CONTENT_TYPE)], body)
    xml = f"<?xml version='1.0'?><Error><Code>NotEmulated</Code><Message>{text}</Message></Error>"
    return Response(400, [("Content-Type", "application/xml")], xml.encode())
