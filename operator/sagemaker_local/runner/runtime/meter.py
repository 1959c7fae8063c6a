"""The metrics of invocations: their number, errors and latency, and how many are under way.

Names, units and dimensions are those of "Amazon SageMaker AI metrics in Amazon CloudWatch". An invocation costs some additions;
its series are made once. Not here: how metrics reach CloudWatch (see `telemetry`).
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from sagemaker_local.emulator.resource import Place
from sagemaker_local.runner.telemetry import Series, Telemetry

NAMESPACE: Final = "AWS/SageMaker"


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose invocations are counted: a variant, or an inference component on it."""

    place: Place
    endpoint: str
    variant: str
    component: str | None = None


@lru_cache(maxsize=4096)
def series(subject: Subject, name: str) -> Series:
    """A metric of a variant, or of a component, which has no other dimension."""
    if subject.component is not None:
        dimensions: tuple[tuple[str, str], ...] = (("InferenceComponentName", subject.component),)
    else:
        dimensions = (("EndpointName", subject.endpoint), ("VariantName", subject.variant))
    return Series(subject.place, NAMESPACE, name, dimensions)


def of_endpoint(place: Place, endpoint: str, name: str) -> Series:
    """A metric of a whole endpoint."""
    return Series(place, NAMESPACE, name, (("EndpointName", endpoint),))


class Meter:
    """Counts invocations; in one thread."""

    def __init__(self, telemetry: Telemetry) -> None:
        self.telemetry = telemetry
        self.under_way: Counter[Subject] = Counter()
        self._sizes: dict[Subject, int] = {}

    def begin(self, subject: Subject, size: int) -> None:
        """A request was given to one of `size` instances or copies."""
        self.under_way[subject] += 1
        self._sizes[subject] = size
        per = "InvocationsPerInstance" if subject.component is None else "InvocationsPerCopy"
        self.telemetry.add(series(subject, "Invocations"), 1)
        self.telemetry.add(series(subject, per), 1 / size)

    def end(self, subject: Subject, *, status: int, model: float, overhead: float) -> None:
        """It has ended.

        Args:
            subject: whose it was.
            status: what the container answered; 0 if nothing.
            model: seconds that the containers took.
            overhead: seconds of all else.
        """
        self.under_way[subject] -= 1
        add = self.telemetry.add
        add(series(subject, "ModelLatency"), model * 1e6, "Microseconds")
        add(series(subject, "OverheadLatency"), overhead * 1e6, "Microseconds")
        add(series(subject, "Invocation4XXErrors"), int(400 <= status < 500))
        add(series(subject, "Invocation5XXErrors"), int(status >= 500))
        add(series(subject, "InvocationModelErrors"), int(not 200 <= status < 300))

    def sample(self, exists: Callable[[Place, str], bool]) -> None:
        """Note how many requests are under way on each instance or copy of all that had one, unless their endpoint is gone."""
        for subject, size in list(self._sizes.items()):
            if not exists(subject.place, subject.endpoint):
                del self._sizes[subject]
                continue
            name = "ConcurrentRequestsPerModel" if subject.component is None else "ConcurrentRequestsPerCopy"
            self.telemetry.add(series(subject, name), self.under_way[subject] / size, "Count")
