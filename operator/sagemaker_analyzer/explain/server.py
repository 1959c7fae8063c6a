"""A model behind HTTP, asked as SageMaker asks model servers: rows to /invocations, one answer for all of them.

https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html
"""

import csv
import io
import json
import time
from collections.abc import Callable, Sequence
from http.client import HTTPException
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import numpy as np

from sagemaker_analyzer.contract.config import MediaType, PredictorConfig
from sagemaker_analyzer.errors import BadModel
from sagemaker_analyzer.explain.answers import predictions
from sagemaker_analyzer.explain.predictor import Cell, Matrix, Predictor, Row

_ROWS = 2000
"""So many rows of a hundred features stay below the 6 MB that SageMaker lets through to endpoints."""

_SECONDS = 60.0
_PATIENCE = (1.0, 4.0)
"""Seconds before a request that the server may answer another time is made again."""


def server(config: PredictorConfig, *, wait: Callable[[float], None] = time.sleep) -> Predictor:
    """The model behind the URL. Its calls raise BadModel."""
    url = config.url
    assert url is not None

    def predict(rows: Sequence[Row]) -> Matrix:
        parts = []
        for start in range(0, len(rows), _ROWS):
            part = rows[start : start + _ROWS]
            answer = _asked(url, config, _body(part, config).encode(), wait)
            parts.append(predictions(answer, rows=len(part), form=config.accept_type, probability=config.probability))
        return np.concatenate(parts)

    return predict


def _asked(url: str, config: PredictorConfig, body: bytes, wait: Callable[[float], None]) -> str:
    headers = {"Content-Type": config.content_type.value, "Accept": config.accept_type.value}
    for pause in (*_PATIENCE, None):
        try:
            # The configuration lets no scheme but HTTP's through.
            with urlopen(Request(url, body, headers), timeout=_SECONDS) as reply:  # noqa: S310
                return str(reply.read().decode())
        except HTTPError as error:
            said = error.read(300).decode(errors="replace")
            reason = f"{url} answered {error.code} {error.reason}: {said}"
            if error.code < 500 or pause is None:
                raise BadModel(reason) from error
        except UnicodeDecodeError as error:
            raise BadModel(f"{url} answered what is not UTF-8: {error}") from error
        except (URLError, HTTPException, OSError) as error:
            if pause is None:
                raise BadModel(f"{url} cannot be asked: {error}") from error
        wait(pause)
    raise AssertionError("the last attempt returns or raises")


def _body(rows: Sequence[Row], config: PredictorConfig) -> str:
    if config.content_type is MediaType.CSV:
        lines = io.StringIO()
        csv.writer(lines, lineterminator="\n").writerows([_written(cell) for cell in row] for row in rows)
        return lines.getvalue()
    items = [_json_row(row, config.content_template) for row in rows]
    return "\n".join(items) if config.content_type is MediaType.JSON_LINES else f'{{"instances": [{", ".join(items)}]}}'


def _json_row(row: Row, template: str | None) -> str:
    features = json.dumps([None if cell is None else _plain(cell) for cell in row])
    return (template or '{"features": $features}').replace("$features", features)


def _written(cell: Cell) -> str | float:
    return "" if cell is None else _plain(cell)


def _plain(cell: float | str) -> float | str:
    """Whole numbers without a fraction, as they were."""
    return int(cell) if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53 else cell
