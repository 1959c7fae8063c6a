"""Feature groups: their stores, how features are added, and what people note about them."""

from typing import Any

import pytest
from tests.emulator.asking import ROLE, arn, refused
from tests.emulator.test_emulated_shapes import checked

from sagemaker_local.emulator import Emulator

FEATURES = [
    {"FeatureName": "id", "FeatureType": "String"},
    {"FeatureName": "at", "FeatureType": "Fractional"},
    {"FeatureName": "count", "FeatureType": "Integral"},
]
OFFLINE = {"S3StorageConfig": {"S3Uri": "s3://bucket/features/"}}


def group(name: str = "Orders-1", **members: Any) -> dict[str, Any]:
    given = {
        "FeatureGroupName": name,
        "RecordIdentifierFeatureName": "id",
        "EventTimeFeatureName": "at",
        "FeatureDefinitions": FEATURES,
        "OfflineStoreConfig": OFFLINE,
        "RoleArn": ROLE,
        **members,
    }
    return {member: value for member, value in given.items() if value is not None}


def described(client: Any) -> Any:
    return client.describe_feature_group(FeatureGroupName="Orders-1")


def test_a_group_is_created_with_what_aws_adds(sagemaker: Emulator, client: Any) -> None:
    made = client.create_feature_group(**group(OnlineStoreConfig={"EnableOnlineStore": True}))
    created = int(sagemaker.clock.now())
    before = described(client)["FeatureGroupStatus"]

    sagemaker.clock.advance(15)

    shown = described(client)
    offline = shown["OfflineStoreConfig"]
    assert (before, shown["FeatureGroupStatus"], shown["OfflineStoreStatus"]) == (
        "Creating",
        "Created",
        {"Status": "Active"},
    )
    assert made["FeatureGroupArn"] == shown["FeatureGroupArn"] == arn("feature-group/orders-1")
    assert offline["DataCatalogConfig"] == {
        "TableName": f"orders_1_{created}", "Catalog": "AwsDataCatalog", "Database": "sagemaker_featurestore",
    }  # fmt: skip
    assert offline["S3StorageConfig"]["ResolvedOutputS3Uri"] == (
        f"s3://bucket/features/123456789012/sagemaker/us-east-1/offline-store/Orders-1-{created}/data"
    )
    assert offline["DisableGlueTableCreation"] is False
    assert shown["ThroughputConfig"] == {"ThroughputMode": "OnDemand"}
    assert shown["OnlineStoreConfig"] == {"EnableOnlineStore": True, "StorageType": "Standard"}


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({"OfflineStoreConfig": None}, "At least one of OnlineStoreConfig and OfflineStoreConfig"),
        ({"RoleArn": None}, "RoleArn must be given"),
        ({"RecordIdentifierFeatureName": "key"}, "RecordIdentifierFeatureName key must be the name of a feature"),
        ({"EventTimeFeatureName": "when"}, "EventTimeFeatureName when must be the name of a feature"),
        ({"EventTimeFeatureName": "count"}, "must be of type String or Fractional, not Integral"),
        ({"FeatureDefinitions": [*FEATURES, FEATURES[0]]}, "must be unique: id"),
        (
            {"FeatureDefinitions": [*FEATURES, {"FeatureName": "write_time", "FeatureType": "String"}]},
            "Feature names cannot be any of",
        ),
    ],
)
def test_a_group_that_makes_no_sense_is_refused(client: Any, members: dict[str, Any], said: str) -> None:
    code, text = refused(client.create_feature_group, **group(**members))

    assert (code, said in text) == ("ValidationException", True), text


def test_features_are_added_after_a_while_and_only_once(sagemaker: Emulator, client: Any) -> None:
    client.create_feature_group(**group())
    added = {"FeatureName": "price", "FeatureType": "Fractional"}
    assert (
        refused(client.update_feature_group, FeatureGroupName="Orders-1", FeatureAdditions=[added])[0]
        == "ValidationException"
    )
    sagemaker.clock.advance(15)

    client.update_feature_group(FeatureGroupName="Orders-1", FeatureAdditions=[added])

    assert described(client)["LastUpdateStatus"] == {"Status": "InProgress"}
    assert len(described(client)["FeatureDefinitions"]) == 3
    assert refused(client.update_feature_group, FeatureGroupName="Orders-1", FeatureAdditions=[added])[1].endswith(
        "updated."
    )
    sagemaker.clock.advance(10)
    assert described(client)["LastUpdateStatus"] == {"Status": "Successful"}
    assert described(client)["FeatureDefinitions"][-1] == added
    again = refused(client.update_feature_group, FeatureGroupName="Orders-1", FeatureAdditions=[added])
    assert again == ("ValidationException", "Feature names must be unique: price")


