"""Events as SageMaker writes them: the envelope, and a detail made from what Describe answers.

The detail is Describe's answer with other spellings: which differ is data (see `kinds`); which members are times, the service
model tells. Nothing of what Describe answered is changed in place.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final

from botocore.exceptions import BotoCoreError
from botocore.model import ListShape, Shape, StructureShape

from sagemaker_local.emulator import model
from sagemaker_local.emulator.events.kinds import SOURCE, STEP_CHANGE, Telling, Times
from sagemaker_local.emulator.resource import Json, Place

Spell = Callable[[Any], Any]
RUNNING: Final = frozenset({"Starting", "Executing", "Stopping"})


def detail(telling: Telling, kind: str, described: Json, tags: Mapping[str, str], previous: str | None) -> Json:
    """The detail of an event.

    Args:
        telling: the row of the event.
        kind: the resource's kind.
        described: what Describe answers.
        tags: the resource's tags.
        previous: the status before, where the event tells it.
    """
    told: Json = _times(kind, telling.times)(described)
    if telling.status is not None and telling.status in told:
        told[telling.status] = telling.spelling(told[telling.status])
    for path, spelling in telling.values.items():
        told = _respelt(told, path, spelling)
    if telling.renamed is not None:
        told = _renamed(told, telling, previous)
    if telling.only is not None:
        told = {name: value for name, value in told.items() if name in telling.only}
    for name in telling.nulls:
        told.setdefault(name, None)
    if telling.tags:
        told["Tags"] = dict(tags)
    return told


def event(identity: str, detail_type: str, place: Place, resources: list[str], content: Json, *, now: float) -> Json:
    """An event of SageMaker in EventBridge's envelope."""
    return {
        "version": "0",
        "id": identity,
        "detail-type": detail_type,
        "source": SOURCE,
        "account": place.account,
        "time": seconds_iso(now),
        "region": place.region,
        "resources": resources,
        "detail": content,
    }


def step_detail(step: Json, execution: str, pipeline: str, previous: str | None) -> Json:
    """The detail of a pipeline step's event.

    Args:
        step: the step as ListPipelineExecutionSteps answers it.
        execution: the ARN of its pipeline execution.
        pipeline: the ARN of its pipeline.
        previous: its status before.
    """
    given: Json = step.get("Metadata", {})
    about = next(iter(given), None)
    told = {
        "metadata": {_camel(name): _all_camel(job) for name, job in given.items() if job},
        "stepStartTime": seconds_iso(step["StartTime"]) if "StartTime" in step else None,
        "stepEndTime": seconds_iso(step["EndTime"]) if "EndTime" in step else None,
        "stepName": step["StepName"],
        "stepType": about and about.removesuffix("Job"),
        "previousStepStatus": previous,
        "currentStepStatus": step["StepStatus"],
        "failureReason": step.get("FailureReason"),
        "cacheHitResult": _all_camel(step["CacheHitResult"]) if "CacheHitResult" in step else None,
        "pipelineArn": pipeline,
        "pipelineExecutionArn": execution,
    }
    return {name: value for name, value in told.items() if value is not None}


def seconds_iso(moment: float) -> str:
    """2018-10-06T12:26:13Z."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _renamed(told: Json, telling: Telling, previous: str | None) -> Json:
    assert telling.renamed is not None
    named = {new: told[old] for old, new in telling.renamed.items() if old in told}
    if telling.previous is not None and previous is not None:
        named[telling.previous] = previous
    if named.get("currentPipelineExecutionStatus") in RUNNING:
        named.pop("executionEndTime", None)
    return named


def _respelt(node: Any, path: str, spelling: Mapping[str, str]) -> Any:
    """A copy of a node in which the value at a path is spelt otherwise."""
    head, _, rest = path.partition(".")
    name = head.removesuffix("[]")
    if type(node) is not dict or name not in node:
        return node
    found = node[name]
    if not rest:
        return {**node, name: spelling.get(found, found)}
    if head.endswith("[]"):
        return {**node, name: [_respelt(child, rest, spelling) for child in found]}
    return {**node, name: _respelt(found, rest, spelling)}


@cache
def _times(kind: str, times: Times) -> Callable[[Json], Json]:
    """A function that copies what Describe answers, with times spelt as told."""
    try:
        shape = model.operation(f"Describe{kind}").output_shape
    except BotoCoreError:
        shape = None
    spell = _spell_milliseconds if times is Times.MILLISECONDS else _spell_iso
    copy = None if shape is None else _copier(shape, spell, ())
    return copy or dict


def _copier(shape: Shape, spell: Spell, above: tuple[str, ...]) -> Spell | None:
    """How to copy a value of a shape; None where it holds no times, and so is never changed."""
    if shape.type_name == "timestamp":
        return spell
    if shape.name in above:
        return None
    if isinstance(shape, StructureShape):
        inside = {name: _copier(member, spell, (*above, shape.name)) for name, member in shape.members.items()}
        special = {name: copy for name, copy in inside.items() if copy is not None}
        return _structure_copier(special) if special or not above else None
    if isinstance(shape, ListShape):
        item = _copier(shape.member, spell, (*above, shape.name))
        return None if item is None else lambda values: [item(value) for value in values]
    return None


def _structure_copier(special: Mapping[str, Spell]) -> Spell:
    pairs = tuple(special.items())

    def copy(value: Json) -> Json:
        made = dict(value)
        for name, spell in pairs:
            if made.get(name) is not None:
                made[name] = spell(made[name])
        return made

    return copy


def _spell_milliseconds(moment: float) -> int:
    return round(moment * 1000)


def _spell_iso(moment: float) -> str:
    text = datetime.fromtimestamp(round(moment, 3), UTC).isoformat(timespec="milliseconds")
    return text.removesuffix("+00:00").removesuffix(".000") + "Z"


def _all_camel(given: Json) -> Json:
    return {_camel(name): value for name, value in given.items()}


def _camel(name: str) -> str:
    return name[:1].lower() + name[1:]


__all__ = ["STEP_CHANGE", "detail", "event", "seconds_iso", "step_detail"]
