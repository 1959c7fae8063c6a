"""The emulated SageMaker without a port: requests go in as botocore writes them, and come out as boto3 would have read them.

Its time is the rehearsal's. Not here: how long a call takes, and whether whoever called still lives (`doors`).
"""

import random
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache
from typing import Any

from botocore import exceptions as boto
from botocore.model import ServiceModel
from botocore.serialize import create_serializer

from sagemaker_local.emulator import model
from sagemaker_local.emulator.core import Core
from sagemaker_local.emulator.resource import Resource
from sagemaker_operator.aws import failures, replies
from sagemaker_operator.aws.sessions import parsers

REGION = "us-east-1"
ACCOUNT = "123456789012"
_ENDPOINT = "https://sagemaker.rehearsal"
_SIGNED = f"AWS4-HMAC-SHA256 Credential={ACCOUNT}/20260101/{{}}/{{}}/aws4_request, SignedHeaders=host, Signature=0"
_OPERATOR = "sagemaker-operator/rehearsal"
_HEADERS = {"x-amzn-requestid": "rehearsed", "content-type": "application/x-amz-json-1.1"}
_SERIALIZER, _PARSER = create_serializer("json"), parsers().create_parser("json")


class Amazon:
    """SageMaker in every region of one account.

    Attributes:
        core: the emulator, with its journal, faults, scenarios and quotas.
        start: the epoch seconds at which its time begins.
        files: what lies in S3, by URI.
    """

    def __init__(self, *, start: float) -> None:
        self.core, self.start = Core(speed=1.0, virtual=True, latency=0.0, seed=0, check_s3=False), start
        self.files: dict[str, str] = {}
        self.core.service.world.storage = _Buckets(self.files)
        self._last: dict[str, tuple[int, bytes, Any]] = {}
        # An emulator begins now; a rehearsal always begins at the same time.
        self.core.service.world.clock._now = start  # type: ignore[attr-defined]

    def due(self) -> float | None:
        """In how many seconds from the start something happens by itself."""
        due = self.core.service.machine.next_due()
        return None if due is None else due - self.start

    def move(self, seconds: float) -> None:
        """It is so many seconds after the start by now."""
        behind = self.start + seconds - self.core.time.now()
        if behind > 0:
            self.core.time.advance(behind)

    def listen(self, hear: Callable[[Resource, float], None]) -> None:
        """Let somebody hear of every change of a resource."""
        self.core.service.world.listeners.append(hear)

    def resources(self, kind: str) -> list[Resource]:
        """What there is of a kind, as the emulator keeps it."""
        # Kinds may share a shelf, as both versions of AutoML jobs do.
        return [one for one in self.core.service.world.store.all() if one.kind == kind]

    def describe(self, kind: str, name: str) -> dict[str, Any]:
        """What Describe shows of the only resource of that name."""
        (found,) = (one for one in self.resources(kind) if one.name == name)
        return dict(self.core.service.describe(found))

    async def ask(
        self,
        operation: str,
        request: Mapping[str, Any],
        *,
        region: str,
        caller: str = _OPERATOR,
        service: str = "sagemaker",
    ) -> dict[str, Any]:
        """One call, as `aws.cloud` makes it. Raises AWSFailure."""
        known = _operation(operation, service)
        tokens = {name: str(uuid.UUID(int=random.getrandbits(128))) for name in known.idempotent_members}
        asked = _SERIALIZER.serialize_to_request({**tokens, **request}, known)
        headers = {**asked["headers"], "Authorization": _SIGNED.format(region, service), "User-Agent": caller}
        answer = None
        with suppress(ConnectionAbortedError):
            front = self.core.front if service == "sagemaker" else self.core.scaling
            answer = await front.answer(headers, bytes(asked["body"]))
        if answer is None:
            raise failures.read(boto.ConnectionClosedError(endpoint_url=_ENDPOINT), operation, endpoint=_ENDPOINT)
        reply = self._read(known, answer.status, answer.body)
        if answer.status >= 300:
            raise failures.read(boto.ClientError(reply, operation), operation, endpoint=_ENDPOINT)
        return replies.result(reply, operation, endpoint=_ENDPOINT)

    def _read(self, operation: Any, status: int, body: bytes) -> Any:
        """What botocore reads in an answer; most answers are the same as the last, and it takes its time."""
        last = self._last.get(operation.name)
        if last is None or last[:2] != (status, body):
            raw = {"body": body, "status_code": status, "headers": _HEADERS}
            last = self._last[operation.name] = status, body, _PARSER.parse(raw, operation.output_shape)
        return last[2]


class _Buckets:
    """Implements `world.Objects`: every bucket is there."""

    def __init__(self, files: dict[str, str]) -> None:
        self._files = files

    def has(self, account: str, bucket: str, prefix: str) -> bool:
        return bool(self.keys(account, bucket, prefix))

    def holds(self, account: str, bucket: str) -> bool:
        return True

    def keys(self, account: str, bucket: str, prefix: str) -> list[str]:
        found = (
            uri.removeprefix(f"s3://{bucket}/") for uri in self._files if uri.startswith(f"s3://{bucket}/{prefix}")
        )
        return sorted(found)

    def get(self, account: str, bucket: str, key: str) -> bytes | None:
        text = self._files.get(f"s3://{bucket}/{key}")
        return None if text is None else text.encode()

    def put(self, account: str, bucket: str, key: str, body: bytes) -> bool:
        self._files[f"s3://{bucket}/{key}"] = body.decode(errors="replace")
        return True


@cache
def _operation(name: str, service: str) -> Any:
    return _service(service).operation_model(name)


@cache
def _service(name: str) -> ServiceModel:
    return model.service_model(name)
