"""What people tell the operator about an object besides what it is: to let it rest, to report, to leave it alone."""

from typing import Any

import pytest
from tests.builders import data_quality_job_definition, domain, monitoring_schedule, notebook_instance, pipeline
from tests.cluster.eventually import eventually
from tests.cluster.operating import Operator
from tests.cluster.user import User

from sagemaker_local.emulator import Emulator
from sagemaker_operator.controller.namespaces import DELETION_POLICY
from sagemaker_operator.engine.resource import PAUSED

pytestmark = pytest.mark.serves(
    "NotebookInstance", "Pipeline", "MonitoringSchedule", "DataQualityJobDefinition", "Domain"
)

NOTEBOOK = "notebookinstance/digits"
PIPELINE = "pipeline/digits"


def calls(sagemaker: Emulator, *words: str) -> list[str]:
    """The operations that were asked for so far and have one of the words in their names, in their order."""
    return [e.operation for e in sagemaker.journal.entries() if any(word in e.operation for word in words)]


def looked(user: User, name: str, token: str) -> None:
    """Asks for a comparison with SageMaker and waits until it is done."""
    user.look_now(name, token)
    eventually("the answer", lambda: user.status(name).get("lastHandledReconcileAt") == token)


def state(user: User) -> Any:
    return user.status(NOTEBOOK).get("notebookInstanceStatus")


@pytest.mark.usefixtures("operator")
def test_an_edit_of_a_suspended_notebook_arrives_and_leaves_it_stopped(user: User, sagemaker: Emulator) -> None:
    user.apply(notebook_instance("digits"))
    user.wait(NOTEBOOK, condition="Ready")
    user.edit(NOTEBOOK, suspend=True)
    user.wait(NOTEBOOK, condition="Suspended")

    user.edit(NOTEBOOK, instanceType="ml.t3.large")

    user.wait(NOTEBOOK, condition="Suspended")
    eventually("the update is through", lambda: state(user) == "Stopped" and calls(sagemaker, "Update"))
    user.edit(NOTEBOOK, suspend=False)
    eventually("it runs", lambda: state(user) == "InService")
    user.wait(NOTEBOOK, condition="Ready")
    assert user.condition(NOTEBOOK, "Suspended") == {}
    assert calls(sagemaker, "Create", "Stop", "Update", "Start") == [
        "CreateNotebookInstance",
        "StopNotebookInstance",
        "UpdateNotebookInstance",
        "StartNotebookInstance",
    ]


@pytest.mark.usefixtures("operator")
def test_a_suspended_schedule_begins_no_executions_until_it_is_wanted_again(user: User, sagemaker: Emulator) -> None:
    here = {"name": "digits"}
    config = {"scheduleConfig": {"scheduleExpression": "cron(0 * ? * * *)"}, "monitoringType": "DataQuality"}
    schedule = monitoring_schedule("digits", monitoringScheduleConfig={**config, "jobDefinitionRef": here})
    captured = {
        "dataCapturedDestinationS3URI": "s3://my-bucket/captured/",
        "datasetFormat": {"csv": {"header": True}},
        "localPath": "/opt/ml/processing/input",
    }
    definition = data_quality_job_definition("digits", dataQualityJobInput={"batchTransformInput": captured})
    user.apply(definition, schedule)
    user.wait("monitoringschedule/digits", condition="Ready")

    user.edit("monitoringschedule/digits", suspend=True)
    user.wait("monitoringschedule/digits", condition="Suspended")
    stopped = user.status("monitoringschedule/digits")["monitoringScheduleStatus"]
    user.edit("monitoringschedule/digits", suspend=None)
    eventually("it goes on", lambda: not user.condition("monitoringschedule/digits", "Suspended"))
    user.wait("monitoringschedule/digits", condition="Ready")

    assert stopped == "Stopped"
    assert user.status("monitoringschedule/digits")["monitoringScheduleStatus"] == "Scheduled"
    assert calls(sagemaker, "Stop", "Start") == ["StopMonitoringSchedule", "StartMonitoringSchedule"]


