"""Emulated notebook instances: their states, what is refused in which, and the scripts that they start with."""

from typing import Any

import pytest
from tests.emulator.asking import arn, refused
from tests.emulator.studio_requests import notebook
from tests.emulator.test_emulated_shapes import checked

from sagemaker_local.emulator import Emulator

LAB = {"NotebookInstanceName": "lab"}
SCRIPT = [{"Content": "ZWNobyBoZWxsbwo="}]
SCRIPTS = {"NotebookInstanceLifecycleConfigName": "setup"}


def status(client: Any) -> str:
    return str(client.describe_notebook_instance(**LAB)["NotebookInstanceStatus"])


@pytest.fixture
def stopped(sagemaker: Emulator, client: Any) -> None:
    """The notebook `lab`, stopped."""
    client.create_notebook_instance(**notebook())
    sagemaker.clock.advance(200)
    client.stop_notebook_instance(**LAB)
    sagemaker.clock.advance(100)


def test_a_notebook_starts_stops_starts_again_and_is_deleted(sagemaker: Emulator, client: Any) -> None:
    client.create_notebook_instance(**notebook())
    seen = [status(client)]
    sagemaker.clock.advance(200)
    for operation in (client.stop_notebook_instance, client.start_notebook_instance, client.stop_notebook_instance):
        seen.append(status(client))
        operation(**LAB)
        seen.append(status(client))
        sagemaker.clock.advance(200)
    client.delete_notebook_instance(**LAB)
    seen.append(status(client))
    sagemaker.clock.advance(60)

    assert seen == ["Pending", "InService", "Stopping", "Stopped", "Pending", "InService", "Stopping", "Deleting"]
    assert refused(client.describe_notebook_instance, **LAB) == ("ValidationException", "RecordNotFound")


def test_a_minimal_notebook_is_described_with_what_aws_adds(client: Any) -> None:
    client.create_notebook_instance(**notebook(LifecycleConfigName="setup", SecurityGroupIds=["sg-1"]))

    known = client.describe_notebook_instance(**LAB)

    assert known["DirectInternetAccess"] == known["RootAccess"] == "Enabled"
    assert (known["VolumeSizeInGB"], known["IpAddressType"]) == (5, "ipv4")
    assert known["PlatformIdentifier"] == "notebook-al2023-v1"
    assert known["NotebookInstanceLifecycleConfigName"] == "setup"
    assert known["SecurityGroups"] == ["sg-1"]
    assert known["Url"] == "lab.notebook.us-east-1.sagemaker.aws"


def test_each_operation_says_from_which_states_it_starts(sagemaker: Emulator, client: Any) -> None:
    client.create_notebook_instance(**notebook())
    lab = arn("notebook-instance/lab")

    assert refused(client.stop_notebook_instance, **LAB) == (
        "ValidationException",
        f"Status (Pending) not in ([InService]). Unable to transition to (Stopping) for Notebook Instance ({lab}).",
    )
    assert refused(client.start_notebook_instance, **LAB)[1] == (
        f"Status (Pending) not in ([Stopped, Failed]). Unable to transition to (Pending) for Notebook Instance ({lab})."
    )
    sagemaker.clock.advance(200)
    assert refused(client.delete_notebook_instance, **LAB)[1] == (
        f"Status (InService) not in ([Stopped, Failed]). Unable to transition to (Deleting) for Notebook Instance ({lab})."
    )
    assert refused(client.update_notebook_instance, **LAB, RootAccess="Disabled")[0] == "ValidationException"
    assert refused(client.create_notebook_instance, **notebook()) == (
        "ValidationException",
        f"Cannot create a duplicate Notebook Instance ({lab})",
    )


@pytest.mark.usefixtures("stopped")
def test_an_update_counts_once_it_is_through(sagemaker: Emulator, client: Any) -> None:
    client.update_notebook_instance(**LAB, InstanceType="ml.t3.large", VolumeSizeInGB=8, LifecycleConfigName="setup")
    before = client.describe_notebook_instance(**LAB)
    sagemaker.clock.advance(30)
    after = client.describe_notebook_instance(**LAB)

    assert (before["NotebookInstanceStatus"], before["InstanceType"]) == ("Updating", "ml.t3.medium")
    assert (after["NotebookInstanceStatus"], after["InstanceType"]) == ("Stopped", "ml.t3.large")
    assert (after["VolumeSizeInGB"], after["NotebookInstanceLifecycleConfigName"]) == (8, "setup")


