"""Inference components and routers, shadow tests, monitoring of each type, and HyperPod, tied together by references."""

import random
from typing import Any

import pytest
from tests.builders import Manifest, example, with_field
from tests.cluster.asked import asked, calls
from tests.cluster.eventually import eventually
from tests.cluster.operating import Operator
from tests.cluster.user import User

from sagemaker_local.emulator import Emulator

ROLE = "arn:aws:iam::123456789012:role/sagemaker-execution"
REF = {"name": "digits"}


def by_reference(kind: str, path: str, field: str) -> Manifest:
    """An example with a reference in place of a value: ``specification.modelName`` gives way to ``modelRef``."""
    *way, _ = path.split(".")
    return with_field(with_field(example(kind), path, None), ".".join((*way, field)), REF)


def component() -> Manifest:
    named = by_reference("InferenceComponent", "specification.modelName", "modelRef")
    named["spec"] |= {"endpointRef": REF}
    del named["spec"]["endpointName"]
    return named


def hosting() -> list[Manifest]:
    """An endpoint whose variant names no model, a component on it, and a router to both."""
    config = example("EndpointConfig")
    variant = {"variantName": "all", "instanceType": "ml.m5.large", "initialInstanceCount": 1}
    config["spec"] = {"executionRoleARN": ROLE, "productionVariants": [variant]}
    router = example("InferenceRouter")
    destinations = [{"endpointRef": REF}, {"inferenceComponentRef": REF}]
    router["spec"]["routingTargets"] = [{"name": "digits", "destinations": destinations}]
    endpoint = by_reference("Endpoint", "endpointConfigName", "endpointConfigRef")
    return [example("Model"), config, endpoint, component(), router]


def hyperpod() -> list[Manifest]:
    cluster = with_field(example("Cluster"), "nodeProvisioningMode", "Continuous")
    parts = ("ClusterExtension", "ClusterSchedulerConfig", "ComputeQuota")
    return [cluster, *(by_reference(kind, "clusterARN", "clusterRef") for kind in parts)]


def names(manifests: list[Manifest]) -> list[str]:
    return [f"{manifest['kind'].lower()}/digits" for manifest in manifests]


@pytest.mark.parametrize("made", [hosting, hyperpod])
def test_one_file_in_any_order_becomes_ready_and_goes_in_one_go(
    user: User, operator: Operator, sagemaker: Emulator, made: Any
) -> None:
    manifests = made()
    random.shuffle(manifests)

    user.apply(*manifests)
    user.wait_for_all("Ready")
    created = calls(sagemaker, "Create")
    user.delete(*names(manifests), seconds=60)

    assert sorted(created) == sorted(f"Create{manifest['kind']}" for manifest in manifests)
    assert not [kind for kind in (manifest["kind"] for manifest in manifests) if sagemaker.resources(kind)]


def test_more_copies_of_a_component_leave_the_running_ones_alone(
    user: User, operator: Operator, sagemaker: Emulator
) -> None:
    user.apply(*hosting())
    user.wait_for_all("Ready")

    user.edit("inferencecomponent/digits", runtimeConfig={"copyCount": 2})
    eventually(
        "two copies run",
        lambda: user.status("inferencecomponent/digits")["runtimeConfig"].get("currentCopyCount") == 2,
    )

    name = user.status("inferencecomponent/digits")["inferenceComponentName"]
    assert asked(sagemaker, "UpdateInferenceComponent") == [
        {"InferenceComponentName": name, "RuntimeConfig": {"CopyCount": 2}}
    ]


def test_another_specification_is_rolled_out_as_the_manifest_says(
    user: User, operator: Operator, sagemaker: Emulator
) -> None:
    user.apply(*hosting())
    user.wait_for_all("Ready")
    rolling = {
        "rollingUpdatePolicy": {"maximumBatchSize": {"type_": "COPY_COUNT", "value": 1}, "waitIntervalInSeconds": 10}
    }

    user.edit("inferencecomponent/digits", deploymentConfig=rolling)
    user.edit(
        "inferencecomponent/digits", specification={"computeResourceRequirements": {"minMemoryRequiredInMb": 2048}}
    )
    eventually("it is rolled out", lambda: "lastDeploymentConfig" in user.status("inferencecomponent/digits"))
    user.wait("inferencecomponent/digits", condition="Ready")

    (update,) = asked(sagemaker, "UpdateInferenceComponent")
    assert update["Specification"]["ComputeResourceRequirements"]["MinMemoryRequiredInMb"] == 2048
    assert update["DeploymentConfig"]["RollingUpdatePolicy"]["MaximumBatchSize"] == {"Type": "COPY_COUNT", "Value": 1}
    assert "RuntimeConfig" not in update


