"""Emulated images for Studio: versions that are numbered, aliases, and what asks for the latest."""

from typing import Any

import pytest
from tests.emulator.asking import IMAGE, ROLE, arn, refused
from tests.emulator.test_emulated_shapes import checked

from sagemaker_local.emulator import Emulator

KERNEL = {"ImageName": "kernel"}
AT_ONCE = {"Delay": 0, "MaxAttempts": 1}


@pytest.fixture
def kernel(sagemaker: Emulator, client: Any) -> None:
    """The image `kernel`, created."""
    client.create_image(**KERNEL, RoleArn=ROLE, DisplayName="Kernel", Description="Ours")
    sagemaker.clock.advance(10)


def add_version(sagemaker: Emulator, client: Any, **members: Any) -> str:
    made: str = client.create_image_version(**KERNEL, BaseImage=IMAGE, **members)["ImageVersionArn"]
    sagemaker.clock.advance(90)
    return made


def test_an_image_is_created_changed_and_deleted(sagemaker: Emulator, client: Any) -> None:
    made = client.create_image(**KERNEL, RoleArn=ROLE, DisplayName="Kernel", Description="Ours")["ImageArn"]
    creating = client.describe_image(**KERNEL)["ImageStatus"]
    sagemaker.clock.advance(10)
    client.get_waiter("image_created").wait(**KERNEL, WaiterConfig=AT_ONCE)
    client.update_image(**KERNEL, DeleteProperties=["Description"], DisplayName="Core")
    updating = client.describe_image(**KERNEL)
    sagemaker.clock.advance(10)
    client.get_waiter("image_updated").wait(**KERNEL, WaiterConfig=AT_ONCE)
    known = client.describe_image(**KERNEL)
    client.delete_image(**KERNEL)
    sagemaker.clock.advance(30)
    client.get_waiter("image_deleted").wait(**KERNEL, WaiterConfig=AT_ONCE)

    assert made == arn("image/kernel")
    assert (creating, updating["ImageStatus"], updating["DisplayName"]) == ("CREATING", "UPDATING", "Kernel")
    assert known["DisplayName"] == "Core"
    assert "Description" not in known


def test_names_of_images_are_taken_once(client: Any) -> None:
    client.create_image(**KERNEL, RoleArn=ROLE)

    assert refused(client.create_image, **KERNEL, RoleArn=ROLE) == (
        "ResourceInUse",
        "The Image with ImageName kernel already exists. Please use a different ImageName.",
    )


def test_an_image_that_failed_has_no_versions(sagemaker: Emulator, client: Any) -> None:
    sagemaker.scenarios.fail("Image", "kernel", reason="No such role.")
    client.create_image(**KERNEL, RoleArn=ROLE)
    sagemaker.clock.advance(10)

    assert refused(client.create_image_version, **KERNEL, BaseImage=IMAGE) == (
        "ValidationException",
        "Image kernel is in an invalid state.",
    )
    assert refused(client.describe_image_version, **KERNEL) == (
        "ResourceNotFound",
        "Latest ImageVersion with ImageName kernel does not exist. Please provide a valid ImageName.",
    )
    assert client.describe_image(**KERNEL)["FailureReason"] == "No such role."


@pytest.mark.usefixtures("kernel")
def test_versions_are_numbered_and_the_latest_is_meant_without_a_number(sagemaker: Emulator, client: Any) -> None:
    first, second = add_version(sagemaker, client), add_version(sagemaker, client)

    assert (first, second) == (arn("image-version/kernel/1"), arn("image-version/kernel/2"))
    latest = client.describe_image_version(**KERNEL)
    assert (latest["Version"], latest["ImageVersionStatus"]) == (2, "CREATED")
    assert latest["ImageArn"] == arn("image/kernel")
    assert latest["ContainerImage"].startswith(IMAGE.removesuffix(":1") + "@sha256:")
    assert client.describe_image_version(**KERNEL, Version=1)["ImageVersionArn"] == first
    client.get_waiter("image_version_created").wait(**KERNEL, WaiterConfig=AT_ONCE)


@pytest.mark.usefixtures("kernel")
def test_the_number_of_a_deleted_version_is_not_used_again(sagemaker: Emulator, client: Any) -> None:
    add_version(sagemaker, client)
    client.delete_image_version(**KERNEL, Version=1)
    busy = refused(client.delete_image_version, **KERNEL, Version=1)
    sagemaker.clock.advance(30)
    client.get_waiter("image_version_deleted").wait(**KERNEL, Version=1, WaiterConfig=AT_ONCE)

    assert busy[0] == "ResourceInUse"
    assert add_version(sagemaker, client) == arn("image-version/kernel/2")


@pytest.mark.usefixtures("kernel")
def test_a_create_request_that_comes_again_makes_no_second_version(sagemaker: Emulator, client: Any) -> None:
    first = add_version(sagemaker, client, ClientToken="once")
    again = add_version(sagemaker, client, ClientToken="once")

    assert first == again
    assert len(client.list_image_versions(**KERNEL)["ImageVersions"]) == 1


@pytest.mark.usefixtures("kernel")
def test_a_refused_version_takes_no_number(sagemaker: Emulator, client: Any) -> None:
    add_version(sagemaker, client, Aliases=["stable"])

    taken = refused(client.create_image_version, **KERNEL, BaseImage=IMAGE, Aliases=["stable"])

    assert taken[0] == "ResourceInUse"
    assert add_version(sagemaker, client) == arn("image-version/kernel/2")


