"""Experiments, trials and trial components: what belongs to what, and which jobs report where.

A job that names a trial in its ExperimentConfig gets a trial component of its own, which follows it.
"""

from typing import Final

from sagemaker_local.emulator.effects import AT_ONCE, REMOVE, merge
from sagemaker_local.emulator.family import Action, Extra, Family
from sagemaker_local.emulator.refusal import UNVERIFIED, VALIDATION, Refusal
from sagemaker_local.emulator.resource import Json, Resource
from sagemaker_local.emulator.world import Call, World

_ABSENT: Final = "moto answers so for a trial; the same sentence is taken for the others"
_TAKEN: Final = "sagemaker-python-sdk matches ValidationException and 'already exists'; the rest is unverified"

NO_EXPERIMENT: Final = Refusal("ResourceNotFound", "Experiment '{arn}' does not exist.", evidence=_ABSENT)
NO_TRIAL: Final = Refusal("ResourceNotFound", "Trial '{arn}' does not exist.", evidence=_ABSENT)
NO_COMPONENT: Final = Refusal("ResourceNotFound", "Trial Component '{arn}' does not exist.", evidence=_ABSENT)
EXPERIMENT_EXISTS: Final = Refusal(
    VALIDATION,
    "Experiment names must be unique within an AWS account and region. Experiment with name ({name}) already exists.",
    evidence=_TAKEN,
)
TRIAL_EXISTS: Final = Refusal(
    VALIDATION,
    "Trial names must be unique within an AWS account and region. Trial with name ({name}) already exists.",
    evidence=_TAKEN,
)
COMPONENT_EXISTS: Final = Refusal(
    VALIDATION,
    "Trial Component names must be unique within an AWS account and region. Trial Component with name ({name}) already exists.",
    evidence=_TAKEN,
)
HAS_TRIALS: Final = Refusal(
    "ConflictException",
    "Experiment '{arn}' has trials. Delete its trials first.",
    evidence=UNVERIFIED,
)
HAS_COMPONENTS: Final = Refusal(
    "ConflictException",
    "Trial '{arn}' has trial components. Disassociate its trial components first.",
    evidence=UNVERIFIED,
)
ASSOCIATED: Final = Refusal(
    "ConflictException",
    "Trial Component '{arn}' is associated with trials. Disassociate it from all trials first.",
    evidence=UNVERIFIED,
)

TRIALS: Final = "_trials"
"""The trials that a component is associated with, by name, each with its experiment; Describe does not show it."""
COMPONENTS: Final = "_components"
"""The names of the components that are associated with a trial."""
_JOBS: Final = ("TrainingJob", "ProcessingJob", "TransformJob")
_ENDED: Final = frozenset({"Completed", "Failed", "Stopped"})
_SHOWN: Final = _ENDED | {"InProgress", "Stopping"}


def experiment_exists(call: Call, world: World) -> None:
    """A trial belongs to an experiment that exists."""
    name = call.request["ExperimentName"]
    if world.find(call.place, "Experiment", name) is None:
        raise NO_EXPERIMENT.error(arn=call.place.arn("experiment", name))


def has_no_trials(_: Call, experiment: Resource, world: World) -> None:
    """DeleteExperiment's documentation: all trials must be deleted first."""
    trials = world.store.of_kind(experiment.place, "Trial").values()
    if any(trial.spec["ExperimentName"] == experiment.name for trial in trials):
        raise HAS_TRIALS.error(arn=experiment.arn)


def has_no_components(_: Call, trial: Resource, __: World) -> None:
    """DeleteTrial's documentation: all trial components must be deleted or disassociated first."""
    if trial.facts.get(COMPONENTS):
        raise HAS_COMPONENTS.error(arn=trial.arn)


def belongs_to_no_trial(_: Call, component: Resource, __: World) -> None:
    """DeleteTrialComponent's documentation: it must be disassociated from all trials first."""
    if component.facts.get(TRIALS):
        raise ASSOCIATED.error(arn=component.arn)


def associate(call: Call, world: World) -> Json:
    """AssociateTrialComponent; once more is no error."""
    component, trial = _pair(call, world)
    _join(component, trial)
    return {"TrialComponentArn": component.arn, "TrialArn": trial.arn}


def disassociate(call: Call, world: World) -> Json:
    """DisassociateTrialComponent; of what is not associated is no error."""
    component, trial = _pair(call, world)
    component.facts.get(TRIALS, {}).pop(trial.name, None)
    trial.facts[COMPONENTS] = [name for name in trial.facts.get(COMPONENTS, ()) if name != component.name]
    return {"TrialComponentArn": component.arn, "TrialArn": trial.arn}


