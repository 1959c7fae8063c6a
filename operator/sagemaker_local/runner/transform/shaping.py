"""What DataProcessing does with records: InputFilter before the model, JoinSource and OutputFilter after it, inference ids last.

A CSV row is an array of texts, a line of JSON is its value. Rows are read and written as RFC 4180 says, one line each
(https://docs.aws.amazon.com/sagemaker/latest/dg/batch-transform-data-processing.html). Not here: files and requests.
"""

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sagemaker_local.runner.transform.jsonpath import BadPath, NoMatch, Path, parse

JOINED: Final = "SageMakerOutput"
_FORMATS: Final[Mapping[str, str]] = {
    "text/csv": "csv",
    "application/json": "json",
    "application/jsonlines": "json",
    "application/x-jsonlines": "json",
}


class BadData(ValueError):
    """A record, a prediction or a filter with which DataProcessing cannot be done; the text is for the data log."""


def format_of(content_type: str) -> str | None:
    """csv or json; None for what DataProcessing cannot look into."""
    return _FORMATS.get(content_type.partition(";")[0].strip().lower())


@dataclass(frozen=True, slots=True)
class Shape:
    """What a transform job does with its records.

    Attributes:
        content_type: of the input.
        accept: what the model is to answer; empty if it may choose.
        ids: makes the inference id of a record; None if none are wanted.
        time: when the job began, in ISO 8601, which is written beside inference ids.
    """

    input_filter: Path
    output_filter: Path
    joins: bool
    content_type: str
    accept: str = ""
    ids: Callable[[], str] | None = None
    time: str = ""

    @property
    def untouched(self) -> bool:
        """Whether predictions are written as the model gave them."""
        return self.output_filter.whole and not self.joins and self.ids is None

    def for_model(self, record: bytes) -> bytes:
        """What the model is asked about a record. Raises BadData."""
        if self.input_filter.whole:
            return record
        kind = self._input_format("InputFilter")
        return _write(kind, _selected(self.input_filter, _read(kind, record)))

    def for_output(self, records: Sequence[bytes], answer: bytes, content_type: str) -> list[bytes]:
        """What is written for the records of one request: one piece each, or the whole answer as it is.

        Args:
            records: as they were in the input.
            answer: the model's.
            content_type: of the answer, as its server says; what the job accepts goes first.

        Raises:
            BadData: they do not fit together.
        """
        if self.untouched:
            return [answer]
        kind = format_of(self.accept) or format_of(content_type) or format_of(self.content_type)
        if kind is None:
            raise BadData(f"The output is {self.accept or content_type}: only CSV and JSON can be filtered and joined.")
        predictions = _apart(kind, answer, len(records))
        return [_write(kind, self._shaped(kind, *pair)) for pair in zip(records, predictions, strict=True)]

    def _shaped(self, kind: str, record: bytes, prediction: Any) -> Any:
        shown = self._joined(kind, record, prediction) if self.joins else prediction
        return self._numbered(kind, _selected(self.output_filter, shown))

    def _joined(self, kind: str, record: bytes, prediction: Any) -> Any:
        own = self._input_format("JoinSource")
        if own != kind:
            raise BadData(f"The input is {self.content_type} and the output is not: they cannot be joined.")
        source = _read(own, record)
        if own == "csv":
            return [*source, *prediction]
        if isinstance(source, dict):
            return {**source, JOINED: prediction}
        return {"SageMakerInput": source, JOINED: prediction}

    def _numbered(self, kind: str, shown: Any) -> Any:
        """With inference id and time; the names are those of the guide on capturing data of batch transform jobs."""
        if self.ids is None:
            return shown
        if kind == "csv":
            return [*(shown if isinstance(shown, list) else [shown]), self.ids(), self.time]
        named = shown if isinstance(shown, dict) else {JOINED: shown}
        return {**named, "SageMakerInferenceId": self.ids(), "SageMakerInferenceTime": self.time}

    def _input_format(self, member: str) -> str:
        kind = format_of(self.content_type)
        if kind is None:
            raise BadData(
                f"{member} needs CSV or JSON input, and the ContentType is {self.content_type or 'not given'}."
            )
        return kind


def shape(
    processing: Mapping[str, Any],
    *,
    content_type: str,
    accept: str,
    ids: Callable[[], str] | None = None,
    time: str = "",
) -> Shape:
    """The shape that DataProcessing asks for. Raises BadData if a filter is no path."""
    try:
        incoming, outgoing = parse(processing.get("InputFilter", "$")), parse(processing.get("OutputFilter", "$"))
    except BadPath as wrong:
        raise BadData(str(wrong)) from None
    joins = processing.get("JoinSource", "None") == "Input"
    return Shape(incoming, outgoing, joins, content_type, accept, ids, time)


def _selected(path: Path, value: Any) -> Any:
    try:
        return path.select(value)
    except NoMatch as wrong:
        raise BadData(str(wrong)) from None


def _apart(kind: str, answer: bytes, expected: int) -> list[Any]:
    """The predictions in an answer, one for each record."""
    if expected == 1 and kind == "json":
        return [_read(kind, answer)]
    lines = answer.removesuffix(b"\n").split(b"\n") if answer else []
    if len(lines) != expected:
        raise BadData(
            f"The model answered {len(lines)} lines to {expected} records: predictions cannot be matched to records. "
            "BatchStrategy SingleRecord asks for one prediction at a time."
        )
    return [_read(kind, line) for line in lines]


def _read(kind: str, record: bytes) -> Any:
    try:
        text = record.decode("utf-8")
        if kind == "json":
            return json.loads(text)
        rows = list(csv.reader([text.rstrip("\r\n")], strict=True))
    except (ValueError, csv.Error) as wrong:
        raise BadData(f"This is no {kind.upper()} record ({wrong}): {record[:80]!r}") from None
    return rows[0] if rows else []


def _write(kind: str, value: Any) -> bytes:
    if kind == "csv" and not isinstance(value, dict):
        line = io.StringIO()
        csv.writer(line, lineterminator="").writerow(value if isinstance(value, list) else [value])
        return line.getvalue().encode()
    return json.dumps(value, ensure_ascii=False).encode()
