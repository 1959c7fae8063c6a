"""Rows of `label[:weight] index:value …`: text/libsvm.

Indices are columns as they stand, from 0 on, as XGBoost reads them (its parser's `indexing_mode` is 0 by default);
data that counts from 1 has an empty column 0.
"""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from sagemaker_stand_ins.data.rows import Part, Unreadable

_HIGHEST: Final = (1 << 31) - 2


@dataclass(frozen=True, slots=True)
class Labelled:
    """Sparse rows with a label each, and a weight each if all of them have one."""

    features: csr_matrix
    labels: npt.NDArray[np.float64]
    weights: npt.NDArray[np.float64] | None


class _Rows:
    """The rows so far, in the arrays of a compressed sparse matrix."""

    __slots__ = ("columns", "ends", "labels", "values", "weights")

    def __init__(self) -> None:
        self.labels = array("d")
        self.weights = array("d")
        self.columns = array("q")
        self.values = array("d")
        self.ends = array("q", [0])

    def add(self, line: str, *, labelled: bool) -> None:
        """Raises ValueError for a row that is not in the format."""
        head, *pairs = line.split("#", 1)[0].split()
        if labelled or ":" not in head:
            label, colon, weight = head.partition(":")
            self.labels.append(float(label))
            if colon:
                self.weights.append(float(weight))
        else:
            pairs.insert(0, head)
        for pair in pairs:
            index, colon, value = pair.partition(":")
            if index == "qid":
                continue
            if not colon:
                raise ValueError(f"'{pair[:50]}' is not <index>:<value>")
            if not 0 <= (column := int(index)) <= _HIGHEST:
                raise ValueError(f"the index {column} is not from 0 to {_HIGHEST}")
            self.columns.append(column)
            self.values.append(float(value))
        self.ends.append(len(self.values))


def read(parts: Sequence[Part], *, labelled: bool = True) -> Labelled:
    """All rows of all parts; without `labelled` a row may lack its label, as those of a request do.

    Raises:
        Unreadable: a row is not in the format.
    """
    rows = _Rows()
    for part in parts:
        for number, line in enumerate(part.lines, start=1):
            if not line.split("#", 1)[0].strip():
                continue
            try:
                rows.add(line, labelled=labelled)
            except ValueError as trouble:
                raise Unreadable(part.name, number, line, str(trouble)) from None
    height, width = len(rows.ends) - 1, max(rows.columns, default=-1) + 1
    features = csr_matrix((np.array(rows.values), np.array(rows.columns), np.array(rows.ends)), shape=(height, width))
    weighted = height > 0 and len(rows.weights) == height
    return Labelled(features, np.array(rows.labels), np.array(rows.weights) if weighted else None)
