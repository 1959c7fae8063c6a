"""Some files of a dataset to parts of its table: what one process does, whichever started it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sagemaker_analyzer.contract.task import Dataset, Layout, Window
from sagemaker_analyzer.reading.capture import read_captures
from sagemaker_analyzer.reading.records import read_csv, read_json, read_parquet
from sagemaker_analyzer.reading.rejected import Tally
from sagemaker_analyzer.reading.scripts import Preprocessor
from sagemaker_analyzer.reading.stage import Part, Stage


@dataclass(frozen=True, slots=True)
class Reading:
    """How the files of a dataset are read; columns without names get those of `names`."""

    dataset: Dataset
    window: Window | None = None
    names: tuple[str, ...] = ()


def read_files(
    reading: Reading, files: Sequence[Path], *, into: Path, prepare: Preprocessor | None = None, samples: int = 0
) -> tuple[tuple[Part, ...], Tally]:
    """The parts, in the directory `into`, and what of the files could not be read."""
    stage, tally = Stage(into, reading.names, samples), Tally()
    dataset = reading.dataset
    for path in files:
        if dataset.layout is Layout.CAPTURE:
            read_captures(path, dataset, reading.window, stage, tally, prepare=prepare)
        elif dataset.layout is Layout.CSV:
            read_csv(path, stage, tally, header=dataset.header)
        elif dataset.layout is Layout.JSON:
            read_json(path, stage, tally)
        else:
            read_parquet(path, stage, tally)
    return stage.parts(), tally
