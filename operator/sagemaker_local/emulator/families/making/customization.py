"""Model customization: jobs of five categories that run a schema-versioned document, and training sessions."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from sagemaker_local.emulator.checks import role_can_be_assumed
from sagemaker_local.emulator.effects import gone
from sagemaker_local.emulator.family import Action, Extra, Family, Step, Timeline, at
from sagemaker_local.emulator.paging import cut
from sagemaker_local.emulator.refusal import UNVERIFIED, Refusal
from sagemaker_local.emulator.resource import Json, Resource
from sagemaker_local.emulator.world import Call, World

SCHEMA_VERSIONS: Final = ("1.0.0",)
"""Which versions AWS has is not public; documents are not held against a schema."""

MISSING: Final = Refusal("ResourceNotFound", "The job {name} does not exist.", evidence=UNVERIFIED)
EXISTS: Final = Refusal("ResourceInUse", "The job {name} already exists ({arn}).", evidence=UNVERIFIED)
NO_VERSION: Final = Refusal(
    "ResourceNotFound",
    "The job category {category} has no schema version {version}.",
    evidence=UNVERIFIED,
)
STILL_RUNNING: Final = Refusal(
    "ResourceInUse",
    "The job {name} is in status {status}. Stop it before you delete it.",
    evidence=f"the rule and the code: DeleteJob's documentation and model; the text: {UNVERIFIED}",
)
NOT_RUNNING: Final = Refusal(
    "ValidationException",
    "The request was rejected because {name} is in status {status}.",
    evidence=UNVERIFIED,
)
FINISHED: Final = frozenset({"Completed", "Failed", "Stopped"})
# The secondary status in which the work of a category is done.
WORK: Final = {
    "AgentRFT": "Training",
    "AgentRFTEvaluation": "Evaluating",
    "DataQualityEvaluation": "Evaluating",
    "DataTransformation": "Transforming",
    "SyntheticDataGeneration": "Generating",
}


def by_category(job: Resource, timeline: Timeline) -> Timeline:
    """The work of each category has a name of its own."""
    work = WORK[job.spec["JobCategory"]]
    named = tuple(replace(step, detail=work) if step.detail == "Training" else step for step in timeline.steps)
    return replace(timeline, steps=named)


def note_transition(job: Resource, step: Step, now: float) -> None:
    """Keep SecondaryStatusTransitions and the end."""
    transitions: list[Json] = job.facts.setdefault("SecondaryStatusTransitions", [])
    if step.detail is None:
        return
    if transitions:
        transitions[-1].setdefault("EndTime", now)
    transitions.append({"Status": step.detail, "StartTime": now})
    if step.status in FINISHED:
        transitions[-1]["EndTime"] = job.facts["EndTime"] = now


def shown(job: Resource) -> Mapping[str, Any]:
    """Secondary status and tags, which Describe and List spell in different ways."""
    return {"SecondaryStatus": job.detail, "JobSecondaryStatus": job.detail, "Tags": _tags(job)}


def _tags(resource: Resource) -> list[Json]:
    return [{"Key": key, "Value": value} for key, value in resource.tags.items()]


def version_exists(call: Call, _: World) -> None:
    """The schema version that a job names is one that there is."""
    request = call.request
    if request["JobConfigSchemaVersion"] not in SCHEMA_VERSIONS:
        raise NO_VERSION.error(category=request["JobCategory"], version=request["JobConfigSchemaVersion"])


def describe_version(call: Call, _: World) -> Json:
    """DescribeJobSchemaVersion: by default the latest."""
    category = call.request["JobCategory"]
    version = call.request.get("JobConfigSchemaVersion", SCHEMA_VERSIONS[-1])
    if version not in SCHEMA_VERSIONS:
        raise NO_VERSION.error(category=category, version=version)
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": category, "type": "object"}
    return {"JobCategory": category, "JobConfigSchemaVersion": version, "JobConfigSchema": json.dumps(schema)}


def list_versions(call: Call, _: World) -> Json:
    """ListJobSchemaVersions."""
    page = cut([{"JobConfigSchemaVersion": version} for version in SCHEMA_VERSIONS], call)
    return {"JobConfigSchemas": page.items, **page.token}


JOB: Final = Family(
    kind="Job",
    path="job",
    status="JobStatus",
    identified_by=("JobCategory", "JobName"),
    create=Timeline(
        (
            at(0, "InProgress", "Starting"),
            at(120, "InProgress", "Downloading"),
            at(300, "InProgress", "Training"),
            at(2100, "InProgress", "Uploading"),
            at(2160, "Completed", "Completed"),
        ),
        failed=at(0, "Failed", "Failed"),
    ),
    missing=MISSING,
    exists=EXISTS,
    checks=(role_can_be_assumed("RoleArn"), version_exists),
    plan=by_category,
    entered=note_transition,
    view=shown,
    actions=(
        Action(
            operation="StopJob",
            accepts=frozenset({"InProgress"}),
            tolerates=frozenset({"Stopping"}),
            refused=NOT_RUNNING,
            timeline=Timeline((at(0, "Stopping", "Stopping"), at(60, "Stopped", "Stopped"))),
        ),
        Action(
            operation="DeleteJob",
            accepts=FINISHED | {"DeleteFailed"},
            tolerates=frozenset({"Deleting"}),
            refused=STILL_RUNNING,
            timeline=Timeline(
                (at(0, "Deleting", "Deleting"), at(10, None, effect=gone)),
                failed=at(0, "DeleteFailed", "DeleteFailed"),
            ),
        ),
    ),
    extras=(
        Extra("DescribeJobSchemaVersion", describe_version),
        Extra("ListJobSchemaVersions", list_versions),
    ),
)

NO_SESSION: Final = Refusal("ResourceNotFound", "The training session {name} does not exist.", evidence=UNVERIFIED)
SESSION_EXISTS: Final = Refusal(
    "ResourceInUse", "The training session {name} already exists ({arn}).", evidence=UNVERIFIED
)
ALIVE: Final = frozenset({"Created", "Blocked", "Scheduled", "Running"})


def note_end(session: Resource, step: Step, now: float) -> None:
    """When the session is over."""
    if step.status in ("Stopped", "Failed", "Expired"):
        session.facts["EndTime"] = now


def session_shown(session: Resource) -> Mapping[str, Any]:
    """A session says why it failed in a member of its own; nobody sends it operations here, so that it bills no tokens."""
    tokens = dict.fromkeys(("PrefillTokenCount", "SampleTokenCount", "TrainingTokenCount"), 0)
    return {
        "ErrorDetails": session.reason,
        "LastReceivedSequenceNumber": 0,
        "BillableTokenUsage": tokens,
        "Tags": _tags(session),
    }


TRAINING_SESSION: Final = Family(
    kind="TrainingSession",
    path="training-session",
    status="TrainingSessionStatus",
    wrapped="TrainingSessionDetail",
    create=Timeline((at(0, "Created"), at(10, "Scheduled"), at(300, "Running")), failed=at(0, "Failed")),
    missing=NO_SESSION,
    exists=SESSION_EXISTS,
    checks=(role_can_be_assumed("RoleArn"),),
    entered=note_end,
    view=session_shown,
    actions=(
        Action(
            operation="StopTrainingSession",
            accepts=ALIVE,
            tolerates=frozenset({"Stopping"}),
            refused=NOT_RUNNING,
            timeline=Timeline((at(0, "Stopping"), at(60, "Stopped"))),
        ),
        Action(
            operation="DeleteTrainingSession",
            accepts=frozenset({"Stopped", "Failed", "Expired", "DeletionFailed"}),
            tolerates=frozenset({"Deleting"}),
            refused=NOT_RUNNING,
            timeline=Timeline((at(0, "Deleting"), at(10, None, effect=gone)), failed=at(0, "DeletionFailed")),
        ),
    ),
)
