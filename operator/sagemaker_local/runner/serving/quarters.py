"""Where a crew works, and the places of its servers. Data; `crew` is what works with it."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import RLock

from sagemaker_local.emulator.resource import Place
from sagemaker_local.runner.serving.blueprint import ContainerPlan
from sagemaker_local.runner.serving.multimodel import LoadedModels
from sagemaker_local.runner.serving.server import ModelServer
from sagemaker_local.runner.tools import Tools


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarters:
    """Where a crew works, and what it tells whom.

    Attributes:
        name: of the crew, from which the ids of its instances are made; the same name gives the same ids.
        group: the log group.
        variant: the beginning of its log streams.
        unhealthy: given a container that does not answer ping, the failure to tell.
        patience: real seconds until it must.
        lock: held by whoever calls a crew.
        wake: called when something has changed.
    """

    place: Place
    tools: Tools
    name: str
    group: str
    variant: str
    unhealthy: Callable[[ContainerPlan], str]
    patience: float
    lock: RLock
    wake: Callable[[], None]


@dataclass(slots=True, eq=False)
class Berth:
    """The place of one server.

    Attributes:
        instance: the id of the instance that it stands for.
        server: None while there is none.
        models: what the server has loaded on demand, for multi-model endpoints.
        users: requests in flight.
        failure: why it could not be started the last time; empty if it could.
        not_before: when it may be started again, in monotonic seconds.
        leaving: since when it is not wanted any more, in monotonic seconds.
    """

    instance: str
    server: ModelServer | None = None
    models: LoadedModels | None = None
    users: int = 0
    failure: str = ""
    starting: bool = False
    not_before: float = 0.0
    ends: int = 0
    since: float = 0.0
    leaving: float | None = None
    withdrawn: threading.Event = field(default_factory=threading.Event)

    @property
    def serves(self) -> bool:
        """Whether it takes requests."""
        return self.server is not None and self.leaving is None
