"""A dataset to a table, by the layout of its files. Large ones are read by several processes (see `apart`)."""

from collections.abc import Sequence
from pathlib import Path

from sagemaker_analyzer.contract.task import Dataset, Window
from sagemaker_analyzer.errors import NoData
from sagemaker_analyzer.reading.apart import groups_of, read_apart
from sagemaker_analyzer.reading.files import files_of
from sagemaker_analyzer.reading.part import Reading, read_files
from sagemaker_analyzer.reading.rejected import Tally
from sagemaker_analyzer.reading.scripts import Preprocessor
from sagemaker_analyzer.reading.stage import Table, table_of


def read_dataset(
    dataset: Dataset,
    tally: Tally,
    *,
    into: Path,
    window: Window | None = None,
    names: Sequence[str] = (),
    prepare: Preprocessor | None = None,
    samples: int = 0,
) -> Table:
    """The dataset as a table in the directory `into`; columns without names get those of `names`.

    `samples` is how many of them the records are drawn into, as `Stage` tells. The window is for captured data, whose records
    alone have a time, and so is `prepare`, the script of a user. Raises NoData if not a single record was left.
    """
    files = files_of(dataset.source)
    filled = [path for path in files if path.stat().st_size]
    reading = Reading(dataset, window, tuple(names))
    # What a script remembers, and chance, need all records one after the other.
    groups = groups_of(filled) if prepare is None and not samples else [filled]
    if len(groups) > 1:
        parts, found = read_apart(reading, groups, into=into)
    else:
        parts, found = read_files(reading, filled, into=into, prepare=prepare, samples=samples)
    tally.take(found)
    return some(table_of(parts, tally), dataset, window, tally, files=len(files))


def some(table: Table, dataset: Dataset, window: Window | None, tally: Tally, *, files: int) -> Table:
    """The table, which was read from so many files. Raises NoData if it has no records."""
    if not table.files:
        left_out = sum(rejected.records for rejected in tally.rejected())
        span = f" from {window.start.isoformat()} to {window.end.isoformat()}" if window else ""
        raise NoData(f"{files} files under {dataset.source} have no record{span}; {left_out} could not be read")
    return table
