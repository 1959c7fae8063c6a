"""The centers of clusters, and the file that holds them."""

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]

FILE: Final = "model_algo-1"


@dataclass(frozen=True, slots=True)
class Centers:
    """A row for each cluster."""

    rows: Numbers

    def nearest(self, points: Numbers) -> tuple[npt.NDArray[np.int64], Numbers]:
        """The cluster of each point, and the Euclidean distance to its center."""
        distances = np.column_stack([np.linalg.norm(points - center, axis=1) for center in self.rows])
        closest = distances.argmin(axis=1)
        return closest, distances[np.arange(len(points)), closest]

    def write(self, directory: Path) -> None:
        """Keep them in a model directory."""
        content = io.BytesIO()
        np.savez(content, centers=self.rows)
        directory.mkdir(parents=True, exist_ok=True)
        (directory / FILE).write_bytes(content.getvalue())

    @classmethod
    def read(cls, directory: Path) -> Self:
        """The centers of a model directory. Raises OSError or ValueError if there are none."""
        with np.load(directory / FILE, allow_pickle=False) as held:
            return cls(held["centers"])
