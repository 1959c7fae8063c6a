"""What the API server says of the monitoring schedule: its runs, and how far it is with another model."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from sagemaker_local.cluster import Cluster

NAME = "drift"


@dataclass(frozen=True, slots=True)
class Run:
    """A run that is over, with what it found.

    Attributes:
        end: the end of its window, RFC 3339.
        worst: the worst violations: feature, value and threshold.
    """

    name: str
    result: str
    end: str
    line: str
    worst: Sequence[Mapping[str, Any]]
    report: str


@dataclass(frozen=True, slots=True)
class Schedule:
    """One look at it.

    Attributes:
        runs: those that are over and explained, the newest first.
        retraining: how far it is: Training, Promoting, Promoted …; empty before the first decision.
        job: the TrainingJob of that decision.
        metric: what the gate has measured.
        message: the last sentence about it.
        baseline: the job that made the baseline in use; empty while there is none.
    """

    runs: Sequence[Run]
    retraining: str
    job: str
    metric: float | None
    message: str
    baseline: str

    @classmethod
    def read(cls, cluster: Cluster) -> Self:
        """As it is now. Raises KubectlFailed."""
        told = json.loads(cluster.kubectl("get", "monitoringschedule", NAME, "-o", "json").stdout).get("status", {})
        decision = told.get("retraining", {})
        baseline = told.get("baseline", {})
        return cls(
            runs=[_run(one) for one in told.get("executions", ()) if _known(one)],
            retraining=decision.get("state", ""),
            job=decision.get("trainingJob", ""),
            metric=decision.get("metric", {}).get("value"),
            message=decision.get("message", ""),
            baseline=baseline.get("processingJob", "") if baseline.get("state") == "Ready" else "",
        )


def _known(execution: Mapping[str, Any]) -> bool:
    telling = execution["result"] in ("Completed", "CompletedWithViolations")
    return execution["result"] != "InProgress" and (execution.get("explained", False) or not telling)


def _run(execution: Mapping[str, Any]) -> Run:
    return Run(
        name=execution["name"],
        result=execution["result"],
        end=execution.get("windowEnd", ""),
        line=execution.get("summary") or execution.get("message", ""),
        worst=execution.get("worst", ()),
        report=execution.get("reportS3URI", ""),
    )
