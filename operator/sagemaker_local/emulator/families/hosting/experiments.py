"""Inference experiments: shadow tests that wait for their start, run until their end, and are stopped.

The times of a schedule are those of the clock, whatever its speed. Endpoint and models are only looked up.
"""

from copy import deepcopy
from typing import Any, Final

from sagemaker_local.emulator.checks import role_can_be_assumed
from sagemaker_local.emulator.effects import REMOVE
from sagemaker_local.emulator.families.hosting.endpoints import MISSING as NO_ENDPOINT
from sagemaker_local.emulator.families.hosting.models import NO_MODEL
from sagemaker_local.emulator.family import Action, Family, Timeline, at
from sagemaker_local.emulator.refusal import UNVERIFIED, VALIDATION, Refusal
from sagemaker_local.emulator.resource import Json, Resource
from sagemaker_local.emulator.world import Call, World

MISSING: Final = Refusal("ResourceNotFound", "Inference experiment {name} does not exist.", evidence=UNVERIFIED)
EXISTS: Final = Refusal("ResourceInUse", "Inference experiment {name} already exists.", evidence=UNVERIFIED)
WRONG_STATUS: Final = Refusal(
    "ConflictException",
    "Inference experiment {name} is in status {status}, in which this operation is not possible.",
    evidence=UNVERIFIED,
)
OTHER_VARIANT: Final = Refusal(
    VALIDATION,
    "ShadowModeConfig and ModelVariantActions can only name variants of ModelVariants, not {variant}.",
    evidence=UNVERIFIED,
)
BAD_SCHEDULE: Final = Refusal(
    VALIDATION,
    "The schedule of an inference experiment must end after it starts, and at most 30 days later.",
    evidence=f"30 days: documentation of InferenceExperimentSchedule; {UNVERIFIED} text",
)
_MONTH: Final = 30 * 86400
_DEPLOY: Final = 300.0
"""Seconds until the variants of an experiment are deployed, or taken away; unverified."""


def endpoint_and_models_exist(call: Call, world: World) -> None:
    """The endpoint and the models of all variants exist."""
    endpoint = call.request.get("EndpointName")
    if endpoint is not None and world.find(call.place, "Endpoint", endpoint.lower()) is None:
        raise NO_ENDPOINT.error(arn=call.place.arn("endpoint", endpoint.lower()))
    for variant in call.request.get("ModelVariants", ()):
        if world.find(call.place, "Model", variant["ModelName"]) is None:
            raise NO_MODEL.error(arn=call.place.arn("model", variant["ModelName"]))


def variants_are_known(call: Call, _: World) -> None:
    """The shadow configuration names variants of the experiment."""
    _known(call.request.get("ShadowModeConfig"), call.request["ModelVariants"])


def schedule_makes_sense(call: Call, _: World) -> None:
    """It ends after it starts, at most 30 days later."""
    schedule = call.request.get("Schedule", {})
    if "EndTime" in schedule:
        start = schedule.get("StartTime", call.now)
        if not 0 < schedule["EndTime"] - start <= _MONTH:
            raise BAD_SCHEDULE.error()


def update_makes_sense(call: Call, experiment: Resource, world: World) -> None:
    """What an update brings is checked like what a creation brings."""
    endpoint_and_models_exist(call, world)
    schedule_makes_sense(call, world)
    variants: list[Json] = call.request.get("ModelVariants") or experiment.spec["ModelVariants"]
    _known(call.request.get("ShadowModeConfig", experiment.spec["ShadowModeConfig"]), variants)


def actions_are_about_its_variants(call: Call, experiment: Resource, _: World) -> None:
    """Every action is about a variant of the experiment."""
    known = {variant["VariantName"] for variant in experiment.spec["ModelVariants"]}
    for name in call.request["ModelVariantActions"]:
        if name not in known:
            raise OTHER_VARIANT.error(variant=name)


def _known(shadow: Json | None, variants: list[Json]) -> None:
    if shadow is None:
        return
    known = {variant["VariantName"] for variant in variants}
    named = [shadow["SourceModelVariantName"], *(v["ShadowModelVariantName"] for v in shadow["ShadowModelVariants"])]
    for name in named:
        if name not in known:
            raise OTHER_VARIANT.error(variant=name)


def prepare_update(call: Call, experiment: Resource, _: World) -> None:
    """Note the update and where it leads back to."""
    experiment.pending = {
        **{name: deepcopy(value) for name, value in call.request.items() if name != "Name"},
        "Status": experiment.status,
    }


def take_on(experiment: Resource, world: World, now: float) -> None:
    """The update is through; the times that it may have changed count from now on."""
    pending = experiment.pending or {}
    back = pending.pop("Status", "Created")
    experiment.spec.update(pending)
    experiment.pending = None
    world.stage.begin(experiment, _waiting(experiment, back, world, now), now=now)


def await_start(experiment: Resource, world: World, now: float) -> None:
    """Without a start the experiment runs as soon as it is created."""
    world.stage.begin(experiment, _waiting(experiment, "Created", world, now), now=now)


def await_end(experiment: Resource, world: World, now: float) -> None:
    """It runs until its end, if it has one."""
    experiment.spec.setdefault("Schedule", {})["StartTime"] = now
    world.stage.begin(experiment, _waiting(experiment, "Running", world, now), now=now)


