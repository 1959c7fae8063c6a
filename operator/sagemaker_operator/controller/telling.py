"""Asking for what Describe does not tell (`kinds.Detail`); what cannot be had now leaves the pass as it is."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from sagemaker_operator.engine import address, details
from sagemaker_operator.engine.facts import Facts
from sagemaker_operator.errors import AWSFailure, Throttled, Unknown
from sagemaker_operator.kinds import Detail
from sagemaker_operator.kinds.kind import Stage

_log = logging.getLogger(__name__)

Ask = Callable[[str, Mapping[str, Any]], Awaitable[Mapping[str, Any]]]


async def told(facts: Facts, reply: Mapping[str, Any], ask: Ask) -> dict[str, list[dict[str, Any]]]:
    """The details that are due, by field of the status.

    Args:
        facts: of the pass, before the look.
        reply: the Describe reply.
        ask: calls an operation.
    """
    kind, status = facts.kind, facts.resource.status
    # The end is looked at once: what gets lost then is worth another try.
    tries = 1 if kind.stage(reply.get(kind.family.status or "")) is Stage.CHANGING else 2
    found = details.described(kind, reply)
    for detail in details.due(kind, status, reply):
        about = address.asked(facts, detail.operation)
        if about is None:
            continue
        rows = await _rows(detail, {**about, **details.asked(detail, reply)}, ask, tries)
        if rows is not None:
            found[detail.field] = rows
        elif detail.field not in status:
            # Asked for again when something changes, and not at every look.
            found[detail.field] = []
    return found


async def _rows(detail: Detail, request: Mapping[str, Any], ask: Ask, tries: int) -> list[dict[str, Any]] | None:
    for left in reversed(range(tries)):
        try:
            return details.items(detail, await ask(detail.operation, request))
        except AWSFailure as failure:
            if not left or not isinstance(failure, Throttled | Unknown):
                _log.info("A detail is not known", extra={"field": detail.field, "error": str(failure)})
                return None
    return None
