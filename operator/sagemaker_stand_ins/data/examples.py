"""The rows of a channel of Amazon's own algorithms: CSV with a number of label columns, or records.

What is sourced of the texts: `Unable to parse csv: rows 1-1000, file …` (amazon-sagemaker-examples#1017), `No
iterator has been registered for ContentType …` (sagemaker-python-sdk#819), `Unable to read data channel …`
(aws/sagemaker-rl-container, exceptions.py in src/vw-serving/src/vw_serving/sagemaker). The others are this module's
own.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from sagemaker_stand_ins.data import delimited, recordio
from sagemaker_stand_ins.data.content import CSV, RECORDIO, ContentType
from sagemaker_stand_ins.data.rows import HiddenFile, Part, Unreadable, files, parts
from sagemaker_stand_ins.training.conclusion import ClientError
from sagemaker_stand_ins.training.job import Channel

Numbers = npt.NDArray[np.float64]

_BATCH: Final = 1000
_MIME: Final = re.compile(r"[\w.-]+/[\w.+-]+")


@dataclass(frozen=True, slots=True)
class Examples:
    """Rows of features, and their labels if the data has some."""

    features: Numbers
    labels: Numbers | None


def read(channel: Channel, *, width: int | str | None, labelled: bool) -> Examples:
    """All rows of a channel.

    Args:
        width: the features that the rows have to have (`feature_dim`); `auto` or None takes what is there.
        labelled: whether the algorithm needs labels.

    Raises:
        ClientError: the data is missing, or not in its format.
    """
    found = _parts(channel)
    try:
        form, said = _format(channel)
        examples = _of_csv(found, said) if form == CSV else _of_records(found)
    except Unreadable as trouble:
        raise ClientError(_refusal(channel, trouble)) from None
    columns = examples.features.shape[1]
    if isinstance(width, int) and columns != width:
        raise ClientError(
            f"The channel '{channel.name}' has {columns} features, but the hyperparameter 'feature_dim' says {width}. "
            "Data in CSV that has no label needs the content type 'text/csv;label_size=0'."
        )
    if labelled and examples.labels is None:
        raise ClientError(f"The channel '{channel.name}' has no labels.")
    if examples.labels is not None and not np.isfinite(examples.labels).all():
        raise ClientError(_unusable(channel, examples.labels))
    if not np.isfinite(examples.features).all():
        raise ClientError(_unusable(channel, examples.features))
    return examples


def _parts(channel: Channel) -> list[Part]:
    if channel.piped:
        content = channel.fifo.read_bytes()
        found = [Part(channel.fifo.name, content)] if content.strip() else []
    elif not channel.path.exists():
        found = []
    else:
        try:
            found = parts(files(channel.path))
        except HiddenFile as hidden:
            raise ClientError(f"The channel '{channel.name}' has the hidden file {hidden}.") from None
    if not found:
        raise ClientError(f"The channel '{channel.name}' has no data.")
    return found


def _format(channel: Channel) -> tuple[str, ContentType]:
    text = channel.content_type or "application/x-recordio-protobuf"
    said = ContentType.of(text)
    if said.format not in (CSV, RECORDIO) or not _MIME.fullmatch(said.name):
        raise ClientError(f"No iterator has been registered for ContentType ('{said.name}', '1.0')")
    return said.format, said


def _of_csv(found: Sequence[Part], said: ContentType) -> Examples:
    size = said.parameters.get("label_size", "1")
    if size not in ("0", "1"):
        raise ClientError(f"The label_size of the content type is '{size}', and has to be 0 or 1.")
    rows = delimited.read(found, between=delimited.delimiter(found[0].lines[0]) or ",", missing=False)
    return Examples(rows, None) if size == "0" else Examples(rows[:, 1:], rows[:, 0])


def _of_records(found: Sequence[Part]) -> Examples:
    read = recordio.read(found)
    return Examples(recordio.dense(read), read.labels)


def _unusable(channel: Channel, features: Numbers) -> str:
    what = "missing (NaN) values" if np.isnan(features).any() else "infinite floating point values"
    return f"Unable to read data channel '{channel.name}'. Found {what}. Please remove any {what} in the input data."


def _refusal(channel: Channel, trouble: Unreadable) -> str:
    said = channel.content_type or "application/x-recordio-protobuf"
    if ContentType.of(said).format != CSV:
        return (
            f"Unable to read data channel '{channel.name}'. Requested content-type is '{said}'. "
            "Please verify the data matches the requested content-type. "
            f"Record {trouble.line} of file {trouble.file}: {trouble.trouble}"
        )
    first = (trouble.line - 1) // _BATCH * _BATCH + 1
    rows = f"rows {first}-{first + _BATCH - 1}"
    return f"Unable to parse csv: {rows}, file {channel.path}/{trouble.file}. Line {trouble.line}: {trouble.trouble}"
