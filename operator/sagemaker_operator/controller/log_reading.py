"""The end of the log of a job that failed, if it can be had at once.

How a job ended is told with or without it, so nothing here fails, and nothing waits for long.
"""

import asyncio

from sagemaker_operator.engine import refusal
from sagemaker_operator.engine.facts import Facts, Log
from sagemaker_operator.engine.sources import redacted
from sagemaker_operator.engine.steps import AskLog
from sagemaker_operator.errors import AWSFailure

from .ports import Logs

# In seconds.
_PATIENCE = 5.0


async def read(logs: Logs | None, facts: Facts, step: AskLog, *, region: str) -> Log:
    """What came of reading a log; nothing where nobody reads any."""
    if logs is None:
        return Log()
    try:
        async with asyncio.timeout(_PATIENCE):
            stream, lines = await logs(step.group, step.streams, host=step.host, lines=step.lines, region=region)
    except AWSFailure as failure:
        return Log(trouble=redacted(refusal.words(failure), facts.hidden))
    except TimeoutError:
        return Log(trouble=f"CloudWatch Logs did not answer within {_PATIENCE:g} seconds.")
    return Log(stream, lines)
