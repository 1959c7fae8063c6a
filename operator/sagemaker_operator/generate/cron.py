"""The schema and the page's prose of kinds that run on a schedule: the words of Kubernetes' CronJob.

https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/cron-job-v1/
"""

from sagemaker_operator.composites.composite import Composite
from sagemaker_operator.kinds import GROUP, KINDS
from sagemaker_operator.model.schema import Schema

from . import templates

# A time is added to it, and the result is the name of a Job in Kubernetes: here as there.
LONGEST_NAME = 52
_MOST_SECONDS = 2**31 - 1
_MACROS = ("yearly", "annually", "monthly", "weekly", "daily", "midnight", "hourly")


def spec(row: Composite) -> Schema:
    """The schema of ``spec``."""
    (made,) = row.makes
    kind = KINDS[made]
    return {
        "description": f"When to make a {made}, and what it is to be.",
        "type": "object",
        "properties": {
            "schedule": _schedule(),
            "timeZone": {
                "description": "The time zone of the schedule, as in Europe/Berlin. Default: UTC.",
                "type": "string",
                "pattern": "^[A-Za-z][A-Za-z0-9_+/-]*$",
                "maxLength": 64,
            },
            "concurrencyPolicy": {
                "description": (
                    f"What to do when it is time and an earlier {made} is not over: Allow both, Forbid the new one, or Replace "
                    "the earlier one, which is deleted and waited for."
                ),
                "type": "string",
                "enum": ["Allow", "Forbid", "Replace"],
                "default": "Allow",
            },
            "startingDeadlineSeconds": {
                "description": f"How late a {made} may be started, after which its time is missed. Default: without limit.",
                "type": "integer",
                "format": "int64",
                "minimum": 0,
                "maximum": _MOST_SECONDS,
            },
            "suspend": {
                "description": f"While this is true no {made} is started; those that were go on.",
                "type": "boolean",
                "default": False,
            },
            "successfulJobsHistoryLimit": _limit("succeeded", default=3),
            "failedJobsHistoryLimit": _limit("failed or were stopped", default=1),
            "jobTemplate": {
                "description": f"What each {made} is made of.",
                "type": "object",
                "properties": {"metadata": templates.metadata(kind), "spec": templates.of(kind)},
                "required": ["spec"],
            },
        },
        "required": ["schedule", "jobTemplate"],
    }


def status(row: Composite) -> Schema:
    """The schema of the row's own part of ``status``."""
    (made,) = row.makes
    return times(made)


def times(made: str) -> Schema:
    """What a status tells of the jobs of a schedule."""
    reference = {
        name: {"type": "string", "description": said}
        for name, said in (
            ("apiVersion", "Its group and version."),
            ("kind", "Its kind."),
            ("namespace", "Its namespace."),
            ("name", "Its name."),
            ("uid", "Its UID."),
        )
    }
    return {
        "active": {
            "description": f"Each {made} that is not over.",
            "type": "array",
            "items": {"type": "object", "properties": reference},
            "x-kubernetes-list-type": "atomic",
        },
        "activeCount": {"description": f"How many are not over: {made} objects.", "type": "integer", "format": "int32"},
        "lastScheduleTime": time(f"The scheduled time of the {made} that was started last."),
        "lastSuccessfulTime": time(f"When a {made} succeeded last."),
        "nextScheduleTime": time("When the schedule is due next; it is not there while it is suspended."),
        "lastMissedTime": time(
            f"The latest scheduled time at which no {made} was started, as it was too late or another was not over."
        ),
        "replacing": time(f"The scheduled time whose {made} is started as soon as the one it replaces is gone."),
    }


def name_rule(row: Composite) -> Schema:
    """Refuses names that are too long; it stands on the object."""
    said = f"metadata.name must be no more than {LONGEST_NAME} characters: each {row.makes[0]} has it and a time in its name"
    return {"rule": f"size(self.metadata.name) <= {LONGEST_NAME}", "message": said}


def prose(row: Composite) -> str:
    """What the page says between its example and its tables."""
    (made,) = row.makes
    return _PROSE.format(name=row.name, made=made, page=made.lower(), group=GROUP)


def _schedule() -> Schema:
    fields = "minute, hour, day of month, month, day of week"
    macros = "|".join(_MACROS)
    named = ", ".join(f"@{name}" for name in _MACROS)
    return {
        "description": f"When, as a cron expression: {fields}; or one of {named}.",
        "type": "string",
        "minLength": 1,
        "maxLength": 512,
        "x-kubernetes-validations": [
            {"rule": "!self.contains('TZ')", "message": "a schedule has no time zone in it: set timeZone"},
            {
                "rule": f"self.contains('TZ') || self.matches('^(@({macros})|( *[0-9A-Za-z*?,/-]+){{5}} *)$')",
                "message": f"schedule must have five fields ({fields}) or be one of {named}",
            },
        ],
    }


def _limit(ended: str, *, default: int) -> Schema:
    return {
        "description": f"How many of those that {ended} are kept; the oldest go first.",
        "type": "integer",
        "format": "int32",
        "minimum": 0,
        "maximum": 1000,
        "default": default,
    }


def time(said: str) -> Schema:
    """A time in a status."""
    return {"description": said, "type": "string", "format": "date-time"}


_PROSE = """## Runs

Each time that the schedule is due, a [{made}]({page}.md) is made of `spec.jobTemplate`. Its name is that of this object and
the minutes since 1970, so that no time has two; its annotation `{group}/scheduled-at` tells the time, its label
`{group}/crontrainingjob` this object.

Words and rules are those of Kubernetes' [CronJob](https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/):

- **Times** are those of a clock on the wall in `spec.timeZone`: in the night when summer begins the hour that is left out is
  left out here too, and what is due in the hour that comes twice when it ends comes twice. Where both day of month and day of
  week are given, either will do.
- **Missed times**, as the operator was away, another {made} was not over or the object was suspended, are made up for by one
  {made}, for the latest of them, if it is not older than `spec.startingDeadlineSeconds`.
- **`concurrencyPolicy: Replace`** deletes the earlier {made}, which stops it in SageMaker unless its `deletionPolicy` says
  otherwise, and waits until it is gone: the two never run at once.
- **A change** of the template is for those that are made after it. One of the schedule counts from the last {made} on: where a
  time of the new schedule has passed since, it was missed, and is made up for. A {made} that is suspended in the template waits
  to be admitted, and counts as active.

## Deletion

What was made goes with this object: Kubernetes deletes every {made}, which stops it in SageMaker (`deletionPolicy`). With
`kubectl delete --cascade=orphan` they stay; with `--cascade=foreground` this object stays until they are gone.

## Conditions

- `Ready`: True while the schedule is sound, also while it is suspended and whatever becomes of each {made}.
- `Stalled`: there while somebody must act: `InvalidSpec` names a schedule that cannot be read or never comes true, or a time
  zone that does not exist; `CreationFailed` and `NameConflict` say why a {made} could not be made.
- `Suspended`: there while `spec.suspend` is true.
- `Reconciling`: there while it is being deleted."""
