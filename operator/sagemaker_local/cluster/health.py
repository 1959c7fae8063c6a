"""Looking at processes from outside: does a server answer, and how much memory does a process have.

Not here: what follows from it.
"""

import http.client
import os
import ssl
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

ANSWER_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Access:
    """How an API server is reached: its URL, a bearer token, and the authority (PEM) that signed it."""

    server: str
    token: str
    ca: Path

    def get(self, path: str) -> int | None:
        """The HTTP status that a GET is answered with; None without an answer."""
        trusted = ssl.create_default_context(cafile=str(self.ca))
        netloc = urlsplit(self.server).netloc
        connection = http.client.HTTPSConnection(netloc, context=trusted, timeout=ANSWER_SECONDS)
        return _status(connection, path, {"Authorization": f"Bearer {self.token}"})


def answers(url: str) -> bool:
    """Whether anything speaks HTTP there, whatever it says."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=ANSWER_SECONDS)
    return _status(connection, "/", {}) is not None


def _status(connection: http.client.HTTPConnection, path: str, headers: dict[str, str]) -> int | None:
    try:
        connection.request("GET", path, headers=headers)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def resident_bytes(pid: int) -> int | None:
    """The memory that a process occupies; None when there is no such process."""
    if sys.platform == "linux":
        try:
            pages = Path(f"/proc/{pid}/statm").read_text().split()[1]
        except (FileNotFoundError, ProcessLookupError):
            return None
        return int(pages) * os.sysconf("SC_PAGE_SIZE")
    argv = ["ps", "-o", "rss=", "-p", str(pid)]
    said = subprocess.run(argv, capture_output=True, text=True, check=False).stdout  # noqa: S603
    return int(said) * 1024 if said.strip() else None
