"""What a schedule compares with: files that the manifest names, those of another schedule, or what a job of its own suggests.

A job's name follows from what the baseline is made of, so another wish makes another job, and none is made twice. Until the new
one is there nothing is compared; where its job fails, the one before stays in use.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sagemaker_operator.composites.asks import Ask, Denied, Fetch, Look, Told
from sagemaker_operator.composites.child import Child
from sagemaker_operator.composites.plan import Refusal, Situation, Wanted
from sagemaker_operator.engine.announce import Announcement
from sagemaker_operator.engine.times import written
from sagemaker_operator.engine.verdict import Aside, Reason
from sagemaker_operator.kinds import GROUP

from . import runs, sample
from .captures import Obstacle, Questions, Source
from .following import Following

PURPOSE = f"{GROUP}/monitoring"
SUGGESTS = "baseline"
_MAKES = "ProcessingJob"
_FILES = ("constraints.json", "statistics.json")
_AGAIN = "Delete that ProcessingJob to try again, or change the baseline."


@dataclass(frozen=True, slots=True)
class Baseline:
    """S3 URIs of what to compare with; both are empty where nothing is compared."""

    constraints: str = ""
    statistics: str = ""


@dataclass(frozen=True, slots=True)
class Settled:
    """What is known of the baseline now.

    Attributes:
        baseline: what to compare with; None as long as that is not known.
        obstacle: why it is not.
        following: what follows for the plan.
    """

    baseline: Baseline | None
    obstacle: Obstacle | None
    following: Following


def settle(situation: Situation, here: Source | Obstacle | Ask | None) -> Settled:
    """The baseline of a manifest, and what is to be done for it.

    Args:
        situation: with all children.
        here: where the schedule's own data lies, which may be what the baseline is made of.
    """
    spec = situation.parent.spec
    if "baselineRef" in spec:
        return _shared(situation, spec["baselineRef"]["name"])
    told: Mapping[str, Any] = spec.get("baseline") or {}
    given = Baseline(told.get("constraintsS3URI", ""), told.get("statisticsS3URI", ""))
    wish = _rebased(situation) or told.get("from")
    if wish is None:
        return _found(given, {"state": "Given"} if given.constraints else None)
    found = _suggested(situation, wish, here)
    if found.baseline is None:
        return found
    # What a person has written counts more than what was suggested.
    best = Baseline(given.constraints or found.baseline.constraints, given.statistics or found.baseline.statistics)
    return Settled(best, None, found.following)


def _shared(situation: Situation, name: str) -> Settled:
    ask = Fetch("MonitoringSchedule", name)
    answer = situation.answers.get(ask)
    if answer is None:
        return Settled(None, Obstacle("The shared baseline is being looked for."), Following(asks=(ask,)))
    where = f"MonitoringSchedule {situation.parent.namespace}/{name}"
    if name == situation.parent.name:
        said = "spec.baselineRef is the schedule itself: name another one, or say in spec.baseline what to make it of."
        return _not_yet(situation, Obstacle(said, Reason.INVALID_SPEC, hopeless=True))
    if isinstance(answer, Denied):
        return _not_yet(situation, Obstacle(f"{where} cannot be read: {answer.message}"))
    if answer.value is None:
        return _not_yet(situation, Obstacle(f"{where} does not exist.", Reason.DEPENDENCY_NOT_FOUND))
    told: Mapping[str, Any] = (answer.value.get("status") or {}).get("baseline") or {}
    if not told.get("constraintsS3URI"):
        return _not_yet(situation, Obstacle(f"{where} has no baseline yet."))
    shared = Baseline(told["constraintsS3URI"], told.get("statisticsS3URI", ""))
    return _found(shared, {"state": "Shared", "schedule": name})


def _suggested(situation: Situation, wish: Mapping[str, Any], here: Source | Obstacle | Ask | None) -> Settled:
    """The baseline that a job suggests."""
    before: Mapping[str, Any] = situation.parent.status.get("baseline") or {}
    digest = _digest(wish)
    name = f"{situation.parent.name}-baseline-{digest}"
    if before.get("processingJob") == name and before.get("state") == "Ready":
        return _found(_known(before), dict(before), delete=_outdated(situation, name))
    child = next((one for one in situation.children if one.name == name), None)
    if child is None:
        return _begun(situation, wish, here, name, before)
    if not child.finished:
        told = {**_kept(before), "state": "Running", "processingJob": name}
        said = child.trouble or f"ProcessingJob {name} suggests the baseline."
        return _not_yet(situation, Obstacle(said, hopeless=bool(child.trouble)), told)
    if not child.succeeded:
        return _failed(situation, child, before)
    constraints, statistics = (f"{_output(situation, name)}/{file}" for file in _FILES)
    left = Look(constraints, str(situation.parent.spec.get("region") or ""))
    answer = situation.answers.get(left)
    if answer is None:
        waiting = _not_yet(
            situation, Obstacle(f"ProcessingJob {name} is done: its files are being looked for."), before
        )
        return Settled(None, waiting.obstacle, Following.together([waiting.following, Following(asks=(left,))]))
    if isinstance(answer, Told) and not answer.value:
        said = f"it has left no {_FILES[0]} in {_output(situation, name)}: is its image that of the analyzer?"
        return _failed(situation, replace(child, message=said), before)
    told = {"state": "Ready", "processingJob": name, "constraintsS3URI": constraints, "statisticsS3URI": statistics}
    told["since"] = child.ended or written(situation.now)
    event = Announcement("Normal", "BaselineReady", f"ProcessingJob {name} has suggested the baseline.", "Baseline")
    return _found(_known(told), told, events=(event,))


def _begun(
    situation: Situation,
    wish: Mapping[str, Any],
    here: Source | Obstacle | Ask | None,
    name: str,
    before: Mapping[str, Any],
) -> Settled:
    refusal = situation.refused.get(name)
    if refusal is not None:
        return _not_yet(situation, _refused(name, refusal), {**_kept(before), "state": "Failed"})
    work = sample.work(situation, wish, here, _output(situation, name))
    if isinstance(work, Obstacle):
        return _not_yet(situation, work, {**_kept(before), "state": "Pending"})
    if isinstance(work, Questions):
        return Settled(None, Obstacle("The data of the baseline is being looked for."), Following(asks=work.asks))
    wanted = Wanted(
        _MAKES,
        name,
        runs.job(situation, work),
        labels={f"{GROUP}/monitoringschedule": situation.parent.name[:63]},
        annotations={PURPOSE: SUGGESTS},
    )
    told = {**_kept(before), "state": "Running", "processingJob": name}
    said = Obstacle(f"ProcessingJob {name} suggests the baseline.")
    made = _not_yet(situation, said, told)
    return Settled(None, said, Following.together([made.following, Following(create=(wanted,))]))


def _failed(situation: Situation, child: Child, before: Mapping[str, Any]) -> Settled:
    said = f"ProcessingJob {child.name} could not suggest a baseline: {child.message} {_AGAIN}"
    event = () if before.get("state") == "Failed" else (Announcement("Warning", "BaselineFailed", said, "Baseline"),)
    told = {**_kept(before), "state": "Failed", "processingJob": child.name, "message": said[:1024]}
    old = _known(before)
    if old.constraints:
        aside = Aside("BaselineReady", "False", "Failed", f"{said} The one before stays in use.")
        return Settled(old, None, Following({"baseline": told}, event, asides=(aside,)))
    found = _not_yet(situation, Obstacle(said, Reason.CREATION_FAILED, hopeless=True), told)
    return Settled(None, found.obstacle, Following.together([found.following, Following(events=event)]))


def _found(
    baseline: Baseline,
    told: Mapping[str, Any] | None,
    *,
    events: tuple[Announcement, ...] = (),
    delete: tuple[Child, ...] = (),
) -> Settled:
    if told is None:
        return Settled(baseline, None, Following())
    files = {"constraintsS3URI": baseline.constraints, "statisticsS3URI": baseline.statistics}
    status = {**{name: uri for name, uri in files.items() if uri}, **told}
    aside = Aside("BaselineReady", "True", str(told["state"]), f"Compares with {baseline.constraints}.")
    return Settled(baseline, None, Following({"baseline": status}, events, delete=delete, asides=(aside,)))


def _not_yet(situation: Situation, obstacle: Obstacle, told: Mapping[str, Any] | None = None) -> Settled:
    status = {"baseline": {**told}} if told is not None else {}
    if not status and "baseline" in situation.parent.status:
        status = {"baseline": dict(situation.parent.status["baseline"])}
    aside = Aside("BaselineReady", "False", obstacle.reason, obstacle.message)
    return Settled(None, obstacle, Following(status, asides=(aside,)))


def _refused(name: str, refusal: Refusal) -> Obstacle:
    reason = Reason.NAME_CONFLICT if refusal.taken else Reason.CREATION_FAILED
    return Obstacle(f"{_MAKES} {name} cannot be created: {refusal.message}", reason, hopeless=True)


def again(situation: Situation, told: Mapping[str, Any]) -> datetime | None:
    """When to make the plan again: at once, if it has just been decided to compare with something else."""
    wish = (told.get("retraining") or {}).get("baselineFrom")
    return situation.now if wish is not None and wish != _rebased(situation) else None


def _rebased(situation: Situation) -> Mapping[str, Any] | None:
    """What a promotion wants the baseline to be made of from then on."""
    wish: Mapping[str, Any] | None = (situation.parent.status.get("retraining") or {}).get("baselineFrom")
    return wish


def _outdated(situation: Situation, name: str) -> tuple[Child, ...]:
    """The jobs of earlier baselines."""
    return tuple(
        child
        for child in situation.children
        if child.annotations.get(PURPOSE) == SUGGESTS and child.name != name and not child.deleting
    )


def _known(told: Mapping[str, Any]) -> Baseline:
    return Baseline(told.get("constraintsS3URI", ""), told.get("statisticsS3URI", ""))


def _kept(before: Mapping[str, Any]) -> dict[str, Any]:
    """The files of the baseline before, which stay in use if the next one fails."""
    return {name: before[name] for name in ("constraintsS3URI", "statisticsS3URI", "since") if name in before}


def _output(situation: Situation, name: str) -> str:
    parent = situation.parent
    return f"{parent.spec['output']['s3OutputPath'].rstrip('/')}/{parent.namespace}/{parent.name}/{name}"


def _digest(wish: Mapping[str, Any]) -> str:
    told = json.dumps(wish, sort_keys=True)
    return base64.b32encode(hashlib.sha256(told.encode()).digest()).decode()[:8].lower()