@pytest.mark.usefixtures("stopped")
def test_a_member_goes_only_by_its_flag(sagemaker: Emulator, client: Any) -> None:
    client.update_notebook_instance(**LAB, LifecycleConfigName="setup", DefaultCodeRepository="https://example.com/a")
    sagemaker.clock.advance(30)
    client.update_notebook_instance(**LAB, DisassociateLifecycleConfig=True)
    sagemaker.clock.advance(30)

    known = client.describe_notebook_instance(**LAB)

    assert "NotebookInstanceLifecycleConfigName" not in known
    assert known["DefaultCodeRepository"] == "https://example.com/a"


@pytest.mark.usefixtures("stopped")
def test_a_volume_only_grows(client: Any) -> None:
    client.update_notebook_instance(**LAB, VolumeSizeInGB=5)

    assert status(client) == "Updating"


def test_a_volume_does_not_shrink(sagemaker: Emulator, client: Any) -> None:
    client.create_notebook_instance(**notebook(VolumeSizeInGB=20))
    sagemaker.clock.advance(200)
    client.stop_notebook_instance(**LAB)
    sagemaker.clock.advance(100)

    assert "cannot be made smaller" in refused(client.update_notebook_instance, **LAB, VolumeSizeInGB=10)[1]


def test_a_notebook_that_failed_can_be_started_again_or_deleted(sagemaker: Emulator, client: Any) -> None:
    sagemaker.scenarios.fail("NotebookInstance", "lab", reason="Insufficient capacity.", at="Pending", times=1)
    client.create_notebook_instance(**notebook())
    sagemaker.clock.advance(200)
    failed = client.describe_notebook_instance(**LAB)
    client.start_notebook_instance(**LAB)
    sagemaker.clock.advance(200)
    started = client.describe_notebook_instance(**LAB)

    assert (failed["NotebookInstanceStatus"], failed["FailureReason"]) == ("Failed", "Insufficient capacity.")
    assert started["NotebookInstanceStatus"] == "InService"
    assert "FailureReason" not in started


def test_only_a_running_notebook_has_a_jupyter_to_sign_in_to(sagemaker: Emulator, client: Any) -> None:
    client.create_notebook_instance(**notebook())
    early = refused(client.create_presigned_notebook_instance_url, **LAB)
    sagemaker.clock.advance(200)

    assert early[0] == "ValidationException"
    url = client.create_presigned_notebook_instance_url(**LAB)["AuthorizedUrl"]
    assert url.startswith("https://lab.notebook.us-east-1.sagemaker.aws?authToken=")


def test_a_notebook_without_internet_needs_a_subnet(sagemaker: Emulator, client: Any) -> None:
    closed = {"DirectInternetAccess": "Disabled"}

    assert "SubnetId" in refused(client.create_notebook_instance, **notebook(**closed))[1]
    client.create_notebook_instance(**notebook(**closed, SubnetId="subnet-1", SecurityGroupIds=["sg-1"]))
    sagemaker.clock.advance(200)
    assert client.describe_notebook_instance(**LAB)["NetworkInterfaceId"].startswith("eni-")


def test_notebooks_are_listed_by_what_they_have(sagemaker: Emulator, client: Any) -> None:
    client.create_notebook_instance(**notebook("lab", LifecycleConfigName="setup"))
    client.create_notebook_instance(**notebook("bench", AdditionalCodeRepositories=["https://example.com/b"]))
    client.create_notebook_instance(**notebook("desk", DefaultCodeRepository="mine-too"))

    def names(**filters: Any) -> list[str]:
        found = client.list_notebook_instances(**filters)["NotebookInstances"]
        return [one["NotebookInstanceName"] for one in found]

    assert names(NotebookInstanceLifecycleConfigNameContains="set") == ["lab"]
    assert names(AdditionalCodeRepositoryEquals="https://example.com/b") == ["bench"]
    assert names(DefaultCodeRepositoryContains="mine") == ["desk"]
    assert names(SortBy="Name", SortOrder="Ascending") == ["bench", "desk", "lab"]
    assert names(StatusEquals="InService") == []
    assert names(NameContains="des", StatusEquals="Pending") == ["desk"]


