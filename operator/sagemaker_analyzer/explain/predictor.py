"""What every model is to an explanation: rows of features in, a number for each output back."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Cell = float | str | None
"""A value of a feature; None is missing."""

Row = Sequence[Cell]

Matrix = NDArray[np.float64]

Predictor = Callable[[Sequence[Row]], Matrix]
"""Of rows of features the predictions: a row for each, a column for each output. Raises BadModel."""
