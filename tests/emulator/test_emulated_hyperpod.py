"""HyperPod clusters: their groups and nodes, what happens to them, and who may use how much of them."""

from typing import Any

from tests.emulator.asking import ROLE, refused
from tests.emulator.test_emulated_shapes import checked

from sagemaker_local.emulator import Emulator


def group(name: str = "workers", *, count: int = 2, **members: Any) -> dict[str, Any]:
    return {
        "InstanceGroupName": name,
        "InstanceType": "ml.g5.xlarge",
        "InstanceCount": count,
        "ExecutionRole": ROLE,
        **members,
    }


def create_cluster(sagemaker: Emulator, client: Any, *groups: dict[str, Any], **members: Any) -> str:
    """A cluster named pool that is InService; returns its ARN."""
    wanted = list(groups) or [group()]
    arn: str = client.create_cluster(ClusterName="pool", InstanceGroups=wanted, **members)["ClusterArn"]
    sagemaker.clock.advance(600)
    return arn


def counts(client: Any) -> dict[str, tuple[int, int]]:
    """Current and target count of each group."""
    found = client.describe_cluster(ClusterName="pool")["InstanceGroups"]
    return {row["InstanceGroupName"]: (row["CurrentCount"], row["TargetCount"]) for row in found}


def nodes(client: Any, **request: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.list_cluster_nodes(ClusterName="pool", **request)["ClusterNodeSummaries"]
    return found


def test_a_cluster_fills_its_groups_and_then_is_in_service(sagemaker: Emulator, client: Any) -> None:
    client.create_cluster(ClusterName="pool", InstanceGroups=[group(count=4)])
    seen = []
    for seconds in (0, 180, 420):
        sagemaker.clock.advance(seconds)
        status = checked(sagemaker, "DescribeCluster", {"ClusterName": "pool"})["ClusterStatus"]
        seen.append((status, counts(client)["workers"]))

    assert seen == [("Creating", (0, 4)), ("Creating", (2, 4)), ("InService", (4, 4))]
    assert {node["InstanceStatus"]["Status"] for node in nodes(client)} == {"Running"}


def test_a_cluster_is_found_by_its_name_and_by_its_arn_which_has_an_id(sagemaker: Emulator, client: Any) -> None:
    arn = create_cluster(sagemaker, client)

    by_arn = client.describe_cluster(ClusterName=arn)

    assert by_arn["ClusterName"] == "pool"
    assert arn.rpartition("/")[2] != "pool"
    assert refused(client.create_cluster, ClusterName="pool", InstanceGroups=[group()])[0] == "ResourceInUse"
    assert refused(client.describe_cluster, ClusterName="other")[0] == "ResourceNotFound"


def test_an_update_scales_adds_and_removes_groups(sagemaker: Emulator, client: Any) -> None:
    create_cluster(sagemaker, client, group(), group("old", count=1), group("kept", count=1))

    client.update_cluster(
        ClusterName="pool", InstanceGroups=[group(count=1), group("new", count=3)], InstanceGroupsToDelete=["old"]
    )
    during = client.describe_cluster(ClusterName="pool")
    sagemaker.clock.advance(300)

    statuses = {row["InstanceGroupName"]: row["Status"] for row in during["InstanceGroups"]}
    assert during["ClusterStatus"] == "Updating"
    assert statuses == {"workers": "Updating", "old": "Deleting", "kept": "InService", "new": "Creating"}
    assert counts(client) == {"workers": (1, 1), "kept": (1, 1), "new": (3, 3)}
    assert client.describe_cluster(ClusterName="pool")["ClusterStatus"] == "InService"


def test_a_failed_update_is_rolled_back_and_says_why(sagemaker: Emulator, client: Any) -> None:
    create_cluster(sagemaker, client)
    sagemaker.scenarios.fail("Cluster", "pool", reason="InsufficientCapacity: no ml.g5.xlarge", at="Updating")

    client.update_cluster(ClusterName="pool", InstanceGroups=[group(count=8), group("new")])
    sagemaker.clock.advance(300)
    during = client.describe_cluster(ClusterName="pool")["ClusterStatus"]
    sagemaker.clock.advance(180)

    after = client.describe_cluster(ClusterName="pool")
    assert (during, after["ClusterStatus"]) == ("RollingBack", "InService")
    assert after["FailureMessage"] == "InsufficientCapacity: no ml.g5.xlarge"
    assert counts(client) == {"workers": (2, 2)}


def test_a_cluster_that_could_not_be_created_is_failed_and_can_be_deleted(sagemaker: Emulator, client: Any) -> None:
    sagemaker.scenarios.fail("Cluster", "pool", reason="lifecycle script failed")
    client.create_cluster(ClusterName="pool", InstanceGroups=[group()])
    sagemaker.clock.advance(600)
    failed = client.describe_cluster(ClusterName="pool")

    client.delete_cluster(ClusterName="pool")
    sagemaker.clock.advance(300)

    assert (failed["ClusterStatus"], failed["FailureMessage"]) == ("Failed", "lifecycle script failed")
    assert refused(client.describe_cluster, ClusterName="pool")[0] == "ResourceNotFound"


def test_a_busy_cluster_is_neither_updated_nor_deleted(client: Any) -> None:
    client.create_cluster(ClusterName="pool", InstanceGroups=[group()])

    assert refused(client.update_cluster, ClusterName="pool", InstanceGroups=[group()])[0] == "ConflictException"
    assert refused(client.update_cluster_software, ClusterName="pool")[0] == "ConflictException"
    assert refused(client.delete_cluster, ClusterName="pool")[0] == "ConflictException"


def test_an_update_that_deletes_an_unknown_group_changes_nothing(sagemaker: Emulator, client: Any) -> None:
    create_cluster(sagemaker, client)

    code, text = refused(client.update_cluster, ClusterName="pool", InstanceGroupsToDelete=["nope"])

    assert (code, "nope" in text) == ("ValidationException", True)
    assert client.describe_cluster(ClusterName="pool")["ClusterStatus"] == "InService"


def test_a_software_update_shows_as_system_updating_and_leaves_a_time_on_each_node(
    sagemaker: Emulator, client: Any
) -> None:
    create_cluster(sagemaker, client)

    client.update_cluster_software(ClusterName="pool", ImageId="ami-0123456789abcdef0")
    during = client.describe_cluster(ClusterName="pool")["ClusterStatus"]
    sagemaker.clock.advance(900)

    found = checked(sagemaker, "DescribeCluster", {"ClusterName": "pool"})
    assert (during, found["ClusterStatus"]) == ("SystemUpdating", "InService")
    assert found["InstanceGroups"][0]["CurrentImageId"] == "ami-0123456789abcdef0"
    assert found["InstanceGroups"][0]["SoftwareUpdateStatus"] == "Succeeded"
    assert all("LastSoftwareUpdateTime" in node for node in nodes(client))


def test_a_node_is_described_by_either_of_its_ids(sagemaker: Emulator, client: Any) -> None:
    script = {"SourceS3Uri": "s3://sagemaker-scripts", "OnCreate": "setup.sh"}
    create_cluster(sagemaker, client, group(LifeCycleConfig=script))
    node = nodes(client, IncludeNodeLogicalIds=True)[0]

    by_id = checked(sagemaker, "DescribeClusterNode", {"ClusterName": "pool", "NodeId": node["InstanceId"]})
    by_name = client.describe_cluster_node(ClusterName="pool", NodeLogicalId=node["NodeLogicalId"])["NodeDetails"]

    assert by_id["NodeDetails"]["InstanceId"] == by_name["InstanceId"] == node["InstanceId"]
    assert by_name["LifeCycleConfig"] == script
    assert refused(client.describe_cluster_node, ClusterName="pool", NodeId="i-0000000a")[0] == "ResourceNotFound"


def test_nodes_are_added_under_their_logical_ids_and_once_for_a_token(sagemaker: Emulator, client: Any) -> None:
    create_cluster(sagemaker, client, NodeProvisioningMode="Continuous")
    wish = {
        "ClusterName": "pool",
        "ClientToken": "first",
        "NodesToAdd": [
            {"InstanceGroupName": "workers", "IncrementTargetCountBy": 2},
            {"InstanceGroupName": "nope", "IncrementTargetCountBy": 1},
        ],
    }

    added = checked(sagemaker, "BatchAddClusterNodes", wish)
    again = client.batch_add_cluster_nodes(**wish)
    sagemaker.clock.advance(180)

    failed = [(row["InstanceGroupName"], row["ErrorCode"], row["FailedCount"]) for row in added["Failed"]]
    assert [row["Status"] for row in added["Successful"]] == ["Pending", "Pending"]
    assert again["Successful"] == added["Successful"]
    assert failed == [("nope", "InstanceGroupNotFound", 1)]
    assert counts(client)["workers"] == (4, 4)
    assert {node["InstanceStatus"]["Status"] for node in nodes(client)} == {"Running"}


def test_nodes_are_only_added_to_clusters_that_provision_continuously(sagemaker: Emulator, client: Any) -> None:
    create_cluster(sagemaker, client)
    wish = [{"InstanceGroupName": "workers", "IncrementTargetCountBy": 1}]

    assert refused(client.batch_add_cluster_nodes, ClusterName="pool", NodesToAdd=wish)[0] == "ValidationException"


def test_deleted_nodes_go_and_unknown_ones_are_told(sagemaker: Emulator, client: Any) -> None:
    create_cluster(sagemaker, client)
    first = nodes(client)[0]["InstanceId"]

    told = checked(sagemaker, "BatchDeleteClusterNodes", {"ClusterName": "pool", "NodeIds": [first, "i-0000000a"]})
    sagemaker.clock.advance(60)

    assert told["Successful"] == [first]
    assert [(row["NodeId"], row["Code"]) for row in told["Failed"]] == [("i-0000000a", "NodeIdNotFound")]
    assert counts(client)["workers"] == (1, 1)


def test_a_rebooted_node_comes_back_and_is_not_rebooted_twice_at_once(sagemaker: Emulator, client: Any) -> None:
    create_cluster(sagemaker, client)
    first = nodes(client)[0]["InstanceId"]
    request = {"ClusterName": "pool", "NodeIds": [first]}

    begun = checked(sagemaker, "BatchRebootClusterNodes", request)
    again = checked(sagemaker, "BatchRebootClusterNodes", request)
    sagemaker.clock.advance(120)

    assert begun == {"Successful": [first]}
    assert again["Failed"][0]["ErrorCode"] == "InvalidInstanceStatus"
    assert nodes(client)[0]["InstanceStatus"]["Status"] == "Running"


def test_a_replaced_node_keeps_its_logical_id(sagemaker: Emulator, client: Any) -> None:
    create_cluster(sagemaker, client)
    before = nodes(client, IncludeNodeLogicalIds=True)[0]

    told = checked(
        sagemaker,
        "BatchReplaceClusterNodes",
        {"ClusterName": "pool", "NodeLogicalIds": [before["NodeLogicalId"], "nobody"]},
    )
    sagemaker.clock.advance(180)

    after = client.describe_cluster_node(ClusterName="pool", NodeLogicalId=before["NodeLogicalId"])["NodeDetails"]
    assert told["SuccessfulNodeLogicalIds"] == [before["NodeLogicalId"]]
    assert told["FailedNodeLogicalIds"][0]["ErrorCode"] == "InstanceIdNotFound"
    assert after["InstanceId"] != before["InstanceId"]
    assert counts(client)["workers"] == (2, 2)


def test_a_health_check_keeps_nodes_busy_and_is_an_operation(sagemaker: Emulator, client: Any) -> None:
    create_cluster(sagemaker, client)
    wish = [{"InstanceGroupName": "workers", "DeepHealthChecks": ["InstanceStress"]}]

    client.start_cluster_health_check(ClusterName="pool", DeepHealthCheckConfigurations=wish)
    during = {node["InstanceStatus"]["Status"] for node in nodes(client)}
    sagemaker.clock.advance(3600)

    operations = checked(sagemaker, "ListClusterOperations", {"ClusterName": "pool", "Type": "DeepHealthCheck"})
    assert during == {"DeepHealthCheckInProgress"}
    assert {node["InstanceStatus"]["Status"] for node in nodes(client)} == {"Running"}
    assert [row["Status"] for row in operations["ClusterOperationSummaries"]] == ["Done"]


def test_scaling_is_an_operation_that_tells_what_was_and_what_is_to_be(sagemaker: Emulator, client: Any) -> None:
    create_cluster(sagemaker, client)
    client.update_cluster(ClusterName="pool", InstanceGroups=[group(count=5)])
    listed = client.list_cluster_operations(ClusterName="pool")["ClusterOperationSummaries"]
    asked = {"ClusterName": "pool", "OperationId": listed[0]["OperationId"]}

    during = checked(sagemaker, "DescribeClusterOperation", asked)["Status"]
    sagemaker.clock.advance(300)

    done = checked(sagemaker, "DescribeClusterOperation", asked)
    assert (during, done["Status"]) == ("InProgress", "Done")
    assert done["ScalingDetails"][0]["Original"]["TargetCount"] == 2
    assert done["ScalingDetails"][0]["Desired"]["TargetCount"] == 5


def test_events_tell_what_happened_to_a_continuous_cluster(sagemaker: Emulator, client: Any) -> None:
    create_cluster(sagemaker, client, NodeProvisioningMode="Continuous")
    first = nodes(client)[0]["InstanceId"]
    client.batch_reboot_cluster_nodes(ClusterName="pool", NodeIds=[first])
    sagemaker.clock.advance(120)

    found = checked(sagemaker, "ListClusterEvents", {"ClusterName": "pool", "SortOrder": "Ascending"})["Events"]
    of_node = client.list_cluster_events(ClusterName="pool", NodeId=first)["Events"]
    one = checked(sagemaker, "DescribeClusterEvent", {"ClusterName": "pool", "EventId": found[0]["EventId"]})

    assert [event["ResourceType"] for event in found] == ["Cluster", "Cluster", "Instance"]
    assert [event["Description"] for event in of_node] == ["The instance is Running."]
    assert one["EventDetails"]["Description"] == "The cluster is being created."


def test_volumes_and_interfaces_are_attached_once(sagemaker: Emulator, client: Any) -> None:
    arn = create_cluster(sagemaker, client)
    node = nodes(client)[0]["InstanceId"]
    disk = {"ClusterArn": arn, "NodeId": node, "VolumeId": "vol-0123456789abcdef0"}
    plug = {"ClusterName": "pool", "NodeId": node, "NetworkInterfaceId": "eni-0123456789abcdef0"}

    attached = checked(sagemaker, "AttachClusterNodeVolume", disk)
    twice = refused(client.attach_cluster_node_volume, **disk)
    detached = checked(sagemaker, "DetachClusterNodeVolume", disk)

    assert (attached["Status"], detached["Status"], twice[0]) == ("attaching", "detaching", "ValidationException")
    assert refused(client.detach_cluster_node_volume, **disk)[0] == "ValidationException"
    assert checked(sagemaker, "AttachClusterNodeNetworkInterface", plug)["NodeId"] == node
    assert refused(client.attach_cluster_node_network_interface, **plug)[0] == "ValidationException"


def test_an_extension_is_installed_updated_and_removed(sagemaker: Emulator, client: Any) -> None:
    cluster = create_cluster(sagemaker, client, NodeProvisioningMode="Continuous")
    wish = {"ClusterArn": cluster, "ExtensionName": "sagemaker-observability"}
    arn = client.create_cluster_extension(**wish)["ExtensionArn"]
    which = {"ClusterArn": cluster, "ExtensionArn": arn}
    early = refused(client.delete_cluster_extension, **which)
    sagemaker.clock.advance(120)
    client.update_cluster_extension(**which, ConfigurationValues="{}")
    sagemaker.clock.advance(120)
    found = checked(sagemaker, "DescribeClusterExtension", which)
    twice = refused(client.create_cluster_extension, **wish)

    client.delete_cluster_extension(**which)
    sagemaker.clock.advance(60)

    assert (early[0], twice[0]) == ("ConflictException", "ResourceInUse")
    assert (found["ExtensionDetails"]["Status"], found["ExtensionDetails"]["ConfigurationValues"]) == ("Active", "{}")
    assert found["NodeSummary"] == {"TotalCount": 2, "ActiveCount": 2}
    assert client.list_cluster_extensions(ClusterArn=cluster)["Extensions"] == []
    assert refused(client.describe_cluster_extension, **which)[0] == "ResourceNotFound"


def test_extensions_need_a_cluster_that_provisions_continuously(sagemaker: Emulator, client: Any) -> None:
    cluster = create_cluster(sagemaker, client)

    code, _ = refused(client.create_cluster_extension, ClusterArn=cluster, ExtensionName="sagemaker-observability")

    assert code == "ValidationException"
    assert checked(sagemaker, "ListClusterExtensionVersions", {"ExtensionName": "sagemaker-observability"})


CLUSTER_ARN = "arn:aws:sagemaker:us-east-1:123456789012:cluster/0123456789ab"


def test_a_quota_gets_a_version_with_each_update_and_keeps_the_old_ones(sagemaker: Emulator, client: Any) -> None:
    limits = {"ComputeQuotaResources": [{"InstanceType": "ml.g5.xlarge", "Count": 1}]}
    wish = {"ClusterArn": CLUSTER_ARN, "ComputeQuotaConfig": limits, "ComputeQuotaTarget": {"TeamName": "vision"}}
    quota = client.create_compute_quota(Name="vision", **wish)["ComputeQuotaId"]
    sagemaker.clock.advance(30)

    more = {"ComputeQuotaResources": [{"InstanceType": "ml.g5.xlarge", "Count": 4}]}
    client.update_compute_quota(ComputeQuotaId=quota, TargetVersion=1, ComputeQuotaConfig=more)
    sagemaker.clock.advance(30)

    now = checked(sagemaker, "DescribeComputeQuota", {"ComputeQuotaId": quota})
    then = checked(sagemaker, "DescribeComputeQuota", {"ComputeQuotaId": quota, "ComputeQuotaVersion": 1})
    stale = refused(client.update_compute_quota, ComputeQuotaId=quota, TargetVersion=1)
    assert (now["Status"], now["ComputeQuotaVersion"], now["ComputeQuotaConfig"]) == ("Updated", 2, more)
    assert (then["ComputeQuotaVersion"], then["ComputeQuotaConfig"]) == (1, limits)
    assert stale[0] == "ConflictException"
    assert refused(client.describe_compute_quota, ComputeQuotaId=quota, ComputeQuotaVersion=9)[0] == "ResourceNotFound"


def test_a_scheduler_configuration_is_listed_and_deleted(sagemaker: Emulator, client: Any) -> None:
    rules = {"PriorityClasses": [{"Name": "high", "Weight": 90}]}
    wish = {"Name": "first", "ClusterArn": CLUSTER_ARN, "SchedulerConfig": rules}
    config = client.create_cluster_scheduler_config(**wish)["ClusterSchedulerConfigId"]
    twice = refused(client.create_cluster_scheduler_config, **wish)
    sagemaker.clock.advance(30)
    listed = checked(sagemaker, "ListClusterSchedulerConfigs", {"Status": "Created", "NameContains": "first"})

    client.delete_cluster_scheduler_config(ClusterSchedulerConfigId=config)
    sagemaker.clock.advance(30)

    assert twice[0] == "ConflictException"
    assert [row["Name"] for row in listed["ClusterSchedulerConfigSummaries"]] == ["first"]
    assert refused(client.describe_cluster_scheduler_config, ClusterSchedulerConfigId=config)[0] == "ResourceNotFound"


def test_a_quota_that_cannot_be_set_up_says_why(sagemaker: Emulator, client: Any) -> None:
    sagemaker.scenarios.fail("ComputeQuota", "vision", reason="Kueue is not installed")
    quota = client.create_compute_quota(
        Name="vision", ClusterArn=CLUSTER_ARN, ComputeQuotaConfig={}, ComputeQuotaTarget={"TeamName": "vision"}
    )["ComputeQuotaId"]

    sagemaker.clock.advance(30)

    found = client.describe_compute_quota(ComputeQuotaId=quota)
    assert (found["Status"], found["FailureReason"]) == ("CreateFailed", "Kueue is not installed")
