"""What an analysis of captured data says: statistics, constraints, and what violates them. Pure: rows in, JSON out.

The files are those of Model Monitor's own analyzer; the checks are its simple ones: missing and extra columns, completeness, data
types and categories. The words of the data type check are quoted in public; those of completeness are Deequ's, on which the
analyzer is built; the others are unverified. Not here: drift of distributions, model quality and bias, which need
the real analyzer.
"""

import base64
import csv
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias

from sagemaker_local.emulator.resource import Json

# One observation: column to what was captured; None where nothing was.
Row: TypeAlias = Mapping[str, str | None]

_INTEGRAL: Final = re.compile(r"[-+]?\d+")
_FRACTIONAL: Final = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")
_FITTING: Final = {
    "Integral": ("Integral",),
    "Fractional": ("Integral", "Fractional"),
    "String": ("Integral", "Fractional", "String"),
}
_POSITION: Final = "_c"


def rows_of(lines: Iterable[str], features: Sequence[str] = ()) -> list[Row]:
    """The observations in captured JSON lines; lines that are none are passed over.

    Args:
        lines: each `{"captureData": {"endpointInput": …, "endpointOutput": …}, …}`.
        features: the names of the columns of CSV data, by position; the output comes first, as in baselines.
    """
    return [row for line in lines for row in _observations(line, features)]


def statistics(rows: Sequence[Row]) -> Json:
    """The content of statistics.json."""
    return {
        "version": 0,
        "dataset": {"item_count": len(rows)},
        "features": [_feature_statistics(name, rows) for name in _columns(rows)],
    }


def suggested(rows: Sequence[Row]) -> Json:
    """The content of constraints.json as the data suggest it, for lack of a baseline."""
    features = [
        {"name": name, "inferred_type": _type(_present(name, rows)), "completeness": _completeness(name, rows)}
        for name in _columns(rows)
    ]
    return {"version": 0, "features": features}


def violations(rows: Sequence[Row], constraints: Mapping[str, Any]) -> list[Json]:
    """The rows of constraint_violations.json: in what the data differ from their constraints."""
    if not rows:
        return []
    wanted: list[Json] = constraints.get("features", [])
    config: Json = constraints.get("monitoring_config", {})
    found = [*_column_violations(_columns(rows), [feature["name"] for feature in wanted])]
    for feature in wanted:
        if feature["name"] in _columns(rows):
            found += _feature_violations(feature, rows, config)
    return found


def feature_names(constraints: Mapping[str, Any]) -> list[str]:
    """The columns of the baseline, in order."""
    return [feature["name"] for feature in constraints.get("features", ())]


def _column_violations(there: Sequence[str], wanted: Sequence[str]) -> Iterator[Json]:
    counts = (
        f"Number of columns in current dataset: {len(there)}, Number of columns in baseline constraints: {len(wanted)}"
    )
    if missing := [name for name in wanted if name not in there]:
        yield _violation(missing[0], "missing_column_check", f"There are missing columns in current dataset. {counts}")
    if extra := [name for name in there if name not in wanted]:
        yield _violation(extra[0], "extra_column_check", f"There are extra columns in current dataset. {counts}")


def _feature_violations(feature: Json, rows: Sequence[Row], config: Json) -> Iterator[Json]:
    name, completeness = feature["name"], _completeness(feature["name"], rows)
    if completeness < feature.get("completeness", 0.0):
        text = f"Value: {completeness} does not meet the constraint requirement!"
        yield _violation(name, "completeness_check", text)
    present = _present(name, rows)
    kind = feature.get("inferred_type", "Unknown")
    matching = _share(
        present, lambda value: _type_of(value) in _FITTING.get(kind, ("Integral", "Fractional", "String"))
    )
    threshold = config.get("datatype_check_threshold", 1.0)
    if matching < threshold:
        text = (
            f"Data type match requirement is not met. Expected data type: {kind}, Expected match: {threshold * 100}%. "
            f"Observed: Only {matching * 100}% of data is {kind}."
        )
        yield _violation(name, "data_type_check", text)
    domains = feature.get("string_constraints", {}).get("domains")
    if domains is not None:
        known = _share(present, lambda value: value in domains)
        threshold = config.get("domain_content_threshold", 1.0)
        if known < threshold:
            text = f"Only {known * 100}% of values are among those of the baseline; expected are {threshold * 100}%"
            yield _violation(name, "categorical_values_check", text)


