"""A job's state in one word (``status.phase``), for programs that read words: Argo Workflows, scripts, columns."""

from enum import StrEnum

from sagemaker_operator.kinds.kind import Stage

from .facts import Facts, Present
from .steps import Verb
from .verdict import Reason, Verdict


class Phase(StrEnum):
    """The phases of a job, whatever SageMaker calls its statuses."""

    PENDING = "Pending"
    SUSPENDED = "Suspended"
    CREATING = "Creating"
    RUNNING = "Running"
    STOPPING = "Stopping"
    SUCCEEDED = "Succeeded"
    FAILED = "Failed"
    STOPPED = "Stopped"


def phase(facts: Facts, verdict: Verdict) -> Phase:
    """The phase to report with a verdict."""
    told = facts.resource.status.get("phase")
    if verdict.succeeded is not None:
        return Phase.SUCCEEDED if verdict.succeeded else Phase.STOPPED if verdict.stopped else Phase.FAILED
    if facts.resource.finished and told:
        return Phase(told)
    if verdict.suspended:
        return Phase.SUSPENDED
    if Verb.STOP in facts.done or verdict.reason == Reason.STOPPING:
        return Phase.STOPPING
    if isinstance(facts.observed, Present):
        return _seen(facts)
    if verdict.reason == Reason.CREATING or facts.created is not None:
        return Phase.CREATING
    # A look that failed says nothing new about a job that is there.
    return Phase(told) if told and facts.resource.arn is not None else Phase.PENDING


def _seen(facts: Facts) -> Phase:
    match facts.stage:
        case Stage.CHANGING:
            return Phase.RUNNING
        case Stage.STOPPING:
            return Phase.STOPPING
        case Stage.READY | Stage.FAILED | Stage.STOPPED:
            # It is over, and something follows.
            return Phase.PENDING
        case _:
            return Phase(facts.resource.status.get("phase") or Phase.PENDING)
