"""What a program in a container sees of this machine's file system.

A container shows the machine's programs (`/usr` and its like, `/etc`, `/opt`) and the directories that its variables PATH and
PYTHONPATH name, read-only; the virtual environments among them are such that what it installs there is its own. It shows nothing
else: no home directory, no checkout, no other job, no socket of the desktop. `/`, `/root` (its HOME), `/tmp` and `/var/tmp` are
directories of the container's own on disk, and `/opt/ml` is the directory that the job was given. `/dev` has the harmless devices
and graphics processors, `/dev/shm` is its own, `/etc/hosts` tells it the addresses of its peers.

Pure but for looking whether paths exist. Not here: how mounts are made (`boot`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

SYSTEM = ("bin", "sbin", "lib", "lib32", "lib64", "libx32", "usr", "etc", "sys", "nix", "gnu", "snap")
# Places outside of these that programs of some distributions need: certificates (openSUSE), programs (NixOS).
PARTS = ("/var/lib/ca-certificates", "/run/current-system", "/run/opengl-driver")
# What only some users of the machine may read, in case that this is one of them.
SECRETS = ("/etc/shadow", "/etc/gshadow", "/etc/boto.cfg", "/etc/ssh", "/etc/docker", "/etc/kubernetes", "/etc/rancher")
DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
GRAPHICS = ("nvidia*", "kfd", "dri", "dxg")
ML = "/opt/ml"


@dataclass(frozen=True, slots=True)
class Mount:
    """One entry of the container's file system.

    Attributes:
        how: "read" (what is there, read-only), "bind" (what is there, writable), "same" (as it is there), "layer" (what is there;
            changes go elsewhere), "proc", "memory", "terminals", "link".
        target: the path in the container.
        source: the path on this machine, or where a link points.
        changes: the directory that keeps the changes to a layer.
    """

    how: str
    target: str
    source: str = ""
    changes: str = ""


def mounts(*, ml: Path, hosts: Path, readable: Sequence[Path], layers: Path, processes: bool) -> list[Mount]:
    """The entries in an order in which they can be made: a directory before what lies in it.

    Args:
        ml: what is /opt/ml in the container.
        hosts: the file that is its /etc/hosts.
        readable: further directories that are visible under their own paths.
        layers: where what is written into virtual environments goes.
        processes: whether it gets a /proc of its own, else it sees the machine's.
    """
    found = [*_system(), *_secrets(), *_opt(), *_devices(), *_names(hosts), Mount("bind", ML, str(ml))]
    found.append(Mount("proc", "/proc") if processes else Mount("same", "/proc", "/proc"))
    shown = [one.target for one in found if one.how in {"read", "link"}]
    for number, path in enumerate(sorted({*readable, *map(Path, PARTS)})):
        if (path / "pyvenv.cfg").is_file():
            shown.append(str(path))
            found.append(Mount("layer", str(path), str(path.resolve()), str(layers / str(number))))
        elif path.exists() and str(path) != "/" and not _below(str(path), [*shown, ML]):
            shown.append(str(path))
            found.append(Mount("read", str(path), str(path.resolve())))
    return sorted(found, key=lambda one: one.target.count("/"))


def environment_of(command: str, path: str, variables: Mapping[str, str]) -> Iterator[Path]:
    """The directories that a program needs to be found and to run: its virtual environment and what that is made from.

    Args:
        command: the first word of the command.
        path: the PATH of the container.
        variables: of the container; PYTHONPATH counts.
    """
    names = [
        Path(entry)
        for entry in [*path.split(":"), *variables.get("PYTHONPATH", "").split(":")]
        if entry.startswith("/")
    ]
    if command.startswith("/"):
        names.append(Path(command).parent)
    for directory in names:
        yield from _prefixes(directory)
    if command.startswith("/"):
        yield from _prefixes(Path(command).resolve().parent)


def _prefixes(directory: Path) -> Iterator[Path]:
    yield directory
    if directory.name not in {"bin", "condabin"}:
        return
    root = directory.parent
    settings = root / "pyvenv.cfg"
    if not settings.is_file():
        # An installation, maybe in a place such as ~/.local that holds other things as well.
        parts = ("lib", "lib64", "include", "libexec")
        yield from [root] if (root / "conda-meta").is_dir() else [root / name for name in parts]
        return
    yield root
    for line in settings.read_text(encoding="utf-8", errors="replace").splitlines():
        name, _, value = line.partition("=")
        if name.strip() == "home" and value.strip().startswith("/"):
            yield from _prefixes(Path(value.strip()))
    for link in root.glob("bin/python*"):
        # A base interpreter may itself be found through links, such as uv's `cpython-3.12-linux`.
        if link.exists():
            yield from _prefixes(link.resolve().parent)


def _system() -> Iterator[Mount]:
    for name in SYSTEM:
        path = Path("/", name)
        if path.is_symlink():
            yield Mount("link", f"/{name}", str(path.readlink()))
        elif path.exists():
            yield Mount("read", f"/{name}", f"/{name}")


def _secrets() -> Iterator[Mount]:
    for path in map(Path, SECRETS):
        if path.is_dir():
            yield Mount("memory", str(path))
        elif path.exists():
            yield Mount("same", str(path), "/dev/null")


def _opt() -> Iterator[Mount]:
    opt = Path("/opt")
    if opt.is_dir():
        for path in opt.iterdir():
            if path.name != "ml" and path.exists() and not path.is_symlink():
                yield Mount("read", str(path), str(path))


def _devices() -> Iterator[Mount]:
    dev = Path("/dev")
    found = [dev / name for name in DEVICES]
    found += [path for pattern in GRAPHICS for path in dev.glob(pattern)]
    for path in found:
        if path.exists():
            yield Mount("same", str(path), str(path))
    for name, to in (("fd", ""), ("stdin", "/0"), ("stdout", "/1"), ("stderr", "/2")):
        yield Mount("link", f"/dev/{name}", f"/proc/self/fd{to}")
    yield Mount("terminals", "/dev/pts")
    yield Mount("link", "/dev/ptmx", "pts/ptmx")
    yield Mount("memory", "/dev/shm")  # noqa: S108


def _names(hosts: Path) -> Iterator[Mount]:
    real = Path("/etc/hosts").resolve()
    if real.is_file():
        yield Mount("read", str(real), str(hosts))
    # systemd and others keep the file below /run, where nothing else is visible.
    resolver = Path("/etc/resolv.conf").resolve()
    if resolver.is_file() and not _below(str(resolver), ["/etc", "/usr"]):
        yield Mount("read", str(resolver), str(resolver))


def _below(path: str, directories: Sequence[str]) -> bool:
    return any(path == one or path.startswith(f"{one}/") for one in directories)
