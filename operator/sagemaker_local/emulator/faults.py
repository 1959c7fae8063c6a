"""What goes wrong between a client and SageMaker, on request: throttling, 5xx, denials, silence, lost replies.

Faults are chosen by operation (a regular expression that must match the whole name), by probability from one seeded generator,
and for a number of times. The first fault that fires decides.
"""

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum
from random import Random
from typing import Any, Final, TypedDict, Unpack

from sagemaker_local.emulator import model
from sagemaker_local.emulator.refusal import UNVERIFIED, Refusal
from sagemaker_local.emulator.resource import Json

THROTTLED: Final = Refusal("ThrottlingException", "Rate exceeded", evidence="sagemaker-python-sdk#645")
INTERNAL: Final = Refusal(
    "InternalFailure",
    "The request processing has failed because of an unknown error, exception or failure.",
    evidence="Common Errors of the SageMaker API Reference",
    status=500,
)
UNAVAILABLE: Final = Refusal(
    "ServiceUnavailable",
    "The request has failed due to a temporary failure of the server.",
    evidence="Common Errors of the SageMaker API Reference",
    status=503,
)
DENIED: Final = Refusal(
    "AccessDeniedException",
    "User: arn:aws:sts::{account}:assumed-role/sagemaker-local/session is not authorized to perform: sagemaker:{operation} on "
    "resource: {resource} because no identity-based policy allows the sagemaker:{operation} action",
    evidence="quoted in many public issues",
)
EXPIRED: Final = Refusal(
    "ExpiredTokenException",
    "The security token included in the request is expired",
    evidence=UNVERIFIED,
)
LACKING: Final = Refusal(
    "UnknownOperationException",
    "The requested operation is not supported in the called region.",
    evidence="hashicorp/terraform-provider-aws#27258 (SageMaker in us-west-1), #16061 (in GovCloud)",
)


LOGS: Final = frozenset({"DescribeLogStreams", "FilterLogEvents", "GetLogEvents"})
"""The operations of CloudWatch Logs that read what SageMaker's containers wrote."""
SCALING: Final = frozenset(
    {
        *("RegisterScalableTarget", "DeregisterScalableTarget", "DescribeScalableTargets"),
        *("PutScalingPolicy", "DeleteScalingPolicy", "DescribeScalingPolicies"),
        *("PutScheduledAction", "DeleteScheduledAction", "DescribeScheduledActions", "DescribeScalingActivities"),
    }
)
"""The operations of Application Auto Scaling that are emulated."""
NOTIFYING: Final = frozenset({"CreateTopic", "GetTopicAttributes", "Publish", "Subscribe"})
"""The operations of SNS that can go wrong."""
RUNTIME: Final = frozenset({"InvokeEndpoint", "InvokeEndpointAsync", "InvokeEndpointWithResponseStream"})
"""The operations of sagemaker-runtime, where endpoints really predict."""


class Effect(Enum):
    """What a fault does to a request."""

    THROTTLE = "throttle"
    ERROR = "error"
    UNAVAILABLE = "unavailable"
    DENY = "deny"
    HANG = "hang"
    LOSE_REPLY = "lose_reply"
    CUT = "cut"
    EXPIRE = "expire"
    SURPRISE = "surprise"
    LACK = "lack"


ANSWERS: Final = {
    Effect.THROTTLE: THROTTLED,
    Effect.ERROR: INTERNAL,
    Effect.UNAVAILABLE: UNAVAILABLE,
    Effect.DENY: DENIED,
    Effect.EXPIRE: EXPIRED,
    Effect.LACK: LACKING,
}


@dataclass(slots=True)
class Fault:
    """One rule: an effect on the operations that match, `times` more times (None: for ever), of one account (None: of all)."""

    effect: Effect
    operation: str
    probability: float = 1.0
    times: int | None = None
    account: str | None = None
    seconds: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """What the control API shows."""
        shown: dict[str, Any] = {
            "effect": self.effect.value,
            "operation": self.operation,
            "probability": self.probability,
            "times": self.times,
        }
        if self.account is not None:
            shown["account"] = self.account
        return shown | ({"seconds": self.seconds} if self.effect is Effect.HANG else {})


class When(TypedDict, total=False):
    """When a fault happens.

    Attributes:
        times: how often; by default always.
        probability: between 0 and 1; by default 1.
        account: to whom, twelve digits; by default to all.
    """

    times: int | None
    probability: float
    account: str | None


