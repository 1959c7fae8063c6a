"""The end of the log of a job that failed, if it can be had at once.

How a job ended is told with or without it, so nothing here fails, nothing waits for long, and when many jobs fail together, most
workers go on with what matters more.
"""

import asyncio

from sagemaker_operator.engine import refusal
from sagemaker_operator.engine.facts import Log
from sagemaker_operator.engine.steps import AskLog
from sagemaker_operator.errors import AWSFailure

from .ports import Logs

# In seconds.
_PATIENCE = 5.0
# A quarter of the workers.
_AT_ONCE = 64


class LogReader:
    """Reads logs for passes.

    Args:
        logs: where they are; None if nobody reads any.
        patience: how many seconds a pass waits for one.
        at_once: how many passes may wait for one.
    """

    def __init__(self, logs: Logs | None, *, patience: float = _PATIENCE, at_once: int = _AT_ONCE) -> None:
        self._logs, self._patience, self._free = logs, patience, at_once

    async def read(self, step: AskLog, *, region: str) -> Log:
        """What came of reading a log; nothing where nobody reads any."""
        if self._logs is None:
            return Log()
        if self._free == 0:
            return Log(trouble="Too many jobs have failed at once.")
        self._free -= 1
        try:
            async with asyncio.timeout(self._patience):
                stream, lines = await self._logs(
                    step.group, step.streams, host=step.host, lines=step.lines, region=region
                )
        except AWSFailure as failure:
            return Log(trouble=refusal.words(failure))
        except TimeoutError:
            return Log(trouble=f"CloudWatch Logs did not answer within {self._patience:g} seconds.")
        finally:
            self._free += 1
        return Log(stream, lines)
