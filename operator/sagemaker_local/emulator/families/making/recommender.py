"""Inference Recommender: one benchmark for each candidate instance type, and what they recommend.

The measured values are random, from the seed.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from sagemaker_local.emulator.checks import role_can_be_assumed
from sagemaker_local.emulator.family import Action, Extra, Family, Step, Timeline, at
from sagemaker_local.emulator.paging import cut
from sagemaker_local.emulator.refusal import UNVERIFIED, VALIDATION, Refusal
from sagemaker_local.emulator.resource import Json, Resource
from sagemaker_local.emulator.world import Call, World

USUAL_TYPES: Final = ("ml.c5.xlarge", "ml.m5.xlarge", "ml.g4dn.xlarge")
"""What is tried if neither the job nor its container names instance types."""

MISSING: Final = Refusal(
    "ResourceNotFound",
    "Could not find inference recommendations job {name}.",
    evidence=UNVERIFIED,
)
EXISTS: Final = Refusal(
    "ResourceInUse",
    "An inference recommendations job with this name already exists ({arn}).",
    evidence=UNVERIFIED,
)
WRONG_STATUS: Final = Refusal(
    VALIDATION,
    "The request was rejected because the inference recommendations job is in status {status}.",
    evidence=UNVERIFIED,
)
FINISHED: Final = frozenset({"COMPLETED", "FAILED", "STOPPED"})


def begin_benchmarks(job: Resource, world: World, now: float) -> None:
    """One step for each endpoint configuration that is tried."""
    job.facts["Steps"] = [
        {
            "StepType": "BENCHMARK",
            "JobName": job.name,
            "Status": "IN_PROGRESS",
            "InferenceBenchmark": {**tried, "ModelConfiguration": {}, "InvocationStartTime": now},
        }
        for tried in _tried(job, world)
    ]


def _tried(job: Resource, world: World) -> Iterator[Json]:
    given: Json = job.spec["InputConfig"]
    supported = given.get("ContainerConfig", {}).get("SupportedInstanceTypes") or USUAL_TYPES
    for config in given.get("EndpointConfigurations") or [{"InstanceType": kind} for kind in supported]:
        name = f"sm-epc-{world.new_id(8)}-{world.new_id(12)}"
        endpoint: Json = {"EndpointName": name, "VariantName": name}
        if "ServerlessConfig" in config:
            endpoint["ServerlessConfig"] = config["ServerlessConfig"]
        else:
            endpoint["InstanceType"] = config.get("InstanceType", USUAL_TYPES[0])
            endpoint["InitialInstanceCount"] = 1
        yield {"EndpointConfiguration": endpoint}


def recommend(job: Resource, world: World, now: float) -> None:
    """All benchmarks are through."""
    for step in job.facts["Steps"]:
        step["Status"] = "COMPLETED"
        step["InferenceBenchmark"].update(Metrics=_measured(world), InvocationEndTime=now)
    job.facts["InferenceRecommendations"] = [
        {
            "RecommendationId": f"{job.name}/{world.new_id(8)}",
            "Metrics": step["InferenceBenchmark"]["Metrics"],
            "EndpointConfiguration": step["InferenceBenchmark"]["EndpointConfiguration"],
            "ModelConfiguration": {},
            "InvocationStartTime": step["InferenceBenchmark"]["InvocationStartTime"],
            "InvocationEndTime": now,
        }
        for step in job.facts["Steps"][:10]
    ]
    job.facts["EndpointPerformances"] = [
        {"Metrics": {"MaxInvocations": world.random.randrange(10, 500), "ModelLatency": 100}, "EndpointInfo": endpoint}
        for endpoint in job.spec["InputConfig"].get("Endpoints", ())
        if "EndpointName" in endpoint
    ]


def _measured(world: World) -> Json:
    hourly = round(world.random.uniform(0.1, 2), 3)
    per_minute = world.random.randrange(50, 2000)
    return {
        "CostPerHour": hourly,
        "CostPerInference": round(hourly / 60 / per_minute, 9),
        "MaxInvocations": per_minute,
        "ModelLatency": world.random.randrange(5, 500),
        "CpuUtilization": round(world.random.uniform(5, 95), 2),
        "MemoryUtilization": round(world.random.uniform(5, 95), 2),
    }


def note_end(job: Resource, step: Step, now: float) -> None:
    """Benchmarks that are under way end with the job."""
    if step.status in FINISHED:
        job.facts["CompletionTime"] = now
        for benchmark in job.facts.get("Steps", ()):
            if benchmark["Status"] == "IN_PROGRESS":
                benchmark["Status"] = step.status


def shown(job: Resource) -> Mapping[str, Any]:
    """What the job is about, in the words of lists."""
    given = job.spec["InputConfig"]
    payload = given.get("ContainerConfig", {}).get("PayloadConfig", {})
    return {
        "JobDescription": job.spec.get("JobDescription", ""),
        "ModelName": given.get("ModelName"),
        "ModelPackageVersionArn": given.get("ModelPackageVersionArn"),
        "SamplePayloadUrl": payload.get("SamplePayloadUrl"),
    }


def list_steps(call: Call, world: World) -> Json:
    """ListInferenceRecommendationsJobSteps."""
    request = call.request
    job = world.find(call.place, "InferenceRecommendationsJob", request["JobName"])
    if job is None:
        raise MISSING.error(name=request["JobName"])
    wanted = request.get("Status")
    page = cut([step for step in job.facts.get("Steps", ()) if wanted in (None, step["Status"])], call)
    return {"Steps": page.items, **page.token}


INFERENCE_RECOMMENDATIONS_JOB: Final = Family(
    kind="InferenceRecommendationsJob",
    path="inference-recommendations-job",
    status="Status",
    create=Timeline(
        (
            at(0, "PENDING"),
            at(60, "IN_PROGRESS", effect=begin_benchmarks),
            at(2700, "COMPLETED", effect=recommend),
        ),
        failed=at(0, "FAILED"),
        evidence="that a Default job takes 45 minutes: the Developer Guide; the statuses in between: unverified",
    ),
    missing=MISSING,
    exists=EXISTS,
    checks=(role_can_be_assumed("RoleArn"),),
    entered=note_end,
    view=shown,
    actions=(
        Action(
            operation="StopInferenceRecommendationsJob",
            accepts=frozenset({"PENDING", "IN_PROGRESS"}),
            tolerates=frozenset({"STOPPING"}),
            refused=WRONG_STATUS,
            timeline=Timeline((at(0, "STOPPING"), at(60, "STOPPED"))),
        ),
    ),
    extras=(Extra("ListInferenceRecommendationsJobSteps", list_steps),),
)
