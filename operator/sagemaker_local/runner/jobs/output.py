"""The lines that programs write: into their log, and through the metric definitions of their job.

Control characters are written as CloudWatch Logs shows them for SageMaker's containers, `#011` for a tab; the metric definitions
of built-in algorithms count on it.
"""

import re
from collections.abc import Iterable
from typing import Final

from sagemaker_local.emulator.resource import Json, Resource
from sagemaker_local.runner.jobs.measuring import Definition, values
from sagemaker_local.runner.logbook import Writer
from sagemaker_local.runner.tools import Tools

NAMESPACE: Final = "/aws/sagemaker/TrainingJobs"
"""Where CloudWatch has the metrics of training jobs, by TrainingJobName (sagemaker-python-sdk, analytics.py)."""
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")


def escaped(line: str) -> str:
    """A line with its control characters as CloudWatch Logs shows them: `#` and three octal digits."""
    return _CONTROL.sub(lambda found: f"#{ord(found[0]):03o}", line)


class Output:
    """What one instance of a training job writes."""

    def __init__(self, job: Resource, tools: Tools, stream: Writer, known: Iterable[Definition]) -> None:
        self._job, self._tools, self._stream = job, tools, stream
        self._known = tuple(known)

    def write(self, line: str) -> None:
        """Take a line, without its end."""
        text = escaped(line)
        self._stream.write(text)
        for name, value in values(text, self._known):
            now = self._tools.desk.now()
            self._tools.series.record(self._job.arn, name, value, now)
            dimensions = {"TrainingJobName": self._job.name}
            self._tools.metrics.put(self._job.place, NAMESPACE, name, value, dimensions, when=now)


def final(job: Resource, tools: Tools) -> list[Json]:
    """FinalMetricDataList: the last value of each metric."""
    last = tools.series.last(job.arn)
    return [{"MetricName": name, "Value": point.value, "Timestamp": point.when} for name, point in last.items()]
