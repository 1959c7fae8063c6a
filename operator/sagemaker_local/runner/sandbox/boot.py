"""The first process of a container: it makes the container's surroundings, starts the program, and sees to its end.

It is run as a script by `Sandbox`, in a fresh interpreter of one thread, since a process has to be alone to leave its user
namespace; it needs the standard library alone. It is told what to do in one line of JSON on a socket, and the socket remains as
a lifeline: when the other side is gone, for whatever reason, everything in the container is killed.

    emulator ── socket ──> init (PID 1 of the container) ──> program ──> what the program starts

    in:   the plan; then {"terminate": seconds}, {"kill": true}
    out:  {"started": pid} or {"broken": why}; at last {"status": exit code or -signal, "cause": the limit that was exceeded}

With namespaces, init is PID 1 of a PID namespace: its end is the end of all. Without, on Linux, orphans come to it (they cannot
leave by forking twice) and are killed one by one; elsewhere the program's process group is killed.

Not here: what is visible in the container (`layout` decides), and what the emulator does about an end.
"""

import contextlib
import ctypes
import errno
import fcntl
import json
import math
import os
import resource
import select
import signal
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, NoReturn

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
FILE_SYSTEMS = {
    "proc": ("proc", NOSUID | NODEV, None),
    "memory": ("tmpfs", NOSUID | NODEV, "mode=1777"),
    "terminals": ("devpts", NOSUID, "newinstance,ptmxmode=0666,mode=620"),
}
LINUX = sys.platform == "linux"
libc = ctypes.CDLL(None, use_errno=True)

# --- calls of Linux that Python 3.11 does not have


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
    """Makes a mount and those below it read-only or writable; without mount_setattr (Linux before 5.12) this mount alone."""
    attributes = struct.pack("QQQQ", 0 if writable else RDONLY | NOSUID, RDONLY if writable else 0, 0, 0)
    try:
        call("syscall", 442, -100, os.fsencode(target), 0x8000, attributes, len(attributes))
    except OSError as error:
        if error.errno != errno.ENOSYS:
            raise
        kept = os.statvfs(target).f_flag & 0xFFE
        mount("none", target, None, REMOUNT | BIND | kept | (0 if writable else RDONLY))


# --- the container's surroundings


def leave(namespaces: list[str]) -> None:
    """Takes this process into new namespaces, in which it is root; its user is the same as before for everybody else."""
    user, group = os.getuid(), os.getgid()
    call("unshare", sum(NEW[name] for name in namespaces))
    Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
    Path("/proc/self/uid_map").write_text(f"0 {user} 1", encoding="ascii")
    Path("/proc/self/gid_map").write_text(f"0 {group} 1", encoding="ascii")


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


# --- the program


def start(plan: dict[str, Any]) -> int:
    """Forks the program."""
    # The handlers of init must not run in the child, and what is buffered must not be written twice.
    sys.stdout.flush()
    child = os.fork()
    if child:
        return child
    try:
        become(plan)
    finally:
        os._exit(125)


def become(plan: dict[str, Any]) -> NoReturn:
    """In the child: the limits, then the program. As in a shell, 127: it is not there, 126: it cannot be run."""
    try:
        os.setsid()
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGPIPE, signal.SIGXFSZ):
            signal.signal(number, signal.SIG_DFL)
        restrict(plan)
        if "user" in plan["namespaces"]:
            become_powerless()
        os.chdir(plan["cwd"])
    except OSError as error:
        say_and_exit(f"The container could not be prepared: {error}", 125)
    command = plan["command"]
    try:
        os.execvpe(command[0], command, plan["env"])  # noqa: S606 # no shell, on purpose
    except FileNotFoundError:
        say_and_exit(f'exec: "{command[0]}": executable file not found', 127)
    except OSError as error:
        say_and_exit(f'exec: "{command[0]}": {error.strerror}', 126)


def say_and_exit(text: str, code: int) -> NoReturn:
    """Into the program's own output, where its user looks."""
    os.write(2, f"{text}\n".encode())
    os._exit(code)


