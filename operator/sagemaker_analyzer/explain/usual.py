"""What is usual: the rows that stand for features whose value is not known, which Kernel SHAP calls the background."""

import csv
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from sagemaker_analyzer.contract.config import ShapConfig
from sagemaker_analyzer.errors import BadTask
from sagemaker_analyzer.explain.predictor import Cell, Row


def given_rows(config: ShapConfig, features: Sequence[str]) -> list[Row]:
    """The rows that the configuration gives, none if it gives none. Raises BadTask."""
    rows = _file_rows(config.baseline, features) if isinstance(config.baseline, Path) else list(config.baseline)
    for row in rows:
        if len(row) != len(features):
            raise BadTask(
                f"methods.shap.baseline has a row of {len(row)} values, and there are the {len(features)} features "
                f"{', '.join(features)}"
            )
    return [tuple(float(cell) if isinstance(cell, int) else cell for cell in row) for row in rows]


def usual_rows(rows: Sequence[Row], config: ShapConfig) -> list[Row]:
    """Rows made of the data: the centres of its clusters, or of one, what is in the middle. Raises BadTask."""
    if config.clusters == 1:
        return [tuple(_middle(column) for column in zip(*rows, strict=True))]
    complete = [row for row in rows if not any(cell is None for cell in row)]
    if any(isinstance(cell, str) for row in complete for cell in row):
        raise BadTask(
            "methods.shap.num_clusters is for features of numbers, and there are texts; give methods.shap.baseline"
        )
    clusters = min(config.clusters, len(complete))
    if not clusters:
        raise BadTask("methods.shap.num_clusters needs records without missing values; give methods.shap.baseline")
    from sklearn.cluster import KMeans  # noqa: PLC0415 takes a second, which other analyses do not need to wait

    centres = KMeans(clusters, random_state=config.seed % 2**32, n_init=1).fit(np.array(complete)).cluster_centers_
    return [tuple(float(value) for value in centre) for centre in centres]


def _middle(column: Sequence[Cell]) -> Cell:
    """The mean of numbers, the most frequent of texts."""
    present = [cell for cell in column if cell is not None]
    if not present:
        return None
    if any(isinstance(cell, str) for cell in present):
        return Counter(str(cell) for cell in present).most_common(1)[0][0]
    return float(np.mean(np.array(present, dtype=np.float64)))


def _file_rows(path: Path, features: Sequence[str]) -> list[tuple[Cell, ...]]:
    """The rows of a file: JSON lines by its name, or else CSV, with or without a header."""
    try:
        text = path.read_text(encoding="utf-8")
        if path.suffix in {".json", ".jsonl"}:
            return [tuple(_features(json.loads(line))) for line in text.splitlines() if line.strip()]
        rows = [tuple(_cell(field) for field in row) for row in csv.reader(text.splitlines()) if row]
    except (OSError, ValueError, TypeError) as error:
        raise BadTask(f"methods.shap.baseline {path} cannot be read: {error}") from error
    rows = rows[1:] if rows and list(rows[0]) == list(features) else rows
    if not rows:
        raise BadTask(f"methods.shap.baseline {path} has no rows")
    return rows


def _features(item: object) -> list[Cell]:
    if isinstance(item, dict):
        item = next(iter(item.values())) if len(item) == 1 else list(item.values())
    if not isinstance(item, list):
        raise TypeError(f"a row has to be a list of features, not {item!r}")
    return item


def _cell(field: str) -> Cell:
    try:
        return float(field)
    except ValueError:
        return field or None
