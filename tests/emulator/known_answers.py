"""What a known answer is: a situation, a question, what SageMaker is known to say, and how one is checked.

In a text, `…` stands for what no source tells: a source that knows only how an answer begins gives `Could not find endpoint…`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import pytest
from botocore.exceptions import ClientError

from sagemaker_local.emulator import Emulator

Do: TypeAlias = Callable[[Emulator, Any], object]


@dataclass(frozen=True, slots=True)
class Refused:
    """A request that is refused.

    Attributes:
        case: a readable name of the row.
        operation: the operation that is asked for.
        request: its members.
        code: the code of the error.
        text: its text, with `…` for what is not known.
        given: what was done before.
        status: the HTTP status.
    """

    case: str
    operation: str
    request: dict[str, Any]
    code: str
    text: str
    given: tuple[Do, ...] = field(default=(), kw_only=True)
    status: int = field(default=400, kw_only=True)

    def check(self, sagemaker: Emulator, client: Any) -> None:
        """Raises AssertionError if it is answered otherwise."""
        for do in self.given:
            do(sagemaker, client)
        with pytest.raises(ClientError) as caught:
            client._make_api_call(self.operation, self.request)
        answer = caught.value.response
        assert answer["Error"]["Code"] == self.code
        assert fits(self.text, answer["Error"]["Message"]), answer["Error"]["Message"]
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == self.status


@dataclass(frozen=True, slots=True)
class Shown:
    """A member that Describe is known to answer.

    Attributes:
        case: a readable name of the row.
        operation: the operation that is asked for.
        request: its members.
        path: members joined by dots, a number for an item of a list.
        value: what is there; a text may have `…` in it, and a type stands for any value of it.
        given: what was done before.
    """

    case: str
    operation: str
    request: dict[str, Any]
    path: str
    value: Any
    given: tuple[Do, ...] = field(default=(), kw_only=True)

    def check(self, sagemaker: Emulator, client: Any) -> None:
        """Raises AssertionError if something else is there."""
        for do in self.given:
            do(sagemaker, client)
        shown = client._make_api_call(self.operation, self.request)
        for step in self.path.split("."):
            shown = shown[int(step) if step.isdigit() else step]
        if isinstance(self.value, type):
            assert isinstance(shown, self.value)
        elif isinstance(self.value, str):
            assert fits(self.value, shown), shown
        else:
            assert (shown, type(shown)) == (self.value, type(self.value))


def fits(known: str, text: str) -> bool:
    """Whether a text is as far as it is known."""
    return re.fullmatch(".*".join(map(re.escape, known.split("…"))), text, re.DOTALL) is not None


def asked(operation: str, **request: Any) -> Do:
    """An operation that is answered."""
    return lambda _, client: client._make_api_call(operation, request)


def waited(seconds: float) -> Do:
    """Time that goes by."""
    return lambda sagemaker, _: sagemaker.clock.advance(seconds)


def failing(kind: str, reason: str) -> Do:
    """Work that is going to fail."""
    return lambda sagemaker, _: sagemaker.scenarios.fail(kind, ".", reason=reason)


def limited(quota: str, instances: int) -> Do:
    """A quota."""
    return lambda sagemaker, _: sagemaker.quotas.set(quota, instances)


def throttled(operation: str) -> Do:
    """An operation that is asked for too often."""
    return lambda sagemaker, _: sagemaker.faults.throttle(operation)


def denied(operation: str) -> Do:
    """An operation that the caller may not do."""
    return lambda sagemaker, _: sagemaker.faults.deny(operation)
