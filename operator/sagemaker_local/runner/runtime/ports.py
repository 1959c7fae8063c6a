"""What the runtime needs of whoever runs the model servers, and what it hands out itself.

`serving` implements `Hosting`; tests use another one. The errors say why there is no route:

    NoRoute
    ├── UnknownTarget    there is no such variant, component, container or model: the caller's mistake
    ├── WrongTarget      the endpoint is there, but cannot be asked so: a target model of one that is no multi-model endpoint …
    ├── NoCapacity       it exists, but no instance of it takes requests at the moment
    │   └── Simulated    nor ever will: nothing runs for it here
    ├── NotReady         a target model is still being fetched or loaded
    └── Broken           the model server is gone, or refuses to load a target model: the model's mistake
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from sagemaker_local.emulator.resource import Place


class NoRoute(Exception):
    """There is nobody to whom a request could be given; the text says why, and is shown to the caller."""


class UnknownTarget(NoRoute):
    """There is no such variant, inference component, container or model.

    Attributes:
        what: `variant`, `component`, `container` or `model`.
    """

    def __init__(self, what: str, text: str) -> None:
        super().__init__(text)
        self.what = what


class WrongTarget(NoRoute):
    """What was asked for does not fit what is hosted, for example a target model where there is one model only."""


class NoCapacity(NoRoute):
    """What is asked for exists, but has no instance that takes requests now."""


class Simulated(NoCapacity):
    """What is asked for is only simulated; the text says why, and what to do to have it run."""


class NotReady(NoRoute):
    """A target model is still being fetched or loaded."""


class Broken(NoRoute):
    """The model server answered an error when it was to load a target model, or it is gone.

    Attributes:
        status: the HTTP status that the model server answered, 500 if it answered none.
        container: its name, `primary` if it has none.
    """

    def __init__(self, text: str, *, status: int = 500, container: str = "primary") -> None:
        super().__init__(text)
        self.status = status
        self.container = container


@dataclass(frozen=True, slots=True)
class Hop:
    """One container that a request passes through; the answer of one is the request of the next.

    Attributes:
        url: where a request is posted, for example `http://127.0.0.1:41233/invocations`, or `…/models/<id>/invoke`.
        container: the name of the container in errors: its host name, or `primary` if it is alone and has none.
    """

    url: str
    container: str = "primary"


@dataclass(frozen=True, slots=True)
class Route:
    """One instance that takes one request, and counts it as in flight until `release`.

    Attributes:
        variant: the name of the production (or shadow) variant.
        instance: the instance's id, as in the names of its log streams.
        hops: the containers in their order, one or more.
        release: to be called exactly once when the request is over, from any thread; never raises.
    """

    variant: str
    instance: str
    hops: tuple[Hop, ...]
    release: Callable[[], None]


class Hosting(Protocol):
    """Who runs the model servers. Every method may be called from any thread, also from the server's event loop."""

    def route(
        self,
        place: Place,
        endpoint: str,
        *,
        variant: str | None = None,
        model: str | None = None,
        component: str | None = None,
        container: str | None = None,
        session: str | None = None,
    ) -> Route:
        """Choose who takes a request, and count it as in flight. Quick, unless `model` is given: then it may load that model.

        Args:
            place: the account and region of the endpoint.
            endpoint: its name as stored.
            variant: None chooses among those in service by their current weights, never a shadow variant; given, it may be one.
            model: the TargetModel of a multi-model endpoint, a key under its ModelDataUrl.
            component: an inference component by name.
            container: the host name of the one container of a multi-container endpoint in mode Direct that is to answer.
            session: requests of one session go to the same instance as long as it is there.

        Raises:
            NoRoute: one of its kinds.
        """

    def instances(self, place: Place, endpoint: str) -> dict[str, int]:
        """Variant name to how many of its instances take requests now; empty if the endpoint is not hosted here."""

    def processes(self) -> Mapping[tuple[Place, str, str], Sequence[tuple[int, ...]]]:
        """Place, endpoint and variant to the process ids of each of its instances."""
