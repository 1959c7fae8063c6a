"""Records whose first feature has drifted, as Parquet files and as an endpoint captures them, and a baseline without drift."""

import io
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq

BASELINE = "baseline.parquet"
NUMBERS = tuple(f"f{i:02}" for i in range(18))
CATEGORIES = ("f18", "f19")
_PART = 100_000
_COLORS = np.array(["red", "green", "blue", "black", "white", "grey"])
_LINE = (
    '{{"captureData":{{"endpointInput":{{"observedContentType":"text/csv","mode":"INPUT","data":"{}","encoding":"CSV"}}}},'
    '"eventMetadata":{{"eventId":"{:08x}-1111-4222-8333-444455556666","inferenceTime":"2026-01-01T10:{:02d}:{:02d}Z"}},'
    '"eventVersion":"0"}}\n'
)


def write(directory: Path, records: int) -> None:
    """The baseline, and that many records in hundred thousands, in `records` and again in `captures`."""
    chance = np.random.default_rng(1)
    pq.write_table(_part(chance, drift=0.0), directory / BASELINE)
    for name in ("records", "captures"):
        (directory / name).mkdir()
    for number in range(max(records // _PART, 1)):
        part = _part(chance, drift=0.5)
        pq.write_table(part, directory / "records" / f"{number:04}.parquet")
        lines = io.BytesIO()
        pc.write_csv(part, lines, pc.WriteOptions(include_header=False, quoting_style="none"))
        with (directory / "captures" / f"{number:04}.jsonl").open("w", encoding="utf-8") as file:
            for i, line in enumerate(lines.getvalue().decode().splitlines()):
                file.write(_LINE.format(line, number * _PART + i, i // 2000, i % 60))


def _part(chance: np.random.Generator, *, drift: float) -> pa.Table:
    """15 features of fractions, some of which miss values, 3 of whole numbers and 2 of categories."""
    columns = {}
    for i, name in enumerate(NUMBERS[:15]):
        values = (
            chance.normal(drift if i == 0 else 0.0, 1 + i, _PART),
            chance.lognormal(0, 0.5, _PART),
            chance.gamma(2, 2, _PART),
        )[i % 3]
        columns[name] = pa.array(np.round(values, 4), mask=chance.random(_PART) < 0.01 * (i % 4))
    for i, name in enumerate(NUMBERS[15:]):
        columns[name] = pa.array(chance.poisson(5 * (i + 1), _PART))
    for i, name in enumerate(CATEGORIES):
        columns[name] = pa.array(_COLORS[chance.integers(0, len(_COLORS) - 2 * i, _PART)])
    return pa.table(columns)