@pytest.mark.usefixtures("operator")
def test_what_is_suspended_from_the_start_is_not_made_before_it_is_wanted(user: User, sagemaker: Emulator) -> None:
    user.apply(pipeline("digits", suspend=True), pipeline("never", suspend=True))
    user.wait(PIPELINE, "pipeline/never", condition="Suspended")
    asked = sagemaker.journal.count()

    user.delete("pipeline/never")
    user.edit(PIPELINE, suspend=None)

    eventually("it is made", lambda: user.status(PIPELINE).get("arn"))
    user.wait(PIPELINE, condition="Ready")
    assert user.condition(PIPELINE, "Suspended") == {}
    assert asked == 0
    assert calls(sagemaker, "Create", "Delete") == ["CreatePipeline"]


@pytest.mark.usefixtures("operator")
def test_a_notebook_that_was_stopped_in_the_console_stays_so_and_that_is_told(user: User, sagemaker: Emulator) -> None:
    user.apply(notebook_instance("digits"))
    user.wait(NOTEBOOK, condition="Ready")
    sagemaker.client().stop_notebook_instance(NotebookInstanceName=user.status(NOTEBOOK)["notebookInstanceName"])

    user.look_now(NOTEBOOK, "1")

    user.wait(NOTEBOOK, condition="Stalled")
    told = user.condition(NOTEBOOK, "Stalled")
    assert told["reason"] == "Stopped"
    assert "is Stopped" in told["message"]
    assert calls(sagemaker, "Start") == []
    user.edit(NOTEBOOK, suspend=False)
    eventually("somebody asked to start it", lambda: state(user) == "InService")


@pytest.mark.usefixtures("operator")
def test_a_change_by_others_is_reported_field_by_field_and_left_as_it_is(user: User, sagemaker: Emulator) -> None:
    user.apply(pipeline("digits", pipelineDisplayName="Digits", driftPolicy="Report"))
    user.wait(PIPELINE, condition="Ready")
    name = user.status(PIPELINE)["pipelineName"]
    sagemaker.client().update_pipeline(PipelineName=name, PipelineDisplayName="Numbers", PipelineDescription="Mine")

    looked(user, PIPELINE, "1")

    drifted = user.condition(PIPELINE, "Drifted")
    assert (drifted["status"], drifted["reason"]) == ("True", "Drifted")
    assert "pipelineDisplayName" in drifted["message"]
    assert "pipelineDescription" not in drifted["message"], "the manifest says nothing of it"
    assert user.condition(PIPELINE, "Ready")["status"] == "True"
    assert sagemaker.client().describe_pipeline(PipelineName=name)["PipelineDisplayName"] == "Numbers"


@pytest.mark.usefixtures("operator")
def test_a_change_by_others_is_taken_back_where_the_policy_is_to_correct(user: User, sagemaker: Emulator) -> None:
    user.apply(pipeline("digits", pipelineDisplayName="Digits", driftPolicy="Report"))
    user.wait(PIPELINE, condition="Ready")
    name = user.status(PIPELINE)["pipelineName"]
    sagemaker.client().update_pipeline(PipelineName=name, PipelineDisplayName="Numbers")
    looked(user, PIPELINE, "1")
    user.wait(PIPELINE, condition="Drifted")

    user.edit(PIPELINE, driftPolicy="Correct")

    user.wait(PIPELINE, condition="Ready")
    assert user.condition(PIPELINE, "Drifted") == {}
    assert sagemaker.client().describe_pipeline(PipelineName=name)["PipelineDisplayName"] == "Digits"
    sagemaker.client().update_pipeline(PipelineName=name, PipelineDisplayName="Again")
    looked(user, PIPELINE, "2")
    user.wait(PIPELINE, condition="Ready")
    assert sagemaker.client().describe_pipeline(PipelineName=name)["PipelineDisplayName"] == "Digits"


