"""A dataset to a table, by the layout of its files."""

from collections.abc import Sequence
from pathlib import Path

from sagemaker_analyzer.contract.task import Dataset, Layout, Window
from sagemaker_analyzer.errors import NoData
from sagemaker_analyzer.reading.capture import read_captures
from sagemaker_analyzer.reading.files import files_of
from sagemaker_analyzer.reading.records import read_csv, read_json, read_parquet
from sagemaker_analyzer.reading.rejected import Tally
from sagemaker_analyzer.reading.scripts import Preprocessor
from sagemaker_analyzer.reading.stage import Stage, Table


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
    stage = Stage(into, names, samples)
    files = files_of(dataset.source)
    for path in files:
        if not path.stat().st_size:
            continue
        if dataset.layout is Layout.CAPTURE:
            read_captures(path, dataset, window, stage, tally, prepare=prepare)
        elif dataset.layout is Layout.CSV:
            read_csv(path, stage, tally, header=dataset.header)
        elif dataset.layout is Layout.JSON:
            read_json(path, stage, tally)
        else:
            read_parquet(path, stage, tally)
    table = stage.close(tally)
    if not table.files:
        left_out = sum(rejected.records for rejected in tally.rejected())
        span = f" from {window.start.isoformat()} to {window.end.isoformat()}" if window else ""
        raise NoData(f"{len(files)} files under {dataset.source} have no record{span}; {left_out} could not be read")
    return table
