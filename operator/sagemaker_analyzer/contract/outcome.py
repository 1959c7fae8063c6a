"""How a run ends: the exit message, of which Model Monitor makes the execution's status, and the exit code.

The texts are those that Model Monitor's executions show:
https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-byoc-contract-outputs.html. SageMaker keeps at most 1,024 characters
of a message (API reference, DescribeProcessingJob, ExitMessage).
"""

from dataclasses import dataclass

from sagemaker_analyzer.errors import NoData, Refused

_LONGEST = 1024


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the run tells whoever started it."""

    message: str
    code: int


def completed(violations: int) -> Outcome:
    """The data was analysed, with that many violations."""
    if not violations:
        return Outcome("Completed: Job completed successfully with no violations.", 0)
    return Outcome(f"CompletedWithViolations: Job completed successfully with {violations} violations.", 0)


def refused(reason: Refused) -> Outcome:
    """The data was not analysed."""
    words = f"Job inputs had no data: {reason}" if isinstance(reason, NoData) else f"{reason.name}: {reason}"
    return Outcome(f"Error: {words}"[:_LONGEST], 1)
