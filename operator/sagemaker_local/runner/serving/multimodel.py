"""Models that one server of a multi-model endpoint loads on demand, and unloads for room: least recently used first.

What is said to the container is "Custom Containers Contract for Multi-Model Endpoints" of the developer guide. Not here: which
instance is asked (see `crew`).
"""

import hashlib
import json
import shutil
import threading
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sagemaker_local.emulator.resource import Place
from sagemaker_local.runner.runtime.ports import Broken, Hop, UnknownTarget, WrongTarget
from sagemaker_local.runner.serving.artifacts import Unservable, fetch
from sagemaker_local.runner.serving.blueprint import ContainerPlan, ModelData
from sagemaker_local.runner.serving.calls import Connections
from sagemaker_local.runner.serving.server import ModelServer
from sagemaker_local.runner.serving.texts import NO_SUCH_TARGET_MODEL
from sagemaker_local.runner.tools import Tools

MOST: Final = 16
"""Models that one server keeps in memory at most, whatever it could hold: a laptop has less room than an instance."""
SECONDS: Final = 60.0
TARGET: Final = "X-Amzn-SageMaker-Target-Model"
_LOADED: Final = 409
_NO_ROOM: Final = 507


@dataclass(slots=True)
class _Loaded:
    """A model in the memory of a server, and how many requests use it."""

    name: str
    users: int = 0


class LoadedModels:
    """The models of one server. Every method may be called from any thread."""

    def __init__(
        self, server: ModelServer, plan: ContainerPlan, place: Place, tools: Tools, *, most: int = MOST
    ) -> None:
        self._server, self._plan, self._place, self._tools, self._most = server, plan, place, tools, most
        self._lock = threading.Lock()
        self._models: OrderedDict[str, _Loaded] = OrderedDict()
        self._calls = Connections()

    def has(self, target: str) -> bool:
        """Whether a model is in memory."""
        return target in self._models

    def take(self, target: str) -> Hop:
        """Have a model in memory, and keep it there until `release`; returns where it is invoked.

        Raises:
            UnknownTarget: there is no such object.
            WrongTarget: it is no archive.
            Broken: the container refuses to load it.
        """
        with self._lock:
            loaded = self._models.get(target) or self._load(target)
            self._models.move_to_end(target)
            loaded.users += 1
            return Hop(f"{self._server.url(self._plan)}/models/{loaded.name}/invoke", self._plan.name)

    def release(self, target: str) -> None:
        """A request that used a model is over."""
        with self._lock:
            if target in self._models:
                self._models[target].users -= 1

    def close(self) -> None:
        """Ask the server no more."""
        self._calls.close()

    def _load(self, target: str) -> _Loaded:
        name = hashlib.sha256(target.encode()).hexdigest()[:32]
        directory = self._server.root(self._plan) / "models" / name
        self._fetch(target, directory / "model")
        while len(self._models) >= self._most and self._unload_one():
            pass
        inside = self._server.inside(self._plan, directory / "model")
        body = json.dumps({"model_name": name, "url": inside}).encode()
        status, said = self._ask("POST", "/models", body, target)
        while status == _NO_ROOM and self._unload_one():
            status, said = self._ask("POST", "/models", body, target)
        if status >= 300 and status != _LOADED:
            shutil.rmtree(directory, ignore_errors=True)
            raise Broken(said, status=status, container=self._plan.name)
        self._models[target] = _Loaded(name)
        return self._models[target]

    def _unload_one(self) -> bool:
        """Unload the model that was not used for longest, and is not in use; whether there was one."""
        target = next((target for target, loaded in self._models.items() if not loaded.users), None)
        if target is None:
            return False
        loaded = self._models.pop(target)
        self._ask("DELETE", f"/models/{loaded.name}", b"", target)
        shutil.rmtree(self._server.root(self._plan) / "models" / loaded.name, ignore_errors=True)
        return True

    def _fetch(self, target: str, into: Path) -> None:
        prefix = self._plan.data
        where = prefix.address.below(target.lstrip("/")) if prefix is not None and prefix.address is not None else None
        if prefix is None or where is None or self._tools.s3.get(self._place, where) is None:
            key = where.key if where is not None else target
            bucket = where.bucket if where is not None else ""
            raise UnknownTarget("model", NO_SUCH_TARGET_MODEL.text.format(bucket=bucket, key=key))
        try:
            fetch(self._tools.s3, self._place, self._plan, ModelData(url=str(where), address=where), into)
        except Unservable as problem:
            shutil.rmtree(into.parent, ignore_errors=True)
            raise WrongTarget(str(problem)) from problem

    def _ask(self, method: str, path: str, body: bytes, target: str) -> tuple[int, str]:
        headers = {"Content-Type": "application/json", "Accept": "application/json", TARGET: target}
        url = f"{self._server.url(self._plan)}{path}"
        try:
            answer = self._calls.send(method, url, body, headers, seconds=SECONDS)
        except OSError as problem:
            raise Broken(
                f"the container did not answer {method} {path}: {problem}", container=self._plan.name
            ) from problem
        return answer.status, answer.body.decode(errors="replace")
