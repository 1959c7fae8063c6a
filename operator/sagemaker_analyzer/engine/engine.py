"""What an engine does, whichever it is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import ibis.expr.types as ir

from sagemaker_analyzer.contract.task import Dataset, Window
from sagemaker_analyzer.model import Sketch
from sagemaker_analyzer.reading.rejected import Tally
from sagemaker_analyzer.reading.scripts import Preprocessor
from sagemaker_analyzer.reading.stage import Table


@dataclass(frozen=True, slots=True)
class Totals:
    """What is computed of one column over all records; of numbers only if there are any."""

    records: int
    numbers: int
    texts: int
    whole: int
    mean: float = 0.0
    sum: float = 0.0
    std_dev: float = 0.0
    minimum: float = 0.0
    maximum: float = 0.0


@dataclass(frozen=True, slots=True)
class Frequencies:
    """How many different values a column has, and the most frequent ones, equally frequent ones in their order."""

    distinct: int
    counts: tuple[tuple[str, int], ...]


class Engine(Protocol):
    """Computes over tables of any size; columns are named as in `Table.columns`."""

    def read(
        self,
        dataset: Dataset,
        tally: Tally,
        *,
        into: Path,
        window: Window | None = None,
        names: Sequence[str] = (),
        prepare: Preprocessor | None = None,
    ) -> Table:
        """As `reading.dataset.read_dataset`, on all the machines that there are; `into` may remain empty."""

    def totals(self, table: Table) -> dict[str, Totals]:
        """Of every column its totals, in one pass over the data."""

    def frequencies(self, table: Table, column: str, most: int) -> Frequencies:
        """The values of a column as texts, at most so many of them."""

    def sketches(self, table: Table, columns: list[str]) -> dict[str, Sketch]:
        """The distribution of the numbers of each of the columns."""

    def rows(self, query: Callable[..., ir.Table], *tables: Table) -> list[dict[str, Any]]:
        """The rows of an Ibis expression over tables: `query` gets the data of each, and its result has to fit into memory.

        The data has the columns that `Column.number` and `Column.text` name, and those in `Table.columns` alone.
        """
