"""Where the data lies that a manifest wants to be watched, and which part of it belongs to a window.

An endpoint tells itself where it captures; other sources are named. What a source lacks is an `Obstacle`, which passes by itself
or needs a human.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sagemaker_operator.composites.asks import Ask, Denied, Fetch, List, Look, Told
from sagemaker_operator.composites.plan import Situation
from sagemaker_operator.engine.times import written
from sagemaker_operator.engine.verdict import Reason

from .execution import Execution, Result
from .following import Captured
from .windows import Window, covering, ended

# A processing job has at most ten inputs, and three are for a baseline, ground truth and a configuration.
MOST_INPUTS = 6
_CAPTURES: Mapping[str, Any] = {"sagemakerCaptureJson": {}}


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What keeps a run from being started.

    Attributes:
        message: what it is and what to do.
        hopeless: whether it needs a human.
    """

    message: str
    reason: str = Reason.DEPENDENCY_NOT_READY
    hopeless: bool = False


@dataclass(frozen=True, slots=True)
class Questions:
    """What has to be asked first."""

    asks: tuple[Ask, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """Where data lies.

    Attributes:
        prefixes: S3 URIs that end with a slash, below each of which there are folders of hours.
        form: how the analyzer is told what the files hold.
        endpoint: the SageMaker name of the endpoint; empty if it is none.
        timed: whether each record tells its time.
        listed: whether what lies there are manifests, which list the files with the data.
    """

    prefixes: tuple[str, ...]
    form: Mapping[str, Any]
    endpoint: str = ""
    timed: bool = True
    listed: bool = False


def source(situation: Situation) -> Source | Obstacle | Ask:
    """The source of a manifest, or what it takes to know it."""
    told: Mapping[str, Any] = situation.parent.spec.get("source") or {}
    if "endpointRef" in told:
        return _of_object(situation, told["endpointRef"]["name"])
    if "endpoint" in told:
        named = told["endpoint"]
        prefix = f"{_folder(named['dataCapturedDestinationS3URI'])}{named['endpointName']}/"
        variants = named.get("variantNames") or ("AllTraffic",)
        return Source(tuple(f"{prefix}{one}/" for one in variants), _CAPTURES, named["endpointName"])
    if "batchTransform" in told:
        # https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-data-capture-batch.html
        batch = told["batchTransform"]
        prefix = f"{_folder(batch['dataCapturedDestinationS3URI'])}input/"
        return Source((prefix,), layout(batch["datasetFormat"]), timed=False, listed=True)
    if "s3" in told:
        return Source((_folder(told["s3"]["s3URI"]),), layout(told["s3"].get("datasetFormat")), timed=False)
    return Obstacle(
        "spec.source names no data: set endpointRef, endpoint, batchTransform or s3.",
        Reason.INVALID_SPEC,
        hopeless=True,
    )


def layout(told: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """A dataset format of a manifest in the words of SageMaker's containers."""
    if not told:
        return {"csv": {"header": True}}
    if "csv" in told:
        csv: dict[str, Any] = {"header": bool(told["csv"].get("header", False))}
        position = told["csv"].get("outputColumnsPosition")
        return {"csv": csv | ({"output_columns_position": position} if position else {})}
    if "json" in told:
        return {"json": {"lines": bool(told["json"].get("line", True))}}
    return {"parquet": {}} if "parquet" in told else _CAPTURES


def form(source_form: Mapping[str, Any]) -> str:
    """A dataset format as an environment variable holds it."""
    return json.dumps(source_form, separators=(",", ":"))


def present(situation: Situation, here: Source, span: Window) -> tuple[str, ...] | Obstacle | Questions:
    """The folders with data of a window, as S3 URIs: SageMaker fails a job for one that is empty. Or the manifests in them."""
    region = str(situation.parent.spec.get("region") or "")
    if here.listed:
        return _manifests(situation, [f"{here.prefixes[0]}{folder}" for folder in ended(span)], region)
    found = _folders(here, span)
    if isinstance(found, Obstacle):
        return found
    answers = {Look(uri, region): situation.answers.get(Look(uri, region)) for uri in found}
    unknown = tuple(look for look, answer in answers.items() if answer is None)
    if unknown:
        return Questions(unknown)
    for look, answer in answers.items():
        if isinstance(answer, Denied):
            return Obstacle(f"{look.uri} cannot be looked into: {answer.message}", Reason.SOURCE_UNREADABLE)
    return tuple(look.uri for look, answer in answers.items() if isinstance(answer, Told) and answer.value)


def _manifests(situation: Situation, folders: list[str], region: str) -> tuple[str, ...] | Obstacle | Questions:
    """The manifests that batch transform jobs have left in some folders: each is an input of its own."""
    asked = [List(uri, region, MOST_INPUTS + 1) for uri in folders]
    unknown = tuple(one for one in asked if one not in situation.answers)
    if unknown:
        return Questions(unknown)
    found: list[str] = []
    for one in asked:
        answer = situation.answers[one]
        if isinstance(answer, Denied):
            return Obstacle(f"{one.uri} cannot be looked into: {answer.message}", Reason.SOURCE_UNREADABLE)
        found += answer.value
    if len(found) > MOST_INPUTS:
        said = (
            f"{len(found)} batch transform jobs or more have left something in the window, and a job has room for {MOST_INPUTS}:"
            " let spec.schedule run more often."
        )
        return Obstacle(said, Reason.INVALID_SPEC, hopeless=True)
    return tuple(found)


def _folders(here: Source, span: Window) -> tuple[str, ...] | Obstacle:
    """The folders in which all data of a window lies."""
    if here.timed:
        each = covering(span, most=max(1, MOST_INPUTS // len(here.prefixes)))
        return tuple(f"{prefix}{folder}" for prefix in here.prefixes for folder in each)
    exact = ended(span)
    if len(exact) > MOST_INPUTS:
        said = (
            f"The window from {written(span.start)} to {written(span.end)} has {len(exact)} folders, and a job has room"
            f" for {MOST_INPUTS}: let spec.schedule run every {MOST_INPUTS} hours, or at midnight with delaySeconds: 0."
        )
        return Obstacle(said, Reason.INVALID_SPEC, hopeless=True)
    return tuple(f"{prefix}{folder}" for prefix in here.prefixes for folder in exact)


def of_latest(here: Source | Obstacle | Ask | None, executions: Sequence[Execution]) -> Captured | None:
    """Where the data of the latest run that found anything lies; None if that is not known."""
    latest = next((one for one in executions if one.result is Result.VIOLATIONS), None)
    if not isinstance(here, Source) or latest is None or latest.start is None or latest.end is None:
        return None
    return _prefix(here, Window(latest.start, latest.end))


def _prefix(here: Source, span: Window) -> Captured:
    """The one prefix that holds a window, and perhaps more."""
    (folder,) = covering(span, most=1)
    first = here.prefixes[0]
    shared = first if len(here.prefixes) == 1 else f"{first.rstrip('/').rpartition('/')[0]}/"
    return Captured(f"{shared}{folder if len(here.prefixes) == 1 else ''}", span.start, span.end)


def _of_object(situation: Situation, name: str) -> Source | Obstacle | Ask:
    ask = Fetch("Endpoint", name)
    answer = situation.answers.get(ask)
    if answer is None:
        return ask
    if isinstance(answer, Denied):
        return Obstacle(f"Endpoint {name} cannot be read: {answer.message}", passing_reason(answer))
    if answer.value is None:
        return Obstacle(f"Endpoint {situation.parent.namespace}/{name} does not exist.", Reason.DEPENDENCY_NOT_FOUND)
    status: Mapping[str, Any] = answer.value.get("status") or {}
    known, variants = status.get("endpointName"), status.get("productionVariants") or ()
    capture: Mapping[str, Any] = status.get("dataCaptureConfig") or {}
    if not known or not variants:
        return Obstacle(f"Endpoint {situation.parent.namespace}/{name} is not in service yet.")
    if not capture.get("enableCapture") or not capture.get("destinationS3URI"):
        said = f"Endpoint {situation.parent.namespace}/{name} captures nothing: set dataCaptureConfig in its configuration."
        return Obstacle(said)
    prefix = f"{_folder(capture['destinationS3URI'])}{known}/"
    return Source(tuple(f"{prefix}{one['variantName']}/" for one in variants), _CAPTURES, str(known))


def passing_reason(denied: Denied) -> str:
    """The reason to tell for an answer that was denied."""
    return Reason.PROGRESSING_WITH_RETRY if denied.passing else Reason.ACCESS_DENIED


def _folder(uri: str) -> str:
    return f"{uri.rstrip('/')}/"
