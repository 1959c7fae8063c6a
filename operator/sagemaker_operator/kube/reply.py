"""What the API server's refusals mean: from an HTTP status and a ``Status`` object to an error of ours."""

import json
from collections.abc import Mapping
from typing import Any

from .errors import Conflict, Forbidden, Invalid, KubeError, Missing, Unavailable


def failure(
    method: str, path: str, status: int, reply: bytes, headers: Mapping[str, str], *, source: str = ""
) -> KubeError:
    """The error for an answer that is not a success.

    Args:
        method: the request's method.
        path: the request's path.
        status: the HTTP status, 300 or above.
        reply: the body; a ``Status`` when the API server itself answered, anything when something in between did.
        headers: of the reply.
        source: where our credentials come from.
    """
    told = _status(reply)
    message = f"{method} {path}: {told.get('message') or f'HTTP status {status}'}"
    if status == 401:
        return Forbidden(f"{message}: the API server does not accept the credentials of {source}")
    if status == 403:
        return Forbidden(message)
    if status == 404:
        return Missing(message)
    if status == 409 or (status == 422 and _version_refused(told)):
        return Conflict(message)
    if status < 400 or status == 429 or status >= 500:
        return Unavailable(message, retry_after=_retry_after(told, headers))
    return Invalid(message)


def _status(reply: bytes) -> Mapping[str, Any]:
    try:
        decoded = json.loads(reply)
    except ValueError:
        return {}
    return decoded if isinstance(decoded, dict) and decoded.get("kind") == "Status" else {}


def _version_refused(told: Mapping[str, Any]) -> bool:
    causes = (told.get("details") or {}).get("causes") or ()
    return any(cause.get("field") == "metadata.resourceVersion" for cause in causes)


def _retry_after(told: Mapping[str, Any], headers: Mapping[str, str]) -> float | None:
    value = headers.get("Retry-After") or (told.get("details") or {}).get("retryAfterSeconds")
    try:
        return max(0.0, float(value)) if value is not None else None
    except (TypeError, ValueError):
        return None