@pytest.mark.usefixtures("operator")
def test_a_domain_that_was_deleted_elsewhere_is_made_again_with_an_id_of_its_own(
    user: User, sagemaker: Emulator
) -> None:
    user.apply(domain("digits"))
    user.wait("domain/digits", condition="Ready")
    first = user.status("domain/digits")["domainID"]

    sagemaker.client().delete_domain(DomainId=first)
    eventually("the domain is gone", lambda: not sagemaker.resources("Domain"))
    user.look_now("domain/digits", "1")

    eventually("another one", lambda: user.status("domain/digits").get("domainID") not in (None, first))
    user.wait("domain/digits", condition="Ready")
    assert sagemaker.journal.count("CreateDomain") == 2
    assert [d["DomainId"] for d in sagemaker.client().list_domains()["Domains"]] == [
        user.status("domain/digits")["domainID"]
    ]


@pytest.mark.usefixtures("operator")
def test_what_was_deleted_elsewhere_is_only_reported_where_the_policy_says_so(user: User, sagemaker: Emulator) -> None:
    user.apply(pipeline("digits", driftPolicy="Report"))
    user.wait(PIPELINE, condition="Ready")
    sagemaker.client().delete_pipeline(PipelineName=user.status(PIPELINE)["pipelineName"], ClientRequestToken="t" * 32)

    user.look_now(PIPELINE, "1")

    user.wait(PIPELINE, condition="Stalled")
    assert user.reason(PIPELINE, "Stalled") == "NotFound"
    assert "driftPolicy is Report" in user.condition(PIPELINE, "Stalled")["message"]
    assert sagemaker.journal.count("CreatePipeline") == 1
    user.delete(PIPELINE)


@pytest.mark.usefixtures("operator")
def test_a_paused_object_is_left_alone_even_on_deletion_until_it_is_not_paused(user: User, sagemaker: Emulator) -> None:
    user.apply(pipeline("digits", pipelineDisplayName="Digits"))
    user.wait(PIPELINE, condition="Ready")
    user.kubectl("annotate", PIPELINE, f"{PAUSED}=true")
    before = user.get(PIPELINE)["status"]

    user.edit(PIPELINE, pipelineDisplayName="Numbers")
    user.delete(PIPELINE, wait=False)

    # Whoever comes later has had its turn: the operator would have come by.
    user.apply(pipeline("later"))
    user.wait("pipeline/later", condition="Ready")
    assert user.get(PIPELINE)["status"] == before
    assert calls(sagemaker, "Update", "Delete") == []
    user.kubectl("annotate", PIPELINE, f"{PAUSED}-")
    user.wait_until_gone(PIPELINE)
    assert calls(sagemaker, "Update", "Delete") == ["DeletePipeline"]


@pytest.mark.usefixtures("operator")
def test_a_namespace_says_what_is_kept_where_an_object_does_not(user: User, sagemaker: Emulator) -> None:
    user.kubectl("annotate", "namespace", user.namespace, f"{DELETION_POLICY}=Retain")
    user.apply(pipeline("kept"), pipeline("deleted", deletionPolicy="Delete"))
    user.wait("pipeline/kept", "pipeline/deleted", condition="Ready")
    kept = user.status("pipeline/kept")["pipelineName"]

    user.delete("pipeline/kept", "pipeline/deleted")

    assert sagemaker.resources("Pipeline") == [kept]


def test_a_word_that_a_namespace_made_up_deletes_nothing(user: User, operator: Operator, sagemaker: Emulator) -> None:
    user.kubectl("annotate", "namespace", user.namespace, f"{DELETION_POLICY}=Sometimes")
    user.apply(pipeline("digits"))
    user.wait(PIPELINE, condition="Ready")

    user.delete(PIPELINE)

    assert len(sagemaker.resources("Pipeline")) == 1
    assert "Sometimes" in operator.says("resources are retained")
