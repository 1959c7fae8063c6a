"""Where the process begins."""

import json
import os
import signal
import socket
import sys
from typing import Any

from .hatch import attend
from .init import Init, tell
from .linux import LINUX, SET_DEATH_SIGNAL, SUBREAPER, call
from .surroundings import enter, furnish, leave, raise_loopback


def main(lifeline: int) -> int:
    """Reads the plan; with a PID namespace, this process stays outside and only waits."""
    line = socket.socket(fileno=lifeline)
    line.set_inheritable(False)
    plan = read(line)
    os.umask(0o022)
    try:
        # Before the container leaves the network of this machine.
        hatch = socket.create_server(("127.0.0.1", plan["published"])) if plan["published"] else None
        if plan["doors"]:
            enter(plan["doors"])
        if plan["namespaces"]:
            leave(plan["namespaces"])
        if LINUX:
            call("prctl", SUBREAPER, 1, 0, 0, 0)
    except OSError as error:
        tell(line, broken=str(error))
        return 1
    if "pid" not in plan["namespaces"]:
        be_init(plan, line, hatch)
        return 0
    child = os.fork()
    if not child:
        try:
            call("prctl", SET_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
            be_init(plan, line, hatch)
        finally:
            os._exit(0)
    line.close()
    if hatch:
        hatch.close()
    os.waitpid(child, 0)
    return 0


def read(line: socket.socket) -> dict[str, Any]:
    """The plan."""
    written = b""
    while not written.endswith(b"\n"):
        data = line.recv(1 << 16)
        if not data:
            sys.exit(1)
        written += data
    plan: dict[str, Any] = json.loads(written)
    return plan


def be_init(plan: dict[str, Any], line: socket.socket, hatch: socket.socket | None) -> None:
    """The surroundings, then the program."""
    try:
        init = Init(plan, line)
        if "mount" in plan["namespaces"]:
            furnish(plan)
        if "network" in plan["namespaces"]:
            raise_loopback()
        if plan["hostname"] and "uts" in plan["namespaces"]:
            socket.sethostname(plan["hostname"])
        if hatch:
            attend(hatch, line)
    except OSError as error:
        tell(line, broken=str(error))
        return
    try:
        init.run()
    except BaseException:
        init.kill()
        raise
