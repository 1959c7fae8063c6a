"""How separate containers can be on this machine; found out by trying."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from .errors import SandboxError

FULL: Final = ("user", "mount", "ipc", "uts", "pid")
FILES: Final = ("user", "mount", "ipc", "uts")
RELOCATED: Final[tuple[str, ...]] = ()

# Settings of Linux that forbid namespaces to ordinary users, the value that does, and how to allow them.
FORBIDDING: Final = (
    ("kernel/apparmor_restrict_unprivileged_userns", "1", "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"),
    ("kernel/unprivileged_userns_clone", "0", "sysctl -w kernel.unprivileged_userns_clone=1"),
    ("user/max_user_namespaces", "0", "sysctl -w user.max_user_namespaces=10000"),
)


@dataclass(frozen=True, slots=True)
class Found:
    """The best degree that works.

    Attributes:
        shortfall: why it is not the full one, and what to do about it.
    """

    namespaces: tuple[str, ...]
    shortfall: str


def find(works: Callable[[tuple[str, ...]], None], settings: Path = Path("/proc/sys")) -> Found:
    """The best degree with which `works` does not raise SandboxError."""
    if sys.platform != "linux":
        return Found(
            RELOCATED, "This system has no namespaces: programs of jobs see the files and processes of their user."
        )
    reasons = []
    for degree, lacking in (
        (FULL, "see the names of other processes"),
        (FILES, "see the files and processes of their user"),
    ):
        try:
            works(degree)
        except SandboxError as error:
            reasons.append(f"Programs of jobs {lacking}: {error}")
        else:
            return Found(degree, reasons[-1] if reasons else "")
    return Found(RELOCATED, f"{reasons[-1]}{_advice(settings)}")


def _advice(settings: Path) -> str:
    for name, value, command in FORBIDDING:
        file = settings / name
        if file.is_file() and file.read_text(encoding="ascii").strip() == value:
            return f" This machine forbids namespaces to ordinary users; `sudo {command}` allows them."
    return ""
