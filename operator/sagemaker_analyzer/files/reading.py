"""Reading JSON that users may have written: every entry has a path, and what is wrong is said with it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from sagemaker_analyzer.errors import BadBaseline, Refused

E = TypeVar("E", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Entry:
    """A value in a file and where it stands; the methods raise what a bad value of that file is."""

    file: Path
    path: str
    value: Any
    refusal: type[Refused] = BadBaseline

    def wrong(self, words: str) -> Refused:
        """The refusal of this value."""
        return self.refusal(f"{self.file}: {self.path or 'the file'} is {json.dumps(self.value)[:120]}; {words}")

    def entry(self, name: str) -> "Entry":
        """The entry of an object, None if there is none."""
        if not isinstance(self.value, Mapping):
            raise self.wrong("it has to be an object")
        path = f"{self.path}.{name}" if self.path else name
        return Entry(self.file, path, self.value.get(name), self.refusal)

    def items(self) -> list["Entry"]:
        """The entries of a list, none if there is no list."""
        if self.value is None:
            return []
        if not isinstance(self.value, list):
            raise self.wrong("it has to be a list")
        return [Entry(self.file, f"{self.path}[{i}]", value, self.refusal) for i, value in enumerate(self.value)]

    def text(self) -> str:
        """A string."""
        if not isinstance(self.value, str):
            raise self.wrong("it has to be a string")
        return self.value

    def number(self) -> float:
        """A number."""
        if isinstance(self.value, bool) or not isinstance(self.value, int | float):
            raise self.wrong("it has to be a number")
        return float(self.value)

    def share(self, default: float) -> float:
        """A number from 0 to 1."""
        if self.value is None:
            return default
        if not 0 <= self.number() <= 1:
            raise self.wrong("it has to be from 0 to 1")
        return self.number()

    def flag(self) -> bool | None:
        """True, false or nothing."""
        if self.value is not None and not isinstance(self.value, bool):
            raise self.wrong("it may be true or false")
        return self.value

    def enabled(self, *, default: bool) -> bool:
        """Enabled or Disabled."""
        if self.value is None:
            return default
        if self.value not in {"Enabled", "Disabled"}:
            raise self.wrong("it may be Enabled or Disabled")
        return bool(self.value == "Enabled")

    def one_of(self, kinds: type[E], default: E | None = None) -> E:
        """One of the values of an enumeration."""
        if self.value is None and default is not None:
            return default
        if self.value not in list(kinds):
            raise self.wrong(f"it may be {', '.join(kinds)}")
        return kinds(self.value)


def open_json(path: Path, refusal: type[Refused] = BadBaseline) -> Entry:
    """The whole of a file. Raises `refusal` if there is no such file, or no JSON in it."""
    try:
        return Entry(path, "", json.loads(path.read_text(encoding="utf-8")), refusal)
    except (OSError, UnicodeDecodeError) as error:
        raise refusal(f"{path} cannot be read: {error}") from error
    except ValueError as error:
        raise refusal(f"{path} is not JSON: {error}") from error
