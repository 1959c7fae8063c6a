"""Private hubs with versions of their contents, and devices at the edge that are deployed to in stages."""

from typing import Any

import pytest
from tests.emulator.asking import ROLE, refused

from sagemaker_local.emulator import Emulator

PUBLIC = "arn:aws:sagemaker:us-east-1:aws:hub-content/SageMakerPublicHub/Model/xgboost"


def content(name: str = "digits", **members: Any) -> dict[str, Any]:
    return {
        "HubName": "ours",
        "HubContentType": "Model",
        "HubContentName": name,
        "DocumentSchemaVersion": "2.0.0",
        "HubContentDocument": "{}",
        **members,
    }


@pytest.fixture
def hub(sagemaker: Emulator, client: Any) -> Any:
    client.create_hub(HubName="ours", HubDescription="Our models")
    sagemaker.clock.advance(15)
    return client


def versions(client: Any, name: str = "digits") -> list[str]:
    found = client.list_hub_content_versions(HubName="ours", HubContentType="Model", HubContentName=name)
    return [row["HubContentVersion"] for row in found["HubContentSummaries"]]


def test_a_content_has_versions_and_the_latest_is_meant(sagemaker: Emulator, hub: Any) -> None:
    hub.import_hub_content(**content())
    hub.import_hub_content(**content())
    hub.import_hub_content(**content(HubContentVersion="1.10.0"))
    hub.import_hub_content(**content(HubContentVersion="1.9.0"))
    sagemaker.clock.advance(10)

    asked = {"HubName": "ours", "HubContentType": "Model", "HubContentName": "digits"}
    latest = hub.describe_hub_content(**asked)

    assert (latest["HubContentVersion"], latest["HubContentStatus"]) == ("1.10.0", "Available")
    assert latest["HubArn"].endswith(":hub/ours")
    assert versions(hub) == ["1.9.0", "1.10.0", "1.0.1", "1.0.0"]
    assert len(hub.list_hub_contents(HubName="ours", HubContentType="Model")["HubContentSummaries"]) == 1
    assert hub.describe_hub_content(**asked, HubContentVersion="1.0.1")["HubContentVersion"] == "1.0.1"
    assert refused(hub.describe_hub_content, **asked, HubContentVersion="9.0.0")[0] == "ResourceNotFound"
    assert refused(hub.import_hub_content, **content(HubContentVersion="1.9.0"))[0] == "ResourceInUse"


def test_a_hub_with_contents_is_not_deleted(sagemaker: Emulator, hub: Any) -> None:
    hub.import_hub_content(**content())
    sagemaker.clock.advance(10)
    assert refused(hub.delete_hub, HubName="ours")[0] == "ResourceInUse"

    hub.delete_hub_content(HubName="ours", HubContentType="Model", HubContentName="digits", HubContentVersion="1.0.0")
    sagemaker.clock.advance(5)
    hub.delete_hub(HubName="ours")
    assert hub.describe_hub(HubName="ours")["HubStatus"] == "Deleting"
    sagemaker.clock.advance(10)
    assert refused(hub.describe_hub, HubName="ours")[0] == "ResourceNotFound"


def test_a_content_needs_its_hub(client: Any) -> None:
    assert refused(client.import_hub_content, **content())[0] == "ResourceNotFound"
    assert refused(client.list_hub_contents, HubName="ours", HubContentType="Model")[0] == "ResourceNotFound"


def test_a_reference_stands_for_a_model_of_the_public_hub(hub: Any) -> None:
    hub.create_hub_content_reference(HubName="ours", SageMakerPublicHubContentArn=PUBLIC, MinVersion="1.0.0")
    hub.update_hub_content_reference(
        HubName="ours", HubContentName="xgboost", HubContentType="ModelReference", MinVersion="2.0.0"
    )

    seen = hub.describe_hub_content(HubName="ours", HubContentType="ModelReference", HubContentName="xgboost")

    assert (seen["SageMakerPublicHubContentArn"], seen["ReferenceMinVersion"]) == (PUBLIC, "2.0.0")


@pytest.fixture
def fleet(client: Any) -> Any:
    client.create_device_fleet(DeviceFleetName="cameras", OutputConfig={"S3OutputLocation": "s3://bucket/edge"})
    devices = [{"DeviceName": name} for name in ("gate-1", "gate-2", "roof-1")]
    client.register_devices(DeviceFleetName="cameras", Devices=devices)
    return client


