"""A linear model as numbers, and the file that holds them."""

import io
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]

FILE: Final = "model_algo-1"


@dataclass(frozen=True, slots=True)
class Linear:
    """What a row is scored with.

    Attributes:
        mean, scale: of the features, by which a row is normalized.
        weights, bias: a row and a number for each output.
        label_mean, label_scale: by which the score of a regression was normalized.
        link: how an output becomes a score: `identity`, `logistic` or `softmax`.
        classes: 0 for a regression, 2 for a binary classification, else how many there are.
        threshold: from which score on a row is of class 1.
    """

    mean: Numbers
    scale: Numbers
    weights: Numbers
    bias: Numbers
    label_mean: float
    label_scale: float
    link: str
    classes: int
    threshold: float

    def scores(self, rows: Numbers) -> Numbers:
        """The score of each row: one number, or one for each class."""
        outputs: Numbers = (rows - self.mean) / self.scale @ self.weights.T + self.bias
        if self.link == "softmax":
            powers = np.exp(outputs - outputs.max(axis=1, keepdims=True))
            found: Numbers = powers / powers.sum(axis=1, keepdims=True)
        elif self.link == "logistic":
            found = 1 / (1 + np.exp(-outputs[:, 0]))
        elif self.classes > 2:
            found = outputs
        else:
            found = outputs[:, 0] * self.label_scale + self.label_mean
        return found

    def labels(self, scores: Numbers) -> npt.NDArray[np.int64]:
        """The predicted class of each row by its score."""
        return scores.argmax(axis=1) if scores.ndim > 1 else (scores >= self.threshold).astype(np.int64)

    def write(self, directory: Path) -> None:
        """Keep it in a model directory."""
        content = io.BytesIO()
        values: dict[str, Any] = asdict(self)
        np.savez(content, **values)
        directory.mkdir(parents=True, exist_ok=True)
        (directory / FILE).write_bytes(content.getvalue())

    @classmethod
    def read(cls, directory: Path) -> Self:
        """The model of a model directory. Raises OSError or ValueError if there is none."""
        with np.load(directory / FILE, allow_pickle=False) as held:
            values: dict[str, Any] = {name: held[name] for name in held.files}
        return cls(**{name: value if value.ndim else value.item() for name, value in values.items()})