def _violation(feature: str, check: str, text: str) -> Json:
    return {"feature_name": feature, "constraint_check_type": check, "description": text}


def _feature_statistics(name: str, rows: Sequence[Row]) -> Json:
    present = _present(name, rows)
    common = {"num_present": len(present), "num_missing": len(rows) - len(present)}
    kind = _type(present)
    shown: Json = {"name": name, "inferred_type": kind}
    if kind in ("Integral", "Fractional"):
        numbers = [float(value) for value in present]
        mean = sum(numbers) / len(numbers)
        spread = (sum((number - mean) ** 2 for number in numbers) / len(numbers)) ** 0.5
        shown["numerical_statistics"] = {
            "common": common, "mean": mean, "sum": sum(numbers), "std_dev": spread, "min": min(numbers), "max": max(numbers),
        }  # fmt: skip
    else:
        shown["string_statistics"] = {"common": common, "distinct_count": len(set(present))}
    return shown


def _observations(line: str, features: Sequence[str]) -> Iterator[Row]:
    try:
        captured = json.loads(line)["captureData"]
        parts = [captured[part] for part in ("endpointOutput", "endpointInput") if part in captured]
        tables = [_table(part) for part in parts]
    except (ValueError, KeyError, TypeError):
        return
    for cells in zip(*tables, strict=False):
        yield _named([cell for part in cells for cell in part], features)


def _table(part: Json) -> list[list[tuple[str, str | None]]]:
    """The observations of one half of a captured request, each as (column or nothing, value)."""
    text: str = part["data"]
    if part.get("encoding") == "BASE64":
        text = base64.b64decode(text).decode()
    if part.get("encoding") == "JSON" or "json" in part.get("observedContentType", ""):
        given = json.loads(text)
        return [list(_flat(item)) for item in (given if isinstance(given, list) else [given])]
    return [[("", value.strip() or None) for value in row] for row in csv.reader(text.splitlines())]


def _flat(value: Any, path: str = "") -> Iterator[tuple[str, str | None]]:
    match value:
        case dict():
            for name, inner in value.items():
                yield from _flat(inner, f"{path}_{name}" if path else name)
        case list():
            for number, inner in enumerate(value):
                yield from _flat(inner, f"{path}{number}")
        case None:
            yield path, None
        case _:
            yield path, json.dumps(value) if not isinstance(value, str) else value


def _named(cells: Sequence[tuple[str, str | None]], features: Sequence[str]) -> Row:
    """The row by names: those of JSON are its own, those of CSV the baseline's by position."""
    named = {}
    for position, (name, value) in enumerate(cells):
        by_position = features[position] if position < len(features) else f"{_POSITION}{position}"
        named[name or by_position] = value
    return named


def _columns(rows: Sequence[Row]) -> list[str]:
    return list(dict.fromkeys(name for row in rows for name in row))


def _present(name: str, rows: Sequence[Row]) -> list[str]:
    return [value for row in rows if (value := row.get(name)) is not None]


def _completeness(name: str, rows: Sequence[Row]) -> float:
    return len(_present(name, rows)) / len(rows)


def _share(values: Sequence[str], fits: Any) -> float:
    return sum(map(fits, values)) / len(values) if values else 1.0


def _type(values: Sequence[str]) -> str:
    """The narrowest type that all values have."""
    if not values:
        return "Unknown"
    seen = {_type_of(value) for value in values}
    return next(kind for kind in ("Integral", "Fractional", "String") if seen <= set(_FITTING[kind]))


def _type_of(value: str) -> str:
    if _INTEGRAL.fullmatch(value):
        return "Integral"
    return "Fractional" if _FRACTIONAL.fullmatch(value) else "String"