def test_devices_are_registered_changed_and_deregistered(fleet: Any) -> None:
    fleet.update_devices(DeviceFleetName="cameras", Devices=[{"DeviceName": "gate-1", "Description": "north"}])
    seen = fleet.describe_device(DeviceFleetName="cameras", DeviceName="gate-1")
    assert (seen["Description"], seen["DeviceArn"].rpartition("cameras")[2]) == ("north", "/device/gate-1")
    assert fleet.get_device_fleet_report(DeviceFleetName="cameras")["DeviceStats"]["RegisteredDeviceCount"] == 3
    assert refused(fleet.delete_device_fleet, DeviceFleetName="cameras")[0] == "ResourceInUse"

    fleet.deregister_devices(DeviceFleetName="cameras", DeviceNames=["gate-1", "gate-2", "roof-1"])

    assert fleet.list_devices()["DeviceSummaries"] == []
    fleet.delete_device_fleet(DeviceFleetName="cameras")
    assert refused(fleet.describe_device_fleet, DeviceFleetName="cameras")[1].startswith("No devicefleet with name")


def test_devices_are_registered_all_or_none(fleet: Any) -> None:
    devices = [{"DeviceName": "new"}, {"DeviceName": "gate-1"}]

    assert "already registered" in refused(fleet.register_devices, DeviceFleetName="cameras", Devices=devices)[1]

    code, text = refused(fleet.describe_device, DeviceFleetName="cameras", DeviceName="new")
    assert (code, text[:19]) == ("ValidationException", "No device with name")


def plan(client: Any) -> None:
    client.create_edge_deployment_plan(
        EdgeDeploymentPlanName="roll",
        DeviceFleetName="cameras",
        ModelConfigs=[{"ModelHandle": "m", "EdgePackagingJobName": "p"}],
        Stages=[
            {
                "StageName": "gates",
                "DeviceSelectionConfig": {"DeviceSubsetType": "NAMECONTAINS", "DeviceNameContains": "gate"},
            }
        ],
    )


def test_a_stage_is_deployed_to_the_devices_that_it_selects(sagemaker: Emulator, fleet: Any) -> None:
    plan(fleet)
    fleet.start_edge_deployment_stage(EdgeDeploymentPlanName="roll", StageName="gates")
    assert refused(fleet.delete_edge_deployment_plan, EdgeDeploymentPlanName="roll")[0] == "ResourceInUse"
    assert fleet.list_edge_deployment_plans()["EdgeDeploymentPlanSummaries"][0]["EdgeDeploymentPending"] == 2

    sagemaker.clock.advance(60)

    [row] = fleet.list_edge_deployment_plans()["EdgeDeploymentPlanSummaries"]
    assert (row["EdgeDeploymentSuccess"], row["EdgeDeploymentPending"]) == (2, 0)
    shown = fleet.list_stage_devices(EdgeDeploymentPlanName="roll", StageName="gates")["DeviceDeploymentSummaries"]
    assert {device["DeviceDeploymentStatus"] for device in shown} == {"DEPLOYED"}


def test_a_stage_that_is_stopped_does_not_end_deployed(sagemaker: Emulator, fleet: Any) -> None:
    plan(fleet)
    fleet.start_edge_deployment_stage(EdgeDeploymentPlanName="roll", StageName="gates")
    fleet.stop_edge_deployment_stage(EdgeDeploymentPlanName="roll", StageName="gates")
    sagemaker.clock.advance(100)

    [stage] = fleet.describe_edge_deployment_plan(EdgeDeploymentPlanName="roll")["Stages"]

    assert stage["DeploymentStatus"]["StageStatus"] == "STOPPED"


def test_a_model_is_packaged_for_the_edge(sagemaker: Emulator, client: Any) -> None:
    client.create_edge_packaging_job(
        EdgePackagingJobName="p", CompilationJobName="c", ModelName="digits", ModelVersion="1.0", RoleArn=ROLE,
        OutputConfig={"S3OutputLocation": "s3://bucket/edge/"},
    )  # fmt: skip
    sagemaker.clock.advance(180)

    seen = client.describe_edge_packaging_job(EdgePackagingJobName="p")

    assert (seen["EdgePackagingJobStatus"], seen["ModelArtifact"]) == (
        "COMPLETED",
        "s3://bucket/edge/digits-1.0.tar.gz",
    )
