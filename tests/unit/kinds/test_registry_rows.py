"""What is odd about the model registry, feature groups, hubs, pipelines and lineage, as their rows say it."""

from typing import Any

import pytest

from sagemaker_operator.engine.address import assigned
from sagemaker_operator.engine.updates import needed
from sagemaker_operator.kinds import KINDS
from sagemaker_operator.kinds.kind import Stage
from sagemaker_operator.model.service import input_shape

ID, WIDTH = ({"FeatureName": name, "FeatureType": "String"} for name in ("id", "width"))


def update(kind: str, wanted: dict[str, Any], found: dict[str, Any]) -> dict[str, Any] | None:
    """The input of Update, None if none is needed."""
    made = needed(KINDS[kind], wanted, found)
    return None if made is None else dict(made.request)


def test_a_version_of_a_package_is_addressed_by_its_arn_and_never_by_the_token_of_its_create() -> None:
    family = KINDS["ModelPackage"].family

    assert assigned(family, {"ModelPackageArn": "arn:digits/1"}) == {"ModelPackageArn": "arn:digits/1"}
    assert family.addressed("DescribeModelPackage") == ("ModelPackageName",)
    assert family.addressed("UpdateModelPackage") == ("ModelPackageArn",)


def test_an_approval_sends_nothing_but_itself() -> None:
    containers = {"Containers": [{"Image": "digits:1"}]}
    found = {"ModelApprovalStatus": "PendingManualApproval", "InferenceSpecification": containers}

    assert update("ModelPackage", {**found, "ModelApprovalStatus": "Approved"}, found) == {
        "ModelApprovalStatus": "Approved"
    }


def test_the_digest_that_sagemaker_adds_to_an_image_is_no_difference() -> None:
    wanted = {"InferenceSpecification": {"Containers": [{"Image": "digits:1"}]}}
    found = {"InferenceSpecification": {"Containers": [{"Image": "digits:1", "ImageDigest": "sha256:0"}]}}

    assert update("ModelPackage", wanted, found) is None


def test_properties_that_a_manifest_drops_are_removed_by_name() -> None:
    wanted, found = {"CustomerMetadataProperties": {"a": "1"}}, {"CustomerMetadataProperties": {"a": "1", "b": "2"}}

    assert update("ModelPackage", wanted, found) == {
        "CustomerMetadataProperties": {"a": "1"},
        "CustomerMetadataPropertiesToRemove": ["b"],
    }


@pytest.mark.parametrize("kind", ["Action", "Artifact", "Context"])
def test_properties_of_lineage_are_merged_by_sagemaker_and_removed_by_name(kind: str) -> None:
    assert update(kind, {"Properties": {"a": "1"}}, {"Properties": {"b": "2"}}) == {
        "Properties": {"a": "1"},
        "PropertiesToRemove": ["b"],
    }


@pytest.mark.parametrize(
    ("kind", "member", "one", "other"),
    [
        (
            "Pipeline",
            "PipelineDefinition",
            '{"Version": "2020-12-01", "Steps": []}',
            '{"Steps":[],"Version":"2020-12-01"}',
        ),
        ("ModelCard", "Content", '{"a": 1, "b": 2}', '{\n  "b": 2,\n  "a": 1\n}'),
    ],
)
def test_a_document_in_another_layout_is_the_same(kind: str, member: str, one: str, other: str) -> None:
    assert update(kind, {member: one}, {member: other}) is None


def test_aliases_go_along_with_another_definition_and_never_alone() -> None:
    aliases = ["live"]
    found = {"PipelineDefinition": '{"Steps": []}'}

    assert update("Pipeline", {**found, "PipelineVersionAliases": aliases}, found) is None
    assert update("Pipeline", {"PipelineDefinition": "{}", "PipelineVersionAliases": aliases}, found) == {
        "PipelineDefinition": "{}",
        "PipelineVersionAliases": aliases,
    }


@pytest.mark.parametrize(
    ("kind", "wanted", "found", "first"),
    [
        (
            "ModelCard",
            {"Content": "{}", "ModelCardStatus": "Approved"},
            {"Content": '{"a": 1}', "ModelCardStatus": "Draft"},
            {"Content": "{}"},
        ),
        (
            "FeatureGroup",
            {"FeatureDefinitions": [ID, WIDTH], "ThroughputConfig": {"ThroughputMode": "OnDemand"}},
            {"FeatureDefinitions": [ID], "ThroughputConfig": {"ThroughputMode": "Provisioned"}},
            {"FeatureAdditions": [WIDTH]},
        ),
    ],
    ids=["ModelCard", "FeatureGroup"],
)
def test_one_change_waits_for_the_other_where_an_update_takes_only_one(
    kind: str, wanted: dict[str, Any], found: dict[str, Any], first: dict[str, Any]
) -> None:
    assert update(kind, wanted, found) == first


def test_features_in_another_order_are_the_same() -> None:
    assert update("FeatureGroup", {"FeatureDefinitions": [WIDTH, ID]}, {"FeatureDefinitions": [ID, WIDTH]}) is None


def test_of_an_online_store_only_what_can_change_is_sent() -> None:
    wanted = {"OnlineStoreConfig": {"EnableOnlineStore": True, "TtlDuration": {"Unit": "Days", "Value": 60}}}
    found = {"OnlineStoreConfig": {"EnableOnlineStore": True, "StorageType": "Standard"}}

    assert update("FeatureGroup", wanted, found) == {
        "OnlineStoreConfig": {"TtlDuration": {"Unit": "Days", "Value": 60}}
    }


def test_keywords_of_a_hub_have_no_order() -> None:
    assert update("Hub", {"HubSearchKeywords": ["a", "b"]}, {"HubSearchKeywords": ["b", "a"]}) is None


def test_a_version_of_a_content_is_meant_in_every_call_that_can_name_one() -> None:
    family = KINDS["HubContent"].family

    assert all(
        "HubContentVersion" in family.addressed(operation)
        for operation in ("DescribeHubContent", "UpdateHubContent", "DeleteHubContent")
    )


def test_an_execution_that_completed_with_failures_has_failed() -> None:
    assert KINDS["PipelineExecution"].stage("CompletedWithFailures") is Stage.FAILED


@pytest.mark.parametrize(
    "kind",
    [
        *("ModelPackageGroup", "ModelPackage", "Algorithm", "ModelCard", "ModelCardExportJob", "FeatureGroup"),
        *("Hub", "HubContent", "Pipeline", "PipelineExecution", "Experiment", "Trial", "TrialComponent"),
        *("Action", "Artifact", "Context"),
    ],
)
def test_a_name_that_is_made_up_is_no_longer_than_sagemaker_takes(kind: str) -> None:
    family = KINDS[kind].family

    assert KINDS[kind].naming_limit == input_shape(family.create).members[family.identity].metadata["max"]
