"""What a training job keeps of its course, and what follows from that: times, metrics, the artifact, what its rules found."""

from hashlib import blake2b
from typing import Final

from sagemaker_local.emulator.families.jobs import pools
from sagemaker_local.emulator.families.jobs.course import WAITING
from sagemaker_local.emulator.families.jobs.metrics import final_metrics
from sagemaker_local.emulator.resource import Json, Resource
from sagemaker_local.emulator.timeline import Step

FINISHED: Final = frozenset({"Completed", "Failed", "Stopped"})
SPOT_SHARE: Final = 0.3
"""The part of its training time that a job on spot instances pays for; real savings differ by the day."""


def note_transition(resource: Resource, step: Step, now: float) -> None:
    """Keep SecondaryStatusTransitions and what follows from them."""
    if step.detail is None or step.message is None:
        return
    facts = resource.facts
    transitions = facts.setdefault("SecondaryStatusTransitions", [])
    if transitions:
        transitions[-1].setdefault("EndTime", now)
    noted: Json = {"Status": step.detail, "StartTime": now, "StatusMessage": step.message}
    transitions.append(noted)
    if step.status == "InProgress":
        if step.detail not in WAITING:
            facts.setdefault("TrainingStartTime", now)
        pools.note(resource, ended=None)
    if step.status in FINISHED:
        noted["EndTime"] = now
        _note_end(resource, now)
        if step.status != "Completed":
            pools.note(resource, ended=step.status)


def _note_end(resource: Resource, now: float) -> None:
    facts = resource.facts
    facts["TrainingEndTime"] = now
    transitions: list[Json] = facts["SecondaryStatusTransitions"]
    if "TrainingStartTime" in facts:
        worked = sum(t["EndTime"] - t["StartTime"] for t in transitions if t["Status"] not in WAITING)
        facts["TrainingTimeInSeconds"] = max(1, round(worked))
        share = SPOT_SHARE if resource.spec.get("EnableManagedSpotTraining") else 1.0
        facts["BillableTimeInSeconds"] = max(1, round(worked * share))


def shown(resource: Resource) -> Json:
    """Members of Describe and List that are neither request nor fact."""
    folder = resource.spec["OutputDataConfig"]["S3OutputPath"].rstrip("/")
    packed = resource.spec["OutputDataConfig"]["CompressionType"] == "GZIP"
    leaf = "output/model.tar.gz" if packed else "output/model/"
    said: Json = {
        "ModelArtifacts": {
            "S3ModelArtifacts": f"{folder}/{resource.name}/{leaf}"
        },  # which Describe tells from the start
        "SecondaryStatus": resource.detail,
        "TrainingPlanArn": resource.spec.get("ResourceConfig", {}).get("TrainingPlanArn"),
        "FinalMetricDataList": final_metrics(resource) or None,
        **pools.told(resource),
    }
    for rules in ("DebugRule", "ProfilerRule"):
        configured = resource.spec.get(f"{rules}Configurations")
        if configured:
            said[f"{rules}EvaluationStatuses"] = [_evaluation(resource, rule) for rule in configured]
    disabled = resource.spec.get("ProfilerConfig", {"DisableProfiler": True}).get("DisableProfiler", False)
    said["ProfilingStatus"] = "Disabled" if disabled else "Enabled"
    return said


def _evaluation(resource: Resource, rule: Json) -> Json:
    """The state of the processing job that evaluates a rule; it finds no issues, and is stopped with the job."""
    name = rule["RuleConfigurationName"]
    word = "".join(letter for letter in name if letter.isascii() and letter.isalnum())[:26] or "rule"
    mark = blake2b(f"{resource.arn}/{name}".encode(), digest_size=4).hexdigest()
    job = f"{resource.name[:26].rstrip('-')}-{word}-{mark}"
    status = {"Completed": "NoIssuesFound", "Stopping": "Stopping", "Stopped": "Stopped", "Failed": "Stopped"}
    begun = "TrainingStartTime" in resource.facts
    return {
        "RuleConfigurationName": name,
        **({"RuleEvaluationJobArn": resource.place.arn("processing-job", job)} if begun else {}),
        "RuleEvaluationStatus": status.get(resource.status or "", "InProgress"),
        "LastModifiedTime": resource.facts.get("TrainingEndTime", resource.created),
    }