def test_a_running_shadow_test_is_stopped_before_it_goes_and_leaves_the_endpoint_its_own_variant(
    user: User, operator: Operator, sagemaker: Emulator
) -> None:
    another = {**example("Model"), "metadata": {"name": "digits-next"}}
    experiment = by_reference("InferenceExperiment", "endpointName", "endpointRef")
    for variant, model in zip(experiment["spec"]["modelVariants"], ("digits", "digits-next"), strict=True):
        del variant["modelName"]
        variant["modelRef"] = {"name": model}
    serving = by_reference("Endpoint", "endpointConfigName", "endpointConfigRef")
    config = by_reference("EndpointConfig", "productionVariants.0.modelName", "modelRef")
    user.apply(example("Model"), another, config, serving, experiment)
    user.wait_to_see("inferenceexperiment/digits", status="Running")

    user.delete("inferenceexperiment/digits")

    (stop,) = asked(sagemaker, "StopInferenceExperiment")
    assert stop["ModelVariantActions"] == {"production": "Retain", "shadow": "Remove"}
    assert not sagemaker.resources("InferenceExperiment")


def test_a_group_that_a_cluster_gives_up_is_deleted(user: User, operator: Operator, sagemaker: Emulator) -> None:
    cluster = example("Cluster")
    user.apply(cluster)
    user.wait_for_all("Ready")
    (group,) = cluster["spec"]["instanceGroups"]

    user.edit("cluster/digits", instanceGroups=[{**group, "instanceGroupName": "others"}])
    eventually("the cluster was updated", lambda: "UpdateCluster" in calls(sagemaker, "Update"))
    user.wait_for_all("Ready")

    (update,) = asked(sagemaker, "UpdateCluster")
    assert [one["InstanceGroupName"] for one in update["InstanceGroups"]] == ["others"]
    assert update["InstanceGroupsToDelete"] == ["workers"]


def test_an_update_of_task_governance_names_the_version_that_it_starts_from(
    user: User, operator: Operator, sagemaker: Emulator
) -> None:
    user.apply(*hyperpod())
    user.wait_for_all("Ready")

    for version, weight in ((2, 20), (3, 30)):
        user.edit("computequota/digits", computeQuotaTarget={"teamName": "digits", "fairShareWeight": weight})
        user.wait_to_see("computequota/digits", computeQuotaVersion=version)

    assert [update["TargetVersion"] for update in asked(sagemaker, "UpdateComputeQuota")] == [1, 2]


@pytest.mark.parametrize("monitors", ["ModelQuality", "ModelBias", "ModelExplainability"])
def test_a_schedule_follows_a_definition_of_its_type(
    user: User, operator: Operator, sagemaker: Emulator, monitors: str
) -> None:
    definition = f"{monitors}JobDefinition"
    job = f"{monitors[0].lower()}{monitors[1:]}Job"
    watched = by_reference(definition, f"{job}Input.endpointInput.endpointName", "endpointRef")
    schedule = example("MonitoringSchedule")
    schedule["spec"]["monitoringScheduleConfig"] = {
        "monitoringType": monitors,
        f"{job}DefinitionRef": REF,
        "scheduleConfig": {"scheduleExpression": "cron(0 * ? * * *)"},
    }
    serving = by_reference("Endpoint", "endpointConfigName", "endpointConfigRef")
    config = by_reference("EndpointConfig", "productionVariants.0.modelName", "modelRef")
    user.apply(schedule, watched, serving, config, example("Model"))

    user.wait("monitoringschedule/digits", condition="Ready")

    (asked_for,) = asked(sagemaker, "CreateMonitoringSchedule")
    name = user.status(f"{definition.lower()}/digits")["jobDefinitionName"]
    assert asked_for["MonitoringScheduleConfig"]["MonitoringJobDefinitionName"] == name
