"""What a reader says of data that it cannot read, and the files that a channel or a request consists of."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

DEEPEST: Final = 3
"""Folders below a channel that are looked into (sagemaker-xgboost-container, data_utils.MAX_FOLDER_DEPTH)."""


@dataclass(slots=True, eq=False)
class Unreadable(Exception):
    """A row that is not in the format.

    Attributes:
        file: the name of its file.
        line: its number in the file, from 1.
        text: the row.
        trouble: what is wrong with it.
        cell: the value that is no number, if it is that.
    """

    file: str
    line: int
    text: str
    trouble: str
    cell: str | None = None

    def __str__(self) -> str:
        return f"line {self.line} of file '{self.file}': {self.trouble}"


@dataclass(frozen=True, slots=True)
class Part:
    """The content of one file, or of a request's body."""

    name: str
    content: bytes

    @property
    def lines(self) -> list[str]:
        """The rows; the last may lack its end."""
        return self.content.decode("utf-8", errors="replace").removeprefix("\ufeff").splitlines()


class HiddenFile(Exception):
    """A channel holds a file whose name begins with a dot."""


def files(directory: Path) -> list[Path]:
    """The data files of a channel by name, up to three folders deep; those that begin with an underscore are no data.

    Raises:
        HiddenFile: one begins with a dot.
    """
    if directory.is_file():
        return [directory]
    found = sorted(path for path in directory.rglob("*") if path.is_file())
    for path in found:
        if path.name.startswith("."):
            raise HiddenFile(path.name)
    near = (path for path in found if len(path.relative_to(directory).parts) <= DEEPEST)
    return [path for path in near if not path.name.startswith("_")]


def parts(paths: Sequence[Path]) -> list[Part]:
    """The contents of files that hold something."""
    return [Part(path.name, content) for path in paths if (content := path.read_bytes()).strip()]