@pytest.mark.usefixtures("kernel")
def test_aliases_lead_to_a_version_and_move(sagemaker: Emulator, client: Any) -> None:
    add_version(sagemaker, client, Aliases=["stable", "old"])
    add_version(sagemaker, client)
    taken = refused(client.update_image_version, **KERNEL, Version=2, AliasesToAdd=["stable"])
    client.update_image_version(**KERNEL, Alias="stable", AliasesToDelete=["stable"], ReleaseNotes="Retired")
    client.update_image_version(**KERNEL, Version=2, AliasesToAdd=["stable", "new"])

    assert taken[0] == "ResourceInUse"
    assert client.describe_image_version(**KERNEL, Alias="stable")["Version"] == 2
    assert client.describe_image_version(**KERNEL, Version=1)["ReleaseNotes"] == "Retired"
    assert client.list_aliases(**KERNEL)["SageMakerImageVersionAliases"] == ["new", "old", "stable"]
    assert client.list_aliases(**KERNEL, Version=1)["SageMakerImageVersionAliases"] == ["old"]
    assert refused(client.describe_image_version, **KERNEL, Alias="none")[0] == "ResourceNotFound"
    client.delete_image_version(**KERNEL, Alias="old")
    assert client.describe_image_version(**KERNEL, Version=1)["ImageVersionStatus"] == "DELETING"


@pytest.mark.usefixtures("kernel")
def test_lists_spell_their_order_in_capitals(sagemaker: Emulator, client: Any) -> None:
    for _ in range(3):
        add_version(sagemaker, client)

    def numbers(**order: str) -> list[int]:
        return [one["Version"] for one in client.list_image_versions(**KERNEL, **order)["ImageVersions"]]

    assert numbers() == [3, 2, 1]
    assert numbers(SortBy="VERSION", SortOrder="DESCENDING") == [3, 2, 1]
    assert numbers(SortBy="VERSION", SortOrder="ASCENDING") == [1, 2, 3]


def test_what_is_about_no_image_is_refused(client: Any) -> None:
    for operation in (client.list_image_versions, client.list_aliases, client.describe_image, client.delete_image):
        assert refused(operation, **KERNEL)[0] == "ResourceNotFound"
    assert refused(client.create_image_version, **KERNEL, BaseImage=IMAGE)[0] == "ResourceNotFound"


@pytest.mark.usefixtures("kernel")
def test_an_image_goes_with_all_its_versions(sagemaker: Emulator, client: Any) -> None:
    add_version(sagemaker, client)
    client.create_image_version(**KERNEL, BaseImage=IMAGE)
    client.delete_image(**KERNEL)
    sagemaker.clock.advance(30)
    client.create_image(**KERNEL, RoleArn=ROLE)
    sagemaker.clock.advance(200)

    assert client.list_image_versions(**KERNEL)["ImageVersions"] == []
    assert add_version(sagemaker, client) == arn("image-version/kernel/1")


def test_a_configuration_of_an_image_mounts_files_where_aws_does(client: Any) -> None:
    name = {"AppImageConfigName": "kernel"}
    kernels = {"KernelSpecs": [{"Name": "python3"}], "FileSystemConfig": {"DefaultUid": 0}}
    client.create_app_image_config(**name, KernelGatewayImageConfig=kernels)
    twice = refused(client.create_app_image_config, **name)
    known = client.describe_app_image_config(**name)["KernelGatewayImageConfig"]["FileSystemConfig"]
    client.update_app_image_config(**name, JupyterLabAppImageConfig={"ContainerConfig": {"ContainerEntrypoint": ["a"]}})
    updated = client.describe_app_image_config(**name)
    client.delete_app_image_config(**name)

    assert twice == ("ResourceInUse", "The ID or Name specified is already in use.")
    assert known == {"DefaultUid": 0, "DefaultGid": 100, "MountPath": "/home/sagemaker-user"}
    assert updated["JupyterLabAppImageConfig"]["ContainerConfig"] == {"ContainerEntrypoint": ["a"]}
    assert updated["KernelGatewayImageConfig"]["KernelSpecs"] == [{"Name": "python3"}]
    assert refused(client.describe_app_image_config, **name)[0] == "ResourceNotFound"


def test_every_answer_about_images_fits_the_model(sagemaker: Emulator) -> None:
    checked(sagemaker, "CreateImage", {**KERNEL, "RoleArn": ROLE})
    checked(sagemaker, "DescribeImage", KERNEL)
    sagemaker.clock.advance(10)
    checked(sagemaker, "UpdateImage", {**KERNEL, "Description": "Ours"})
    checked(sagemaker, "DescribeImage", KERNEL)
    checked(sagemaker, "ListImages", {"SortBy": "IMAGE_NAME"})
    sagemaker.clock.advance(10)
    version = {**KERNEL, "BaseImage": IMAGE, "ClientToken": "once", "Aliases": ["stable"], "MLFramework": "Torch 2.1"}
    checked(sagemaker, "CreateImageVersion", version)
    checked(sagemaker, "DescribeImageVersion", KERNEL)
    checked(sagemaker, "ListImageVersions", KERNEL)
    sagemaker.clock.advance(90)
    checked(sagemaker, "DescribeImageVersion", KERNEL)
    checked(sagemaker, "UpdateImageVersion", {**KERNEL, "AliasesToAdd": ["new"]})
    checked(sagemaker, "ListAliases", KERNEL)
    checked(sagemaker, "DeleteImageVersion", {**KERNEL, "Version": 1})
    checked(sagemaker, "DeleteImage", KERNEL)
    checked(sagemaker, "CreateAppImageConfig", {"AppImageConfigName": "kernel"})
    checked(sagemaker, "DescribeAppImageConfig", {"AppImageConfigName": "kernel"})
    checked(sagemaker, "ListAppImageConfigs", {})
    checked(sagemaker, "UpdateAppImageConfig", {"AppImageConfigName": "kernel"})
    checked(sagemaker, "DeleteAppImageConfig", {"AppImageConfigName": "kernel"})
