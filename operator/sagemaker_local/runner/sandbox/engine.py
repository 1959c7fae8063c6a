"""Runs images as they are, with Docker or Podman where one of them is there.

`Engine.find` asks whether one answers; `Engine.image` gives something that starts containers of an image as `Sandbox` does on
this machine, and whose containers are the same `Container`s. An image that the engine does not have is pulled, and its progress
written to the container's log; if that fails, nothing runs in its place: `ImageMissing` says what the engine said.

On Linux a container shares the network of the machine, so that programs reach the emulator at its own address and each other at
the addresses in `hosts`. A server for which SAGEMAKER_BIND_TO_PORT is set gets a network of its own instead, where it may listen
on 8080, as images do that know no other port: that is published as the port in the variable, and such a server is not cut off
from the network even if it should be. Where the engine runs in a virtual machine (macOS) every container has its own network, and
addresses of this machine in variables become host.docker.internal.

The engine's client runs below `boot`, whose lifeline removes the container when the emulator ends in whatever way.
Not here: credentials for registries; they are the engine's.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self
from uuid import uuid4

from .container import Container
from .errors import ImageMissing
from .launch import launch, scratch_beside
from .layout import ML
from .limits import Limits
from .network import Network
from .plan import Ending, Plan
from .pump import Lines

PORT = "8080"
BIND = "SAGEMAKER_BIND_TO_PORT"
# What the client needs to find its engine and its registries' credentials; none of it reaches the container.
CLIENT = (
    "PATH", "HOME", "USER", "TMPDIR", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "DOCKER_HOST", "DOCKER_CONFIG",
    "DOCKER_CONTEXT", "DOCKER_CERT_PATH", "DOCKER_TLS_VERIFY", "CONTAINER_HOST", "CONTAINER_SSHKEY", "CONTAINERS_CONF",
    "REGISTRY_AUTH_FILE", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy", "SSH_AUTH_SOCK",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Engine:
    """Docker or Podman.

    Attributes:
        program: the path of its client.
        surroundings: the variables of the client.
        shared_network: whether a container can share this machine's network.
        rootful: whether root in a container is root of this machine.
    """

    program: str
    surroundings: Mapping[str, str]
    shared_network: bool
    rootful: bool

    @classmethod
    def find(cls, environ: Mapping[str, str], *, patience: float = 5.0) -> Self | None:
        """The first of Docker and Podman that answers within `patience` seconds, if any does."""
        surroundings = {name: environ[name] for name in CLIENT if name in environ}
        for name in ("docker", "podman"):
            program = shutil.which(name, path=environ.get("PATH", ""))
            if program is None:
                continue
            here = sys.platform == "linux"
            engine = cls(program, surroundings, shared_network=here, rootful=here)
            answer = engine.run("info", patience=patience)
            if answer.returncode == 0:
                # Docker lists it among its security options, Podman says "rootless: true" or "rootless: false".
                rootless = re.search(rb"(?m)rootless\s*(:\s*true\s*)?$", answer.stdout)
                return replace(engine, rootful=here and not rootless)
        return None

    def image(self, name: str, *, entry: Sequence[str] = ()) -> "Image":
        """Containers of an image; `entry` takes the place of its entry point."""
        return Image(self, name, tuple(entry))

    def prepare(self, image: str, write: Callable[[str], None]) -> None:
        """Pulls an image that is not there; may take minutes.

        Raises:
            ImageMissing: it could not be pulled.
        """
        if self.run("image", "inspect", image, patience=30).returncode == 0:
            return
        write(f"Pulling {image}")
        last: list[str] = []

        def heard(line: str) -> None:
            last.append(line)
            del last[:-5]
            write(line)

        with subprocess.Popen(  # noqa: S603 # the engine's client
            [self.program, "pull", image],
            env=dict(self.surroundings),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        ) as pull:
            assert pull.stdout is not None
            lines = Lines(heard)
            while data := pull.stdout.read1():  # type: ignore[attr-defined] # a pipe is buffered
                lines.feed(data)
            lines.end()
        if pull.returncode:
            raise ImageMissing(f"The image {image} is not here, and pulling it failed: {' '.join(last)}")

    def run(self, *arguments: str, patience: float) -> "subprocess.CompletedProcess[bytes]":
        """A short command; one that does not answer in time has failed with 124."""
        command = [self.program, *arguments]
        try:
            return subprocess.run(  # noqa: S603 # the engine's client
                command,
                env=dict(self.surroundings),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=patience,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            return subprocess.CompletedProcess(command, 124, b"", str(error).encode())


@dataclass(frozen=True, slots=True)
class Image:
    """Starts containers of an image, as `Sandbox` does of this machine.

    Attributes:
        entry: takes the place of the image's entry point, if it is not empty.
    """

    engine: Engine
    name: str
    entry: tuple[str, ...] = ()

    @property
    def private(self) -> bool:
        """/opt/ml is the container's own."""
        return True

    @property
    def names(self) -> bool:
        """Whether a program can reach its peers by the names in `hosts`."""
        return self.engine.shared_network

    def inside(self, path: Path, *, ml: Path | None = None) -> str:
        """The path under which the program sees `path`, which is the `ml` of a container, or lies in the given one."""
        return ML + str(path)[len(str(ml or path)) :]

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
        published: int = 0,  # noqa: ARG002 # as for Sandbox.start
        readable: Sequence[Path] = (),
        ended: Callable[[Container], None] | None = None,
    ) -> Container:
        """Starts a container with `command` as its arguments; the rest is as for `Sandbox.start`.

        `readable` directories are mounted under their own paths, read-only. An exit code above 128 is told as the signal that it
        stands for; 125 is the engine's own failure, which its log tells. In a `Network` it reaches nobody, not even its peers.
        SAGEMAKER_BIND_TO_PORT in `env` does what `published` does for a sandbox.

        Raises:
            ImageMissing: the image could not be pulled.
            SandboxError: the engine's client could not be started.
        """
        self.engine.prepare(self.name, write)
        ml = ml.absolute()
        name = f"sagemaker-local-{uuid4().hex[:16]}"
        where = None if cwd is None else self.inside(cwd, ml=ml) if cwd == ml or ml in cwd.parents else str(cwd)
        options = [
            *self._network(env, hosts or {}, host, network=network is True),
            *([f"--workdir={where}"] if where else []),
            *_bounds(limits or Limits()),
            *(f"--volume={path}:{path}:ro" for path in readable),
            f"--volume={ml}:{ML}",
        ]
        given, variables = self._variables(env)
        entry, arguments = ([f"--entrypoint={self.entry[0]}"], self.entry[1:]) if self.entry else ([], ())
        run = [
            self.engine.program,
            "run",
            f"--name={name}",
            "--label=sagemaker-local",
            "--pull=never",
            "--security-opt=label=disable",
        ]
        words = [*run, *options, *given, *entry, self.name, *arguments, *command]
        with scratch_beside(ml) as scratch:
            disk = limits.disk if limits else None
            ending = self._ending(name, ml)
            plan = Plan(command=words, env=variables, cwd="/", directories=[str(ml)], disk=disk, ending=ending)
            return launch(plan, scratch, write=write, ended=ended)

    def _variables(self, env: Mapping[str, str]) -> tuple[list[str], dict[str, str]]:
        """Options that name the variables, and their values: those are in the client's own variables, not seen by all in `ps`."""
        values = dict(env)
        if BIND in values:
            values[BIND] = PORT
        if not self.engine.shared_network:
            here = re.compile(r"//(127\.0\.0\.1|localhost)\b")
            values = {name: here.sub("//host.docker.internal", value) for name, value in values.items()}
        own = {name: value for name, value in values.items() if name in CLIENT}
        passed = {name: value for name, value in values.items() if name not in CLIENT}
        options = [f"--env={name}={value}" for name, value in own.items()] + [f"--env={name}" for name in passed]
        return options, {**self.engine.surroundings, **passed}

    def _network(self, env: Mapping[str, str], hosts: Mapping[str, str], host: str, *, network: bool) -> list[str]:
        if BIND in env:
            return [f"--publish=127.0.0.1:{env[BIND]}:{PORT}"]
        if not network:
            return ["--network=none"]
        names = [f"--add-host={name}:{address}" for name, address in hosts.items()]
        if not self.engine.shared_network:
            return [f"--hostname={host}"] if host else []
        return ["--network=host", *names]

    def _ending(self, name: str, ml: Path) -> Ending:
        program, owner = self.engine.program, f"{os.getuid()}:{os.getgid()}"
        give = [program, "run", "--rm", "--pull=never", "--network=none", "--entrypoint=chown", f"--volume={ml}:{ML}"]
        return Ending(
            name=name,
            stop=[program, "stop", "-t"],
            ask=[program, "inspect", "--format={{.State.OOMKilled}}", name],
            # Root in such a container is root here as well, and leaves files that nobody else can remove.
            tidy=[*give, self.name, "-R", owner, ML] if self.engine.rootful and os.getuid() else [],
            remove=[program, "rm", "--force", name],
        )


def _bounds(limits: Limits) -> list[str]:
    options = {
        "--cpus": limits.cpus,
        "--memory": limits.memory,
        "--memory-swap": limits.memory,
        "--shm-size": None if limits.memory is None else limits.memory // 2,
        "--pids-limit": limits.processes,
    }
    limited = {"nofile": limits.open_files, "fsize": limits.file_size}
    bounds = [f"{option}={value}" for option, value in options.items() if value is not None]
    return bounds + [f"--ulimit={name}={value}:{value}" for name, value in limited.items() if value is not None]
