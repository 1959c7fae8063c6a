"""Which program stands in for an image: the rows of a user's file first, then those that come along.

Not here: how a row is written (see `rows`), or how an environment is made (see `environments`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from importlib.resources import files
from pathlib import Path
from typing import Final, Self

from .program import Program, Recipe, Step
from .rows import Row, Unusable, read

BUILT_IN: Final = "images.yaml"
_WITHOUT_TOOLKIT: Final = "AWS's toolkit for scripts; scripts are started in the same way without it"
_NOTHING_MATCHES: Final = (
    "no row of the image registry matches {image}; "
    "a row in a file given with --images (or SAGEMAKER_LOCAL_IMAGES) says what to run for it"
)


@dataclass(frozen=True, slots=True)
class Registry:
    """The rows, the first that matches first.

    Attributes:
        recipes: what the environments of all programs are made of, by their names.
    """

    rows: Sequence[Row]
    recipes: Mapping[str, Recipe]

    @classmethod
    def load(cls, file: Path | None = None) -> Self:
        """The registry with a user's file, if there is one.

        Raises:
            Unusable: if the file cannot be read or says something that cannot be meant.
        """
        shipped = files(__package__)
        base = read((shipped / BUILT_IN).read_text(encoding="utf-8"), file=BUILT_IN, directory=Path())
        rows = [*_of_user(file), *base] if file is not None else base
        seen: dict[str, Row] = {}
        for row in rows:
            seen.setdefault(row.name, row)
        rows = [_complete(row, seen, ()) for row in rows]
        return cls(rows, _recipes(rows))

    def find(self, image: str, *, script: bool = False) -> Program | None:
        """What runs for an image; None if nothing does.

        Args:
            image: its URI, with or without a tag.
            script: whether the job or the model brings a script of its own: `sagemaker_program` is among its hyperparameters, or
                SAGEMAKER_PROGRAM in its environment.
        """
        row = self._row(image)
        if row is None or row.simulated is not None:
            return None
        if script and row.script is not None:
            row = next(other for other in self.rows if other.name == row.script)
        return _program(row)

    def why_simulated(self, image: str) -> str:
        """Why nothing runs for an image, and what to do; "" if something does."""
        row = self._row(image)
        if row is None:
            return _NOTHING_MATCHES.format(image=image)
        return f"nothing runs for {image}: {row.simulated}" if row.simulated is not None else ""

    def _row(self, image: str) -> Row | None:
        tagged = image if ":" in image.rsplit("/", 1)[-1] else f"{image}:latest"
        return next((row for row in self.rows if any(fnmatchcase(tagged, glob) for glob in row.match)), None)


def _of_user(file: Path) -> list[Row]:
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Unusable(f"{file}: it cannot be read: {error}") from None
    return read(text, file=str(file), directory=file.absolute().parent)


def _complete(row: Row, known: Mapping[str, Row], path: tuple[str, ...]) -> Row:
    """The row with what the one that it is like says, where it says nothing itself."""
    _check(row, known)
    if row.like is None:
        return row
    if row.name in path or row.like not in known:
        what = "it comes back to itself" if row.name in path else f"there is no row {row.like}"
        raise Unusable(f"{row.where}, field like: {what}; there are {', '.join(known)}")
    model = _complete(known[row.like], known, (*path, row.name))
    own_place = row.environment is not None or row.requirements is not None
    does = row.train or row.serve or row.process
    return replace(
        row,
        environment=row.environment if own_place else _environment(model),
        train=row.train or model.train,
        serve=row.serve or model.serve,
        process=row.process or model.process,
        multi_model=model.multi_model if row.multi_model is None and row.serve is None else row.multi_model,
        script=row.script or (model.script if not own_place else None),
        simulated=row.simulated or (None if does else model.simulated),
    )


def _check(row: Row, known: Mapping[str, Row]) -> None:
    if row.environment is not None and row.requirements is not None:
        raise Unusable(f"{row.where}, field requirements: a row has either an environment or requirements of its own")
    if row.environment is not None and row.environment not in SHIPPED:
        there = ", ".join(SHIPPED)
        raise Unusable(f"{row.where}, field environment: there is no {row.environment}; there are {there}")
    if row.script is not None and row.script not in known:
        raise Unusable(f"{row.where}, field script: there is no row {row.script}; there are {', '.join(known)}")
    if row.like is None and row.simulated is None and not (row.train or row.serve or row.process):
        raise Unusable(f"{row.where}, field train: a row needs train, serve, process, like or simulated")


def _program(row: Row) -> Program:
    return Program(
        name=row.name,
        environment=_environment(row),
        train=row.train,
        serve=row.serve,
        process=row.process,
        multi_model=bool(row.multi_model),
    )


def _environment(row: Row) -> str:
    return row.name if row.requirements is not None else row.environment or "scripts"


def _shipped(name: str) -> str:
    return (files(__package__) / "requirements" / f"{name}.txt").read_text(encoding="utf-8")


SHIPPED: Final[Mapping[str, Recipe]] = {
    "algorithms": Recipe("algorithms", (Step(_shipped("algorithms"), hashed=True),)),
    "analyzer": Recipe("analyzer", (Step(_shipped("analyzer"), hashed=True),)),
    "scripts": Recipe(
        "scripts",
        (
            Step(_shipped("scripts"), hashed=True),
            Step(_shipped("toolkit"), hashed=True, optional=_WITHOUT_TOOLKIT),
        ),
    ),
}


def _recipes(rows: Sequence[Row]) -> Mapping[str, Recipe]:
    own = {
        row.name: Recipe(row.name, (Step(_shipped("base"), hashed=True), Step(row.requirements, hashed=False)))
        for row in rows
        if row.requirements is not None
    }
    if clash := own.keys() & SHIPPED.keys():
        row = next(row for row in rows if row.name in clash)
        raise Unusable(
            f"{row.where}, field name: {row.name} is the name of an environment that comes along; take another"
        )
    return {**SHIPPED, **own}
