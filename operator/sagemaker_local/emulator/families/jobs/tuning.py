"""Hyperparameter tuning jobs: what they accept, and what is told of them and their training jobs."""

from dataclasses import replace
from typing import Final

from sagemaker_local.emulator.checks import role_can_be_assumed, training_inputs_exist
from sagemaker_local.emulator.effects import gone
from sagemaker_local.emulator.families.jobs import sampling, tuning_course
from sagemaker_local.emulator.families.jobs import tuning_children as children
from sagemaker_local.emulator.families.jobs.builtin_metrics import metric_definitions
from sagemaker_local.emulator.families.jobs.course import check_spot_limits
from sagemaker_local.emulator.families.jobs.metrics import OBJECTIVE
from sagemaker_local.emulator.family import Action, Extra, Family, Timeline, at
from sagemaker_local.emulator.paging import cut
from sagemaker_local.emulator.refusal import UNVERIFIED, VALIDATION, Refusal
from sagemaker_local.emulator.resource import Json, Resource
from sagemaker_local.emulator.world import Call, World

MISSING: Final = Refusal(
    "ResourceNotFound",
    "Amazon SageMaker can't find a tuning job with the name {name}. Make sure that you specified the name correctly.",
    evidence=f"the first words: amazon-sagemaker-operator-for-k8s; the rest: {UNVERIFIED}",
)
EXISTS: Final = Refusal(
    "ResourceInUse",
    "A hyperparameter tuning job with the name, {name}, already exists. Choose a different name.",
    evidence="public code bases match it",
)
WRONG_STATUS: Final = Refusal(
    VALIDATION,
    "The request was rejected because the hyperparameter tuning job is in status {status}.",
    evidence=f"the same sentence is known for training and transform jobs; for tuning jobs {UNVERIFIED}",
)
STILL_RUNNING: Final = Refusal(
    "ResourceInUse",
    "The hyperparameter tuning job {name} is in status {status}. Only a tuning job in a terminal status can be deleted.",
    evidence=UNVERIFIED,
)
ONE_WAY_OF_DEFINING: Final = Refusal(
    VALIDATION,
    "A hyperparameter tuning job needs either TrainingJobDefinition or TrainingJobDefinitions.",
    evidence=UNVERIFIED,
)
NO_RANGE: Final = Refusal(VALIDATION, "The parameter ranges are invalid: {problem}.", evidence=UNVERIFIED)
GRID_OF_CATEGORIES: Final = Refusal(
    VALIDATION,
    "Only categorical parameter ranges are supported with the Grid strategy.",
    evidence=f"the rule: the developer guide; the text: {UNVERIFIED}",
)
NO_PARENT: Final = Refusal(
    VALIDATION,
    "The parent hyperparameter tuning job {name} cannot be found.",
    evidence=UNVERIFIED,
)
PARENT_RUNNING: Final = Refusal(
    VALIDATION,
    "The parent hyperparameter tuning job {name} is in status {status}. Parents must be in a terminal status.",
    evidence=f"the rule: the developer guide; the text: {UNVERIFIED}",
)

CREATE: Final = Timeline(
    (at(0, "InProgress", effect=tuning_course.watch), at(30, None, effect=tuning_course.start)),
    failed=at(0, "Failed"),
)
STOP: Final = Timeline((at(0, "Stopping", effect=tuning_course.stop),))
DELETE: Final = Timeline((at(0, "Deleting"), at(5, None, effect=gone)))
FINISHED: Final = frozenset({"Completed", "Failed", "Stopped"})


def defined_in_one_way(call: Call, _: World) -> None:
    """One definition or a list of them."""
    if ("TrainingJobDefinition" in call.request) == ("TrainingJobDefinitions" in call.request):
        raise ONE_WAY_OF_DEFINING.error()


def ranges_make_sense(call: Call, _: World) -> None:
    """Bounds are numbers in order, and a grid has categories only."""
    for definition in children.definitions(call.request):
        ranges = children.ranges(call.request, definition)
        problem = sampling.not_a_range(ranges)
        if problem is not None:
            raise NO_RANGE.error(problem=problem)
        numbers = ranges.get("IntegerParameterRanges") or ranges.get("ContinuousParameterRanges")
        if call.request["HyperParameterTuningJobConfig"]["Strategy"] == "Grid" and numbers:
            raise GRID_OF_CATEGORIES.error()


def jobs_could_start(call: Call, world: World) -> None:
    """Limits, roles and inputs, as for a training job."""
    for definition in children.definitions(call.request):
        check_spot_limits(definition)
        asked = replace(call, request=definition)
        role_can_be_assumed("RoleArn")(asked, world)
        training_inputs_exist(asked, world)


