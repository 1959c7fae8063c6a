"""Where things are in a container, and that nothing leaves its directory.

`Volume` is /opt/ml as this machine sees it and as the program does: the program sees it there where the sandbox can mount it.
"""

from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

BASE: Final = PurePosixPath("/opt/ml")
_MOST_LINKS: Final = 40
"""As many as Linux follows."""


@dataclass(frozen=True, slots=True)
class Volume:
    """The directory that is /opt/ml for one container.

    Attributes:
        root: where it is on this machine.
        inside: where the program finds it: `/opt/ml`, or another place if that cannot be had.
    """

    root: Path
    inside: str = str(BASE)

    def host(self, path: str | PurePosixPath) -> Path | None:
        """Where a path under /opt/ml is on this machine; None if it is not under /opt/ml."""
        parts = _parts(str(path))
        if parts is None or parts[: len(BASE.parts)] != BASE.parts:
            return None
        return self.root.joinpath(*parts[len(BASE.parts) :])

    def seen(self, path: str | PurePosixPath) -> str:
        """How the program writes a path; one that is not under /opt/ml is left as it is."""
        text = str(path)
        if self.inside == str(BASE) or not (text == str(BASE) or text.startswith(f"{BASE}/")):
            return text
        return self.inside + text.removeprefix(str(BASE))

    def own(self, path: Path) -> Path | None:
        """The regular file that a path of this machine is, links followed as the program sees them.

        None if there is none, or if it is not of this container: a link of the program may lead anywhere.
        """
        for _ in range(_MOST_LINKS):
            if not path.is_symlink():
                break
            target = str(path.readlink())
            led = (
                self.host(str(BASE) + target.removeprefix(self.inside))
                if target.startswith(f"{self.inside}/")
                else None
            )
            path = led or path.parent / target
        found = path.resolve()
        return found if found.is_relative_to(self.root.resolve()) and found.is_file() else None


def below(directory: Path, name: str) -> Path | None:
    """The file of that relative name in a directory; None if the name leads out of it or names nothing."""
    try:
        name.encode()
    except UnicodeEncodeError:  # half of a character
        return None
    if "\0" in name:
        return None
    parts = name.split("/")
    if any(part in ("", ".", "..") for part in parts):
        return None
    return directory.joinpath(*parts)


def _parts(path: str) -> tuple[str, ...] | None:
    """The parts of an absolute path without climbing, as a path has them; None for any other."""
    parts = PurePosixPath(path).parts
    if not parts or parts[0] != "/" or ".." in parts or "\0" in path:
        return None
    return parts
