"""Jobs for rehearsals of the run policy: what they ask for, what befalls them, and what is to be seen of them."""

from typing import Any

from tests.builders import training_job
from tests.rehearsal.stage import Rehearsal

from sagemaker_operator.engine.resource import Key

KIND, CREATE, STOP = "TrainingJob", "CreateTrainingJob", "StopTrainingJob"
CAPACITY = (
    "CapacityError: Unable to provision requested ML compute capacity. Please retry using a different ML instance type."
)
INTERNAL = "InternalServerError: We encountered an internal error. Please try again."
ALGORITHM = "AlgorithmError: ExecuteUserScriptError: exit code 1"
CLIENT = "ClientError: Data download failed: no such bucket"


def job(policy: dict[str, Any] | None = None, **spec: Any) -> dict[str, Any]:
    """A job that is called digits in SageMaker as well."""
    return training_job("digits", trainingJobName="digits", runPolicy=policy, **spec)


def fail(play: Rehearsal, reason: str, *, times: int | None = None, at: str | None = None) -> None:
    play.amazon.core.scenarios.fail(KIND, "", reason=reason, at=at, times=times)


def brief(play: Rehearsal) -> None:
    """Let jobs take little time, so that many plays take little too."""
    play.amazon.core.scenarios.take(KIND, "", seconds=40)


def ended(play: Rehearsal, key: Key) -> list[tuple[str, str]]:
    """The names and reasons of the attempts that are over."""
    return [(one["name"], one["reason"]) for one in play.status(key).get("attempts", ())]


def created(play: Rehearsal) -> list[dict[str, Any]]:
    """What was asked of each job that was created."""
    return [entry.parameters for entry in play.amazon.core.journal.entries(CREATE) if entry.committed]


def names(play: Rehearsal) -> list[str]:
    return [request["TrainingJobName"] for request in created(play)]


def types(play: Rehearsal) -> list[str]:
    return [request["ResourceConfig"]["InstanceType"] for request in created(play)]


def phase(play: Rehearsal, key: Key) -> str:
    return str(play.status(key).get("phase"))


def until(play: Rehearsal, key: Key, wanted: str, *, within: float = 7200.0) -> None:
    play.until(f"its phase is {wanted}", lambda: phase(play, key) == wanted, within=within)


def over(play: Rehearsal, key: Key, *, within: float = 7200.0) -> tuple[str, str, str]:
    """Wait until the outcome is known: the phase, Succeeded, and its reason."""
    play.until("it is over", lambda: bool(play.condition(key, "Succeeded")), within=within)
    told = play.condition(key, "Succeeded")
    return phase(play, key), told["status"], told["reason"]
