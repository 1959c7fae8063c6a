"""The models that a multi-model server has in memory.

At most `limit` at once: the one that was asked longest ago and is not at work makes place for another. SageMaker itself unloads
models when a container answers 507; with the limit here, 507 is answered only if all models are at work.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/mms-container-apis.html
"""

import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path

from .answers import Answer, document, of_model, text
from .contract import Handler, Model


@dataclass(slots=True)
class _Loaded:
    url: str
    at_work: int
    used: int
    model: Model | None = None  # None until it is loaded
    over: threading.Event = field(default_factory=threading.Event)  # loading has ended, well or not


class Models:
    """All loaded models, by name; every method may be called from any thread."""

    def __init__(self, handler: Handler, limit: int) -> None:
        self._handler, self._limit = handler, limit
        self._lock = threading.Lock()
        self._loaded: dict[str, _Loaded] = {}
        self._uses = 0

    def load(self, name: str, url: str) -> Answer:
        """POST /models: read a model from a directory."""
        if not Path(url).is_dir():
            return text(HTTPStatus.NOT_FOUND, f"there is no directory {url}")
        self._await_loading(name)
        with self._lock:
            if name in self._loaded:
                return text(HTTPStatus.CONFLICT, f"the model {name} is loaded already")
            if len(self._loaded) >= self._limit and not self._make_place():
                return text(HTTPStatus.INSUFFICIENT_STORAGE, f"all {self._limit} models that fit are at work")
            self._uses += 1
            entry = self._loaded[name] = _Loaded(url, at_work=1, used=self._uses)
        try:
            return self._read(name, entry)
        finally:
            entry.over.set()

    def _read(self, name: str, entry: _Loaded) -> Answer:
        try:
            model = self._handler.load(Path(entry.url))
        except MemoryError:
            return self._not_loaded(name, HTTPStatus.INSUFFICIENT_STORAGE, "there is no memory left for it")
        except Exception as error:  # noqa: BLE001 a broken model is told, and the others go on
            traceback.print_exc()
            return self._not_loaded(name, HTTPStatus.INTERNAL_SERVER_ERROR, f"{type(error).__name__}: {error}")
        with self._lock:
            entry.model, entry.at_work = model, entry.at_work - 1
        return document(HTTPStatus.OK, {"modelName": name, "modelUrl": entry.url})

    def unload(self, name: str) -> Answer:
        """DELETE /models/NAME: requests that are at work end with the model that they have."""
        with self._lock:
            entry = self._loaded.get(name)
            if entry is None or entry.model is None:
                return _unknown(name)
            del self._loaded[name]
        return text(HTTPStatus.OK, "")

    def listed(self) -> Answer:
        """GET /models."""
        with self._lock:
            known = [_described(name, entry) for name, entry in self._loaded.items() if entry.model is not None]
        return document(HTTPStatus.OK, {"models": known})

    def describe(self, name: str) -> Answer:
        """GET /models/NAME."""
        with self._lock:
            entry = self._loaded.get(name)
            known = None if entry is None or entry.model is None else _described(name, entry)
        return _unknown(name) if known is None else document(HTTPStatus.OK, known)

    def invoke(self, name: str, body: bytes, content_type: str, accept: str) -> Answer:
        """POST /models/NAME/invoke."""
        with self._at_work(name) as model:
            return _unknown(name) if model is None else of_model(model, body, content_type, accept)

    @contextmanager
    def _at_work(self, name: str) -> Iterator[Model | None]:
        self._await_loading(name)
        with self._lock:
            entry = self._loaded.get(name)
            if entry is not None:
                self._uses += 1
                entry.at_work += 1
                entry.used = self._uses
        try:
            yield None if entry is None else entry.model
        finally:
            with self._lock:
                if entry is not None:
                    entry.at_work -= 1

    def _await_loading(self, name: str) -> None:
        """Who asks for a model that somebody else is loading gets it."""
        with self._lock:
            entry = self._loaded.get(name)
        if entry is not None:
            entry.over.wait()

    def _make_place(self) -> bool:
        """Unload what was asked longest ago; whether there was one that is not at work."""
        idle = [(entry.used, name) for name, entry in self._loaded.items() if not entry.at_work]
        if idle:
            del self._loaded[min(idle)[1]]
        return bool(idle)

    def _not_loaded(self, name: str, status: HTTPStatus, why: str) -> Answer:
        with self._lock:
            self._loaded.pop(name, None)
        return text(status, f"the model {name} cannot be loaded: {why}")


def _described(name: str, entry: _Loaded) -> dict[str, str]:
    return {"modelName": name, "modelUrl": entry.url}


def _unknown(name: str) -> Answer:
    return text(HTTPStatus.NOT_FOUND, f"the model {name} is not loaded")
