"""Autopilot jobs of both versions, which share their names: from data to a best candidate, and its endpoint if one is asked for.

DescribeAutoMLJobV2 shows the jobs of either version, DescribeAutoMLJob those of the first alone (their documentation).
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Final

from sagemaker_local.emulator.checks import role_can_be_assumed
from sagemaker_local.emulator.families.making import candidates
from sagemaker_local.emulator.families.making.deployment import deploy
from sagemaker_local.emulator.family import Action, Extra, Family, Step, Timeline, at
from sagemaker_local.emulator.refusal import UNVERIFIED, VALIDATION, Refusal
from sagemaker_local.emulator.resource import Json, Resource
from sagemaker_local.emulator.world import Call, World

MISSING: Final = Refusal(
    "ResourceNotFound",
    "Amazon SageMaker can't find an AutoML job called {name}.",
    evidence="amazon-sagemaker-examples#2244",
)
EXISTS: Final = Refusal(
    "ResourceInUse",
    "An AutoML job with the name, {name}, already exists. Choose a different name.",
    evidence=f"as for tuning jobs; {UNVERIFIED}",
)
WRONG_STATUS: Final = Refusal(
    VALIDATION,
    "The request was rejected because the AutoML job is in status {status}.",
    evidence=UNVERIFIED,
)
NOT_THIS_VERSION: Final = Refusal(
    VALIDATION,
    "The AutoML job {name} was created by CreateAutoMLJobV2 and cannot be described by DescribeAutoMLJob.",
    evidence=f"that it is refused: DescribeAutoMLJob's documentation; the code and the text: {UNVERIFIED}",
)
ENDPOINT_NAME: Final = Refusal(
    VALIDATION,
    "ModelDeployConfig needs EndpointName if and only if AutoGenerateEndpointName is false.",
    evidence=f"the rule: ModelDeployConfig's documentation; the text: {UNVERIFIED}",
)
FINISHED: Final = frozenset({"Completed", "Failed", "Stopped"})


def note_artifacts(job: Resource, world: World, _: float) -> None:
    """The data was looked at: its notebooks are written, and what was left open in the request is decided."""
    name, config = candidates.problem(job)
    metric = candidates.objective(job)
    resolved: Json = {"CompletionCriteria": dict(config.get("CompletionCriteria", {}))}
    if metric is not None:
        resolved["AutoMLJobObjective"] = {"MetricName": metric}
    if name == "TabularJobConfig":
        kind = candidates.problem_type(job)
        resolved["ProblemType"] = kind
        resolved["AutoMLProblemTypeResolvedAttributes"] = {"TabularResolvedAttributes": {"ProblemType": kind}}
        folder = f"{job.spec['OutputDataConfig']['S3OutputPath'].rstrip('/')}/{job.name}/sagemaker-automl-candidates"
        notebooks = f"{folder}/{job.name}-pr-1-{world.new_id(32)}/notebooks/SageMakerAutopilot"
        job.facts["AutoMLJobArtifacts"] = {
            "CandidateDefinitionNotebookLocation": f"{notebooks}CandidateDefinitionNotebook.ipynb",
            "DataExplorationNotebookLocation": f"{notebooks}DataExplorationNotebook.ipynb",
        }
    elif name == "TextGenerationJobConfig" and "BaseModelName" in config:
        model = {"BaseModelName": config["BaseModelName"]}
        resolved["AutoMLProblemTypeResolvedAttributes"] = {"TextGenerationResolvedAttributes": model}
    job.facts["Resolved"] = resolved


CREATE: Final = Timeline(
    (
        at(0, "InProgress", "Starting"),
        at(60, "InProgress", "AnalyzingData"),
        at(600, "InProgress", "FeatureEngineering", effect=note_artifacts),
        at(1200, "InProgress", "ModelTuning", effect=partial(candidates.tune, share=0.25)),
        at(1800, "InProgress", "ModelTuning", effect=partial(candidates.tune, share=0.5)),
        at(2400, "InProgress", "ModelTuning", effect=partial(candidates.tune, share=0.75)),
        at(3000, "InProgress", "ModelTuning", effect=partial(candidates.tune, share=1)),
        at(3600, "InProgress", "GeneratingExplainabilityReport", effect=candidates.finish),
        at(3900, "InProgress", "GeneratingModelInsightsReport"),
        at(4200, "Completed", "Completed"),
    ),
    failed=at(0, "Failed", "Failed"),
)
# Problems that are not tabular train one candidate, without notebooks and reports.
TRAIN: Final = (
    at(0, "InProgress", "Starting"),
    at(60, "InProgress", "PreTraining", effect=note_artifacts),
    at(600, "InProgress", "TrainingModels", effect=partial(candidates.tune, share=1)),
    at(2400, "Completed", "Completed", effect=candidates.finish),
)
STOP: Final = Timeline((at(0, "Stopping", "Stopping"), at(60, "Stopped", "Stopped")))
GATHERED: Final = "CandidateDefinitionsGenerated"


def course(job: Resource, timeline: Timeline) -> Timeline:
    """The timeline that fits the problem, what is to be deployed, and the time limit."""
    if timeline.steps[0].detail != "Starting":
        return timeline
    name, config = candidates.problem(job)
    steps = timeline.steps
    if name != "TabularJobConfig":
        steps = _training(steps)
    elif config.get("GenerateCandidateDefinitionsOnly") and steps[-1].status == "Completed":
        steps = (*steps[:3], at(steps[3].after, "Completed", GATHERED))
    if "ModelDeployConfig" in job.spec and steps[-1].detail == "Completed":
        end = steps[-1].after
        deploying = replace(steps[-1], status="InProgress", detail="DeployingModel")
        steps = (*steps[:-1], deploying, at(end + 300, "Completed", "Completed", effect=deploy))
    return replace(timeline, steps=_in_time(steps, config))


def _training(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """A problem that is not tabular, in its own stages, at the pace and to the end of the given steps."""
    last = steps[-1]
    if last.status == "Failed":
        end = min(last.after, TRAIN[-1].after)
        return (*(step for step in TRAIN[:-1] if step.after < end), replace(last, after=end))
    pace = last.after / CREATE.steps[-1].after
    return tuple(replace(step, after=step.after * pace) for step in TRAIN)


def _in_time(steps: tuple[Step, ...], config: Json) -> tuple[Step, ...]:
    """Ended early if need be: what was trained by then counts, and what is left is not done (AutoMLJobCompletionCriteria)."""
    limit = config.get("CompletionCriteria", {}).get("MaxAutoMLJobRuntimeInSeconds")
    if limit is None or steps[-1].after <= limit:
        return steps
    return (*(step for step in steps if step.after < limit), at(limit, "Completed", "MaxAutoMLJobRuntimeReached"))


def note_end(job: Resource, step: Step, now: float) -> None:
    """When the job is over, nothing of it goes on."""
    if step.status in FINISHED:
        job.facts["EndTime"] = now
        candidates.abandon(job, now)


def shown(job: Resource) -> Mapping[str, Any]:
    """A job in the words of either version."""
    name, config = candidates.problem(job)
    found: Json = {
        "AutoMLJobSecondaryStatus": job.detail,
        "AutoMLProblemTypeConfig": {name: config},
        "AutoMLProblemTypeConfigName": name.removesuffix("JobConfig"),
        "ResolvedAttributes": job.facts.get("Resolved"),
    }
    if job.kind == "AutoMLJob":
        inputs = job.spec["InputDataConfig"]
        kept = ("ChannelType", "ContentType", "CompressionType", "DataSource")
        found["AutoMLJobInputDataConfig"] = [{k: v for k, v in channel.items() if k in kept} for channel in inputs]
        found["SecurityConfig"] = job.spec.get("AutoMLJobConfig", {}).get("SecurityConfig")
        found["DataSplitConfig"] = job.spec.get("AutoMLJobConfig", {}).get("DataSplitConfig")
    return found


def _first_version(_: Call, job: Resource, __: World, answer: Json) -> Json:
    if job.kind != "AutoMLJob":
        raise NOT_THIS_VERSION.error(name=job.name)
    return _resolved(answer, without="AutoMLProblemTypeResolvedAttributes")


def _second_version(_: Call, __: Resource, ___: World, answer: Json) -> Json:
    return _resolved(answer, without="ProblemType")


def _resolved(answer: Json, *, without: str) -> Json:
    resolved = answer.get("ResolvedAttributes")
    if resolved is None:
        return answer
    return {**answer, "ResolvedAttributes": {k: v for k, v in resolved.items() if k != without}}


def endpoint_name_is_clear(call: Call, _: World) -> None:
    """ModelDeployConfig's documentation: a name, or the wish for one, and not both."""
    config = call.request.get("ModelDeployConfig")
    if config is not None and bool(config.get("AutoGenerateEndpointName")) == ("EndpointName" in config):
        raise ENDPOINT_NAME.error()


