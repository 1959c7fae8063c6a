"""The components, and the file that holds them."""

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]

FILE: Final = "model_algo-1"


@dataclass(frozen=True, slots=True)
class Components:
    """What a row is projected with.

    Attributes:
        mean: of the features; zeros if it is not subtracted.
        s: the singular values, ascending.
        v: a column for each component, in the same order.
    """

    mean: Numbers
    s: Numbers
    v: Numbers

    def project(self, rows: Numbers) -> Numbers:
        """Each row in the space of the components."""
        projected: Numbers = (rows - self.mean) @ self.v
        return projected

    def write(self, directory: Path) -> None:
        """Keep them in a model directory."""
        content = io.BytesIO()
        np.savez(content, mean=self.mean, s=self.s, v=self.v)
        directory.mkdir(parents=True, exist_ok=True)
        (directory / FILE).write_bytes(content.getvalue())

    @classmethod
    def read(cls, directory: Path) -> Self:
        """The components of a model directory. Raises OSError or ValueError if there are none."""
        with np.load(directory / FILE, allow_pickle=False) as held:
            return cls(held["mean"], held["s"], held["v"])