def test_a_failed_update_is_told_apart_from_a_failed_group(sagemaker: Emulator, client: Any) -> None:
    client.create_feature_group(**group())
    sagemaker.clock.advance(15)
    sagemaker.scenarios.fail("FeatureGroup", "Orders", reason="Internal failure", at="InProgress")

    client.update_feature_group(FeatureGroupName="Orders-1", ThroughputConfig={"ThroughputMode": "Provisioned"})
    sagemaker.clock.advance(10)

    shown = described(client)
    assert shown["LastUpdateStatus"] == {"Status": "Failed", "FailureReason": "Internal failure"}
    assert (shown["FeatureGroupStatus"], "FailureReason" in shown) == ("Created", False)
    assert shown["ThroughputConfig"] == {"ThroughputMode": "OnDemand"}


def test_a_time_to_live_is_set_and_taken_away(sagemaker: Emulator, client: Any) -> None:
    client.create_feature_group(**group(OnlineStoreConfig={"EnableOnlineStore": True}))
    sagemaker.clock.advance(15)
    client.update_feature_group(
        FeatureGroupName="Orders-1", OnlineStoreConfig={"TtlDuration": {"Unit": "Days", "Value": 3}}
    )
    sagemaker.clock.advance(10)
    kept = described(client)["OnlineStoreConfig"]

    client.update_feature_group(FeatureGroupName="Orders-1", OnlineStoreConfig={"TtlDuration": {}})
    sagemaker.clock.advance(10)

    assert kept == {"EnableOnlineStore": True, "StorageType": "Standard", "TtlDuration": {"Unit": "Days", "Value": 3}}
    assert described(client)["OnlineStoreConfig"] == {"EnableOnlineStore": True, "StorageType": "Standard"}


def test_a_group_fails_for_a_reason(sagemaker: Emulator, client: Any) -> None:
    sagemaker.scenarios.fail("FeatureGroup", "Orders", reason="Access denied to s3://bucket")
    client.create_feature_group(**group())

    sagemaker.clock.advance(15)

    shown = described(client)
    assert (shown["FeatureGroupStatus"], shown["FailureReason"]) == ("CreateFailed", "Access denied to s3://bucket")


def test_an_online_store_in_memory_takes_minutes(sagemaker: Emulator, client: Any) -> None:
    client.create_feature_group(**group(OnlineStoreConfig={"EnableOnlineStore": True, "StorageType": "InMemory"}))
    sagemaker.clock.advance(600)
    assert described(client)["FeatureGroupStatus"] == "Creating"

    sagemaker.clock.advance(300)

    assert described(client)["FeatureGroupStatus"] == "Created"


def test_a_group_is_deleting_and_then_gone(sagemaker: Emulator, client: Any) -> None:
    client.create_feature_group(**group())
    sagemaker.clock.advance(15)
    code, text = refused(client.create_feature_group, **group())
    assert (code, text.splitlines()[0]) == (
        "ResourceInUse",
        "Resource Already Exists: FeatureGroup with name Orders-1 already exists. Choose a different name.",
    )

    client.delete_feature_group(FeatureGroupName="Orders-1")

    assert described(client)["FeatureGroupStatus"] == "Deleting"
    sagemaker.clock.advance(10)
    assert refused(client.describe_feature_group, FeatureGroupName="Orders-1") == (
        "ResourceNotFound",
        "Resource Not Found: Amazon SageMaker can't find a FeatureGroup with name Orders-1",
    )


def test_people_note_what_a_feature_means(sagemaker: Emulator, client: Any) -> None:
    client.create_feature_group(**group())
    about = {"FeatureGroupName": "Orders-1", "FeatureName": "count"}
    plain = checked(sagemaker, "DescribeFeatureMetadata", about)
    parameters = [{"Key": "team", "Value": "a"}, {"Key": "unit", "Value": "pieces"}]
    client.update_feature_metadata(**about, Description="how many", ParameterAdditions=parameters)
    client.update_feature_metadata(**about, ParameterRemovals=["team"])

    noted = checked(sagemaker, "DescribeFeatureMetadata", about)

    assert (plain["FeatureType"], plain["Parameters"]) == ("Integral", [])
    assert (noted["Description"], noted["Parameters"]) == ("how many", parameters[1:])
    assert (
        refused(client.describe_feature_metadata, FeatureGroupName="Orders-1", FeatureName="x")[0] == "ResourceNotFound"
    )


def test_groups_are_listed_by_status_and_store(sagemaker: Emulator, client: Any) -> None:
    client.create_feature_group(**group("offline"))
    client.create_feature_group(
        **group("online", OfflineStoreConfig=None, OnlineStoreConfig={"EnableOnlineStore": True})
    )
    sagemaker.clock.advance(15)
    client.create_feature_group(**group("new"))

    def listed(**filters: Any) -> list[str]:
        found = checked(sagemaker, "ListFeatureGroups", filters)["FeatureGroupSummaries"]
        return [entry["FeatureGroupName"] for entry in found]

    assert listed(SortBy="Name", SortOrder="Ascending") == ["new", "offline", "online"]
    assert listed(SortBy="OfflineStoreStatus", SortOrder="Ascending") == ["online", "new", "offline"]
    assert listed(FeatureGroupStatusEquals="Creating") == ["new"]
    assert listed(OfflineStoreStatusEquals="Active") == ["offline"]
    assert listed(NameContains="line", SortOrder="Ascending") == ["offline", "online"]