def list_candidates(call: Call, world: World) -> Json:
    """ListCandidatesForAutoMLJob."""
    name = call.request["AutoMLJobName"]
    job = world.find(call.place, "AutoMLJob", name)
    if job is None:
        raise MISSING.error(name=name)
    return candidates.page(call, job)


AUTOML_JOB: Final = Family(
    kind="AutoMLJob",
    path="automl-job",
    status="AutoMLJobStatus",
    create=CREATE,
    missing=MISSING,
    exists=EXISTS,
    sorted_by="Name",
    defaults=(("GenerateCandidateDefinitionsOnly", False),),
    checks=(role_can_be_assumed("RoleArn"), endpoint_name_is_clear),
    plan=course,
    entered=note_end,
    view=shown,
    describe=_first_version,
    actions=(
        Action(
            operation="StopAutoMLJob",
            accepts=frozenset({"InProgress"}),
            tolerates=frozenset({"Stopping"}),
            refused=WRONG_STATUS,
            timeline=STOP,
        ),
    ),
    extras=(Extra("ListCandidatesForAutoMLJob", list_candidates),),
)

AUTOML_JOB_V2: Final = Family(
    kind="AutoMLJobV2",
    path="automl-job",
    shelf="AutoMLJob",
    status="AutoMLJobStatus",
    create=CREATE,
    missing=MISSING,
    exists=EXISTS,
    checks=(role_can_be_assumed("RoleArn"), endpoint_name_is_clear),
    plan=course,
    entered=note_end,
    view=shown,
    describe=_second_version,
)
