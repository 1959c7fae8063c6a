"""Rules and their targets: what one account's default event bus in one region knows."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from sagemaker_local.emulator.events.inputs import Render
from sagemaker_local.emulator.events.patterns import Pattern
from sagemaker_local.emulator.resource import Json, Place


@dataclass(frozen=True, slots=True)
class Target:
    """A queue that receives what a rule matches, as PutTargets gave it."""

    given: Json
    render: Render

    @property
    def arn(self) -> str:
        """The queue's ARN."""
        return str(self.given["Arn"])

    @property
    def dead_letters(self) -> str | None:
        """The ARN of the queue for what could not be delivered."""
        arn: str | None = self.given.get("DeadLetterConfig", {}).get("Arn")
        return arn


@dataclass(slots=True)
class Rule:
    """A rule.

    Attributes:
        text: its pattern as given.
        targets: by their ids, in the order in which they were put.
    """

    name: str
    arn: str
    text: str
    pattern: Pattern
    enabled: bool
    description: str | None = None
    role: str | None = None
    targets: dict[str, Target] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)


class Bus:
    """The default event bus of an account and region. `changed` must be called after any change of a rule."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.rules: dict[str, Rule] = {}
        self._interested: dict[tuple[str, str], tuple[Rule, ...]] = {}

    def changed(self) -> None:
        """Forget which rules want what."""
        self._interested.clear()

    def interested(self, source: str, detail_type: str) -> tuple[Rule, ...]:
        """The enabled rules with targets that may match events of a source and detail-type; remembered until a change."""
        found = self._interested.get((source, detail_type))
        if found is None:
            envelope = {
                "source": source, "detail-type": detail_type,
                "account": self.place.account, "region": self.place.region,
            }  # fmt: skip
            found = tuple(r for r in self._active() if r.pattern.may_match(envelope))
            if len(self._interested) < 1000:  # sources and types of PutEvents are anybody's texts
                self._interested[source, detail_type] = found
        return found

    def _active(self) -> Iterator[Rule]:
        return (rule for rule in self.rules.values() if rule.enabled and rule.targets)
