"""The channels of a job and the rows that are read from them.

Texts and log lines are those of sagemaker-xgboost-container (data_utils.py,
sagemaker_algorithm_toolkit/channel_validation.py), and of its 0.90 version for a header line, which later ones read
as data.
"""

import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from sagemaker_stand_ins.data import delimited, libsvm, recordio
from sagemaker_stand_ins.data.content import CSV, LIBSVM, PARQUET, RECORDIO, ContentType
from sagemaker_stand_ins.data.rows import HiddenFile, Part, Unreadable, files, parts
from sagemaker_stand_ins.training.conclusion import ClientError
from sagemaker_stand_ins.training.job import Channel

log = logging.getLogger(__name__)

_TYPES: Final = (
    "csv", "libsvm", "parquet", "recordio-protobuf", "text/csv", "text/libsvm", "text/x-libsvm", "application/x-parquet",
    "application/x-recordio-protobuf",
)  # fmt: skip
Numbers = npt.NDArray[np.float64]
_HEADER: Final = re.compile("[a-df-zA-DF-Z]")


@dataclass(frozen=True, slots=True)
class Table:
    """Rows with their labels, and with their weights if they have any; the features dense or sparse."""

    features: Any
    labels: Numbers
    weights: Numbers | None = None


def checked(channels: Mapping[str, Channel]) -> tuple[Channel, Channel | None]:
    """The channels train and validation.

    Raises:
        ClientError: train is missing, or there is a channel that the algorithm does not know.
    """
    if "train" not in channels:
        raise ClientError("Missing required channel: train")
    for name in channels:
        if name not in ("train", "validation", "code"):
            raise ClientError(f"Extraneous channel found: {name}")
    return channels["train"], channels.get("validation")


def format_of(channel: Channel) -> str:
    """The data format of a channel; libsvm if none is given. Raises ClientError for one that is not read here."""
    text = channel.content_type
    if text is None:
        return LIBSVM
    said = ContentType.of(text)
    if said.format not in (CSV, LIBSVM, PARQUET, RECORDIO):
        raise ClientError(f"{text} is not an accepted ContentType: {', '.join(_TYPES)}.")
    if said.format == CSV and said.parameters.get("label_size", "1") != "1":
        raise ClientError(
            f"{text} is not an accepted csv ContentType. Optional parameter label_size must be equal to 1"
        )
    if said.format == PARQUET:
        raise ClientError(
            "parquet is not supported in local execution. Use text/csv, text/libsvm or application/x-recordio-protobuf."
        )
    return said.format


def table(channel: Channel, form: str, *, weighted: bool) -> Table | None:
    """The rows of a channel; None if it holds none.

    Args:
        weighted: the second column of CSV is the weight of the row.

    Raises:
        ClientError: the data is not in its format.
    """
    found = _parts(channel, form)
    if not found:
        return None
    try:
        read: Table = _READERS[form](found, weighted)
    except Unreadable as trouble:
        raise ClientError(_refusal(form, trouble, first=trouble.line == 1)) from None
    return read


def check_together(form: str, train: Table, validation: Table) -> None:
    """Raises ClientError for validation data of another width; in libsvm it may be narrower, as its last columns may be empty."""
    trained, validated = train.features.shape[1], validation.features.shape[1]
    if validated > trained or (form != LIBSVM and validated != trained):
        raise ClientError(
            f"feature_names mismatch: the training data has {trained} features, and the validation data has {validated}"
        )


def _parts(channel: Channel, form: str) -> list[Part]:
    if channel.piped:
        if form == LIBSVM:
            raise ClientError("Pipe mode not supported for LibSVM.")
        log.info("Pipe path %s found.", channel.path)
        content = channel.fifo.read_bytes()
        return [Part(channel.fifo.name, content)] if content.strip() else []
    if not channel.path.exists():
        log.info("Path %s does not exist!", channel.path)
        return []
    log.info("files path: %s", channel.path)
    try:
        return parts(files(channel.path))
    except HiddenFile:
        raise ClientError("Hidden file found in the data path! Remove that before training.") from None


def _of_csv(found: Sequence[Part], weighted: bool) -> Table:
    first = found[0].lines[0]
    between = delimited.delimiter(first)
    if between is None:
        raise ClientError(f"Could not determine delimiter on line {first[:50]}:\nCould not determine delimiter")
    log.info("Determined delimiter of CSV input is '%s'", between)
    rows = delimited.read(found, between=between)
    before = 2 if weighted else 1
    if rows.shape[1] <= before:
        raise ClientError(
            f"Failed to load csv data with exception:\nthe rows have no features after their first {before} columns"
        )
    if (missing := np.flatnonzero(np.isnan(rows[:, :before]).any(axis=1))).size:
        raise ClientError(f"Failed to load csv data with exception:\nrow {missing[0] + 1} has no label or no weight")
    return Table(rows[:, before:], rows[:, 0], rows[:, 1] if weighted else None)


def _of_libsvm(found: Sequence[Part], weighted: bool) -> Table:  # noqa: ARG001
    data = libsvm.read(found)
    return Table(data.features, data.labels, data.weights)


def _of_records(found: Sequence[Part], weighted: bool) -> Table:  # noqa: ARG001
    data = recordio.read(found)
    if data.labels is None:
        raise ClientError("Got input data without labels. Please check the input data set.")
    return Table(data.features, data.labels)


_READERS: Final[Mapping[str, Any]] = {CSV: _of_csv, LIBSVM: _of_libsvm, RECORDIO: _of_records}


def _refusal(form: str, trouble: Unreadable, *, first: bool) -> str:
    if form == LIBSVM and first:
        return (
            f"First line '{trouble.text[:50]}...' of file '{trouble.file}' is not 'LIBSVM' format. "
            "Please ensure the file is in 'LIBSVM' format."
        )
    if form == CSV and first and (found := _HEADER.search(trouble.text)):
        return (
            f"Non-numeric value '{found[0]}' found in the header line '{trouble.text[:50]}...' of file '{trouble.file}'. "
            "CSV format require no header line in it. If header line is already removed, "
            "XGBoost does not accept non-numeric value in the data."
        )
    return f"Failed to load {form} data with exception:\n{trouble}"
