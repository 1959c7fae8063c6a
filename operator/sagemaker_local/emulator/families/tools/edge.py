"""What goes to devices at the edge: packaging jobs, and plans that deploy to a fleet in stages."""

from functools import partial
from typing import Final

from sagemaker_local.emulator.effects import AT_ONCE, REMOVE
from sagemaker_local.emulator.families.tools.devices import devices_of, need_fleet
from sagemaker_local.emulator.family import Action, Extra, Family, Timeline, at
from sagemaker_local.emulator.paging import cut
from sagemaker_local.emulator.refusal import UNVERIFIED, VALIDATION, Refusal
from sagemaker_local.emulator.resource import Json, Resource
from sagemaker_local.emulator.world import Call, World

NO_JOB: Final = Refusal(
    "ResourceNotFound",
    "Edge packaging job {arn} does not exist.",
    evidence="ResourceNotFound is declared; the text is unverified",
)
JOB_EXISTS: Final = Refusal(VALIDATION, "Edge packaging job {arn} already exists.", evidence=UNVERIFIED)
NO_PLAN: Final = Refusal(
    "ResourceNotFound",
    "Edge deployment plan {arn} does not exist.",
    evidence="ResourceNotFound is declared; the text is unverified",
)
PLAN_EXISTS: Final = Refusal(VALIDATION, "Edge deployment plan {arn} already exists.", evidence=UNVERIFIED)
PLAN_RUNS: Final = Refusal(
    "ResourceInUse",
    "Edge deployment plan {arn} has a stage in progress: {stage}.",
    evidence=UNVERIFIED,
)
NO_STAGE: Final = Refusal(
    "ResourceNotFound",
    "Edge deployment plan {arn} has no stage {stage}.",
    evidence="ResourceNotFound is declared; the text is unverified",
)
STAGE_EXISTS: Final = Refusal(
    VALIDATION, "Edge deployment plan {arn} already has a stage {stage}.", evidence=UNVERIFIED
)

DEPLOYING: Final = 60.0
"""Seconds that the deployment of a stage takes."""
_UNDER_WAY: Final = ("INPROGRESS", "STOPPING")


def package(job: Resource, _: World, __: float) -> None:
    """Tell where the package is."""
    job.facts["EdgePackagingJobStatusMessage"] = "Packaging completed"
    folder = job.spec["OutputConfig"]["S3OutputLocation"].rstrip("/")
    job.facts["ModelArtifact"] = f"{folder}/{job.spec['ModelName']}-{job.spec['ModelVersion']}.tar.gz"


def lay_out(spec: Json, call: Call, _: World) -> None:
    """A new plan's stages are ready to be deployed."""
    spec["Stages"] = [_ready(stage) for stage in call.request.get("Stages", ())]


def fleet_exists(call: Call, world: World) -> None:
    """The fleet of a plan exists."""
    need_fleet(call.place, call.request["DeviceFleetName"], world)


def add_stages(call: Call, plan: Resource, _: World) -> None:
    """CreateEdgeDeploymentStage: all or none."""
    known = {stage["StageName"] for stage in plan.spec["Stages"]}
    for stage in call.request["Stages"]:
        if stage["StageName"] in known:
            raise STAGE_EXISTS.error(arn=plan.arn, stage=stage["StageName"])
    plan.spec["Stages"] += [_ready(stage) for stage in call.request["Stages"]]


def remove_stage(call: Call, plan: Resource, _: World) -> None:
    """DeleteEdgeDeploymentStage, unless it is being deployed."""
    stage = _stage(plan, call.request["StageName"])
    if stage["DeploymentStatus"]["StageStatus"] in _UNDER_WAY:
        raise PLAN_RUNS.error(arn=plan.arn, stage=stage["StageName"])
    plan.spec["Stages"].remove(stage)


def start_stage(call: Call, plan: Resource, world: World) -> None:
    """StartEdgeDeploymentStage: the selected devices are deployed to."""
    stage = _stage(plan, call.request["StageName"])
    status = stage["DeploymentStatus"]
    pending = len(_selected(plan, stage, world))
    status.update(
        StageStatus="INPROGRESS", EdgeDeploymentPendingInStage=pending, EdgeDeploymentSuccessInStage=0,
        EdgeDeploymentStageStartTime=call.now,
    )  # fmt: skip
    world.stage.later(plan, DEPLOYING, partial(end_stage, stage["StageName"], "INPROGRESS"), now=call.now)


def stop_stage(call: Call, plan: Resource, world: World) -> None:
    """StopEdgeDeploymentStage; one that is not in progress stays as it is."""
    stage = _stage(plan, call.request["StageName"])
    if stage["DeploymentStatus"]["StageStatus"] == "INPROGRESS":
        stage["DeploymentStatus"]["StageStatus"] = "STOPPING"
        world.stage.later(plan, 5, partial(end_stage, stage["StageName"], "STOPPING"), now=call.now)


def end_stage(name: str, before: str, plan: Resource, _: World, __: float) -> None:
    """A stage is deployed, or stopped."""
    found = next((stage for stage in plan.spec["Stages"] if stage["StageName"] == name), None)
    if found is None or found["DeploymentStatus"]["StageStatus"] != before:
        return
    status = found["DeploymentStatus"]
    if before == "STOPPING":
        status["StageStatus"] = "STOPPED"
        return
    status["StageStatus"] = "DEPLOYED"
    status["EdgeDeploymentSuccessInStage"] = status["EdgeDeploymentPendingInStage"]
    status["EdgeDeploymentPendingInStage"] = 0


