"""Calls of Linux that Python 3.11 does not have. Importable everywhere; callable on Linux only."""

import ctypes
import errno
import os
import struct
import sys
from typing import Any

NEW = {
    "mount": 0x20000,
    "uts": 0x4000000,
    "ipc": 0x8000000,
    "user": 0x10000000,
    "pid": 0x20000000,
    "network": 0x40000000,
}
RDONLY, NOSUID, NODEV, REMOUNT, BIND, RECURSIVE, PRIVATE = 1, 2, 4, 32, 4096, 16384, 1 << 18
DETACH = 2
SET_DEATH_SIGNAL, CAPABILITY_DROP, NO_NEW_PRIVILEGES, SUBREAPER, AMBIENT, AMBIENT_CLEAR = 1, 24, 38, 36, 47, 4
LINUX = sys.platform == "linux"
libc = ctypes.CDLL(None, use_errno=True)


def call(name: str, *arguments: Any) -> None:
    """A function of the C library that answers 0, or sets errno."""
    wrapped = [ctypes.c_long(one) if isinstance(one, int) else one for one in arguments]
    if getattr(libc, name)(*wrapped) != 0:
        number = ctypes.get_errno()
        shown = ", ".join(str(one) for one in arguments)
        raise OSError(number, f"{name}({shown}): {os.strerror(number)}")


def mount(source: str, target: str, kind: str | None, flags: int, options: str | None = None) -> None:
    """mount(2)."""
    words = [None if one is None else os.fsencode(one) for one in (source, target, kind, options)]
    call("mount", words[0], words[1], words[2], flags, words[3])


def set_read_only(target: str, *, writable: bool) -> None:
    """Makes a mount and those below it read-only, or writable again."""
    attributes = struct.pack("QQQQ", 0 if writable else RDONLY | NOSUID, RDONLY if writable else 0, 0, 0)
    try:
        call(
            "syscall", 442, -100, os.fsencode(target), 0x8000, attributes, len(attributes)
        )  # mount_setattr, AT_RECURSIVE
    except OSError as error:
        if error.errno != errno.ENOSYS:
            raise
        remount(target, writable=writable)


def remount(target: str, *, writable: bool) -> None:
    """The same before Linux 5.12, for the mount alone; what it forbids already has to be said again."""
    kept = os.statvfs(target).f_flag & 0xFFE
    mount("none", target, None, REMOUNT | BIND | kept | (0 if writable else RDONLY))