def restrict(plan: dict[str, Any]) -> None:
    """The limits that the kernel keeps."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for name, value in plan["rlimits"].items():
        which = getattr(resource, f"RLIMIT_{name}", None)
        if which is not None:
            _, hard = resource.getrlimit(which)
            lowest = value if hard == resource.RLIM_INFINITY else min(value, hard)
            resource.setrlimit(which, (lowest, lowest))
    os.nice(plan["niceness"])
    if plan["cores"] and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, plan["cores"])


# --- looking after it


class Watch:
    """Looks now and then whether the container is within its limits; at most a twentieth of the time is spent on it."""

    def __init__(self, plan: dict[str, Any]) -> None:
        """What to look at, as the plan says."""
        self.memory: int | None = plan["memory"]
        self.processes: int | None = plan["processes"]
        self.disk: int | None = plan["disk"]
        # Opened before the container's root is entered, from where they could not be reached.
        self.directories = [os.open(path, os.O_RDONLY) for path in plan["directories"] if self.disk]
        self.namespaces: list[str] = plan["namespaces"]
        self.page = os.sysconf("SC_PAGE_SIZE")
        self.next = {"processes": 0.0, "disk": 0.0}
        self.period = {
            "processes": 0.1 if LINUX and (self.memory or self.processes) else None,
            "disk": 0.5 if self.disk else None,
        }

    def seconds(self) -> float:
        """Until there is something to look at."""
        due = [self.next[name] for name, period in self.period.items() if period is not None]
        return max(0.0, min(due, default=float("inf")) - time.monotonic())

    def exceeded(self) -> str:
        """The limit that is exceeded, or an empty text."""
        for name, look in (("processes", self._processes), ("disk", self._disk)):
            period, began = self.period[name], time.monotonic()
            if period is None or began < self.next[name]:
                continue
            if cause := look():
                return cause
            ended = time.monotonic()
            self.next[name] = ended + max(period, 20 * (ended - began))
        return ""

    def _processes(self) -> str:
        pids = numbered("/proc") if "pid" in self.namespaces else descendants()
        used = 0
        for pid in pids:
            with contextlib.suppress(OSError, ValueError, IndexError):
                resident, shared = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1:3]
                used += (int(resident) - int(shared)) * self.page
        if "mount" in self.namespaces:
            shared_memory = os.statvfs("/dev/shm")  # noqa: S108 # the container's own
            used += (shared_memory.f_blocks - shared_memory.f_bfree) * shared_memory.f_frsize
        if self.memory and used > self.memory:
            return "memory"
        return "processes" if self.processes and len(pids) > self.processes else ""

    def _disk(self) -> str:
        used = sum(size(directory) for directory in self.directories)
        return "disk" if self.disk and used > self.disk else ""


def size(directory: int) -> int:
    """The bytes that an open directory takes on its file system; what lies on another one is somebody else's."""
    used, device = 0, os.fstat(directory).st_dev
    with contextlib.suppress(OSError):
        for _, below, names, where in os.fwalk(".", dir_fd=directory):
            for name in names + below:
                with contextlib.suppress(OSError):
                    found = os.lstat(name, dir_fd=where)
                    used += found.st_blocks * 512 if found.st_dev == device else 0
    return used


def numbered(directory: str) -> list[int]:
    """The processes in a directory such as /proc."""
    return [int(path.name) for path in Path(directory).iterdir() if path.name.isdigit()]


def descendants() -> list[int]:
    """Every process that this one or one of those started, as Linux tells."""
    children: dict[int, list[int]] = {}
    for pid in numbered("/proc") if LINUX else ():
        with contextlib.suppress(OSError, ValueError, IndexError):
            after_name = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2]
            children.setdefault(int(after_name.split()[1]), []).append(pid)
    found, todo = [], [os.getpid()]
    while todo:
        todo += (below := children.get(todo.pop(), []))
        found += below
    return found


