"""What was told last of each pipeline execution, so that its events can say what was before.

An execution that is first heard of on its way was not listened to until then: its steps so far are old news.
"""

from dataclasses import dataclass
from typing import Final

from sagemaker_local.emulator.resource import Json, Resource

KIND: Final = "PipelineExecution"


@dataclass(frozen=True, slots=True)
class News:
    """What is new about an execution.

    Attributes:
        steps: each step that took on another status, with the one before.
        changed: whether the execution itself did.
        previous: its status before, if that is known.
    """

    steps: list[tuple[Json, str]]
    changed: bool
    previous: str | None


class Executions:
    """The statuses of executions and their steps, as last told."""

    def __init__(self) -> None:
        self._statuses: dict[str, str | None] = {}
        self._steps: dict[str, dict[str, str]] = {}

    def news(self, execution: Resource) -> News:
        """What changed since this was last asked."""
        arn = execution.arn
        now = {name: str(step["StepStatus"]) for name, step in execution.facts.get("Steps", {}).items()}
        before = self._steps.get(arn, now)
        changed = [
            (execution.facts["Steps"][name], before.get(name, "Starting" if status == "Executing" else "Executing"))
            for name, status in now.items()
            if before.get(name) != status
        ]
        previous = self._statuses.get(arn)
        self._steps[arn], self._statuses[arn] = now, execution.status
        return News(changed, previous != execution.status, previous)

    def forget(self, execution: Resource) -> None:
        """An execution is gone."""
        self._steps.pop(execution.arn, None)
        self._statuses.pop(execution.arn, None)

    def clear(self) -> None:
        """All are gone."""
        self._steps.clear()
        self._statuses.clear()
