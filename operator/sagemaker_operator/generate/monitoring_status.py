"""The schema of what a MonitoringSchedule tells of its runs and of its baseline."""

from sagemaker_operator.model.schema import Schema

from . import cron
from .monitoring_parts import plain, struct


def status() -> Schema:
    """The fields of ``status``, whoever runs the schedule."""
    told = {name: part for name, part in cron.times("ProcessingJob").items() if name != "lastSuccessfulTime"}
    told["lastSuccessfulTime"] = cron.time("When a run succeeded last.")
    return told | _STATUS | {"executions": _executions(), "baseline": _baseline()}


def _executions() -> Schema:
    finding = struct(
        "A violation.",
        {
            "feature": plain("The feature, or the metric."),
            "check": plain("The check."),
            "value": {"description": "What was found.", "type": "number"},
            "threshold": {"description": "What is allowed.", "type": "number"},
        },
    )
    count = {"type": "integer", "format": "int64"}
    item = {
        "name": plain("Its name: that of its ProcessingJob, where the operator runs it."),
        "scheduledTime": cron.time("When it was due."),
        "windowStart": cron.time("When its window begins."),
        "windowEnd": cron.time("When its window ends."),
        "result": plain("InProgress, Completed, CompletedWithViolations, NoData, Failed or Stopped."),
        "explained": {"description": "Whether its files have been read.", "type": "boolean"},
        "violations": {"description": "How many there are.", **count},
        "byCheck": {
            "description": "How many there are of each check.",
            "type": "object",
            "additionalProperties": {**count},
        },
        "worst": {
            "description": "The worst of them.",
            "type": "array",
            "items": finding,
            "x-kubernetes-list-type": "atomic",
        },
        "records": {"description": "How many records were analysed.", **count},
        "rejected": {"description": "How many records could not be read.", **count},
        "summary": plain("All that in a sentence."),
        "message": plain("What went wrong."),
        "outputS3URI": plain("Where its files are."),
        "reportS3URI": plain("Its page for people."),
        "completionTime": cron.time("When it was over."),
    }
    return {
        "description": "The last runs, the newest first.",
        "type": "array",
        "items": {"type": "object", "properties": item},
        "x-kubernetes-list-type": "atomic",
    }


def _baseline() -> Schema:
    return struct(
        "What is compared with.",
        {
            "state": plain("Pending, Running, Ready, Failed, Given or Shared."),
            "constraintsS3URI": plain("The constraints in use."),
            "statisticsS3URI": plain("The statistics in use."),
            "processingJob": plain("The ProcessingJob that suggests or suggested them."),
            "schedule": plain("The MonitoringSchedule that shares them."),
            "since": cron.time("Since when they are there."),
            "message": plain("What is wrong."),
        },
    )


_STATUS: Schema = {
    "state": plain(
        "Waiting, Baselining, Scheduled, Running, Violations, NoData, Failed, Stopped, Suspended or Stalled: what is most"
        " worth knowing."
    ),
    "lastResult": plain("What came of the latest run."),
    "violations": {
        "description": "How many violations the latest run found that analysed anything.",
        "type": "integer",
        "format": "int64",
    },
    "analysedUntil": cron.time("The end of the latest window: the next one begins there."),
    "skipping": {
        "description": "Whether the schedule was suspended since, so that the next window begins later.",
        "type": "boolean",
    },
}
