"""Features as numbers for SHAP, and back as they were for the model: a text is the number of its place among all texts."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sagemaker_analyzer.explain.predictor import Cell, Matrix, Row


@dataclass(frozen=True, slots=True)
class Encoding:
    """Of each feature its texts, in the order of their numbers; none if it has numbers alone."""

    texts: tuple[tuple[str, ...], ...]

    def encoded(self, rows: Sequence[Row]) -> Matrix:
        """The rows as numbers; what is missing is NaN."""
        matrix = np.full((len(rows), len(self.texts)), math.nan)
        for j, texts in enumerate(self.texts):
            numbers = {text: i for i, text in enumerate(texts)}
            for i, row in enumerate(rows):
                cell = row[j]
                if cell is not None:
                    matrix[i, j] = numbers[_text(cell)] if texts else float(cell)
        return matrix

    def decoded(self, matrix: Matrix) -> list[Row]:
        """The rows of numbers as they were."""
        columns = [self._column(matrix[:, j], texts) for j, texts in enumerate(self.texts)]
        return list(zip(*columns, strict=True))

    def _column(self, numbers: Matrix, texts: tuple[str, ...]) -> list[Cell]:
        values: list[float] = numbers.tolist()
        return [None if math.isnan(value) else texts[int(value)] if texts else value for value in values]


def encoding_of(rows: Sequence[Row]) -> Encoding:
    """The encoding of rows; a feature that has a text has texts alone, its numbers being written as such."""
    columns = list(zip(*rows, strict=True))
    return Encoding(tuple(_texts(column) for column in columns))


def _texts(column: Sequence[Cell]) -> tuple[str, ...]:
    if not any(isinstance(cell, str) for cell in column):
        return ()
    return tuple(dict.fromkeys(_text(cell) for cell in column if cell is not None))


def _text(cell: float | str) -> str:
    if isinstance(cell, str):
        return cell
    return str(int(cell)) if float(cell).is_integer() else repr(cell)