class Init:
    """Starts the program, passes on what it is told, and leaves nothing behind."""

    def __init__(self, plan: dict[str, Any], line: socket.socket) -> None:
        """The plan and the lifeline."""
        self.plan = plan
        self.line = line
        self.lifelines = [line]
        self.unread = b""
        self.cause = ""
        self.deadline = float("inf")
        self.program = 0
        self.status: int | None = None
        self.watch = Watch(plan)
        self.ending: dict[str, Any] | None = plan["ending"]

    def run(self) -> None:
        """Until the program has ended; then nothing else of the container runs either, and its end has been told."""
        woken, wake = os.pipe()
        os.set_blocking(wake, False)
        os.set_blocking(woken, False)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGTERM, lambda *_: self.signal(signal.SIGTERM))
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        self.program = start(self.plan)
        self.tell(started=self.program)
        while self.status is None:
            limit = min(self.watch.seconds(), max(0.0, self.deadline - time.monotonic()))
            watched: list[Any] = [*self.lifelines, woken]
            ready, _, _ = select.select(watched, [], [], None if limit == float("inf") else limit)
            if woken in ready:
                os.read(woken, 4096)
            self.reap()
            if self.line in ready:
                self.listen()
            if self.status is None and not self.cause and (cause := self.watch.exceeded()):
                self.cause = cause
                self.kill()
            if time.monotonic() >= self.deadline:
                self.kill()
        self.kill_rest()
        self.conclude()
        self.tell(status=self.status, cause=self.cause)

    def reap(self) -> None:
        """Takes the ends of all that have ended; the program's is kept."""
        with contextlib.suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                if ended[0] == self.program:
                    self.status = os.waitstatus_to_exitcode(ended[1])

    def listen(self) -> None:
        """What the emulator wants; when it is gone, an end."""
        data = self.line.recv(4096)
        if not data:
            self.lifelines = []
            self.kill()
            return
        *lines, self.unread = (self.unread + data).split(b"\n")
        for one in map(json.loads, lines):
            if "kill" in one:
                self.kill()
            elif self.ending:
                # The engine counts the grace, and gets some time to do it.
                self.deadline = min(self.deadline, time.monotonic() + one["terminate"] + 10)
                self.spawn([*self.ending["stop"], str(math.ceil(one["terminate"])), self.ending["name"]])
            else:
                self.deadline = min(self.deadline, time.monotonic() + one["terminate"])
                self.signal(signal.SIGTERM)

    def signal(self, number: int) -> None:
        """To the program alone, as Docker does; what it started is its affair until the grace is over."""
        if self.program and self.status is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.program, number)

    def spawn(self, command: list[str]) -> None:
        """Starts a command of the engine beside the program; its words are of no interest."""
        nowhere = [(os.POSIX_SPAWN_OPEN, number, "/dev/null", os.O_WRONLY, 0) for number in (1, 2)]
        with contextlib.suppress(OSError):
            os.posix_spawn(command[0], command, self.plan["env"], file_actions=nowhere)

    def conclude(self) -> None:
        """Takes a container of an engine away, which does not end with the engine's client; and asks before how it ended."""
        if not self.ending:
            return
        for name in ("ask", "tidy", "remove"):
            command = self.ending[name] or ["true"]
            with contextlib.suppress(OSError, subprocess.TimeoutExpired):
                said = subprocess.run(  # noqa: S603 # an engine's client
                    command,
                    env=self.plan["env"],
                    stdin=subprocess.DEVNULL,
                    capture_output=True,
                    timeout=60,
                    check=False,
                )
                if name == "ask" and b"true" in said.stdout:
                    self.cause = self.cause or "memory"
        if self.status is not None and self.status > 128:
            self.status = 128 - self.status

    def kill(self) -> None:
        """Everything in the container, now."""
        self.deadline = float("inf")
        if "pid" in self.plan["namespaces"] and os.getpid() == 1:
            with contextlib.suppress(ProcessLookupError):
                os.kill(-1, signal.SIGKILL)
            return
        for pid in descendants():
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.program, signal.SIGKILL)

    def kill_rest(self) -> None:
        """What the program has left behind. Who was killed hands its children to init: until there are none."""
        while True:
            self.kill()
            try:
                os.waitpid(-1, 0)
            except ChildProcessError:
                return

    def tell(self, **facts: Any) -> None:
        """To the emulator, if it is still there."""
        with contextlib.suppress(OSError):
            self.line.sendall(json.dumps(facts).encode() + b"\n")


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


def main() -> int:
    """Reads the plan; with a PID namespace, this process stays outside and only waits."""
    line = socket.socket(fileno=int(sys.argv[1]))
    line.set_inheritable(False)
    written = b""
    while not written.endswith(b"\n"):
        if not (data := line.recv(1 << 16)):
            return 1
        written += data
    plan = json.loads(written)
    os.umask(0o022)
    try:
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


if __name__ == "__main__":
    sys.exit(main())
