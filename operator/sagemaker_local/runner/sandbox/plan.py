"""What `boot` is told: everything about one container, in plain JSON."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

from .layout import Mount


@dataclass(frozen=True, slots=True)
class Ending:
    """The commands that end a container of an engine, which outlives the engine's client.

    Attributes:
        stop: ends it gently; the grace in whole seconds and the name are added.
        ask: says "true" if it was killed for its memory.
        tidy: gives its files to the user.
        remove: takes it away, running or not.
    """

    name: str
    stop: Sequence[str]
    ask: Sequence[str]
    tidy: Sequence[str]
    remove: Sequence[str]


@dataclass(frozen=True, slots=True)
class Plan:
    """One container.

    Attributes:
        directories: on this machine; what lies in them counts for `disk`.
        env: all variables of the program.
        unlayered: further variables, if an environment cannot be layered.
        cwd: as the program sees it.
        root: the directory that becomes /, if it has a file system of its own.
        namespaces: what it has of its own: "user", "mount", "pid", "ipc", "uts", "network".
        doors: open files of a user and a network namespace to enter, instead of new ones.
        published: a port of 127.0.0.1 that leads to the same port inside; 0 for none.
        rlimits: by their names in the module `resource`.
        cores: that it may be scheduled on; empty: all.
        ending: for the client of an engine.
    """

    command: Sequence[str]
    env: Mapping[str, str]
    cwd: str
    directories: Sequence[str]
    unlayered: Mapping[str, str] = field(default_factory=dict)
    root: str = ""
    mounts: Sequence[Mount] = ()
    namespaces: Sequence[str] = ()
    doors: Sequence[int] = ()
    published: int = 0
    hostname: str = ""
    rlimits: Mapping[str, int] = field(default_factory=dict)
    memory: int | None = None
    processes: int | None = None
    disk: int | None = None
    niceness: int = 0
    cores: Sequence[int] = ()
    ending: Ending | None = None

    def line(self) -> bytes:
        """As it is sent."""
        return json.dumps(asdict(self)).encode() + b"\n"