def remove_members(call: Call, component: Resource, _: World) -> None:
    """UpdateTrialComponent merges its maps, and takes from them what it is told."""
    for member in ("Parameters", "InputArtifacts", "OutputArtifacts"):
        entries: Json = {**component.spec.get(member, {}), **call.request.get(member, {})}
        for name in call.request.get(f"{member}ToRemove", ()):
            entries.pop(name, None)
        if entries or member in component.spec:
            component.spec[member] = entries
    merge("DisplayName", "Status", "StartTime", "EndTime")(call, component, _)


def follow_job(job: Resource, world: World, now: float) -> None:
    """A job that names a trial has a trial component, with its parameters and its status."""
    config = job.spec.get("ExperimentConfig", {})
    trial = world.find(job.place, "Trial", config.get("TrialName", ""))
    if trial is None or job.gone or job.status not in _SHOWN:
        return
    name = config.get("RunName") or f"{job.name}-aws-{_dashed(job.kind)}"
    component = world.find(job.place, "TrialComponent", name)
    if component is None:
        shown = config.get("TrialComponentDisplayName")
        request = {"TrialComponentName": name, **({"DisplayName": shown} if shown else {})}
        world.stage.do("CreateTrialComponent", request, job.place, now=now)
        component = world.find(job.place, "TrialComponent", name)
    assert component is not None, f"CreateTrialComponent made no {name}"
    component.spec["Status"] = {"PrimaryStatus": job.status, "Message": f"Status: {job.status}"}
    component.spec.setdefault("StartTime", now)
    if job.status in _ENDED:
        component.spec["EndTime"] = now
    parameters = job.spec.get("HyperParameters", {})
    component.spec["Parameters"] = {key: {"StringValue": value} for key, value in parameters.items()}
    source = {"SourceArn": job.arn, "SourceType": f"SageMaker{job.kind}"}
    component.facts.update(Source=source, Sources=[source])
    _join(component, trial)
    component.modified = now


def _join(component: Resource, trial: Resource) -> None:
    component.facts.setdefault(TRIALS, {})[trial.name] = trial.spec["ExperimentName"]
    names = trial.facts.setdefault(COMPONENTS, [])
    if component.name not in names:
        names.append(component.name)


def _dashed(kind: str) -> str:
    return "".join(f"-{c.lower()}" if c.isupper() else c for c in kind).removeprefix("-")


def _pair(call: Call, world: World) -> tuple[Resource, Resource]:
    component = world.find(call.place, "TrialComponent", call.request["TrialComponentName"])
    if component is None:
        name = call.request["TrialComponentName"]
        raise NO_COMPONENT.error(arn=call.place.arn("experiment-trial-component", name))
    trial = world.find(call.place, "Trial", call.request["TrialName"])
    if trial is None:
        raise NO_TRIAL.error(arn=call.place.arn("experiment-trial", call.request["TrialName"]))
    return component, trial


EXPERIMENT: Final = Family(
    kind="Experiment",
    path="experiment",
    create=AT_ONCE,
    missing=NO_EXPERIMENT,
    exists=EXPERIMENT_EXISTS,
    view=lambda r: {"DisplayName": r.spec.get("DisplayName", r.name)},
    actions=(
        Action(operation="UpdateExperiment", apply=merge("DisplayName", "Description")),
        Action(operation="DeleteExperiment", guards=(has_no_trials,), timeline=REMOVE),
    ),
)

TRIAL: Final = Family(
    kind="Trial",
    path="experiment-trial",
    create=AT_ONCE,
    missing=NO_TRIAL,
    exists=TRIAL_EXISTS,
    checks=(experiment_exists,),
    view=lambda r: {"DisplayName": r.spec.get("DisplayName", r.name)},
    filters={"TrialComponentName": lambda wanted, _, r: wanted in r.facts.get(COMPONENTS, ())},
    actions=(
        Action(operation="UpdateTrial", apply=merge("DisplayName")),
        Action(operation="DeleteTrial", guards=(has_no_components,), timeline=REMOVE),
    ),
)

TRIAL_COMPONENT: Final = Family(
    kind="TrialComponent",
    path="experiment-trial-component",
    create=AT_ONCE,
    missing=NO_COMPONENT,
    exists=COMPONENT_EXISTS,
    view=lambda r: {"DisplayName": r.spec.get("DisplayName", r.name), "TrialComponentSource": r.facts.get("Source")},
    filters={
        "TrialName": lambda wanted, _, r: wanted in r.facts.get(TRIALS, ()),
        "ExperimentName": lambda wanted, _, r: wanted in r.facts.get(TRIALS, {}).values(),
        "SourceArn": lambda wanted, _, r: r.facts.get("Source", {}).get("SourceArn") == wanted,
    },
    hears=dict.fromkeys(_JOBS, follow_job),
    actions=(
        Action(operation="UpdateTrialComponent", apply=remove_members),
        Action(operation="DeleteTrialComponent", guards=(belongs_to_no_trial,), timeline=REMOVE),
    ),
    extras=(
        Extra("AssociateTrialComponent", associate),
        Extra("DisassociateTrialComponent", disassociate),
    ),
)