def _waiting(experiment: Resource, status: str, world: World, now: float) -> Timeline:
    schedule = experiment.spec.get("Schedule", {})
    if status == "Created":
        start = max(0.0, schedule.get("StartTime", now) - now) * world.clock.speed
        return Timeline((at(0, "Created"), at(start, "Starting"), at(start + _DEPLOY, None, effect=await_end)))
    if "EndTime" not in schedule:
        return Timeline((at(0, "Running"),))
    end = max(0.0, schedule["EndTime"] - now) * world.clock.speed
    return Timeline((at(0, "Running"), at(end, "Stopping"), at(end + _DEPLOY, "Completed", effect=complete)))


def prepare_stop(call: Call, experiment: Resource, _: World) -> None:
    """Note what is to be after the experiment."""
    experiment.facts["StatusReason"] = call.request.get("Reason")
    experiment.pending = {"Actions": dict(call.request["ModelVariantActions"])}
    desired = call.request.get("DesiredModelVariants")
    if desired is not None:
        experiment.pending["ModelVariants"] = deepcopy(desired)


def stop_course(call: Call, _: Resource, __: World) -> Timeline:
    """A stopped experiment is completed or cancelled, as was asked."""
    return Timeline((at(0, "Stopping"), at(_DEPLOY, call.request.get("DesiredState", "Completed"), effect=complete)))


def complete(experiment: Resource, _: World, now: float) -> None:
    """The experiment is over; its variants are what was asked for, if somebody stopped it."""
    pending = experiment.pending or {}
    removed = [name for name, action in pending.get("Actions", {}).items() if action == "Remove"]
    experiment.facts.update(CompletionTime=now, Removed=removed)
    experiment.spec.setdefault("Schedule", {})["EndTime"] = now
    if "ModelVariants" in pending:
        kept = {variant["VariantName"]: variant for variant in pending["ModelVariants"]}
        experiment.spec["ModelVariants"] = [kept.get(v["VariantName"], v) for v in experiment.spec["ModelVariants"]]
    experiment.pending = None


def shown(experiment: Resource) -> Json:
    """Each variant with a status that follows from the experiment's."""
    gone_variants = experiment.facts.get("Removed", ())
    status = {"Creating": "Creating", "Created": "Creating", "Starting": "Creating", "Updating": "Updating"}
    variants: list[Any] = [
        {
            **variant,
            "Status": "Deleted"
            if variant["VariantName"] in gone_variants
            else status.get(experiment.status or "", "InService"),
        }
        for variant in experiment.spec["ModelVariants"]
    ]
    return {"Arn": experiment.arn, "ModelVariants": variants}


def with_endpoint(_: Call, experiment: Resource, world: World, answer: Json) -> Json:
    """The endpoint as it is now, if it still exists."""
    name = experiment.spec["EndpointName"]
    endpoint = world.find(experiment.place, "Endpoint", name.lower())
    metadata: Json = {"EndpointName": name}
    if endpoint is not None:
        metadata |= {"EndpointConfigName": endpoint.spec["EndpointConfigName"], "EndpointStatus": endpoint.status}
        if endpoint.reason is not None:
            metadata["FailureReason"] = endpoint.reason
    return {**answer, "EndpointMetadata": metadata}


CREATE: Final = Timeline((at(0, "Creating"), at(60, None, effect=await_start)))
START: Final = Timeline((at(0, "Starting"), at(_DEPLOY, None, effect=await_end)))
STOP: Final = Timeline((at(0, "Stopping"), at(_DEPLOY, "Completed", effect=complete)))
UPDATE: Final = Timeline((at(0, "Updating"), at(60, None, effect=take_on)))

INFERENCE_EXPERIMENT: Final = Family(
    kind="InferenceExperiment",
    path="inference-experiment",
    status="Status",
    arn_member="InferenceExperimentArn",
    create=CREATE,
    missing=MISSING,
    exists=EXISTS,
    checks=(
        endpoint_and_models_exist,
        variants_are_known,
        schedule_makes_sense,
        role_can_be_assumed("RoleArn"),
    ),
    view=shown,
    describe=with_endpoint,
    actions=(
        Action(
            operation="StartInferenceExperiment",
            accepts=frozenset({"Created"}),
            refused=WRONG_STATUS,
            timeline=START,
        ),
        Action(
            operation="UpdateInferenceExperiment",
            accepts=frozenset({"Created", "Running"}),
            refused=WRONG_STATUS,
            guards=(update_makes_sense,),
            apply=prepare_update,
            timeline=UPDATE,
        ),
        Action(
            operation="StopInferenceExperiment",
            accepts=frozenset({"Created", "Starting", "Running"}),
            refused=WRONG_STATUS,
            guards=(actions_are_about_its_variants,),
            apply=prepare_stop,
            timeline=STOP,
            course=stop_course,
        ),
        Action(
            operation="DeleteInferenceExperiment",
            accepts=frozenset({"Created", "Completed", "Cancelled"}),
            refused=WRONG_STATUS,
            timeline=REMOVE,
        ),
    ),
)
