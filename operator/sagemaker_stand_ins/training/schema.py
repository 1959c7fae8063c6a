"""Hyperparameters of Amazon's own algorithms (Linear Learner, K-Means, PCA): a table of rows, and what is said of a
value that no row has.

The texts are those of the library that these algorithms share, of which one copy is public
(aws/sagemaker-rl-container, `pretty_validation_message` in
src/vw-serving/src/vw_serving/sagemaker/config/config_helper.py). The patterns for numbers are not public and stand
for what they match.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sagemaker_stand_ins.training.conclusion import ClientError

AUTO: Final = "auto"


@dataclass(frozen=True, slots=True)
class Number:
    """A number from `low` to `high`, both included unless they are open, or `auto` where the algorithm may choose.

    Attributes:
        whole: no fraction.
        default: the value if none is given; None if it has to be given or is not used then.
    """

    low: float | None = None
    high: float | None = None
    whole: bool = True
    open_low: bool = False
    open_high: bool = False
    auto: bool = False
    default: float | str | None = None

    def read(self, name: str, text: str) -> Any:
        """The value. Raises ClientError for one that is not allowed."""
        if self.auto and text == AUTO:
            return text
        try:
            value: float = int(text) if self.whole else float(text)
        except ValueError:
            value = float("nan")
        low = self.low is None or (value > self.low if self.open_low else value >= self.low)
        high = self.high is None or (value < self.high if self.open_high else value <= self.high)
        if value == value and low and high:  # noqa: PLR0124 - not a number is not equal to itself
            return value
        raise ClientError(
            f"The value '{text}' is not valid for the '{name}' hyperparameter which expects one of the following: "
            f"{self._expected()} (caused by ValidationError)"
        )

    def _expected(self) -> str:
        kind = "an integer" if self.whole else "a number"
        if self.low is not None and self.high is not None:
            kind += f" between {self.low} and {self.high}"
        elif self.low is not None:
            kind += f" greater than {self.low}" if self.open_low else f" from {self.low} on"
        return f"'{AUTO}'; or {kind}" if self.auto else kind


@dataclass(frozen=True, slots=True)
class Choice:
    """One of some words."""

    options: tuple[str, ...]
    default: str | None = None

    def read(self, name: str, text: str) -> str:
        """The value. Raises ClientError for another one."""
        if text in self.options:
            return text
        listed = ", ".join(f"'{option}'" for option in self.options)
        raise ClientError(
            f"The value '{text}' is not valid for the '{name}' hyperparameter which accepts one of the following: {listed} "
            "(caused by ValidationError)"
        )


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false, written as Python or JSON writes it."""

    default: bool | str | None = None
    auto: bool = False

    def read(self, name: str, text: str) -> bool | str:
        """The value. Raises ClientError for anything else."""
        if text.lower() in ("true", "false"):
            return text.lower() == "true"
        options = ("true", "false", *([AUTO] if self.auto else []))
        return Choice(options).read(name, text)


@dataclass(frozen=True, slots=True)
class Text:
    """Anything, for the algorithm to read."""

    default: str | None = None

    def read(self, name: str, text: str) -> str:  # noqa: ARG002 - as the other rows
        """The text itself."""
        return text


Row = Number | Choice | Flag | Text


def validated(rows: Mapping[str, Row], given: Mapping[str, str], *, required: tuple[str, ...]) -> dict[str, Any]:
    """The values of all rows, given or by default.

    Raises:
        ClientError: one is missing, unknown or not allowed.
    """
    if unknown := [name for name in given if name not in rows]:
        listed = ", ".join(f"'{name}'" for name in unknown)
        were = "was" if len(unknown) == 1 else "were"
        raise ClientError(
            f"Additional hyperparameters are not allowed ({listed} {were} unexpected) (caused by ValidationError)"
        )
    if missing := [name for name in required if name not in given]:
        listed = ", ".join(f"'{name}'" for name in missing)
        raise ClientError(
            f"No value(s) were specified for {listed} which are required hyperparameter(s) (caused by ValidationError)"
        )
    return {name: row.read(name, given[name]) if name in given else row.default for name, row in rows.items()}
