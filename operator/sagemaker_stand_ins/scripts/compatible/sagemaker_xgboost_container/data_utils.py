"""Matrices of channels (sagemaker_xgboost_container/data_utils.py)."""

from pathlib import Path
from typing import Any

import xgboost

from sagemaker_stand_ins.data.content import CSV, LIBSVM, PARQUET, RECORDIO
from sagemaker_stand_ins.training.job import Channel
from sagemaker_stand_ins.xgboost import channels

RECORDIO_PROTOBUF = RECORDIO
__all__ = ["CSV", "LIBSVM", "PARQUET", "RECORDIO_PROTOBUF", "get_content_type", "get_dmatrix"]


def get_content_type(content_type_cfg_val: str | None) -> str:
    """`csv`, `libsvm`, `recordio-protobuf`; raises for what is not read."""
    return channels.format_of(_channel("", content_type_cfg_val, piped=False))


def get_dmatrix(
    data_path: str | None, content_type: str | None, csv_weights: int = 0, is_pipe: bool = False
) -> xgboost.DMatrix | None:
    """The rows of a directory or a file with their labels, which stand in the first column; None if there are none."""
    if data_path is None:
        return None
    channel = _channel(data_path, content_type, piped=is_pipe)
    found = channels.table(channel, channels.format_of(channel), weighted=csv_weights == 1)
    return None if found is None else xgboost.DMatrix(found.features, label=found.labels, weight=found.weights)


def _channel(path: str, content_type: str | None, *, piped: bool) -> Channel:
    config: dict[str, Any] = {"TrainingInputMode": "Pipe" if piped else "File"}
    return Channel(Path(path).name, Path(path), config | ({"ContentType": content_type} if content_type else {}))
