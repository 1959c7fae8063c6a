"""Data capture: requests and answers of endpoints in S3, in SageMaker's layout and format.

The layout is `<destination>/<endpoint>/<variant>/yyyy/mm/dd/hh/<mm-ss-mmm>-<uuid>.jsonl` in UTC, one event per line ("Capture
data from real-time endpoint" of the developer guide). SageMaker writes within minutes; here a file is written half a second after
its first event, or when it is large. Not here: who captures what (see `runtime`), what batch transforms leave (see `transform`),
and what is found out about it (see `families.monitoring` of the emulator).
"""

import base64
import json
import logging
import threading
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import Final

from sagemaker_local.emulator.resource import Json, Place
from sagemaker_local.runner.objects import Address, Objects

LARGE: Final = 4 * 1024 * 1024
"""Bytes at which a file is written at once. SageMaker's own limit is not published."""
OLD: Final = 0.5
"""Seconds of real time after which a file is written, so that whoever tries it out finds it soon."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer, as they are captured.

    Attributes:
        began: when the request came, in epoch seconds.
        inference_id: the caller's, if there was one.
        custom_attributes: the caller's, if there were any.
    """

    place: Place
    endpoint: str
    variant: str
    began: float
    request: bytes
    content_type: str
    answer: bytes
    answer_type: str
    inference_id: str | None = None
    custom_attributes: str | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """What is captured of an endpoint.

    Attributes:
        destination: an S3 URL without a slash at its end.
        percentage: of the requests, 0 to 100.
        sides: `Input`, `Output` or both.
        csv: content types that are kept as text with the encoding CSV.
        json: content types that are kept as text with the encoding JSON. All others are Base64.
    """

    destination: str
    percentage: int
    sides: frozenset[str]
    csv: frozenset[str] = frozenset()
    json: frozenset[str] = frozenset()


def rules(config: Json | None) -> Rules | None:
    """The rules of an endpoint configuration's DataCaptureConfig; None if nothing is captured."""
    if config is None or not config.get("EnableCapture", True):
        return None
    modes = {option["CaptureMode"] for option in config["CaptureOptions"]}
    types = config.get("CaptureContentTypeHeader") or {}
    return Rules(
        destination=config["DestinationS3Uri"].rstrip("/"),
        percentage=config["InitialSamplingPercentage"],
        sides=frozenset({"Input", "Output"}) if "InputAndOutput" in modes else frozenset(modes),
        csv=frozenset(map(_plain, types.get("CsvContentTypes", ()))),
        json=frozenset(map(_plain, types.get("JsonContentTypes", ()))),
    )


def event(asked: Rules, exchange: Exchange, *, event_id: str) -> Json:
    """One line of a captured file."""
    captured: Json = {}
    if "Input" in asked.sides:
        captured["endpointInput"] = _side("INPUT", exchange.request, exchange.content_type, asked)
    if "Output" in asked.sides:
        captured["endpointOutput"] = _side("OUTPUT", exchange.answer, exchange.answer_type, asked)
    metadata: Json = {"eventId": event_id}
    if exchange.custom_attributes is not None:
        metadata["customAttributes"] = [exchange.custom_attributes]
    if exchange.inference_id is not None:
        metadata["inferenceId"] = exchange.inference_id
    metadata["inferenceTime"] = datetime.fromtimestamp(exchange.began, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"captureData": captured, "eventMetadata": metadata, "eventVersion": "0"}


def folder(moment: float) -> str:
    """yyyy/mm/dd/hh of a moment."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y/%m/%d/%H")


def file_name(moment: float) -> str:
    """<mm-ss-mmm>-<uuid>.jsonl of a moment."""
    when = datetime.fromtimestamp(moment, UTC)
    return f"{when:%M-%S}-{when.microsecond // 1000:03d}-{uuid.uuid4()}.jsonl"


@dataclass(slots=True)
class _File:
    """What is captured of one variant in one hour and not yet written."""

    url: str
    lines: list[bytes] = field(default_factory=list)
    size: int = 0


class Capture:
    """What is captured in one emulator. Every method may be called from any thread.

    Args:
        storage: where it goes.
        random: decides which requests are captured where it is not all of them.
    """

    def __init__(self, storage: Objects, random: Random) -> None:
        self._storage, self._random = storage, random
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._files: dict[tuple[Place, str], _File] = {}
        self._stopping = threading.Event()
        self._large = threading.Event()
        self._dirty = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Write to S3 from now on, in a thread."""
        self._thread = threading.Thread(target=self._keep_writing, name="capture", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Write what is left, and no more."""
        self._stopping.set()
        self._dirty.set()
        self._large.set()
        if self._thread is not None:
            self._thread.join()
        self.flush()

    def chosen(self, asked: Rules) -> bool:
        """Whether the next request is one of those that are captured."""
        if asked.percentage >= 100:
            return True
        with self._lock:
            return self._random.random() * 100 < asked.percentage

    def take(self, asked: Rules, exchange: Exchange) -> None:
        """Capture a request and its answer."""
        line = json.dumps(event(asked, exchange, event_id=str(uuid.uuid4())), separators=(",", ":")).encode()
        parts = (asked.destination, exchange.endpoint, exchange.variant, folder(exchange.began))
        where = "/".join(parts)
        with self._lock:
            file = self._files.get((exchange.place, where))
            if file is None:
                file = self._files[exchange.place, where] = _File(f"{where}/{file_name(exchange.began)}")
            file.lines.append(line)
            file.size += len(line)
            if file.size >= LARGE:
                self._large.set()
        self._dirty.set()

    def flush(self) -> None:
        """Write everything now."""
        with self._writing:
            with self._lock:
                files, self._files = self._files, {}
            for (place, _), file in files.items():
                address = Address.parse(file.url)
                if not self._storage.put(place, address, b"".join(line + b"\n" for line in file.lines)):
                    lost = len(file.lines)
                    _log.warning("data capture: there is no bucket %s; %s requests are lost", address.bucket, lost)

    def forget(self) -> None:
        """Let go of what was not written."""
        with self._lock:
            self._files.clear()

    def _keep_writing(self) -> None:
        while not self._stopping.is_set():
            self._dirty.wait()
            self._dirty.clear()
            self._large.wait(OLD)
            self._large.clear()
            try:
                self.flush()
            except Exception:  # noqa: BLE001 what is captured next must not be lost with it
                _log.exception("captured data could not be written")


def _side(mode: str, body: bytes, content_type: str, asked: Rules) -> Json:
    kind = _plain(content_type)
    encoding = "CSV" if kind in asked.csv else "JSON" if kind in asked.json else "BASE64"
    data = None
    if encoding != "BASE64":
        try:
            data = body.decode()
        except UnicodeDecodeError:
            encoding = "BASE64"
    if data is None:
        data = base64.b64encode(body).decode()
    return {"observedContentType": content_type, "mode": mode, "data": data, "encoding": encoding}


def _plain(content_type: str) -> str:
    """A content type without its parameters: `text/csv` is observed as `text/csv; charset=utf-8` in the guide's example."""
    return content_type.partition(";")[0].strip().lower()
