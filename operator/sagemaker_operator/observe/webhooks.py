"""Posts JSON to webhooks, signed as https://www.standardwebhooks.com describes, so that receivers can verify it by its libraries.

Headers: ``webhook-id`` (the same each time that a message is sent), ``webhook-timestamp`` (seconds since 1970) and, with a key,
``webhook-signature``: ``v1,`` and the base64 of an HMAC-SHA256 over ``<id>.<timestamp>.<body>``. A key that begins with
``whsec_`` holds base64 behind it, any other one is taken as it is.

An address may hold a secret: no part of it is ever in an error, a log or a status.
"""

import base64
import hmac
import ssl
from collections.abc import Callable
from hashlib import sha256
from ipaddress import ip_address
from time import time
from urllib.parse import urlsplit

import aiohttp

from sagemaker_operator import __version__

_ENCODED = "whsec_"


class UnreachableError(OSError):
    """A message could not be posted; the text names no part of the address."""


async def post(
    url: str,
    *,
    body: str,
    key: str | None,
    delivery: str,
    patience: float = 10.0,
    now: Callable[[], float] = time,
) -> int:
    """Post a message: the HTTP status of the answer, whose content is not looked at. Redirections are not followed.

    Args:
        url: where to; https, or http on this machine. Blanks around it are none of it.
        body: JSON.
        key: to sign with; None signs nothing.
        delivery: the id of the message.
        patience: seconds for all of it.
        now: the time, in seconds since 1970.

    Raises:
        UnreachableError: there was no answer, or nothing was sent as the address or the key cannot be used.
    """
    address = url.strip()
    local = _checked(address)
    stamp = str(int(now()))
    headers = {
        "content-type": "application/json",
        "user-agent": f"sagemaker-operator/{__version__}",
        "webhook-id": delivery,
        "webhook-timestamp": stamp,
    }
    if key is not None:
        headers["webhook-signature"] = signature(key, delivery=delivery, timestamp=stamp, body=body)
    try:
        async with (
            # Proxies are for what is elsewhere.
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=patience), trust_env=not local) as session,
            session.post(address, data=body.encode(), headers=headers, allow_redirects=False) as answer,
        ):
            return answer.status
    except (aiohttp.ClientError, OSError, ValueError) as error:
        # Without the cause: its text has the address in it.
        raise UnreachableError(_told(error, patience)) from None


def signature(key: str, *, delivery: str, timestamp: str, body: str) -> str:
    """What ``webhook-signature`` says.

    Raises:
        UnreachableError: the key is no base64 behind ``whsec_``.
    """
    text = key.strip()
    try:
        secret = (
            base64.b64decode(text.removeprefix(_ENCODED), validate=True) if text.startswith(_ENCODED) else text.encode()
        )
    except ValueError:
        raise UnreachableError(f"the signing key begins with {_ENCODED} and is no base64 behind it") from None
    made = hmac.new(secret, f"{delivery}.{timestamp}.{body}".encode(), sha256).digest()
    return f"v1,{base64.b64encode(made).decode()}"


def _checked(url: str) -> bool:
    """Whether an address is on this machine, where no encryption is needed."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise UnreachableError("the address of the webhook is no URL") from None
    if not host or parts.scheme not in ("https", "http"):
        raise UnreachableError("the address of the webhook is no URL that begins with https://")
    local = _loopback(host)
    if parts.scheme == "http" and not local:
        raise UnreachableError("the address of the webhook must begin with https://, as what is sent is not public")
    return local


def _loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _told(error: Exception, patience: float) -> str:
    match error:
        case UnreachableError():
            return str(error)
        case TimeoutError():
            return f"the webhook did not answer within {patience:g} s"
        case aiohttp.ClientConnectorDNSError():
            return "the name of the webhook's host is not known"
        case aiohttp.ClientSSLError() | ssl.SSLError():
            return "the webhook shows no certificate that can be trusted, or speaks no TLS"
        case aiohttp.ClientConnectorError() | ConnectionError():
            return "the webhook cannot be reached, or refuses the connection"
        case aiohttp.InvalidURL() | ValueError():
            return "the address of the webhook is no URL"
        case _:
            return "the webhook broke the connection without an answer"
