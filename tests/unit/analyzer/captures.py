"""Captured invocations, valid unless a test says otherwise."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any


def side(data: str, *, encoding: str = "CSV", content: str = "text/csv", mode: str = "INPUT") -> dict[str, Any]:
    return {"observedContentType": content, "mode": mode, "data": data, "encoding": encoding}


def capture(given: Any, answered: Any = None, *, time: str = "2026-01-01T10:00:00Z", event: str = "e") -> str:
    """One line of capture. A string is CSV data, anything else the side itself."""
    captured = {}
    if given is not None:
        captured["endpointInput"] = side(given) if isinstance(given, str) else given
    if answered is not None:
        captured["endpointOutput"] = side(answered, mode="OUTPUT") if isinstance(answered, str) else answered
    metadata = {"eventId": event, "inferenceTime": time}
    return json.dumps({"captureData": captured, "eventMetadata": metadata, "eventVersion": "0"})


def write(path: Path, lines: Iterable[str], *, end: str = "\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + end, encoding="utf-8")
    return path
