"""Metrics that the container of a monitoring schedule leaves for CloudWatch: one JSON object a line, which SageMaker publishes.

The form: https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-byoc-cloudwatch.html. The namespaces are those of the
pages about bias and explanations, and of AWS's samples; the page about data quality writes them in other ways. Jobs of no
schedule publish nothing.
"""

import json
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sagemaker_local.emulator.neighbours import Statistics
from sagemaker_local.emulator.resource import Resource
from sagemaker_local.runner.contract import archives
from sagemaker_local.runner.contract.paths import Volume
from sagemaker_local.runner.telemetry import Series
from sagemaker_local.runner.tools import Tools

METRICS: Final = "/opt/ml/output/metrics/cloudwatch"
_KINDS: Final = {
    "DataQuality": "data",
    "ModelQuality": "model",
    "ModelBias": "bias",
    "ModelExplainability": "explainability",
}
_MOST: Final = 10_000
"""Lines that are read of a job: twenty metrics for each of five hundred columns."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Datum:
    """One line."""

    name: str
    dimensions: Mapping[str, str]
    values: Statistics
    unit: str
    when: float


def publish(job: Resource, volume: Volume, tools: Tools) -> None:
    """Put what a container has left into CloudWatch; what is wrong in it is told in this program's log."""
    with tools.desk.lock:
        schedule = tools.desk.service.world.store.find_arn(job.facts.get("MonitoringScheduleArn", ""))
        kind = None if schedule is None else _KINDS[schedule.facts["MonitoringType"]]
    directory = volume.host(METRICS)
    if (
        kind is None
        or directory is None
        or job.spec.get("Environment", {}).get("publish_cloudwatch_metrics") != "Enabled"
    ):
        return
    what = "Endpoints" if "sagemaker_endpoint_name" in job.spec["Environment"] else "ModelMonitoring"
    for _, file in archives.files(directory, volume):
        for datum in _data(file.read_bytes().splitlines()[:_MOST], job.name):
            series = Series.of(job.place, f"aws/sagemaker/{what}/{kind}-metrics", datum.name, datum.dimensions)
            tools.metrics.measure(series, datum.values, datum.unit, datum.when)


def _data(lines: list[bytes], job: str) -> Iterator[Datum]:
    for number, line in enumerate(lines, 1):
        try:
            yield _datum(json.loads(line))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as wrong:
            _log.warning("line %d of the metrics of %s is no datum of CloudWatch: %r", number, job, wrong)


def _datum(said: dict[str, Any]) -> Datum:
    given = said.get("StatisticValues")
    if given is None:
        value = float(said["Value"])
        values = Statistics(1, value, value, value)
    else:
        count, total, least, most = (float(given[name]) for name in ("SampleCount", "Sum", "Minimum", "Maximum"))
        values = Statistics(count, total, least, most)
    return Datum(
        str(said["MetricName"]),
        {str(one["Name"]): str(one["Value"]) for one in said.get("Dimensions", ())},
        values,
        str(said.get("Unit", "None")),
        datetime.fromisoformat(said["Timestamp"]).timestamp(),
    )
