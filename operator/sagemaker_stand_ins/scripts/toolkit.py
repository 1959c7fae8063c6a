"""What AWS's toolkit calls in this image: the same steps as its `entry_point.run`.

Two differences, on purpose: the names of the other hosts are not waited for, as they are known from the start or not at all; and
the end of what the script writes to stderr goes into the reason of its failure. The toolkit can do so itself, as in the images
for PyTorch, but then it breaks lines wherever it has read to, and metric definitions miss their values.
"""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager

from sagemaker_training import entry_point, environment, errors, files, runner

from . import hearing

_STDERR = 2


def main() -> None:
    """Install what the code requires, and run the script to its end.

    Raises:
        sagemaker_training.errors.ClientError: if one of them fails; the toolkit reports it.
    """
    known = environment.Environment()
    files.download_and_extract(uri=known.module_dir, path=environment.code_dir)
    with _reasons():
        entry_point.install(name=known.user_entry_point, path=environment.code_dir)
        variables = known.to_env_vars()
        environment.write_env_vars(variables)
        script = runner.get(runner.ProcessRunnerType, known.user_entry_point, known.to_cmd_args(), variables)
        script.run(wait=True)


@contextmanager
def _reasons() -> Iterator[None]:
    """While this lasts, stderr of children is heard, and their errors say what it was. The toolkit's own log is not."""
    log = os.dup(_STDERR)
    own = os.fdopen(log, "w", buffering=1)
    for handler in logging.getLogger().handlers:
        if isinstance(handler, logging.StreamHandler):
            handler.setStream(own)
    failure = None
    with hearing.heard(log) as (writing, last):
        os.dup2(writing, _STDERR)
        try:
            yield
        except (errors.ExecuteUserScriptError, errors.InstallRequirementsError, errors.InstallModuleError) as error:
            failure = error
        finally:
            os.dup2(log, _STDERR)
    if failure is not None:
        failure.output = hearing.told(last)
        raise failure
