"""The door to AWS: one coroutine per call.

    >>> reply = await cloud.call("DescribeTrainingJob", {"TrainingJobName": "digits"}, region="eu-west-1", lane=Lane.USER)

Members are spelled as in the service model. A call waits for its turn (`turns`), runs boto3 in a thread and comes back with the
reply or with one of `Throttled`, `Unknown`, `Denied`, `Limited`, `Lacking`, `Refused`. It is tried once: when to try again is for
the engine to say, which knows whether the first try was carried out.
"""

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from time import perf_counter
from typing import Protocol, TypeAlias

from botocore import xform_name
from botocore.exceptions import BotoCoreError, ClientError

from sagemaker_operator.engine.lanes import Lane
from sagemaker_operator.errors import AWSFailure, Lacking, Throttled, Unknown

from . import failures, replies
from .lacks import Lacks
from .limits import Key, Limits
from .sessions import Sessions
from .turns import ClosedError, Turns

_Outcome: TypeAlias = dict[str, object] | AWSFailure


class Observer(Protocol):
    """Who wants to know about the calls: metrics."""

    def called(self, operation: str, region: str, code: str, seconds: float) -> None:
        """A call came back after so many seconds, with AWS's error code or ``OK``."""

    def waited(self, operation: str, seconds: float) -> None:
        """A call had to wait so many seconds for its turn."""

    def throttled(self, operation: str) -> None:
        """AWS throttled a call."""


class Cloud:
    """SageMaker in one AWS account.

    Args:
        sessions: the source of clients.
        limits: the rate limits of that account.
        threads: how many calls may be under way at once.
        observer: who wants to know about the calls.
    """

    def __init__(
        self, sessions: Sessions, limits: Limits, *, threads: int = 16, observer: Observer | None = None
    ) -> None:
        self._sessions = sessions
        self._turns = Turns(limits, threads)
        self._lacks = Lacks()
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="aws")
        self._observer = observer
        self._answers: set[asyncio.Future[_Outcome]] = set()
        self._closed = False

    async def call(
        self, operation: str, request: Mapping[str, object], *, region: str, lane: Lane, service: str = "sagemaker"
    ) -> dict[str, object]:
        """Call an operation when it is its turn.

        Cancelling gives the turn back; a call that is under way is carried out all the same, and nobody learns its outcome.

        Args:
            operation: the operation, such as ``CreateTrainingJob``.
            request: its input in the service model's spelling.
            region: the AWS region.
            lane: how urgent it is.
            service: whose operation it is, by botocore's name.

        Returns:
            The members of the reply; times are in UTC.

        Raises:
            Throttled: AWS allows no more calls now; nothing was done.
            Unknown: there is no usable answer, or the operator is stopping; the call may have been carried out.
            Denied: credentials are missing, expired or not allowed to do this.
            Limited: a service quota is used up.
            Lacking: the region does not have the operation, which is asked for once an hour and not more.
            Refused: any other answer that is an error.
        """
        key = Key(region, operation)
        if (lacking := self._lacks.known(key)) is not None:
            raise lacking
        try:
            waited = await self._turns.take(key, lane)
        except ClosedError as error:
            raise _stopping(operation) from error
        if self._observer is not None:
            self._observer.waited(operation, waited)
        if self._closed:
            raise _stopping(operation)
        # Shielded: a call under way cannot be called back, and keeps its thread and its turn until it is done.
        outcome = await asyncio.shield(self._under_way(service, key, request))
        if isinstance(outcome, Lacking):
            self._lacks.learn(key, outcome)
        if isinstance(outcome, AWSFailure):
            raise outcome
        return outcome

    async def account(self, *, region: str) -> str:
        """The id of the AWS account, asked once; for messages.

        Raises:
            AWSFailure: as `call`.
        """
        if self._closed:
            raise _stopping("GetCallerIdentity")
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._ask_account, region)

    async def close(self, *, grace: float = 5.0) -> None:
        """Stop calling: send away who waits, give calls under way so many seconds, close the connections."""
        self._closed = True
        self._turns.close()
        if self._answers:
            await asyncio.wait(self._answers, timeout=grace)
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._sessions.close()

    def _under_way(self, service: str, key: Key, request: Mapping[str, object]) -> asyncio.Future[_Outcome]:
        """Carry out a call whose turn it is, and end the turn when the thread is done."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[_Outcome] = loop.create_future()
        self._answers.add(answer)

        def carry_out() -> None:
            began = perf_counter()
            outcome = self._ask(service, key, request)
            # A loop that is closed has nobody left to tell.
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(self._arrived, key, answer, outcome, perf_counter() - began)

        self._threads.submit(carry_out)
        return answer

    def _arrived(self, key: Key, answer: asyncio.Future[_Outcome], outcome: _Outcome, seconds: float) -> None:
        throttled = isinstance(outcome, Throttled)
        if self._observer is not None:
            code = outcome.code if isinstance(outcome, AWSFailure) else "OK"
            self._observer.called(key.operation, key.region, code, seconds)
            if throttled:
                self._observer.throttled(key.operation)
        self._answers.discard(answer)
        answer.set_result(outcome)
        self._turns.finish(key, throttled=throttled)

    def _ask(self, service: str, key: Key, request: Mapping[str, object]) -> _Outcome:
        """One call, blocking; whatever goes wrong is an outcome."""
        endpoint = self._sessions.endpoint_url or ""
        try:
            client = self._sessions.client(key.region, service)
            endpoint = client.meta.endpoint_url
            reply = getattr(client, xform_name(key.operation))(**request)
            return replies.result(replies.whole(reply), key.operation, endpoint=endpoint, service=service)
        except (AWSFailure, ClientError, BotoCoreError) as error:
            return failures.read(error, key.operation, endpoint=endpoint)
        except Exception as error:  # noqa: BLE001 - botocore's reading and writing can raise anything, and must not end a thread
            return replies.unwritable(request, key.operation) or failures.read(error, key.operation, endpoint=endpoint)

    def _ask_account(self, region: str) -> str:
        try:
            return self._sessions.account(region)
        except Exception as error:
            raise failures.read(error, "GetCallerIdentity", endpoint=self._sessions.endpoint_url or "") from error


def _stopping(operation: str) -> Unknown:
    return Unknown("Stopping", "the operator is stopping: nothing was called", operation)
