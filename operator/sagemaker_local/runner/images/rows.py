"""Rows of a registry file: what is read from YAML, and what is wrong with it, by file, row and field.

Not here: what a row means (see `registry`).
"""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

import yaml

_FIELDS: Final = frozenset({
    "name", "match", "like", "environment", "requirements", "train", "serve", "process", "multi_model", "script", "simulated",
})  # fmt: skip
T = TypeVar("T")
Command = tuple[str, ...]


class Unusable(ValueError):
    """A registry file says something that cannot be meant; the message names file, row and field."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row; None where it says nothing.

    Attributes:
        where: the file and the row, for errors.
        match: globs over an image's URI.
        requirements: the text of a requirements file.
    """

    where: str
    name: str
    match: tuple[str, ...]
    like: str | None
    environment: str | None
    requirements: str | None
    train: Command | None
    serve: Command | None
    process: Command | None
    multi_model: bool | None
    script: str | None
    simulated: str | None


def read(text: str, *, file: str, directory: Path) -> list[Row]:
    """The rows of a file.

    Args:
        text: what is in it.
        file: what it is called in errors.
        directory: what paths are relative to: of requirements files, and of files in commands.

    Raises:
        Unusable: if it is no such file.
    """
    try:
        said = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise Unusable(f"{file}: it is no YAML: {error}") from None
    if not isinstance(said, Mapping) or said.keys() != {"images"} or not isinstance(said["images"], list):
        raise Unusable(f"{file}: it must be a map with the one key `images`, a list of rows")
    rows = [_row(row, f"{file}: row {number}", directory) for number, row in enumerate(said["images"], start=1)]
    for number, row in enumerate(rows):
        if row.name in {other.name for other in rows[:number]}:
            raise Unusable(f"{row.where}, field name: another row has this name already")
    return rows


def _row(said: Any, where: str, directory: Path) -> Row:
    if not isinstance(said, Mapping):
        raise Unusable(f"{where}: it must be a map with at least `name` and `match`")
    where = f"{where} ({said['name']})" if isinstance(said.get("name"), str) else where
    if odd := [str(key) for key in said if key not in _FIELDS]:
        raise Unusable(f"{where}, field {odd[0]}: there is no such field; there are {', '.join(sorted(_FIELDS))}")
    return Row(
        where=where,
        name=_needed(_text(said, "name", where), "name", where),
        match=_needed(_texts(said, "match", where), "match", where),
        like=_text(said, "like", where),
        environment=_text(said, "environment", where),
        requirements=_requirements(said, where, directory),
        train=_command(said, "train", where, directory),
        serve=_command(said, "serve", where, directory),
        process=_command(said, "process", where, directory),
        multi_model=_truth(said, "multi_model", where),
        script=_text(said, "script", where),
        simulated=_text(said, "simulated", where),
    )


def _needed(value: T | None, field: str, where: str) -> T:
    if value is None:
        raise Unusable(f"{where}, field {field}: every row must have it")
    return value


def _text(said: Mapping[str, Any], field: str, where: str) -> str | None:
    value = said.get(field)
    if value is None or (isinstance(value, str) and value.strip()):
        return value
    raise Unusable(f"{where}, field {field}: it must be a text, not {value!r}; a number needs quotation marks")


def _truth(said: Mapping[str, Any], field: str, where: str) -> bool | None:
    value = said.get(field)
    if value is None or isinstance(value, bool):
        return value
    raise Unusable(f"{where}, field {field}: it must be true or false, not {value!r}")


def _texts(said: Mapping[str, Any], field: str, where: str) -> tuple[str, ...] | None:
    value = said.get(field)
    if value is None:
        return None
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list) or any(not isinstance(one, str) or not one.strip() for one in values):
        raise Unusable(f"{where}, field {field}: it must be a text or a list of texts, not {value!r}")
    return tuple(values)


def _command(said: Mapping[str, Any], field: str, where: str, directory: Path) -> Command | None:
    """A command is a list, or a text that is split as a shell would; numbers in a list are texts."""
    value = said.get(field)
    if isinstance(value, list):
        value = [str(one) if isinstance(one, int | float) and not isinstance(one, bool) else one for one in value]
    if not isinstance(value, str):
        words = _texts({field: value}, field, where)
    else:
        try:
            words = tuple(shlex.split(value))
        except ValueError as error:
            raise Unusable(f"{where}, field {field}: it is no command: {error}") from None
    if words == ():
        raise Unusable(f"{where}, field {field}: a command has at least one word")
    return words and tuple(_located(word, directory, first=number == 0) for number, word in enumerate(words))


def _located(word: str, directory: Path, *, first: bool) -> str:
    """The path of a file beside a user's registry file that a word of a command names; else the word."""
    known = directory.is_absolute() and not word.startswith("-") and not (first and "/" not in word)
    file = directory / Path(word).expanduser() if known else Path()
    return str(file.absolute()) if known and file.is_file() else word


def _requirements(said: Mapping[str, Any], where: str, directory: Path) -> str | None:
    value = _texts(said, "requirements", where)
    if value is None or isinstance(said["requirements"], list):
        return None if value is None else "".join(f"{line}\n" for line in value)
    path = directory / Path(value[0]).expanduser()
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Unusable(f"{where}, field requirements: {path} cannot be read: {error}") from None
