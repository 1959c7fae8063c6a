"""How far the numbers that a model gives are from the truth."""

from typing import Any

import ibis.expr.types as ir
import numpy as np

from sagemaker_analyzer.contract.task import Problem
from sagemaker_analyzer.model import Quality
from sagemaker_analyzer.quality.compared import SAMPLES, Compared, in_sample
from sagemaker_analyzer.quality.deviation import measured


def regression(compared: Compared) -> tuple[Quality, int]:
    """The metrics, and how many records have no numbers to compare."""
    row = compared.rows(_errors)[0]
    values = [_metrics(row, i) for i in range(SAMPLES + 1)]
    records = row["records_0"]
    return Quality(Problem.REGRESSION, records, measured(values, records)), row["all"] - records


def _errors(data: ir.Table) -> ir.Table:
    error = data.given_number - data.true_number
    known = error.notnull()
    found: dict[str, Any] = {"all": data.count()}
    for i in range(SAMPLES + 1):
        here = known & in_sample(data, i)
        found[f"records_{i}"] = data.count(where=here)
        found[f"mae_{i}"] = error.abs().mean(where=here)
        found[f"mse_{i}"] = (error * error).mean(where=here)
        found[f"variance_{i}"] = data.true_number.var(how="pop", where=here)
    return data.aggregate(**found)


def _metrics(row: dict[str, Any], index: int) -> dict[str, float]:
    mae, mse, variance = (row[f"{name}_{index}"] for name in ("mae", "mse", "variance"))
    if mse is None:
        return dict.fromkeys(("mae", "mse", "rmse", "r2"), np.nan)
    # Of a truth that is always the same, no part of the variance can be explained.
    r2 = 1 - mse / variance if variance else np.nan
    return {"mae": mae, "mse": mse, "rmse": float(np.sqrt(mse)), "r2": r2}
