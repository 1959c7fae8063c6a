"""Edits of jobs that work, their deletion, and what statuses tell of them, as the API server and kubectl see it.

Every moment and mixture is in ``tests/rehearsal``.
"""

import json
from typing import Any

import pytest
from tests.builders import example, pipeline, pipeline_execution, training_job
from tests.cluster.conftest import SPEED
from tests.cluster.eventually import eventually
from tests.cluster.operating import Operator
from tests.cluster.user import User

from sagemaker_local.emulator import Emulator

pytestmark = pytest.mark.serves(
    "TrainingJob", "ProcessingJob", "HyperParameterTuningJob", "AutoMLJobV2", "Pipeline", "PipelineExecution"
)

JOB = "trainingjob/digits"
RULE = {"ruleConfigurationName": "memory", "ruleEvaluatorImage": "image", "ruleParameters": {"threshold": "5"}}
CPU = {"ruleConfigurationName": "cpu", "ruleEvaluatorImage": "image"}
PROFILED = {
    "suspend": True,
    "profilerConfig": {"s3OutputPath": "s3://my-bucket/profile"},
    "profilerRuleConfigurations": [RULE],
}


def edited(user: User, spec: dict[str, Any]) -> str:
    """What the API server says to an edit."""
    patch = json.dumps({"spec": spec})
    done = user.kubectl("patch", JOB, "--type=merge", f"--patch={patch}", "--dry-run=server", check=False)
    return done.stderr


def test_what_sagemaker_changes_of_a_job_can_be_edited_and_the_rest_is_refused_and_named(user: User) -> None:
    user.apply(training_job("digits", **PROFILED))

    assert edited(user, {"resourceConfig": {"keepAlivePeriodInSeconds": 600}}) == ""
    assert edited(user, {"profilerConfig": {"disableProfiler": True}}) == ""
    assert edited(user, {"profilerConfig": None, "remoteDebugConfig": {"enableRemoteDebug": True}}) == ""
    assert edited(user, {"profilerRuleConfigurations": [CPU, RULE]}) == ""

    assert "instanceType is immutable" in edited(user, {"resourceConfig": {"instanceType": "ml.m5.xlarge"}})
    assert "volumeSizeInGB is immutable" in edited(user, {"resourceConfig": {"volumeSizeInGB": None}})
    assert "volumeKMSKeyID is immutable" in edited(user, {"resourceConfig": {"volumeKMSKeyID": "key"}})
    assert "resourceConfig is immutable" in edited(user, {"resourceConfig": None})
    other = {**RULE, "ruleParameters": {"threshold": "6"}}
    assert "can be added, and not changed" in edited(user, {"profilerRuleConfigurations": [other]})
    assert "SageMaker only adds to them" in edited(user, {"profilerRuleConfigurations": [CPU]})
    assert "SageMaker only adds to it" in edited(user, {"profilerRuleConfigurations": None})


def test_an_edit_of_a_running_job_arrives_and_one_of_a_finished_job_is_told_to_be_too_late(
    user: User, operator: Operator, sagemaker: Emulator
) -> None:
    sagemaker.scenarios.take("TrainingJob", "digits$", seconds=12 * SPEED)
    profiler, patience = {"s3OutputPath": "s3://my-bucket/profile"}, {"maxRuntimeInSeconds": 86400}
    user.apply(training_job("digits", trainingJobName="digits", profilerConfig=profiler, stoppingCondition=patience))
    user.kubectl("wait", JOB, "--for=jsonpath={.status.secondaryStatus}=Starting", "--timeout=30s")

    user.edit(JOB, profilerConfig={"disableProfiler": True})

    user.wait(JOB, condition="NotApplied")
    assert user.reason(JOB, "NotApplied") == "Waiting"
    eventually("it is disabled", lambda: user.status(JOB).get("profilingStatus") == "Disabled", within=30)
    user.wait(JOB, condition="Succeeded")
    user.edit(JOB, profilerConfig={"disableProfiler": False})
    user.wait(JOB, condition="NotApplied")
    assert user.reason(JOB, "NotApplied") == "TooLate"
    assert sagemaker.journal.committed("UpdateTrainingJob") == 1


def test_jobs_go_where_the_region_cannot_delete_them(user: User, operator: Operator, sagemaker: Emulator) -> None:
    sagemaker.faults.lack("DeleteTrainingJob")
    names = ["one", "two"]
    user.apply(*(training_job(name, trainingJobName=name, deletionPolicy="Delete") for name in names))
    user.wait(*(f"trainingjob/{name}" for name in names), condition="Succeeded")

    for name in names:
        user.delete(f"trainingjob/{name}")

    assert len(sagemaker.resources("TrainingJob")) == 2
    assert sagemaker.journal.count("DeleteTrainingJob") == 1
    told = eventually(
        "an Event tells", lambda: [e for e in user.events(JOB.replace("digits", "two")) if e["reason"] == "Released"]
    )
    assert "its record stays in SageMaker" in told[0]["message"]


def test_statuses_tell_of_the_best_training_jobs_candidates_steps_and_outputs(
    user: User, operator: Operator, sagemaker: Emulator
) -> None:
    arguments = {
        "RoleArn": "arn:aws:iam::123456789012:role/sagemaker-execution",
        "AppSpecification": {"ImageUri": "image"},
        "ProcessingResources": {
            "ClusterConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10}
        },
    }
    steps = [{"Name": "Prepare", "Type": "Processing", "Arguments": arguments}]
    definition = json.dumps({"Version": "2020-12-01", "Steps": steps})
    user.apply(
        example("HyperParameterTuningJob", trainingJobHistoryLimit=2),
        example("AutoMLJobV2"),
        example("ProcessingJob"),
        pipeline("digits", pipelineDefinition=definition, pipelineDefinitionFrom=None),
        pipeline_execution("digits", pipelineParameters=None),
    )
    user.wait("hyperparametertuningjob/digits", "automljobv2/digits", condition="Succeeded", seconds=120)
    user.wait("processingjob/digits", "pipelineexecution/digits", condition="Succeeded", seconds=60)

    tuning, automl = user.status("hyperparametertuningjob/digits"), user.status("automljobv2/digits")
    assert len(tuning["topTrainingJobs"]) == 5
    assert tuning["topTrainingJobs"][0]["trainingJobName"] == tuning["bestTrainingJob"]["trainingJobName"]
    assert automl["topCandidates"][0]["candidateName"] == automl["bestCandidate"]["candidateName"]
    (step,) = user.status("pipelineexecution/digits")["steps"]
    assert (step["stepName"], step["stepStatus"]) == ("Prepare", "Succeeded")
    assert ":processing-job/" in step["arn"]
    assert user.status("processingjob/digits")["outputs"][0]["s3URI"].startswith("s3://")

    children = [one["metadata"] for one in user.objects("trainingjobs")]
    assert [one["ownerReferences"][0]["kind"] for one in children] == ["HyperParameterTuningJob"] * 2
    names = [f"trainingjob/{one['name']}" for one in children]
    user.wait(*names, condition="Succeeded")
    user.delete("hyperparametertuningjob/digits")
    user.wait_until_gone(*names)
    assert sagemaker.journal.count("StopTrainingJob") == sagemaker.journal.count("DeleteTrainingJob") == 0
