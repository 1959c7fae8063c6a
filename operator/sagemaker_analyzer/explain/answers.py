"""What a model server answered: its predictions, wherever in the answer they are.

The forms are those that Clarify's documentation shows: CSV with a probability, a label and a probability, or a list of
probabilities in one column; JSON lines with the same under a name. Not here: asking (see `server`).
"""

import csv
import json
from typing import Any

import numpy as np

from sagemaker_analyzer.contract.config import ColumnName, MediaType
from sagemaker_analyzer.errors import BadModel
from sagemaker_analyzer.explain.predictor import Matrix


def predictions(text: str, *, rows: int, form: MediaType, probability: ColumnName | None) -> Matrix:
    """The outputs for each of so many rows. Raises BadModel."""
    items = _items(text, form, rows)
    if len(items) != rows:
        raise BadModel(f"the model answered {len(items)} predictions for {rows} rows: {text[:120]!r}")
    found = [_numbers(item, probability) for item in items]
    if len({len(outputs) for outputs in found}) > 1:
        raise BadModel(f"the model answered unequally many outputs for each row: {text[:120]!r}")
    matrix = np.array(found, dtype=np.float64)
    if not np.isfinite(matrix).all():
        raise BadModel(f"the model answered what is not finite: {text[:120]!r}")
    return matrix


def _items(text: str, form: MediaType, rows: int) -> list[Any]:
    if form is MediaType.CSV:
        lines = [line for line in csv.reader(text.splitlines()) if line]
        # Servers of XGBoost answer one line for all rows.
        return [[cell] for cell in lines[0]] if len(lines) == 1 < rows == len(lines[0]) else list[Any](lines)
    try:
        if form is MediaType.JSON_LINES:
            return [json.loads(line) for line in text.splitlines() if line.strip()]
        answer = json.loads(text)
    except ValueError as error:
        raise BadModel(f"the model's answer is not {form}: {error}: {text[:120]!r}") from error
    if isinstance(answer, dict) and len(answer) == 1:
        answer = next(iter(answer.values()))
    return answer if isinstance(answer, list) else [answer]


def _numbers(item: Any, probability: ColumnName | None) -> list[float]:
    """The outputs in one item."""
    chosen = item if probability is None else _chosen(item, probability)
    if isinstance(chosen, dict):
        if len(chosen) != 1:
            raise BadModel(
                f"the model answered {', '.join(chosen)} for each row; set predictor.probability to the one to explain"
            )
        chosen = next(iter(chosen.values()))
    if isinstance(chosen, list) and len(chosen) == 1:
        chosen = chosen[0]
    if isinstance(chosen, str) and chosen.strip().startswith("["):
        try:
            chosen = json.loads(chosen)
        except ValueError as error:
            raise BadModel(f"the model answered {chosen[:120]!r}, which is no list") from error
    try:
        return [float(value) for value in (chosen if isinstance(chosen, list) else [chosen])]
    except (TypeError, ValueError) as error:
        raise BadModel(
            f"the model answered {item!r}, where numbers have to be; predictor.probability tells where they are"
        ) from error


def _chosen(item: Any, probability: ColumnName) -> Any:
    found = item
    for part in [probability] if isinstance(probability, int) else probability.split("."):
        try:
            found = found[part]
        except (TypeError, KeyError, IndexError) as error:
            raise BadModel(f"the model answered {item!r}, which has no {probability!r}") from error
    return found
