"""What a baseline is made of: files in S3, what a TrainingJob was trained on, or what was captured in a window."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sagemaker_operator.composites.asks import Ask, Denied, Fetch
from sagemaker_operator.composites.plan import Situation
from sagemaker_operator.engine.times import read, written
from sagemaker_operator.engine.verdict import Reason

from . import captures
from .captures import Obstacle, Questions, Source
from .runs import Work, image
from .windows import Window

_FORMS: Mapping[str, Mapping[str, Any]] = {
    "text/csv": {"csv": {"header": False}},
    "application/jsonlines": {"json": {"lines": True}},
    "application/x-parquet": {"parquet": {}},
}
# What SageMaker Clarify makes of a baseline has another form than what the analyzer does.
_BY_CLARIFY = frozenset({"ModelBias", "ModelExplainability"})
_NO_IMAGE = (
    "A baseline of bias or of explanations is made by the analyzer: name its image in spec.image, or for all schedules with the"
    " operator's --analyzer-image; or name what Clarify has made in spec.baseline.constraintsS3URI."
)


def work(
    situation: Situation, wish: Mapping[str, Any], here: Source | Obstacle | Ask | None, output: str
) -> Work | Obstacle | Questions:
    """What a baseline job is to read.

    Args:
        situation: of the schedule.
        wish: as ``spec.baseline.from`` has it.
        here: where the data of the schedule itself lies.
        output: where the results go.
    """
    if not image(situation) and situation.parent.spec["monitoringType"] in _BY_CLARIFY:
        return Obstacle(_NO_IMAGE, Reason.INVALID_SPEC, hopeless=True)
    if "s3" in wish:
        return Work((wish["s3"]["s3URI"],), captures.layout(wish["s3"].get("datasetFormat")), output)
    if "trainingJob" in wish:
        return _of_training(situation, wish["trainingJob"], output)
    if isinstance(here, Source):
        return _of_captures(situation, wish["captured"], here, output)
    if isinstance(here, Obstacle):
        return here
    return Questions(() if here is None else (here,))


def _of_captures(
    situation: Situation, told: Mapping[str, Any], here: Source, output: str
) -> Work | Obstacle | Questions:
    span = Window(_time(told["startTime"]), _time(told["endTime"]))
    if span.empty:
        said = "spec.baseline.from.captured ends before it begins: set endTime after startTime."
        return Obstacle(said, Reason.INVALID_SPEC, hopeless=True)
    found = captures.present(situation, here, span)
    if not isinstance(found, tuple):
        return found
    if not found:
        said = f"Nothing was captured from {written(span.start)} to {written(span.end)}, and a baseline is to be made of it."
        return Obstacle(said)
    return Work(found, here.form, output, span if here.timed else None, listed=here.listed)


def _of_training(situation: Situation, told: Mapping[str, Any], output: str) -> Work | Obstacle | Questions:
    name = told["name"]
    ask = Fetch("TrainingJob", name)
    answer = situation.answers.get(ask)
    if answer is None:
        return Questions((ask,))
    where = f"TrainingJob {situation.parent.namespace}/{name}"
    if isinstance(answer, Denied):
        return Obstacle(f"{where} cannot be read: {answer.message}")
    if answer.value is None:
        return Obstacle(f"{where} does not exist.", Reason.DEPENDENCY_NOT_FOUND)
    found = _channel(answer.value["spec"], told.get("channel", "train"))
    if isinstance(found, str):
        said = f"{where} {found}: set spec.baseline.from.trainingJob.channel, or make the baseline of something else."
        return Obstacle(said, Reason.INVALID_SPEC, hopeless=True)
    return Work((found[0],), found[1], output)


def _channel(spec: Mapping[str, Any], wanted: str) -> tuple[str, Mapping[str, Any]] | str:
    """Where a channel's data lies and what it holds, or why that cannot be told."""
    channels = {str(one.get("channelName")): one for one in spec.get("inputDataConfig") or ()}
    if wanted not in channels:
        return f"has no channel {wanted}, it has {', '.join(sorted(channels)) or 'none'}"
    uri = ((channels[wanted].get("dataSource") or {}).get("s3DataSource") or {}).get("s3URI")
    if not uri:
        return f"has its channel {wanted} not in S3"
    kind = str(channels[wanted].get("contentType") or "text/csv").partition(";")[0].strip()
    if kind not in _FORMS:
        return f"has {kind} in its channel {wanted}, and a baseline is made of {', '.join(_FORMS)}"
    return str(uri), _FORMS[kind]


def _time(text: str) -> datetime:
    moment = read(text)
    assert moment is not None, text
    return moment