class Faults:
    """The faults in force. Thread-safe. Each raises ValueError if no operation matches, or a number makes no sense."""

    def __init__(self, *, seed: int = 0) -> None:
        self._lock = threading.Lock()
        self._random = Random(seed)  # reproducible, not secret
        self._rules: list[Fault] = []

    def throttle(self, operation: str, **when: Unpack[When]) -> None:
        """Answer ThrottlingException."""
        self._add(Effect.THROTTLE, operation, when)

    def error(self, operation: str, **when: Unpack[When]) -> None:
        """Answer HTTP 500 InternalFailure; the operation is not done."""
        self._add(Effect.ERROR, operation, when)

    def unavailable(self, operation: str, **when: Unpack[When]) -> None:
        """Answer HTTP 503 ServiceUnavailable; the operation is not done."""
        self._add(Effect.UNAVAILABLE, operation, when)

    def deny(self, operation: str, **when: Unpack[When]) -> None:
        """Answer AccessDeniedException. Denying AddTags also denies every create that brings tags."""
        self._add(Effect.DENY, operation, when)

    def expire(self, operation: str, **when: Unpack[When]) -> None:
        """Answer ExpiredTokenException."""
        self._add(Effect.EXPIRE, operation, when)

    def hang(self, operation: str, *, seconds: float = 60, **when: Unpack[When]) -> None:
        """Keep the connection open for `seconds` without an answer, then cut it; the operation is not done."""
        if seconds < 0:
            raise ValueError(f"seconds must be 0 or more, not {seconds}")
        self._add(Effect.HANG, operation, when, seconds=seconds)

    def lose_reply(self, operation: str, **when: Unpack[When]) -> None:
        """Do the operation, then cut the connection instead of answering."""
        self._add(Effect.LOSE_REPLY, operation, when)

    def cut(self, operation: str, **when: Unpack[When]) -> None:
        """Cut the connection; the operation is not done."""
        self._add(Effect.CUT, operation, when)

    def surprise(self, operation: str, **when: Unpack[When]) -> None:
        """Answer as a later version of SageMaker might: with statuses and members that no client knows yet."""
        self._add(Effect.SURPRISE, operation, when)

    def lack(self, operation: str, **when: Unpack[When]) -> None:
        """Answer as a region that does not have the operation."""
        self._add(Effect.LACK, operation, when)

    def by_name(self, effect: str) -> Callable[..., None]:
        """The method that adds faults of an effect; ValueError with the list of effects for a typo."""
        try:
            return {
                Effect.THROTTLE: self.throttle, Effect.ERROR: self.error, Effect.DENY: self.deny,
                Effect.HANG: self.hang, Effect.LOSE_REPLY: self.lose_reply, Effect.CUT: self.cut,
                Effect.EXPIRE: self.expire, Effect.UNAVAILABLE: self.unavailable, Effect.SURPRISE: self.surprise,
                Effect.LACK: self.lack,
            }[Effect(effect)]  # fmt: skip
        except ValueError:
            known = ", ".join(e.value for e in Effect)
            raise ValueError(f"no fault is called {effect!r}; there are {known}") from None

    def clear(self) -> None:
        """Let everything work again."""
        with self._lock:
            self._rules.clear()

    def rules(self) -> list[dict[str, Any]]:
        """The faults in force, as the control API shows them."""
        with self._lock:
            return [rule.as_json() for rule in self._rules]

    def choose(self, operation: str, request: Json, account: str) -> Fault | None:
        """The fault that befalls a request, if any; it is counted as having happened."""
        if not self._rules:
            return None
        with self._lock:
            return next((rule for rule in self._rules if self._fires(rule, operation, request, account)), None)

    def _fires(self, rule: Fault, operation: str, request: Json, account: str) -> bool:
        if rule.times == 0 or rule.account not in (None, account) or not _concerns(rule, operation, request):
            return False
        if rule.probability < 1.0 and self._random.random() >= rule.probability:
            return False
        if rule.times is not None:
            rule.times -= 1
        return True

    def _add(self, effect: Effect, operation: str, when: When, *, seconds: float = 0.0) -> None:
        check_operation(operation, besides=LOGS | SCALING | NOTIFYING | RUNTIME)
        rule = Fault(effect, operation, **when, seconds=seconds)
        if not 0.0 <= rule.probability <= 1.0:
            raise ValueError(f"probability must be between 0 and 1, not {rule.probability}")
        if rule.times is not None and rule.times < 1:
            raise ValueError(f"times must be 1 or more, not {rule.times}")
        if rule.account is not None and not re.fullmatch(r"\d{12}", rule.account):
            raise ValueError(f"an account has twelve digits, not {rule.account!r}")
        with self._lock:
            self._rules.append(rule)


def check_operation(expression: str, *, besides: frozenset[str] = frozenset()) -> None:
    """Raise ValueError unless the regular expression matches an operation of SageMaker, or one of those besides."""
    try:
        pattern = re.compile(expression)
    except re.error as wrong:
        raise ValueError(f"{expression!r} is not a regular expression: {wrong}") from None
    names = model.operation_names() | besides
    if not any(pattern.fullmatch(name) for name in names):
        close = get_close_matches(expression, names, n=3)
        hint = f"; did you mean {' or '.join(close)}?" if close else ""
        raise ValueError(f"{expression!r} matches no operation of SageMaker{hint}")


def _concerns(rule: Fault, operation: str, request: Json) -> bool:
    if re.fullmatch(rule.operation, operation):
        return True
    # Creating with tags needs the permission for sagemaker:AddTags as well.
    return (
        rule.effect is Effect.DENY
        and operation.startswith("Create")
        and bool(request.get("Tags"))
        and re.fullmatch(rule.operation, "AddTags") is not None
    )
