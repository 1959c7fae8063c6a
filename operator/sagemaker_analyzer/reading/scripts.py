"""Users' scripts that prepare captured records and that have a last word, as Model Monitor runs them.

https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-pre-and-post-processing.html
"""

import base64
import binascii
import inspect
import logging
import runpy
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from sagemaker_analyzer.errors import BadTask
from sagemaker_analyzer.reading.payloads import flat
from sagemaker_analyzer.reading.rejected import Kind, Unreadable
from sagemaker_analyzer.reading.rows import Row

_LOG = logging.getLogger(__name__)

Preprocessor = Callable[[dict[str, Any]], list[Row]]


def preprocessor(script: Path) -> Preprocessor:
    """Of a captured event the rows that the script's `preprocess_handler` makes of it.

    It is given the record, and a logger if it takes one, and returns a record, a list of records, or none. Raises BadTask if
    there is no such function; the result raises Unreadable if the function fails.
    """
    handler = _handler(script, "preprocess_handler", "record_preprocessor_script")
    more = (_LOG,) if len(inspect.signature(handler).parameters) > 1 else ()

    def rows(event: dict[str, Any]) -> list[Row]:
        record = _record(event)
        try:
            found = handler(record, *more)
        except Exception as error:
            raise Unreadable(Kind.SCRIPT_FAILED, f"preprocess_handler: {type(error).__name__}: {error}") from error
        records = [found] if isinstance(found, dict) else found or []
        if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
            raise Unreadable(
                Kind.SCRIPT_FAILED, f"preprocess_handler returned {found!r}, which is no record and no list of them"
            )
        return [flat(record) for record in records if record]

    return rows


def postprocess(script: Path) -> None:
    """Calls the script's `postprocess_handler`. Raises BadTask if there is no such function, or what the function raises."""
    _handler(script, "postprocess_handler", "post_analytics_processor_script")()


def _handler(script: Path, name: str, variable: str) -> Callable[..., Any]:
    try:
        handler = runpy.run_path(str(script)).get(name)
    except Exception as error:
        raise BadTask(f"{variable} {script} cannot be run: {type(error).__name__}: {error}") from error
    if not callable(handler):
        raise BadTask(f"{variable} {script} has no function {name}")
    found: Callable[..., Any] = handler
    return found


def _record(event: dict[str, Any]) -> SimpleNamespace:
    captured = event["captureData"]
    metadata = given if isinstance(given := event.get("eventMetadata"), dict) else {}
    return SimpleNamespace(
        endpoint_input=_side(captured.get("endpointInput")),
        endpoint_output=_side(captured.get("endpointOutput")),
        event_metadata=SimpleNamespace(
            event_id=metadata.get("eventId"),
            inference_id=metadata.get("inferenceId"),
            inference_time=metadata.get("inferenceTime"),
        ),
        event_version=event.get("eventVersion"),
    )


def _side(side: object) -> SimpleNamespace:
    """Data that was captured as base64 is decoded: scripts look at texts."""
    given = side if isinstance(side, dict) else {}
    data = given.get("data")
    if given.get("encoding") == "BASE64":
        try:
            data = base64.b64decode(str(data), validate=True).decode()
        except (binascii.Error, ValueError) as error:
            raise Unreadable(Kind.UNDECODABLE, f"the captured data is no text in base64: {error}") from error
    return SimpleNamespace(
        data=data,
        encoding=given.get("encoding"),
        mode=given.get("mode"),
        observed_content_type=given.get("observedContentType"),
    )