def parents_have_ended(call: Call, world: World) -> None:
    """A warm start learns from tuning jobs that exist and are over."""
    for name in children.parents(call.request):
        parent = world.find(call.place, "HyperParameterTuningJob", name)
        if parent is None:
            raise NO_PARENT.error(name=name)
        if parent.status not in FINISHED:
            raise PARENT_RUNNING.error(name=name, status=parent.status)


def complete(request: Json, _: Call, __: World) -> None:
    """Built-in images bring their metrics, and each job is told its objective."""
    for definition in children.definitions(request):
        algorithm = definition["AlgorithmSpecification"]
        found = metric_definitions(algorithm.get("TrainingImage", ""))
        if found and "MetricDefinitions" not in algorithm:
            algorithm["MetricDefinitions"] = found
        wanted = children.objective(request, definition)
        if wanted is not None:
            told = definition.setdefault("StaticHyperParameters", {})
            told.setdefault(OBJECTIVE, wanted["MetricName"])


def summary(resource: Resource) -> Json:
    """What lists say beside Describe's members."""
    config = resource.spec["HyperParameterTuningJobConfig"]
    return {"Strategy": config["Strategy"], "ResourceLimits": config["ResourceLimits"]}


def as_it_is_now(call: Call, tuner: Resource, world: World, answer: Json) -> Json:
    """Describe counts the training jobs when it is asked."""
    children.renew(tuner, world)
    said = {**answer, **tuning_course.progress(tuner, call.now)}
    config = tuner.spec.get("WarmStartConfig", {})
    if config.get("WarmStartType") == "IdenticalDataAndAlgorithm":
        rows = [*tuner.facts.get("jobs", ()), *children.rows_of_parents(tuner, world)]
        leader = children.best(rows)
        if leader is not None:
            said["OverallBestTrainingJob"] = children.shown(leader)
    return said


def training_jobs(call: Call, world: World) -> Json:
    """ListTrainingJobsForHyperParameterTuningJob."""
    request = call.request
    name = request["HyperParameterTuningJobName"]
    tuner = world.find(call.place, "HyperParameterTuningJob", name)
    if tuner is None:
        raise MISSING.error(name=name)
    children.renew(tuner, world)
    rows: list[Json] = list(tuner.facts.get("jobs", ()))
    match request.get("SortBy", "Name"):
        case "FinalObjectiveMetricValue":  # its documentation: jobs without a value are not listed
            rows = sorted((r for r in rows if children.value(r) is not None), key=lambda r: children.value(r) or 0.0)
        case "Status":
            rows.sort(key=lambda row: row["TrainingJobStatus"])
        case _:  # names are numbered in the order of creation
            rows.sort(key=lambda row: row["CreationTime"])
    if request.get("SortOrder") == "Descending":
        rows.reverse()
    page = cut(rows, call)
    wanted = request.get("StatusEquals")
    listed = [children.shown(row) for row in page.items if wanted in (None, row["TrainingJobStatus"])]
    return {"TrainingJobSummaries": listed, **page.token}


def _defaults() -> tuple[tuple[str, object], ...]:
    added = (
        ("EnableNetworkIsolation", False),
        ("EnableInterContainerTrafficEncryption", False),
        ("EnableManagedSpotTraining", False),
        ("OutputDataConfig.CompressionType", "GZIP"),
        ("StoppingCondition.MaxRuntimeInSeconds", 86400),
        ("InputDataConfig[].CompressionType", "None"),
        ("InputDataConfig[].RecordWrapperType", "None"),
        ("InputDataConfig[].DataSource.S3DataSource.S3DataDistributionType", "FullyReplicated"),
    )
    places = ("TrainingJobDefinition", "TrainingJobDefinitions[]")
    return tuple((f"{place}.{path}", value) for place in places for path, value in added)


HYPER_PARAMETER_TUNING_JOB: Final = Family(
    kind="HyperParameterTuningJob",
    path="hyper-parameter-tuning-job",
    status="HyperParameterTuningJobStatus",
    create=CREATE,
    missing=MISSING,
    exists=EXISTS,
    sorted_by="Name",
    descending=False,
    defaults=(("HyperParameterTuningJobConfig.TrainingJobEarlyStoppingType", "Off"), *_defaults()),
    prepare=complete,
    checks=(defined_in_one_way, ranges_make_sense, jobs_could_start, parents_have_ended),
    entered=tuning_course.note_end,
    view=summary,
    describe=as_it_is_now,
    actions=(
        Action(
            operation="StopHyperParameterTuningJob",
            accepts=frozenset({"InProgress"}),
            tolerates=frozenset({"Stopping"}),
            refused=WRONG_STATUS,
            timeline=STOP,
        ),
        Action(
            operation="DeleteHyperParameterTuningJob",
            accepts=FINISHED,
            tolerates=frozenset({"Deleting"}),
            refused=STILL_RUNNING,
            timeline=DELETE,
        ),
    ),
    extras=(Extra("ListTrainingJobsForHyperParameterTuningJob", training_jobs),),
)
