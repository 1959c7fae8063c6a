"""The end of the log of a job that failed, if it can be had at once.

How a job ended is told with or without it, so nothing here fails, and nothing waits for long.
"""

import asyncio

from sagemaker_operator.engine import refusal
from sagemaker_operator.engine.facts import Log
from sagemaker_operator.engine.steps import AskLog
from sagemaker_operator.errors import AWSFailure

from .ports import Logs

# In seconds.
_PATIENCE = 5.0


async def read(logs: Logs | None, step: AskLog, *, region: str, patience: float = _PATIENCE) -> Log:
    """What came of reading a log; nothing where nobody reads any."""
    if logs is None:
        return Log()
    try:
        async with asyncio.timeout(patience):
            stream, lines = await logs(step.group, step.streams, host=step.host, lines=step.lines, region=region)
    except AWSFailure as failure:
        return Log(trouble=refusal.words(failure))
    except TimeoutError:
        return Log(trouble=f"CloudWatch Logs did not answer within {patience:g} seconds.")
    return Log(stream, lines)
