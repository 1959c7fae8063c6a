"""Whether a queue's policy lets EventBridge send to it. AWS checks this always, the emulator when it is asked to.

Understands what such policies use: principals, actions, resources with wildcards, and conditions on aws:SourceArn and
aws:SourceAccount. A statement with any other condition does not hold.
"""

from typing import Any, Final

from sagemaker_local.emulator.events.matchers import wildcard
from sagemaker_local.emulator.statements import allow, several

_SERVICE: Final = "events.amazonaws.com"
_ACTIONS: Final = ("sqs:sendmessage", "sqs:*", "*")
_LIKE: Final = frozenset({"ArnEquals", "StringLike", "ArnLike"})


def lets_in(policy: str | None, *, queue: str, rule: str, account: str) -> bool:
    """Whether a rule may send to a queue.

    Args:
        policy: the queue's attribute Policy.
        queue: the queue's ARN.
        rule: the rule's ARN.
        account: the rule's account.
    """
    if not policy:
        return False
    context = {"aws:sourcearn": rule, "aws:sourceaccount": account}
    return allow(policy, lambda statement: _holds(statement, queue, context))


def _holds(statement: dict[str, Any], queue: str, context: dict[str, str]) -> bool:
    conditions = statement.get("Condition") or {}
    actions = [str(action).lower() for action in several(statement.get("Action"))]
    resources = several(statement.get("Resource"))
    return (
        _is_eventbridge(statement.get("Principal"))
        and any(action in _ACTIONS for action in actions)
        and any(_like(resource, queue) for resource in resources)
        and isinstance(conditions, dict)
        and all(_met(operator, wanted, context) for operator, wanted in conditions.items())
    )


def _is_eventbridge(principal: Any) -> bool:
    if principal == "*":
        return True
    if not isinstance(principal, dict):
        return False
    return "*" in several(principal.get("AWS")) or _SERVICE in several(principal.get("Service"))


def _met(operator: str, wanted: Any, context: dict[str, str]) -> bool:
    if not isinstance(wanted, dict) or operator not in {*_LIKE, "StringEquals"}:
        return False
    fits = _like if operator in _LIKE else str.__eq__
    return all(
        key.lower() in context and any(fits(value, context[key.lower()]) for value in several(values))
        for key, values in wanted.items()
    )


def _like(pattern: Any, text: str) -> bool:
    return bool(wildcard(_tidy(str(pattern)))(text))


def _tidy(pattern: str) -> str:
    while "**" in pattern:
        pattern = pattern.replace("**", "*")
    return pattern.replace("\\", "\\\\")
