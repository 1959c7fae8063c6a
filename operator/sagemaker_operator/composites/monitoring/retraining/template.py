"""The TrainingJob of a decision: the template of the manifest, with what was captured put in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sagemaker_operator.composites.monitoring.following import Captured
from sagemaker_operator.composites.plan import Wanted
from sagemaker_operator.engine.times import written
from sagemaker_operator.kinds import GROUP

MAKES = "TrainingJob"
# On the jobs: the decision that each was made for.
DECISION = f"{GROUP}/retraining"
_LABEL = f"{GROUP}/monitoringschedule"
_CHANNEL = "captured"
_LONGEST_BASE = 200
_LONGEST_LABEL = 63


@dataclass(frozen=True, slots=True)
class Unfit:
    """Why no job can be made of a template: in one word, and for people."""

    reason: str
    message: str


def name_of(schedule: str, decision: str) -> str:
    """The name of the job: one for each decision."""
    return f"{schedule[:_LONGEST_BASE].rstrip('-.')}-retrain-{decision}"


def job(
    rule: Mapping[str, Any], *, schedule: str, decision: str, region: str, captured: Captured | None
) -> Wanted | Unfit:
    """The job of a decision.

    Args:
        rule: ``spec.onViolation``.
        schedule: the name of the schedule.
        decision: what tells the decision from others.
        region: of the schedule; "" for the operator's own.
        captured: where the data of the run lies; None if that is not known.
    """
    template = rule["trainingJobTemplate"]
    metadata, spec = template.get("metadata") or {}, dict(template["spec"])
    channels = _channels(rule, spec, captured)
    if isinstance(channels, Unfit):
        return channels
    if channels is not None:
        spec["inputDataConfig"] = channels
    if captured is not None:
        window = {"CAPTURED_START": written(captured.start), "CAPTURED_END": written(captured.end)}
        spec["environment"] = {**(spec.get("environment") or {}), **window}
    if region and "region" not in spec:
        spec["region"] = region
    return Wanted(
        kind=MAKES,
        name=name_of(schedule, decision),
        spec=spec,
        labels={**(metadata.get("labels") or {}), _LABEL: schedule[:_LONGEST_LABEL].rstrip("-.")},
        annotations={**(metadata.get("annotations") or {}), DECISION: decision},
    )


def other_channel(rule: Mapping[str, Any]) -> str:
    """The channel that stands for what a model was trained with: the first that is not the captured one, if there is another."""
    names = [str(one["channelName"]) for one in rule["trainingJobTemplate"]["spec"].get("inputDataConfig") or ()]
    given = str(rule.get("capturedChannel", _CHANNEL))
    return next((name for name in names if name != given), given)


def _channels(rule: Mapping[str, Any], spec: Mapping[str, Any], captured: Captured | None) -> list[Any] | Unfit | None:
    """The channels of a job; None where the template has none."""
    listed = spec.get("inputDataConfig")
    wanted = str(rule.get("capturedChannel", _CHANNEL))
    names = [str(one["channelName"]) for one in listed or ()]
    if wanted not in names:
        if "capturedChannel" not in rule:
            return None if listed is None else list(listed)
        said = (
            f"onViolation.trainingJobTemplate has no channel {wanted}, which onViolation.capturedChannel names; it has "
            f"{', '.join(names) or 'none'}: add it to spec.inputDataConfig of the template."
        )
        return Unfit("NoSuchChannel", said)
    if captured is None:
        said = (
            f"The channel {wanted} of onViolation.trainingJobTemplate is to hold what was captured, and where that lies is not "
            "known: nothing is trained without it."
        )
        return Unfit("NoCapturedData", said)
    return [_with_captured(one, captured.uri) if one["channelName"] == wanted else one for one in listed or ()]


def _with_captured(channel: Mapping[str, Any], uri: str) -> dict[str, Any]:
    source = channel.get("dataSource") or {}
    told = {name: value for name, value in (source.get("s3DataSource") or {}).items() if name != "s3URIRef"}
    return {**channel, "dataSource": {"s3DataSource": {**told, "s3DataType": "S3Prefix", "s3URI": uri}}}
