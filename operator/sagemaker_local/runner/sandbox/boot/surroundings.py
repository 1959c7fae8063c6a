"""The container's namespaces and its file system."""

import contextlib
import fcntl
import os
import socket
import struct
from pathlib import Path
from typing import Any

from .linux import (
    AMBIENT,
    AMBIENT_CLEAR,
    BIND,
    CAPABILITY_DROP,
    DETACH,
    NEW,
    NO_NEW_PRIVILEGES,
    NODEV,
    NOSUID,
    PRIVATE,
    RECURSIVE,
    call,
    mount,
    set_read_only,
)

FILE_SYSTEMS = {
    "proc": ("proc", NOSUID | NODEV, None),
    "memory": ("tmpfs", NOSUID | NODEV, "mode=1777"),
    "terminals": ("devpts", NOSUID, "newinstance,ptmxmode=0666,mode=620"),
}


def leave(namespaces: list[str]) -> None:
    """Takes this process into new namespaces, in which it is root; its user is the same as before for everybody else."""
    user, group = os.getuid(), os.getgid()
    call("unshare", sum(NEW[name] for name in namespaces))
    if "user" not in namespaces:
        return
    Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
    Path("/proc/self/uid_map").write_text(f"0 {user} 1", encoding="ascii")
    Path("/proc/self/gid_map").write_text(f"0 {group} 1", encoding="ascii")


def enter(doors: list[int]) -> None:
    """Takes this process into a user and a network namespace that are there already, where it is root as in new ones."""
    for door, name in zip(doors, ("user", "network"), strict=True):
        call("setns", door, NEW[name])
        os.close(door)


def furnish(plan: dict[str, Any]) -> None:
    """Builds the file system that the program sees below the plan's `root`, and moves there."""
    root = plan["root"]
    mount("none", "/", None, RECURSIVE | PRIVATE)
    mount(root, root, None, BIND)
    set_read_only(root, writable=True)
    for one in plan["mounts"]:
        try:
            place(one, root + one["target"])
        except OSError:
            if one["how"] != "layer":
                raise
            # Not on every file system, and not on every Linux: what is installed goes elsewhere.
            place({**one, "how": "read"}, root + one["target"])
            plan["env"].update(plan["unlayered"])
            Path(root + plan["unlayered"]["PIP_TARGET"]).mkdir(exist_ok=True)
    os.chdir(root)
    call("pivot_root", b".", b".")
    call("umount2", b".", DETACH)
    os.chdir("/")


def place(one: dict[str, str], target: str) -> None:
    """One mount, directory or link of the container."""
    how, source = one["how"], one.get("source", "")
    if how == "link":
        Path(target).parent.mkdir(parents=True, exist_ok=True)
        Path(target).symlink_to(source)
        return
    point(target, directory=how not in {"bind", "same", "read"} or Path(source).is_dir())
    if how in FILE_SYSTEMS:
        kind, flags, options = FILE_SYSTEMS[how]
        mount(kind, target, kind, flags, options)
    elif how == "layer":
        layer(one, target)
    else:
        mount(source, target, None, BIND | RECURSIVE)
        if how != "same":
            set_read_only(target, writable=how == "bind")
    if how == "proc":
        # The settings of the kernel obey the user alone, not its capabilities.
        for inner in (f"{target}/{name}" for name in ("sys", "sysrq-trigger", "irq", "bus")):
            if Path(inner).exists():
                mount(inner, inner, None, BIND | RECURSIVE)
                set_read_only(inner, writable=False)


def layer(one: dict[str, str], target: str) -> None:
    """What is there, with changes that go to `changes`: what a program installs is its own."""
    upper, work = f"{one['changes']}/upper", f"{one['changes']}/work"
    for directory in (upper, work):
        Path(directory).mkdir(parents=True)
    options = f"lowerdir={one['source']},upperdir={upper},workdir={work},userxattr"
    mount("overlay", target, "overlay", NOSUID | NODEV, options)


def point(target: str, *, directory: bool) -> None:
    """A place to mount on."""
    path = Path(target)
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    if directory:
        path.mkdir(mode=0o755)
    else:
        path.touch()


def raise_loopback() -> None:
    """The loopback device of a new network namespace is down."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, 0x8914, struct.pack("16sH22x", b"lo", 0x41))  # SIOCSIFFLAGS, IFF_UP | IFF_RUNNING


def become_powerless() -> None:
    """Root of a namespace could undo its mounts: the program is root in name, without a capability, for good."""
    with contextlib.suppress(OSError):
        call("prctl", AMBIENT, AMBIENT_CLEAR, 0, 0, 0)
    for capability in range(64):
        try:
            call("prctl", CAPABILITY_DROP, capability, 0, 0, 0)
        except OSError:  # EINVAL: this kernel has no more
            break
    call("prctl", NO_NEW_PRIVILEGES, 1, 0, 0, 0)