def test_scripts_are_kept_changed_and_deleted(client: Any) -> None:
    client.create_notebook_instance_lifecycle_config(**SCRIPTS, OnCreate=SCRIPT)
    client.update_notebook_instance_lifecycle_config(**SCRIPTS, OnStart=SCRIPT)
    known = client.describe_notebook_instance_lifecycle_config(**SCRIPTS)
    taken = refused(client.create_notebook_instance_lifecycle_config, **SCRIPTS)
    client.delete_notebook_instance_lifecycle_config(**SCRIPTS)

    assert (known["OnCreate"], known["OnStart"]) == (SCRIPT, SCRIPT)
    assert taken[1].startswith("Unable to create Notebook Instance Lifecycle Config")
    code, text = refused(client.describe_notebook_instance_lifecycle_config, **SCRIPTS)
    assert (code, text[:55]) == ("ValidationException", "Unable to describe Notebook Instance Lifecycle Config '")


def test_scripts_that_a_notebook_starts_with_stay(client: Any) -> None:
    client.create_notebook_instance_lifecycle_config(**SCRIPTS, OnCreate=SCRIPT)
    client.create_notebook_instance(**notebook(LifecycleConfigName="setup"))

    code, text = refused(client.delete_notebook_instance_lifecycle_config, **SCRIPTS)

    assert code == "ValidationException"
    assert arn("notebook-instance/lab") in text


@pytest.mark.parametrize("waiter", ["in_service", "stopped", "deleted"])
def test_boto3s_waiters_for_notebooks_end(sagemaker: Emulator, client: Any, waiter: str) -> None:
    client.create_notebook_instance(**notebook())
    sagemaker.clock.advance(200)
    steps = {"in_service": 0, "stopped": 1, "deleted": 2}[waiter]
    for operation in (client.stop_notebook_instance, client.delete_notebook_instance)[:steps]:
        operation(**LAB)
        sagemaker.clock.advance(200)

    client.get_waiter(f"notebook_instance_{waiter}").wait(**LAB, WaiterConfig={"Delay": 0, "MaxAttempts": 1})


def test_every_answer_about_notebooks_fits_the_model(sagemaker: Emulator) -> None:
    checked(sagemaker, "CreateNotebookInstanceLifecycleConfig", {**SCRIPTS, "OnCreate": SCRIPT})
    checked(sagemaker, "UpdateNotebookInstanceLifecycleConfig", {**SCRIPTS, "OnStart": SCRIPT})
    checked(sagemaker, "DescribeNotebookInstanceLifecycleConfig", SCRIPTS)
    checked(sagemaker, "ListNotebookInstanceLifecycleConfigs", {})
    checked(sagemaker, "CreateNotebookInstance", notebook(SubnetId="subnet-1", LifecycleConfigName="setup"))
    for operation in ("Describe", "Stop", "Update", "Start", "CreatePresigned", "Stop", "Delete"):
        suffix = "Url" if operation == "CreatePresigned" else ""
        checked(sagemaker, "DescribeNotebookInstance", LAB)
        checked(sagemaker, "ListNotebookInstances", {})
        if operation != "Describe":
            checked(sagemaker, f"{operation}NotebookInstance{suffix}", dict(LAB))
            checked(sagemaker, "DescribeNotebookInstance", LAB)
        sagemaker.clock.advance(200)


def test_maintenance_locks_a_notebook_until_it_is_back(sagemaker: Emulator, client: Any) -> None:
    client.create_notebook_instance(**notebook())
    sagemaker.clock.advance(180)

    sagemaker.scenarios.maintain("NotebookInstance", "lab", seconds=100)
    seen = [client.describe_notebook_instance(NotebookInstanceName="lab")["NotebookInstanceStatus"]]
    locked = refused(client.stop_notebook_instance, NotebookInstanceName="lab")[0]
    for seconds in (10, 90):
        sagemaker.clock.advance(seconds)
        seen.append(client.describe_notebook_instance(NotebookInstanceName="lab")["NotebookInstanceStatus"])

    assert (seen, locked) == (["PendingMaintenance", "InMaintenance", "InService"], "ValidationException")
