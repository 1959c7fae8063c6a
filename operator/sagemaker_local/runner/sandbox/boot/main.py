"""Where the process begins."""

import json
import os
import signal
import socket
from typing import Any

from .init import Init
from .linux import LINUX, SET_DEATH_SIGNAL, SUBREAPER, call
from .surroundings import enter, furnish, leave, raise_loopback


def be_init(plan: dict[str, Any], line: socket.socket) -> None:
    """The surroundings, then the program."""
    init = Init(plan, line)
    try:
        if "mount" in plan["namespaces"]:
            furnish(plan)
        if "network" in plan["namespaces"]:
            raise_loopback()
        if plan["hostname"] and "uts" in plan["namespaces"]:
            socket.sethostname(plan["hostname"])
    except OSError as error:
        init.tell(broken=str(error))
        return
    try:
        init.run()
    except BaseException:
        init.kill()
        raise


def main(lifeline: int) -> int:
    """Reads the plan; with a PID namespace, this process stays outside and only waits."""
    line = socket.socket(fileno=lifeline)
    line.set_inheritable(False)
    written = b""
    while not written.endswith(b"\n"):
        if not (data := line.recv(1 << 16)):
            return 1
        written += data
    plan = json.loads(written)
    os.umask(0o022)
    try:
        if plan["doors"]:
            enter(plan["doors"])
        if plan["namespaces"]:
            leave(plan["namespaces"])
        if LINUX:
            call("prctl", SUBREAPER, 1, 0, 0, 0)
    except OSError as error:
        Init(plan, line).tell(broken=str(error))
        return 1
    if "pid" not in plan["namespaces"]:
        be_init(plan, line)
        return 0
    child = os.fork()
    if not child:
        try:
            call("prctl", SET_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
            be_init(plan, line)
        finally:
            os._exit(0)
    line.close()
    os.waitpid(child, 0)
    return 0
