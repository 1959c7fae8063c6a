"""Statements of IAM policies: whether those that hold allow something, and none denies it.

Which statements hold is for whoever asks: a role's trust in `accounts`, a queue's policy in `events.policy`.
"""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote


def allow(policy: str, holds: Callable[[dict[str, Any]], bool]) -> bool:
    """Whether a policy allows something. What is not JSON, or no statement, allows nothing.

    Args:
        policy: JSON, quoted as in a URL or not.
        holds: whether a statement is about what is asked for.
    """
    try:
        document = json.loads(policy if policy.lstrip().startswith("{") else unquote(policy))
    except ValueError:
        return False
    statements = several(document.get("Statement")) if isinstance(document, dict) else []
    effects = {statement.get("Effect") for statement in statements if isinstance(statement, dict) and holds(statement)}
    return "Allow" in effects and "Deny" not in effects


def several(value: Any) -> list[Any]:
    """What a policy may say once or as a list."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
