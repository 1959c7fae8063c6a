"""Labeling jobs: from Initializing to labels in S3, with counters that move.

People are not emulated: a job's objects are labeled in four steps. A job whose manifest is in S3 has as many objects as the
manifest has lines. Streaming jobs go on until they are stopped, or idle for ten days (CreateLabelingJob's documentation).
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Final

from sagemaker_local.emulator.checks import role_can_be_assumed
from sagemaker_local.emulator.families.labeling import manifests
from sagemaker_local.emulator.families.labeling.workteams import private_team_exists
from sagemaker_local.emulator.family import Action, Extra, Family, Timeline, at
from sagemaker_local.emulator.lists import in_period
from sagemaker_local.emulator.paging import cut
from sagemaker_local.emulator.refusal import UNVERIFIED, VALIDATION, Refusal
from sagemaker_local.emulator.resource import Json, Resource
from sagemaker_local.emulator.world import Call, World

ASSUMED_OBJECTS: Final = 10
"""How many objects a job is taken to have whose manifest S3 does not have."""
IDLE: Final = 10 * 86400.0

MISSING: Final = Refusal(
    "ResourceNotFound",
    "Could not find labeling job {name}.",
    evidence=f"the code: the service model, though ACK's generator.yaml has ValidationException; the text: {UNVERIFIED}",
)
EXISTS: Final = Refusal("ResourceInUse", "Labeling job already exists: {arn}", evidence=UNVERIFIED)
WRONG_STATUS: Final = Refusal(
    VALIDATION,
    "The request was rejected because the labeling job is in status {status}.",
    evidence=UNVERIFIED,
)
BAD_ATTRIBUTE: Final = Refusal(
    VALIDATION,
    "LabelAttributeName {name} cannot end with -metadata.",
    evidence=f"the rule: CreateLabelingJob's documentation; the text: {UNVERIFIED}",
)
NO_SUCH_TEAM: Final = Refusal("ResourceNotFound", "The work team {arn} does not exist.", evidence=UNVERIFIED)
FINISHED: Final = frozenset({"Completed", "Failed", "Stopped"})


def unpack(job: Resource, world: World, _: float) -> str | None:
    """Count what there is to label; a manifest that cannot be read fails the job, if inputs are looked at."""
    objects = manifests.entries(job, world)
    source = job.spec["InputConfig"]["DataSource"].get("S3DataSource")
    if objects is None and source is not None and world.inputs is not None:
        return f"ClientError: The manifest {source['ManifestS3Uri']} cannot be accessed."
    count = 0 if source is None else ASSUMED_OBJECTS if objects is None else len(objects)
    job.facts["LabelCounters"] = _counters(human=0, machine=0, total=count)
    return None


def label(job: Resource, world: World, now: float, *, share: float) -> None:
    """Label up to that share of all objects, or up to the job's own limits, which stop it."""
    counters = job.facts["LabelCounters"]
    total = counters["Unlabeled"] + counters["TotalLabeled"]
    limits = job.spec.get("StoppingConditions", {})
    percent = limits.get("MaxPercentageOfInputDatasetLabeled", 100)
    done = min(round(total * share), total * percent // 100)
    machine = done // 2 if "LabelingJobAlgorithmsConfig" in job.spec else 0
    human = min(done - machine, limits.get("MaxHumanLabeledObjectCount", done))
    job.facts["LabelCounters"] = _counters(human=human, machine=machine, total=total)
    if human + machine < total * share - 0.5:
        world.stage.begin(job, STOP, now=now)


def _counters(*, human: int, machine: int, total: int) -> Json:
    return {
        "TotalLabeled": human + machine,
        "HumanLabeled": human,
        "MachineLabeled": machine,
        "FailedNonRetryableError": 0,
        "Unlabeled": total - human - machine,
    }


def hand_over(job: Resource, world: World, now: float) -> None:
    """Write what was labeled; also what a stopped job had labeled is kept (StopLabelingJob's documentation)."""
    manifests.write(job, world, now)
    job.facts["LabelingJobOutput"] = {"OutputDatasetS3Uri": manifests.output_uri(job)}


CREATE: Final = Timeline(
    (
        at(0, "Initializing"),
        at(60, "InProgress", effect=unpack),
        at(900, None, effect=partial(label, share=0.25)),
        at(1800, None, effect=partial(label, share=0.5)),
        at(2700, None, effect=partial(label, share=0.75)),
        at(3600, None, effect=partial(label, share=1)),
        at(3660, "Completed", effect=hand_over),
    ),
    failed=at(0, "Failed"),
)
STOP: Final = Timeline((at(0, "Stopping"), at(60, "Stopped", effect=hand_over)))


def streaming(job: Resource, timeline: Timeline) -> Timeline:
    """A streaming job labels what its manifest has, if it has one, then waits for more and does not complete."""
    source = job.spec["InputConfig"]["DataSource"]
    if (
        "SnsDataSource" not in source
        or timeline.steps[0].status != "Initializing"
        or timeline.steps[-1].status == "Failed"
    ):
        return timeline
    waiting = timeline.steps[:-1]
    end = waiting[-1].after + IDLE
    last = replace(timeline.steps[-1], after=end + 60, status="Stopped")
    return replace(timeline, steps=(*waiting, at(end, "Stopping"), last))


def name_job(request: Json, call: Call, world: World) -> None:
    """The reference that workers see (form as in amazon-sagemaker-examples#1945), and what AWS adds.

    Which members: ACK; the times and the count: HumanTaskConfig's documentation.
    """
    request["JobReferenceCode"] = f"{call.place.account}{world.new_id(16)}"
    request["OutputConfig"].setdefault("KmsKeyId", "")
    request.setdefault("StoppingConditions", {}).setdefault("MaxPercentageOfInputDatasetLabeled", 100)
    people = request["HumanTaskConfig"]
    people.setdefault("MaxConcurrentTaskCount", 1000)
    public = "/public-crowd/" in people["WorkteamArn"]
    people.setdefault("TaskAvailabilityLifetimeInSeconds", 21_600 if public else 2_592_000)
    if "LabelingJobAlgorithmsConfig" in request:
        request["LabelingJobAlgorithmsConfig"].setdefault("LabelingJobResourceConfig", {})


def attribute_is_free(call: Call, _: World) -> None:
    """CreateLabelingJob's documentation: the ending -metadata is taken."""
    name = call.request["LabelAttributeName"]
    if name.endswith("-metadata"):
        raise BAD_ATTRIBUTE.error(name=name)


def team_exists(call: Call, world: World) -> None:
    """A private work team must be there."""
    private_team_exists(call.request["HumanTaskConfig"]["WorkteamArn"], world)


def shown(job: Resource) -> Mapping[str, Any]:
    """A job with its counters and tags, and its people in the words of lists."""
    people = job.spec["HumanTaskConfig"]
    consolidation = people.get("AnnotationConsolidationConfig", {})
    return {
        "LabelCounters": job.facts.get("LabelCounters", _counters(human=0, machine=0, total=0)),
        "Tags": [{"Key": key, "Value": value} for key, value in job.tags.items()],
        "WorkteamArn": people["WorkteamArn"],
        "PreHumanTaskLambdaArn": people.get("PreHumanTaskLambdaArn"),
        "AnnotationConsolidationLambdaArn": consolidation.get("AnnotationConsolidationLambdaArn"),
    }


def list_of_team(call: Call, world: World) -> Json:
    """ListLabelingJobsForWorkteam."""
    request = call.request
    arn = request["WorkteamArn"]
    if "/private-crowd/" in arn and world.store.find_arn(arn) is None:
        raise NO_SUCH_TEAM.error(arn=arn)
    code = request.get("JobReferenceCodeContains", "")
    found = [
        job
        for job in world.store.of_kind(call.place, "LabelingJob").values()
        if job.spec["HumanTaskConfig"]["WorkteamArn"] == arn
        and in_period(request, "CreationTime", job.created)
        and code in job.spec["JobReferenceCode"]
    ]
    if request.get("SortOrder") == "Descending":
        found.reverse()
    page = cut(found, call)
    return {"LabelingJobSummaryList": [_for_team(job) for job in page.items], **page.token}


def _for_team(job: Resource) -> Json:
    counters = job.facts.get("LabelCounters", _counters(human=0, machine=0, total=0))
    pending = counters["Unlabeled"] if job.status not in FINISHED else 0
    human = counters["HumanLabeled"]
    return {
        "LabelingJobName": job.name,
        "JobReferenceCode": job.spec["JobReferenceCode"],
        "WorkRequesterAccountId": job.place.account,
        "CreationTime": job.created,
        "LabelCounters": {"HumanLabeled": human, "PendingHuman": pending, "Total": human + pending},
        "NumberOfHumanWorkersPerDataObject": job.spec["HumanTaskConfig"]["NumberOfHumanWorkersPerDataObject"],
    }


LABELING_JOB: Final = Family(
    kind="LabelingJob",
    path="labeling-job",
    status="LabelingJobStatus",
    create=CREATE,
    missing=MISSING,
    exists=EXISTS,
    descending=False,
    checks=(role_can_be_assumed("RoleArn"), attribute_is_free, team_exists),
    prepare=name_job,
    plan=streaming,
    view=shown,
    actions=(
        Action(
            operation="StopLabelingJob",
            accepts=frozenset({"Initializing", "InProgress"}),
            tolerates=frozenset({"Stopping"}),
            refused=WRONG_STATUS,
            timeline=STOP,
        ),
    ),
    extras=(Extra("ListLabelingJobsForWorkteam", list_of_team),),
)
