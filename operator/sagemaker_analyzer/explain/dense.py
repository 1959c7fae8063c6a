"""JSON lines in SageMaker's dense form: a list of features in each record, and perhaps a label beside it.

https://docs.aws.amazon.com/sagemaker/latest/dg/cdf-inference.html#cm-jsonlines. Clarify's `features` is the path of the list, and
its headers name what is in it; the last one may be that of the label.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sagemaker_analyzer.contract.config import AnalysisConfig
from sagemaker_analyzer.errors import BadTask, NoData
from sagemaker_analyzer.reading.files import files_of, json_of, lines_of
from sagemaker_analyzer.reading.payloads import flat
from sagemaker_analyzer.reading.rejected import Kind, Tally, Unreadable
from sagemaker_analyzer.reading.rows import Rows
from sagemaker_analyzer.reading.stage import Stage, Table


def read_dense(source: Path, config: AnalysisConfig, tally: Tally, *, into: Path) -> Table:
    """The records as a table with a column for each feature, and one for the label by its name in the configuration.

    Raises BadTask if features have no names, and NoData if not a single record was left.
    """
    if not config.headers:
        raise BadTask(f"features is {config.features!r}, a list; headers has to name what is in it")
    stage = Stage(into)
    for path in files_of(source):
        rows: dict[int, Rows] = {}
        for line in lines_of(path, tally):
            record = json_of(line, path, tally)
            if record is None:
                continue
            try:
                names, values = _row(record, config)
            except Unreadable as reason:
                tally.add(reason.kind, str(path), str(reason))
                continue
            rows.setdefault(len(names), Rows(stage, str(path), names)).add(values)
        for some in rows.values():
            some.flush()
    table = stage.close(tally)
    if not table.files:
        left_out = sum(part.records for part in tally.rejected())
        raise NoData(f"{source} has no record with a list of features; {left_out} could not be read")
    return table


def _row(record: Any, config: AnalysisConfig) -> tuple[tuple[str, ...], list[object]]:
    """The names and values of a record's features, and its label if it has one."""
    fields = flat(record) if isinstance(record, dict) else {}
    values = listed(fields, config.features or "")
    label, names = str(config.label).removeprefix("$."), config.feature_names
    if len(names) != len(values):
        raise Unreadable(Kind.OTHER_COLUMNS, f"a list of {len(values)} features, of which headers names {len(names)}")
    if label in fields:
        return (*names, str(config.label)), [*values, fields[label]]
    return names, list(values)


def listed(fields: dict[str, object], path: str) -> Sequence[object]:
    """The list of features of a flat record. Raises Unreadable if there is none."""
    found = fields.get(path.removeprefix("$."))
    if not isinstance(found, list):
        raise Unreadable(Kind.NO_ATTRIBUTE, f"features is {path!r}, and a record has {', '.join(fields) or 'no names'}")
    return found
