"""Messages of SNS to subscribers over HTTP: at once, in the background, and tried again a few times.

SNS tries again for hours (https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html); here it is the three
tries without a delay with which it begins.
"""

import logging
import threading
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from typing import Final
from urllib.parse import urlsplit

TRIES: Final = 3
SECONDS: Final = 15.0
"""How long SNS waits for an answer (the page above)."""
LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_log = logging.getLogger(__name__)


def reachable(url: str) -> bool:
    """Whether messages are sent to a URL: only to this machine itself, so that nothing leaves it."""
    try:
        return urlsplit(url).hostname in LOOPBACK
    except ValueError:
        return False


class Posting:
    """Posts messages in the order in which they come."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pool: ThreadPoolExecutor | None = None

    def post(self, url: str, body: str, headers: dict[str, str]) -> None:
        """Send a message soon."""
        with self._lock:
            if self._pool is None:
                self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sns")
            self._pool.submit(_post, url, body.encode(), {"Content-Type": "text/plain; charset=UTF-8", **headers})

    def stop(self) -> None:
        """Send nothing more."""
        with self._lock:
            if self._pool is not None:
                self._pool.shutdown(wait=False, cancel_futures=True)
                self._pool = None


def _post(url: str, body: bytes, headers: dict[str, str]) -> None:
    request = urllib.request.Request(url, body, headers, method="POST")  # noqa: S310 loopback alone, see `reachable`
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for attempt in range(TRIES):
        try:
            with opener.open(request, timeout=SECONDS):
                return
        except OSError as trouble:
            _log.warning("SNS could not send a message to %s, try %d of %d: %s", url, attempt + 1, TRIES, trouble)
