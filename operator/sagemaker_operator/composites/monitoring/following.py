"""What follows from the executions of a schedule: one part of a plan, made by each of those that have a say."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from sagemaker_operator.composites.asks import Ask
from sagemaker_operator.composites.child import Child
from sagemaker_operator.composites.plan import Wanted
from sagemaker_operator.engine.announce import Announcement
from sagemaker_operator.engine.verdict import Aside


@dataclass(frozen=True, slots=True)
class Following:
    """Part of a plan; the names are those of `composites.plan.Plan`."""

    status: Mapping[str, Any] = field(default_factory=dict)
    events: tuple[Announcement, ...] = ()
    asks: tuple[Ask, ...] = ()
    create: tuple[Wanted, ...] = ()
    delete: tuple[Child, ...] = ()
    release: tuple[Child, ...] = ()
    asides: tuple[Aside, ...] = ()
    wake_at: datetime | None = None

    @classmethod
    def together(cls, parts: Iterable[Self]) -> Self:
        """All of several parts; they tell of different fields and conditions."""
        several = tuple(parts)
        moments = [part.wake_at for part in several if part.wake_at is not None]
        return cls(
            status={name: value for part in several for name, value in part.status.items()},
            events=tuple(each for part in several for each in part.events),
            asks=tuple(each for part in several for each in part.asks),
            create=tuple(each for part in several for each in part.create),
            delete=tuple(each for part in several for each in part.delete),
            release=tuple(each for part in several for each in part.release),
            asides=tuple(each for part in several for each in part.asides),
            wake_at=min(moments, default=None),
        )


@dataclass(frozen=True, slots=True)
class Captured:
    """Where the data of an execution lies: all of it is under the prefix, and perhaps more."""

    uri: str
    start: datetime
    end: datetime
