"""One container of a model server: its files, its port, and its process, which is tried a few times until it is healthy.

Not here: the containers of one instance together (see `server`).
"""

import http.client
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sagemaker_local.emulator.resource import Place
from sagemaker_local.runner.jobs.programs import Command, NotMade, Task, command, readable, task
from sagemaker_local.runner.serving import ports
from sagemaker_local.runner.serving.artifacts import Unservable, fetch
from sagemaker_local.runner.serving.blueprint import ContainerPlan, ModelData, locate
from sagemaker_local.runner.serving.surroundings import surroundings
from sagemaker_local.runner.serving.texts import NOT_RUN
from sagemaker_local.runner.tools import Tools

if TYPE_CHECKING:
    from sagemaker_local.runner.sandbox import Container

PING_SECONDS: Final = 2.0
"""How long an answer to a ping may take ("must respond ... within 2 second timeout": the guide on inference containers)."""
TRIES: Final = 3
"""How often a container may end before it ever was healthy. SageMaker tries until the time is over; that tells nothing new."""


class Withdrawn(Exception):
    """Nobody wants the server any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hall:
    """Where a server is set up, and for whom.

    Attributes:
        place: the account and region whose S3 is read.
        directory: for this server alone; it is made, and removed with the server.
        write: given a container, what takes each line that it writes.
        unhealthy: given a container that does not answer ping, the failure to tell.
        patience: seconds until all containers must be healthy once their data is there.
        withdrawn: set when the server is not wanted any more.
        ended: called once if a process ends by itself after it was healthy, from a thread of its own.
    """

    place: Place
    directory: Path
    tools: Tools
    write: Callable[[ContainerPlan], Callable[[str], None]]
    unhealthy: Callable[[ContainerPlan], str]
    patience: float
    withdrawn: threading.Event = field(default_factory=threading.Event)
    ended: Callable[[], None] = lambda: None


class Cell:
    """One container: its directory, its port, and the process, which is started again as long as it never was healthy."""

    def __init__(self, plan: ContainerPlan, hall: Hall, number: int, ended: Callable[[], None]) -> None:
        self.plan, self._hall, self._ended = plan, hall, ended
        self.write = hall.write(plan)
        self.root = hall.directory / str(number) / "ml"
        self.process: Container | None = None
        self.healthy = False
        self._port = 0
        self._tries = 0
        self._task: Task | None = None
        self._command = Command(())
        self._isolated = False
        self._environment: dict[str, str] = {}

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def running(self) -> bool:
        """Whether its process is."""
        return self.process is not None and self.process.running

    def furnish(self, *, isolated: bool) -> None:
        """Have the program, and the model's files, at hand. Raises Unservable or Withdrawn.

        Args:
            isolated: whether the process is to reach nothing but its own loopback.
        """
        hall, plan = self._hall, self.plan
        self._task, self._isolated = task_of(plan, hall.tools), isolated
        assert self._task is not None, "looked up before"
        try:
            self._command = command(self._task, hall.tools, write=self.write, stopping=hall.withdrawn)
        except NotMade as problem:
            raise Unservable(NOT_RUN.text.format(problem=problem), str(problem)) from problem
        self._environment = surroundings(plan, hall.place, hall.tools, isolated=isolated)
        for name in ("model", "models", "code"):
            (self.root / name).mkdir(parents=True)
        for source, into in self._wanted():
            self.check_wanted()
            try:
                fetch(hall.tools.s3, hall.place, plan, source, into)
            except Unservable as problem:
                self.write(f"sagemaker-local: {source.url}: {problem.detail}")
                raise

    def launch(self) -> None:
        """Start the process."""
        self._tries += 1
        ports.give_back(self._port)
        self._port = ports.take()
        assert self._task is not None, "furnished before"
        environment = {**self._environment, "SAGEMAKER_BIND_TO_PORT": str(self._port)}
        self.process = self._task.starter.start(
            self._command.words,
            ml=self.root,
            env=self._command.variables(environment),
            write=self.write,
            network=not self._isolated,
            published=self._port if self._isolated else 0,
            readable=readable(self._task),
            ended=self._ends,
        )

    def wait_until_healthy(self, deadline: float) -> None:
        """Return once /ping is answered with 200. Raises Unservable or Withdrawn."""
        last = "it was not asked yet"
        while time.monotonic() < deadline:
            self.check_wanted()
            if not self.running:
                self.write(self.ending())
                if self._tries >= TRIES:
                    raise Unservable(self._hall.unhealthy(self.plan), self.ending())
                self._hall.withdrawn.wait(0.2 * self._tries)
                self.launch()
            last = self._ping()
            if not last:
                self.healthy = True
                return
            self._hall.withdrawn.wait(0.05)
        self.write(
            f"sagemaker-local: /ping was not answered with 200 in time, at 127.0.0.1:{self._port}, the port that "
            f"SAGEMAKER_BIND_TO_PORT names; the last time, {last}"
        )
        raise Unservable(self._hall.unhealthy(self.plan), last)

    def inside(self, path: Path) -> str:
        """How the process names a path below `root`."""
        assert self._task is not None, "furnished before"
        return self._task.starter.inside(path, ml=self.root)

    def ending(self) -> str:
        """How the process ended, as a line of its log."""
        code = self.process.wait(0) if self.process is not None else None
        cause = f" ({self.process.cause})" if self.process is not None and self.process.cause else ""
        return f"sagemaker-local: the model server of container {self.plan.name} ended by itself with exit code {code}{cause}"

    def ask_to_end(self, grace: float) -> None:
        """Begin its end."""
        if self.process is not None:
            self.process.terminate(grace)

    def end(self) -> None:
        """Wait for it."""
        if self.process is not None:
            self.process.wait()
        ports.give_back(self._port)
        self._port = 0

    def check_wanted(self) -> None:
        """Raises Withdrawn if nobody wants the server any more."""
        if self._hall.withdrawn.is_set():
            raise Withdrawn

    def _wanted(self) -> Iterator[tuple[ModelData, Path]]:
        """The data of the container, and where each part goes."""
        plan = self.plan
        if plan.data is not None and not plan.multi_model:
            yield plan.data, self.root / "model"
        for name, source in plan.channels.items():
            yield source, self.root / "additional-model-data-sources" / name
        # AWS's toolkits get it themselves where it is an address: sagemaker-inference, "SAGEMAKER_SUBMIT_DIRECTORY".
        submitted = plan.environment.get("SAGEMAKER_SUBMIT_DIRECTORY", "")
        if submitted.startswith("s3://"):
            self._environment["SAGEMAKER_SUBMIT_DIRECTORY"] = "/opt/ml/code"
            yield locate(submitted), self.root / "code"

    def _ends(self, process: "Container") -> None:
        if self.healthy and process is self.process:
            self._ended()

    def _ping(self) -> str:
        """What is wrong with the answer to a ping; empty if nothing is."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=PING_SECONDS)
        try:
            connection.request("GET", "/ping")
            status = connection.getresponse().status
        except (OSError, http.client.HTTPException) as problem:
            return f"nobody answered ({type(problem).__name__})"
        finally:
            connection.close()
        return "" if status == 200 else f"the answer was {status}"


def task_of(plan: ContainerPlan, tools: Tools) -> Task | None:
    """What runs for a container's image; None if nothing is known to."""
    script = "SAGEMAKER_PROGRAM" in plan.environment
    # SageMaker runs an image as `docker run image serve`: "How SageMaker AI Runs Your Inference Image" of the guide.
    return task(
        plan.image, tools, own=lambda program: program.serve, entry=(), arguments=(), usual=("serve",), script=script
    )