def not_under_way(_: Call, plan: Resource, __: World) -> None:
    """DeleteEdgeDeploymentPlan's error is ResourceInUse."""
    for stage in plan.spec["Stages"]:
        if stage["DeploymentStatus"]["StageStatus"] in _UNDER_WAY:
            raise PLAN_RUNS.error(arn=plan.arn, stage=stage["StageName"])


def totals(plan: Resource) -> Json:
    """Devices over all stages, by how far they are."""
    statuses = [stage["DeploymentStatus"] for stage in plan.spec["Stages"]]
    return {
        f"EdgeDeployment{end}": sum(status[f"EdgeDeployment{end}InStage"] for status in statuses)
        for end in ("Success", "Pending", "Failed")
    }


def stage_devices(call: Call, world: World) -> Json:
    """ListStageDevices."""
    name = call.request["EdgeDeploymentPlanName"]
    plan = world.find(call.place, "EdgeDeploymentPlan", name)
    if plan is None:
        raise NO_PLAN.error(arn=call.place.arn("edge-deployment", name))
    stage = _stage(plan, call.request["StageName"])
    status = {"CREATING": "READYTODEPLOY", "READYTODEPLOY": "READYTODEPLOY"}
    shown = stage["DeploymentStatus"]["StageStatus"]
    rows = [
        {
            "EdgeDeploymentPlanArn": plan.arn, "EdgeDeploymentPlanName": plan.name, "StageName": stage["StageName"],
            "DeviceFleetName": plan.spec["DeviceFleetName"], "DeviceName": device["DeviceName"],
            "DeviceArn": device["DeviceArn"], "DeviceDeploymentStatus": status.get(shown, shown),
        }
        for device in _selected(plan, stage, world)
    ]  # fmt: skip
    page = cut(rows, call)
    return {"DeviceDeploymentSummaries": page.items, **page.token}


def _ready(stage: Json) -> Json:
    counts = {f"EdgeDeployment{end}InStage": 0 for end in ("Success", "Pending", "Failed")}
    status = {"StageStatus": "READYTODEPLOY", **counts}
    return {"DeploymentConfig": {"FailureHandlingPolicy": "ROLLBACK_ON_FAILURE"}, **stage, "DeploymentStatus": status}


def _stage(plan: Resource, name: str) -> Json:
    for stage in plan.spec["Stages"]:
        if stage["StageName"] == name:
            found: Json = stage
            return found
    raise NO_STAGE.error(arn=plan.arn, stage=name)


def _selected(plan: Resource, stage: Json, world: World) -> list[Json]:
    """The devices of a stage: by name, by the beginning of the name, or a share of the fleet."""
    fleet = world.find(plan.place, "DeviceFleet", plan.spec["DeviceFleetName"])
    devices = list(devices_of(fleet).values()) if fleet else []
    wanted = stage["DeviceSelectionConfig"]
    match wanted["DeviceSubsetType"]:
        case "SELECTION":
            return [device for device in devices if device["DeviceName"] in wanted.get("DeviceNames", ())]
        case "NAMECONTAINS":
            return [device for device in devices if wanted.get("DeviceNameContains", "") in device["DeviceName"]]
        case _:
            return devices[: round(len(devices) * wanted.get("Percentage", 100) / 100)]


EDGE_PACKAGING_JOB: Final = Family(
    kind="EdgePackagingJob",
    path="edge-packaging-job",
    status="EdgePackagingJobStatus",
    arn_member="EdgePackagingJobArn",
    create=Timeline(
        (at(0, "STARTING"), at(30, "INPROGRESS"), at(180, "COMPLETED", effect=package)),
        failed=at(0, "FAILED"),
    ),
    missing=NO_JOB,
    exists=JOB_EXISTS,
    view=lambda job: {"EdgePackagingJobStatusMessage": job.facts.get("EdgePackagingJobStatusMessage") or job.reason},
    actions=(
        Action(
            operation="StopEdgePackagingJob",
            accepts=frozenset({"STARTING", "INPROGRESS"}),
            tolerates=frozenset({"COMPLETED", "FAILED", "STOPPING", "STOPPED"}),
            timeline=Timeline((at(0, "STOPPING"), at(20, "STOPPED"))),
        ),
    ),
)

EDGE_DEPLOYMENT_PLAN: Final = Family(
    kind="EdgeDeploymentPlan",
    path="edge-deployment",
    create=AT_ONCE,
    missing=NO_PLAN,
    exists=PLAN_EXISTS,
    checks=(fleet_exists,),
    prepare=lay_out,
    view=totals,
    actions=(
        Action(operation="CreateEdgeDeploymentStage", apply=add_stages),
        Action(operation="StartEdgeDeploymentStage", apply=start_stage),
        Action(operation="StopEdgeDeploymentStage", apply=stop_stage),
        Action(operation="DeleteEdgeDeploymentStage", apply=remove_stage),
        Action(
            operation="DeleteEdgeDeploymentPlan",
            guards=(not_under_way,),
            timeline=REMOVE,
        ),
    ),
    extras=(Extra("ListStageDevices", stage_devices),),
)
