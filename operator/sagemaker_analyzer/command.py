"""The command: environment in, files and exit message out."""

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path

from sagemaker_analyzer.contract.environment import read_task
from sagemaker_analyzer.contract.outcome import Outcome, completed, refused
from sagemaker_analyzer.errors import Refused

_LOG = logging.getLogger(__name__)


def run(environment: Mapping[str, str], arguments: Sequence[str] = (), *, root: Path = Path("/opt/ml")) -> int:
    """Does what the environment and the arguments ask for and returns the exit code.

    Whatever happens, there is an exit message: a job without one tells nobody why it has failed.
    """
    message = root / "output/message"
    try:
        task = read_task(environment, arguments=arguments, root=root)
        from sagemaker_analyzer.job import carry_out  # noqa: PLC0415 loads the engine, which a refused task does not wait for

        analysis = carry_out(task)
        if analysis is None:
            return 0
        outcome = completed(len(analysis.violations))
    except Refused as reason:
        outcome = refused(reason)
    except Exception as error:
        _tell(message, Outcome(f"Error: {type(error).__name__}: {error}"[:1024], 1))
        raise
    _tell(message, outcome)
    return outcome.code


def _tell(message: Path, outcome: Outcome) -> None:
    _LOG.log(logging.ERROR if outcome.code else logging.INFO, "%s", outcome.message)
    message.parent.mkdir(parents=True, exist_ok=True)
    message.write_text(outcome.message, encoding="utf-8")
