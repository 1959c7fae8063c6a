"""Runs programs as SageMaker would: in a container of their own, as far as this machine allows it to an ordinary user.

Isolation has three degrees; `Sandbox()` finds the best that works here, once, by trying it with the smallest program:

    full        user, mount, PID, IPC and UTS namespaces (most Linux machines): /opt/ml is private, the file system is read-only
                and shows no home directory (see `layout`), other processes are invisible, nothing outlives the container
    files       the same without a PID namespace (Linux in a container that masks parts of /proc): processes are visible
    relocated   no namespaces (macOS; Linux where they are forbidden, such as Ubuntu 24.04 with its AppArmor restriction): /opt/ml
                is the given directory under its own path. Where the command or a variable says "/opt/ml", that path is put in its
                place, and SAGEMAKER_BASE_DIR is set to it, as AWS's toolkits understand; `inside` tells it to whoever writes
                configuration files. The program runs as the same user with the same file system: nothing is hidden but the
                environment variables. Names of `hosts` are not known: use their addresses instead wherever a program is told
                about its peers (`names` says so).

A virtual environment may be used by many containers at once. What a program installs into it with pip is its own: a layer above
the environment where namespaces and overlayfs work, else PIP_TARGET names a directory of its own that PYTHONPATH ends with.

In every degree the environment is made from nothing, HOME and TMPDIR are fresh directories that vanish with the container, the
program has a session of its own, SIGTERM and exit codes are those of the program, limits are kept (see `Limits`), whatever it
started is killed with it (on macOS: unless it made itself a session), and all ends when this process ends, even by SIGKILL.
"""

import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from itertools import count
from pathlib import Path

from . import layout
from .container import Container
from .degrees import Found, find
from .errors import SandboxError
from .launch import launch, scratch_beside
from .limits import Limits
from .network import Network
from .plan import Plan
from .relocation import Listener, relocated

SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

_turn = count()


class Sandbox:
    """Starts containers on this machine, without an engine.

    Attributes:
        namespaces: what a container has of its own; the best that works here unless given.
        shortfall: why containers are not as separate as they could be, and what to do about it; empty if they are.
    """

    def __init__(self, namespaces: tuple[str, ...] | None = None) -> None:
        """Tries once per process what works here; `Sandbox(RELOCATED)` is the degree of macOS."""
        found = best() if namespaces is None else Found(namespaces, "")
        self.namespaces, self.shortfall = found.namespaces, found.shortfall

    @property
    def private(self) -> bool:
        """Whether /opt/ml is the container's own; else it is relocated."""
        return "mount" in self.namespaces

    @property
    def names(self) -> bool:
        """Whether a program can reach its peers by the names in `hosts`; else only by their addresses."""
        return self.private

    def inside(self, path: Path, *, ml: Path | None = None) -> str:
        """The path under which the program sees `path`, which is the `ml` of a container, or lies in the given one."""
        return layout.ML + str(path)[len(str(ml or path)) :] if self.private else str(path)

    def start(
        self,
        command: Sequence[str],
        *,
        ml: Path,
        env: Mapping[str, str],
        write: Callable[[str], None],
        cwd: Path | None = None,
        hosts: Mapping[str, str] | None = None,
        host: str = "",
        limits: Limits | None = None,
        network: bool | Network = True,
        published: int = 0,
        readable: Sequence[Path] = (),
        ended: Callable[[Container], None] | None = None,
    ) -> Container:
        """Starts a program; it runs when this returns.

        Args:
            command: a path, or a name that is looked for in PATH, and its arguments.
            ml: the directory that is /opt/ml inside. Next to it lies the container's scratch space while it runs.
            env: all variables. HOME and TMPDIR are replaced; PATH (default: the system's) gets the command's directory in front
                unless it has it.
            write: gets every line of the program's output, in a thread of the container.
            cwd: a directory in `ml`, or a path inside the container; default: /opt/ml.
            hosts: names and addresses of the container's peers, itself included, for its /etc/hosts.
            host: its own name among them, which becomes its host name.
            limits: what it may use.
            network: False: no network but a loopback of its own, which nobody else reaches; a `Network`: a loopback that it has
                together with the other containers of that network. A relocated program has the machine's network all the same.
            published: without `network`: a port on which the program listens on its loopback, and which this machine reaches at
                127.0.0.1 all the same.
            readable: further directories it may read under their own paths.
            ended: called in the container's thread when all is over.

        Raises:
            SandboxError: the container could not be made. That the program is missing is told by its output and exit code.
        """
        ml = ml.absolute()
        with scratch_beside(ml) as scratch:
            plan = self._plan(command, ml, scratch, env, cwd=cwd, host=host, limits=limits or Limits())
            if not self.private:
                listener = Listener(write, ml)
                return launch(plan, scratch, write=listener, ended=ended, remark=listener.remark)
            start = partial(launch, scratch=scratch, write=write, ended=ended)
            visible = [*readable, *layout.environment_of(plan.command[0], plan.env["PATH"], plan.env)]
            plan = replace(plan, mounts=self._mounts(ml, scratch, hosts or {}, visible))
            if network is True:
                return start(plan)
            isolated = replace(plan, namespaces=[*plan.namespaces, "network"], published=published)
            return network.enter(partial(_join, isolated, start)) if network else start(isolated)

    def _plan(
        self,
        command: Sequence[str],
        ml: Path,
        scratch: Path,
        env: Mapping[str, str],
        *,
        cwd: Path | None,
        host: str,
        limits: Limits,
    ) -> Plan:
        """What `boot` is told, but for the mounts."""
        home, temporary = scratch / "root/root", scratch / "root/tmp"
        for directory in (home, temporary, scratch / "root/var/tmp"):
            directory.mkdir(parents=True)
        words, variables = list(command), dict(env)
        if not self.private:
            words = [relocated(word, ml) for word in words]
            variables = {name: relocated(value, ml) for name, value in variables.items()}
            variables.setdefault("SAGEMAKER_BASE_DIR", str(ml))
        path, own = variables.get("PATH") or SYSTEM_PATH, str(Path(words[0]).parent)
        # /bin/bash does not put the system's python3 before that of an environment.
        before = [own] if words[0].startswith("/") and own not in path.split(":") else []
        variables["PATH"] = ":".join([*before, path])
        variables["HOME"] = "/root" if self.private else str(home)
        variables["TMPDIR"] = "/tmp" if self.private else str(temporary)  # noqa: S108
        variables.setdefault("LANG", "C.UTF-8")
        # On a machine of EC2, the machine's own role would be the next credentials that an SDK finds.
        variables.setdefault("AWS_EC2_METADATA_DISABLED", "true")
        if self.private:
            # The only user there is root, and archives name others.
            variables.setdefault("TAR_OPTIONS", "--no-same-owner")
        own = f"{variables['HOME']}/packages"
        if not self.private:
            # An interpreter that runs already finds nothing in a directory that was not there when it first looked.
            Path(own).mkdir()
        unlayered = {"PIP_TARGET": own, "PYTHONPATH": ":".join(filter(None, [variables.get("PYTHONPATH", ""), own]))}
        return restricted(
            Plan(
                command=words,
                env=variables if self.private else unlayered | variables | {"PYTHONPATH": unlayered["PYTHONPATH"]},
                unlayered=unlayered,
                cwd=self._cwd(cwd, ml),
                root=str(scratch / "root"),
                namespaces=self.namespaces,
                hostname=host,
                directories=[str(ml), str(scratch)],
            ),
            limits,
        )

    def _cwd(self, cwd: Path | None, ml: Path) -> str:
        if cwd is None or cwd == ml or ml in cwd.parents:
            return self.inside(cwd or ml, ml=ml)
        return str(cwd) if self.private else relocated(str(cwd), ml)

    def _mounts(
        self, ml: Path, scratch: Path, hosts: Mapping[str, str], readable: Sequence[Path]
    ) -> list[layout.Mount]:
        file = scratch / "hosts"
        file.write_text(hosts_file(hosts), encoding="utf-8")
        return layout.mounts(
            ml=ml, hosts=file, readable=readable, layers=scratch / "layers", processes="pid" in self.namespaces
        )


