"""Asking for what Describe does not tell (`kinds.Detail`); what cannot be had now leaves the pass as it is."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from sagemaker_operator.engine import address, details
from sagemaker_operator.engine.facts import Facts
from sagemaker_operator.errors import AWSFailure, Throttled, Unknown
from sagemaker_operator.kinds import Detail

_log = logging.getLogger(__name__)

Ask = Callable[[str, Mapping[str, Any]], Awaitable[Mapping[str, Any]]]
# The end of a job is looked at once: what got lost is worth another try.
_TRIES = 2


async def told(facts: Facts, reply: Mapping[str, Any], ask: Ask) -> dict[str, list[dict[str, Any]]]:
    """The details that are due, by field of the status.

    Args:
        facts: of the pass, before the look.
        reply: the Describe reply.
        ask: calls an operation.
    """
    found = details.described(facts.kind, reply)
    for detail in details.due(facts.kind, facts.resource.status, reply):
        about = address.asked(facts, detail.operation)
        if about is not None:
            rows = await _rows(detail, {**about, **details.asked(detail, reply)}, ask)
            found |= {detail.field: rows} if rows is not None else {}
    return found


async def _rows(detail: Detail, request: Mapping[str, Any], ask: Ask) -> list[dict[str, Any]] | None:
    for _ in range(_TRIES):
        try:
            return details.items(detail, await ask(detail.operation, request))
        except (Throttled, Unknown) as failure:
            error = str(failure)
        except AWSFailure as failure:
            error = str(failure)
            break
    _log.info("A detail is not known", extra={"field": detail.field, "error": error})
    return None
