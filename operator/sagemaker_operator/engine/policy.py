"""How a job is to be run (``spec.runPolicy``), and when something follows from it by itself.

Everything here is told from a custom resource alone, so that a restart finds the same moments again. The words and their meaning
are those of Kubernetes' Job (https://kubernetes.io/docs/concepts/workloads/controllers/job/).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from sagemaker_operator.kinds import GROUP
from sagemaker_operator.model.names import field

from .failure import Class
from .resource import Resource
from .times import read

CONTROLLER = f"{GROUP}/controller"
RETRYABLE = (Class.CAPACITY, Class.INTERNAL, Class.THROTTLING, Class.INTERRUPTED, Class.ALGORITHM)
# What fails by the fault of the program fails again.
_BY_DEFAULT = frozenset(RETRYABLE) - {Class.ALGORITHM}


@dataclass(frozen=True)
class RunPolicy:
    """The run policy of one custom resource."""

    resource: Resource

    @cached_property
    def said(self) -> Mapping[str, Any]:
        """The field of the manifest."""
        return self.resource.spec.get("runPolicy") or {}

    @property
    def elsewhere(self) -> bool:
        """Whether another controller is to run it."""
        return self.said.get("managedBy") not in (None, CONTROLLER)

    @property
    def limit(self) -> int:
        """How many retries there may be."""
        return int(self.said.get("backoffLimit", 0))

    @property
    def retries_on(self) -> frozenset[str]:
        """The classes of failures after which it is tried again."""
        return frozenset(self.said.get("retryOn", _BY_DEFAULT))

    @property
    def instance_types(self) -> tuple[str, ...]:
        """The instance types to try, in order; none if there is no choice."""
        others = self.said.get("instanceTypes")
        if not others or self._place is None:
            return ()
        return tuple(dict.fromkeys([*([own] if (own := self._own) else []), *others]))

    @property
    def instance_type(self) -> str | None:
        """The instance type of the current attempt, or of the first; None if there is no choice."""
        if not self.instance_types:
            return None
        return str(self.resource.status.get("instanceType") or self.instance_types[0])

    @property
    def another_instance_type(self) -> str | None:
        """The instance type to try after that of the current attempt."""
        types, current = self.instance_types, self.instance_type
        following = types[types.index(current) + 1 :] if current in types else types
        return following[0] if following else None

    def on_instance_type(self, spec: Mapping[str, Any]) -> dict[str, Any]:
        """A spec with the instance type of the current attempt where the kind has it."""
        if self.instance_type is None or self._place is None:
            return dict(spec)
        return _put(spec, self._place, self.instance_type)

    @property
    def _place(self) -> tuple[str, ...] | None:
        """The fields that lead to the instance type."""
        run = self.resource.kind.run
        return tuple(map(field, run.instance_type.split("."))) if run is not None and run.instance_type else None

    @property
    def _own(self) -> str | None:
        """The instance type in the field that SageMaker has for it."""
        found: Any = self.resource.spec
        for name in self._place or ():
            found = found.get(name) if isinstance(found, Mapping) else None
        return None if found is None else str(found)

    @property
    def deadline(self) -> datetime | None:
        """When all attempts are to be over; None before the first, while it is suspended, and without a limit."""
        return self._after("activeSince", "activeDeadlineSeconds")

    @property
    def startup_deadline(self) -> datetime | None:
        """When the attempt is to have begun its work; None once it has, and without a limit."""
        run = self.resource.kind.run
        if run is None or not run.start or self.resource.status.get(field(run.start)):
            return None
        return self._after("attemptSince", "startupDeadlineSeconds")

    @property
    def next_attempt(self) -> datetime | None:
        """When the next attempt begins; None if none is due at a time."""
        return read(self.resource.status.get("nextAttemptTime"))

    @property
    def expiry(self) -> datetime | None:
        """When the custom resource of a finished job is to go; None if it stays."""
        outcome = self.resource.condition("Succeeded")
        if outcome is None:
            return None
        by_outcome = "ttlSecondsAfterSucceeded" if outcome.get("status") == "True" else "ttlSecondsAfterFailed"
        seconds = self.said.get(by_outcome, self.said.get("ttlSecondsAfterFinished"))
        ended = read(outcome.get("lastTransitionTime"))
        return None if seconds is None or ended is None else ended + timedelta(seconds=seconds)

    def _after(self, since: str, limit: str) -> datetime | None:
        began, seconds = read(self.resource.status.get(since)), self.said.get(limit)
        return None if began is None or seconds is None else began + timedelta(seconds=seconds)


def _put(node: Mapping[str, Any], way: tuple[str, ...], value: str) -> dict[str, Any]:
    name, *rest = way
    return {**node, name: _put(node.get(name) or {}, tuple(rest), value) if rest else value}


def due(resource: Resource) -> tuple[datetime, ...]:
    """The moments at which time alone gives a job something to do; some may have passed, with others still to come."""
    policy = RunPolicy(resource)
    if resource.kind.run is None or resource.paused or resource.deleting or policy.elsewhere:
        return ()
    ahead = (policy.deadline, policy.startup_deadline, policy.next_attempt)
    moments = (policy.expiry,) if resource.finished else ahead
    return tuple(moment for moment in moments if moment is not None)