def _join(plan: Plan, start: Callable[[Plan], Container], doors: Sequence[int]) -> Container:
    """Starts the first container of a network, or one that enters where the first is."""
    rlimits = {name: value for name, value in plan.rlimits.items() if name != "NPROC"}  # its user is that of its peers
    entering = [name for name in plan.namespaces if name not in {"user", "network"}] if doors else plan.namespaces
    return start(replace(plan, rlimits=rlimits, namespaces=entering, doors=doors))


def hosts_file(hosts: Mapping[str, str]) -> str:
    """The /etc/hosts of a container: the machine's own entries, but for names that are given, and the given ones."""
    try:
        own = Path("/etc/hosts").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        own = ["127.0.0.1 localhost"]
    kept = [line for line in own if not set(line.split()[1:]) & set(hosts)]
    return "\n".join([*kept, *(f"{address} {name}" for name, address in hosts.items())]) + "\n"


def restricted(plan: Plan, limits: Limits) -> Plan:
    """The plan with what keeps the limits."""
    rlimits = {"FSIZE": limits.file_size, "NOFILE": limits.open_files}
    if limits.processes and "user" in plan.namespaces:
        # Counted per user, and only a user namespace has a count of its own. A brake for what starts many between two looks; not
        # the limit itself, or the program would hang without a word.
        rlimits["NPROC"] = 2 * limits.processes
    if limits.memory:
        # Only against one huge allocation between two looks: what a program asks for is more than what it uses.
        rlimits["DATA"] = 2 * limits.memory + (1 << 30)
    return replace(
        plan,
        rlimits={name: value for name, value in rlimits.items() if value is not None},
        memory=limits.memory,
        processes=limits.processes,
        disk=limits.disk,
        niceness=limits.niceness,
        cores=_cores(limits.cpus),
    )


def _cores(cpus: float | None) -> list[int]:
    """The next cores in turn, so that containers spread over them."""
    if cpus is None or not hasattr(os, "sched_getaffinity"):
        return []
    present = sorted(os.sched_getaffinity(0))
    wanted = min(len(present), max(1, -int(-cpus // 1)))
    first = next(_turn) * wanted
    return sorted({present[(first + number) % len(present)] for number in range(wanted)})


@cache
def best() -> Found:
    """What works here, found out once per process."""
    return find(_try)


def _try(namespaces: tuple[str, ...]) -> None:
    with tempfile.TemporaryDirectory(prefix="sagemaker-local-") as directory:
        ml = Path(directory, "ml")
        ml.mkdir()
        said: list[str] = []
        code = Sandbox(namespaces).start(["true"], ml=ml, env={}, write=said.append).wait(timeout=60)
        if code != 0:
            raise SandboxError(f"a program ended with {code}: {' '.join(said)}")
