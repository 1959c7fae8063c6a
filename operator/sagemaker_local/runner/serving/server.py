"""One instance of a model: a process for each of its containers, with the model in a directory of its own.

For endpoints and for batch transform alike; every method may be called from any thread:

    blueprint = of_model(model.spec)       # see `blueprint`: a Model as the containers to run
    hall = Hall(place=…, directory=…, tools=…, write=…, unhealthy=…, patience=60, withdrawn=event)    # see `cell`
    server = ModelServer.start(blueprint, hall)
    server.hops                # Hop(url, container), …: where a request passes through, for an asynchronous client
    server.invoke(body, content_type="text/csv", accept="application/json")    # the same, for a thread: an Answer
    server.running             # whether all of its processes are
    server.stop(grace=…)       # ends them, and removes the directory

`start` blocks until every container answers /ping with 200. It raises `Unservable`, whose text is a FailureReason, or
`Withdrawn` if `withdrawn` was set meanwhile. `simulated` says beforehand why a model cannot run here. Not here: who asks for
servers (see `crew`).
"""

import shutil
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Self

from sagemaker_local.runner.runtime.ports import Hop
from sagemaker_local.runner.sandbox import SandboxError
from sagemaker_local.runner.serving import ports
from sagemaker_local.runner.serving.artifacts import Unservable
from sagemaker_local.runner.serving.blueprint import Blueprint, ContainerPlan
from sagemaker_local.runner.serving.calls import Answer, Connections
from sagemaker_local.runner.serving.cell import Cell, Hall, Withdrawn, task_of
from sagemaker_local.runner.serving.texts import NOT_RUN
from sagemaker_local.runner.tools import Tools

SIMULATED: Final = "sagemaker-local: the model is simulated, and cannot be invoked"

__all__ = ["Answer", "Hall", "ModelServer", "Unservable", "Withdrawn", "simulated"]


def simulated(blueprint: Blueprint, tools: Tools) -> str | None:
    """Why a model cannot be served for real, as a sentence for its log; None if it can. Quick."""
    for plan in blueprint.containers:
        task = task_of(plan, tools)
        if task is None:
            program = tools.images.find(plan.image)
            why = (
                tools.images.why_simulated(plan.image) if program is None else f"{program.name} has no `serve` command"
            )
            return f"{SIMULATED}: {why}"
        if plan.multi_model and task.program is not None and not task.program.multi_model:
            return f"{SIMULATED}: the row of the image registry for {plan.image} ({task.program.name}) has no `multi_model: true`"
    return None


class ModelServer:
    """The processes of one instance."""

    def __init__(self, blueprint: Blueprint, hall: Hall) -> None:
        self.blueprint = blueprint
        self._hall = hall
        plans = enumerate(blueprint.containers)
        self._cells = tuple(Cell(plan, hall, number, self._one_ended) for number, plan in plans)
        self._stopping = threading.Event()
        self._connections = Connections()

    @classmethod
    def start(cls, blueprint: Blueprint, hall: Hall) -> Self:
        """Get the data, start the processes, and wait until all are healthy.

        Raises:
            Unservable: they are not, or there is nothing to start; nothing is left of it then.
            Withdrawn: it is not wanted any more; nothing is left either.
        """
        server = cls(blueprint, hall)
        try:
            server._begin()
        except (SandboxError, ports.NoPort) as problem:
            server.stop(grace=0)
            raise Unservable(NOT_RUN.text.format(problem=problem), str(problem)) from problem
        except BaseException:
            server.stop(grace=0)
            raise
        return server

    def _begin(self) -> None:
        why = simulated(self.blueprint, self._hall.tools)
        if why is not None:
            raise Unservable(why)
        for cell in self._cells:
            cell.furnish(isolated=self.blueprint.isolated)
        deadline = time.monotonic() + self._hall.patience
        for cell in self._cells:
            cell.launch()
        for cell in self._cells:
            cell.wait_until_healthy(deadline)

    @property
    def hops(self) -> tuple[Hop, ...]:
        """Where a request passes through, in order."""
        return tuple(Hop(f"{cell.url}/invocations", cell.plan.name) for cell in self._cells)

    @property
    def pids(self) -> tuple[int, ...]:
        """The processes."""
        return tuple(cell.process.pid for cell in self._cells if cell.process is not None)

    @property
    def running(self) -> bool:
        """Whether all processes are."""
        return not self._stopping.is_set() and all(cell.running for cell in self._cells)

    def root(self, plan: ContainerPlan) -> Path:
        """The directory that is /opt/ml for a container."""
        return next(cell.root for cell in self._cells if cell.plan is plan)

    def inside(self, plan: ContainerPlan, path: Path) -> str:
        """How a container names a path below its root."""
        return next(cell.inside(path) for cell in self._cells if cell.plan is plan)

    def url(self, plan: ContainerPlan) -> str:
        """Where a container listens."""
        return next(cell.url for cell in self._cells if cell.plan is plan)

    def invoke(
        self,
        body: bytes,
        *,
        content_type: str,
        accept: str = "*/*",
        headers: Mapping[str, str] | None = None,
        seconds: float = 60.0,
    ) -> Answer:
        """Send a request through all containers, each taking what the one before it answered; an error ends the way.

        Args:
            seconds: how long each container may take.

        Raises:
            OSError: a container does not answer, or not in time (TimeoutError).
        """
        given = dict(headers or {})
        answer = Answer(200, body, content_type, {})
        for hop in self.hops:
            asked = {**given, "Content-Type": answer.content_type, "Accept": accept}
            answer = self._connections.send("POST", hop.url, answer.body, asked, seconds=seconds)
            if answer.status >= 300:
                break
        return answer

    def stop(self, *, grace: float = 5.0) -> None:
        """End the processes, which have `grace` seconds for it, and remove their files. May be called twice."""
        self._stopping.set()
        for cell in self._cells:
            cell.ask_to_end(grace)
        for cell in self._cells:
            cell.end()
        self._connections.close()
        shutil.rmtree(self._hall.directory, ignore_errors=True)

    def _one_ended(self) -> None:
        """A process that was healthy ended: the whole instance is over, once."""
        if self._stopping.is_set():
            return
        for cell in self._cells:
            if not cell.running:
                cell.write(cell.ending())
        self._hall.ended()
