"""Model packages and their groups, model cards and their exports, algorithms."""

from typing import Any

import pytest
from tests.emulator import generated
from tests.emulator.asking import IMAGE, arn, refused
from tests.emulator.test_emulated_shapes import checked

from sagemaker_local.emulator import Emulator

INFERENCE = {
    "Containers": [{"Image": IMAGE}],
    "SupportedContentTypes": ["text/csv"],
    "SupportedResponseMIMETypes": ["text/csv"],
}


def version(client: Any, group: str = "digits", **members: Any) -> str:
    made = client.create_model_package(ModelPackageGroupName=group, InferenceSpecification=INFERENCE, **members)
    return str(made["ModelPackageArn"])


def card(client: Any, content: str = "{}", **members: Any) -> str:
    request = {"ModelCardName": "digits", "Content": content, "ModelCardStatus": "Draft", **members}
    return str(client.create_model_card(**request)["ModelCardArn"])


def test_versions_are_numbered_in_their_group_and_numbers_do_not_come_again(sagemaker: Emulator, client: Any) -> None:
    group = client.create_model_package_group(ModelPackageGroupName="digits")["ModelPackageGroupArn"]
    first, second = version(client), version(client, group)
    client.delete_model_package(ModelPackageName=second)
    sagemaker.clock.advance(5)

    third = version(client)

    assert [first, second, third] == [arn(f"model-package/digits/{number}") for number in (1, 2, 3)]
    shown = client.describe_model_package(ModelPackageName=third)
    assert (shown["ModelPackageGroupName"], shown["ModelPackageVersion"]) == ("digits", 3)
    assert shown["ModelApprovalStatus"] == "PendingManualApproval"
    assert shown["InferenceSpecification"]["Containers"][0]["ImageDigest"].startswith("sha256:")


def test_a_package_is_pending_then_in_progress_then_completed(sagemaker: Emulator, client: Any) -> None:
    client.create_model_package_group(ModelPackageGroupName="digits")
    package = version(client)
    seen = []
    for seconds in (0, 2, 5):
        sagemaker.clock.advance(seconds)
        seen.append(client.describe_model_package(ModelPackageName=package)["ModelPackageStatus"])

    assert seen == ["Pending", "InProgress", "Completed"]


def test_a_failed_package_says_why_in_its_details(sagemaker: Emulator, client: Any) -> None:
    sagemaker.scenarios.fail("ModelPackage", "digits", reason="ClientError: image has vulnerabilities")
    client.create_model_package_group(ModelPackageGroupName="digits")
    package = version(client)

    sagemaker.clock.advance(10)

    shown = checked(sagemaker, "DescribeModelPackage", {"ModelPackageName": package})
    scans = shown["ModelPackageStatusDetails"]["ImageScanStatuses"]
    assert (shown["ModelPackageStatus"], scans[0]["FailureReason"]) == (
        "Failed",
        "ClientError: image has vulnerabilities",
    )


def test_the_same_token_registers_one_version(client: Any) -> None:
    client.create_model_package_group(ModelPackageGroupName="digits")

    assert version(client, ClientToken="once") == version(client, ClientToken="once")
    assert refused(version, client=client, ClientToken="once", Task="OTHER")[0] == "ConflictException"


def test_a_version_is_approved_with_a_description_and_properties(client: Any) -> None:
    client.create_model_package_group(ModelPackageGroupName="digits")
    package = version(client, CustomerMetadataProperties={"team": "a", "stage": "test"})

    client.update_model_package(
        ModelPackageArn=package, ModelApprovalStatus="Approved", ApprovalDescription="good enough",
        CustomerMetadataProperties={"team": "b"}, CustomerMetadataPropertiesToRemove=["stage"],
    )  # fmt: skip

    shown = client.describe_model_package(ModelPackageName=package)
    assert (shown["ModelApprovalStatus"], shown["ApprovalDescription"]) == ("Approved", "good enough")
    assert shown["CustomerMetadataProperties"] == {"team": "b"}
    client.update_model_package(ModelPackageArn=package, CustomerMetadataPropertiesToRemove=["team"])
    assert "CustomerMetadataProperties" not in client.describe_model_package(ModelPackageName=package)


def test_packages_are_listed_by_group_approval_and_type(client: Any) -> None:
    for group in ("digits", "letters"):
        client.create_model_package_group(ModelPackageGroupName=group)
    approved = version(client, ModelApprovalStatus="Approved")
    other, named = version(client, "letters"), client.create_model_package(ModelPackageName="alone")["ModelPackageArn"]
    pending = version(client)

    def listed(**filters: Any) -> list[str]:
        return [entry["ModelPackageArn"] for entry in client.list_model_packages(**filters)["ModelPackageSummaryList"]]

    assert listed() == [named]
    assert listed(ModelPackageType="Versioned") == [approved, other, pending]
    assert listed(ModelPackageType="Both", SortOrder="Descending") == [pending, named, other, approved]
    assert listed(ModelPackageGroupName="digits") == [approved, pending]
    assert listed(ModelPackageGroupName=arn("model-package-group/digits"), ModelApprovalStatus="Approved") == [approved]
    summary = client.list_model_packages(ModelPackageGroupName="letters")["ModelPackageSummaryList"][0]
    assert "ModelPackageName" not in summary


def test_packages_that_belong_nowhere_are_refused(client: Any) -> None:
    both = refused(client.create_model_package, ModelPackageName="a", ModelPackageGroupName="b")
    neither = refused(client.create_model_package, ModelPackageDescription="a")
    ghost = refused(client.create_model_package, ModelPackageGroupName="ghost")

    assert both[1].startswith("Both ModelPackageName and ModelPackageGroupName are provided")
    assert neither == ("ValidationException", "Missing ARN.")
    assert ghost == ("ValidationException", "Model Package Group does not exist.")


def test_missing_groups_and_packages_are_told_in_awss_words(client: Any) -> None:
    group, package = arn("model-package-group/ghost"), arn("model-package/ghost")

    assert refused(client.describe_model_package_group, ModelPackageGroupName="ghost") == (
        "ValidationException",
        f"ModelPackageGroup {group} does not exist.",
    )
    for ask in (client.describe_model_package, client.delete_model_package):
        answer = refused(ask, ModelPackageName="ghost")
        assert answer == ("ValidationException", f"ModelPackage {package} does not exist.")
    assert refused(client.get_model_package_group_policy, ModelPackageGroupName="ghost")[1].startswith(
        "Cannot find Model Package Group"
    )


def test_a_group_is_deleted_once_it_is_empty(sagemaker: Emulator, client: Any) -> None:
    client.create_model_package_group(ModelPackageGroupName="digits")
    package = version(client)
    assert refused(client.delete_model_package_group, ModelPackageGroupName="digits")[0] == "ConflictException"
    assert refused(client.create_model_package_group, ModelPackageGroupName="digits")[1].startswith(
        "Model Package Group already exists"
    )
    client.delete_model_package(ModelPackageName=package)
    sagemaker.clock.advance(5)

    client.delete_model_package_group(ModelPackageGroupName="digits")

    status = client.describe_model_package_group(ModelPackageGroupName="digits")["ModelPackageGroupStatus"]
    sagemaker.clock.advance(5)
    assert status == "Deleting"
    assert client.list_model_package_groups()["ModelPackageGroupSummaryList"] == []


def test_a_group_has_a_policy_until_it_is_deleted(client: Any) -> None:
    client.create_model_package_group(ModelPackageGroupName="digits")
    client.put_model_package_group_policy(ModelPackageGroupName="digits", ResourcePolicy='{"Version": "2012-10-17"}')

    kept = client.get_model_package_group_policy(ModelPackageGroupName="digits")["ResourcePolicy"]
    client.delete_model_package_group_policy(ModelPackageGroupName="digits")

    assert kept == '{"Version": "2012-10-17"}'
    code, text = refused(client.get_model_package_group_policy, ModelPackageGroupName="digits")
    assert (code, text.startswith("Cannot find resource policy")) == ("ValidationException", True)


def test_packages_are_described_in_a_batch(sagemaker: Emulator, client: Any) -> None:
    client.create_model_package_group(ModelPackageGroupName="digits")
    package, ghost = version(client), arn("model-package/digits/9")

    answer = checked(sagemaker, "BatchDescribeModelPackage", {"ModelPackageArnList": [package, ghost]})

    assert answer["ModelPackageSummaries"][package]["ModelPackageVersion"] == 1
    assert answer["BatchDescribeModelPackageErrorMap"][ghost]["ErrorCode"] == "ValidationException"


def test_models_of_zoos_are_found_by_framework(sagemaker: Emulator) -> None:
    search = {"Filters": [{"Name": "Framework", "Value": "xgboost"}]}

    found = checked(sagemaker, "ListModelMetadata", {"SearchExpression": search})["ModelMetadataSummaries"]

    assert [entry["Model"] for entry in found] == ["xgboost"]


def test_new_content_makes_a_version_of_a_card_and_a_new_status_does_not(client: Any) -> None:
    card(client, '{"a": 1}')
    client.update_model_card(ModelCardName="digits", Content='{"a": 2}')
    client.update_model_card(ModelCardName="digits", ModelCardStatus="Approved")

    newest = client.describe_model_card(ModelCardName="digits")
    first = client.describe_model_card(ModelCardName=newest["ModelCardArn"], ModelCardVersion=1)

    assert (newest["ModelCardVersion"], newest["Content"], newest["ModelCardStatus"]) == (2, '{"a": 2}', "Approved")
    assert (first["Content"], first["ModelCardStatus"]) == ('{"a": 1}', "Draft")
    listed = client.list_model_card_versions(ModelCardName="digits")["ModelCardVersionSummaryList"]
    assert [entry["ModelCardVersion"] for entry in listed] == [2, 1]
    assert client.list_model_cards(ModelCardStatus="Approved")["ModelCardSummaries"][0]["ModelCardName"] == "digits"


@pytest.mark.parametrize("content", ["{", "[]", "text"])
def test_a_card_whose_content_is_no_json_object_is_refused(client: Any, content: str) -> None:
    assert refused(card, client=client, content=content)[0] == "ValidationException"


def test_cards_are_refused_twice_and_missed_in_the_words_of_moto(client: Any) -> None:
    card(client)

    assert refused(card, client=client) == ("ConflictException", "Modelcard digits already exists")
    assert refused(client.describe_model_card, ModelCardName="ghost") == (
        "ResourceNotFound",
        "Modelcard ghost does not exist.",
    )
    assert refused(client.describe_model_card, ModelCardName="digits", ModelCardVersion=7)[0] == "ResourceNotFound"
    both = {"ModelCardStatus": "Draft", "Content": "{}"}
    assert refused(client.update_model_card, ModelCardName="digits", **both)[0] == "ValidationException"


def test_a_card_is_exported_to_s3_as_a_pdf(sagemaker: Emulator, client: Any) -> None:
    s3 = sagemaker.client("s3")
    s3.create_bucket(Bucket="bucket")
    card(client, '{"model_overview": {"model_name": "digits"}}')
    job = client.create_model_card_export_job(
        ModelCardName="digits", ModelCardExportJobName="once", OutputConfig={"S3OutputPath": "s3://bucket/cards"}
    )["ModelCardExportJobArn"]
    before = client.describe_model_card_export_job(ModelCardExportJobArn=job)

    sagemaker.clock.advance(10)

    after = client.describe_model_card_export_job(ModelCardExportJobArn=job)
    uri = after["ExportArtifacts"]["S3ExportArtifacts"]
    body = s3.get_object(Bucket="bucket", Key=uri.removeprefix("s3://bucket/"))["Body"].read()
    assert (before["Status"], after["Status"]) == ("InProgress", "Completed")
    assert job == arn("model-card/digits/export-job/once")
    assert body.startswith(b"%PDF-1.4")
    assert b"model_overview" in body
    listed = client.list_model_card_export_jobs(ModelCardName="digits", StatusEquals="Completed")
    assert [entry["ModelCardExportJobName"] for entry in listed["ModelCardExportJobSummaries"]] == ["once"]


def test_an_export_to_no_bucket_fails_and_goes_with_its_card(sagemaker: Emulator, client: Any) -> None:
    card(client)
    job = client.create_model_card_export_job(
        ModelCardName="digits", ModelCardExportJobName="once", OutputConfig={"S3OutputPath": "s3://nowhere/cards"}
    )["ModelCardExportJobArn"]
    sagemaker.clock.advance(10)

    shown = checked(sagemaker, "DescribeModelCardExportJob", {"ModelCardExportJobArn": job})

    assert (shown["Status"], "nowhere" in shown["FailureReason"]) == ("Failed", True)
    client.delete_model_card(ModelCardName="digits")
    sagemaker.clock.advance(5)
    assert refused(client.describe_model_card_export_job, ModelCardExportJobArn=job)[0] == "ResourceNotFound"


def test_an_algorithm_is_validated_and_deleted(sagemaker: Emulator, client: Any) -> None:
    client.create_algorithm(**generated.minimal("CreateAlgorithm", AlgorithmName="mine"))
    assert client.describe_algorithm(AlgorithmName="mine")["AlgorithmStatus"] == "Pending"
    sagemaker.clock.advance(20)
    assert checked(sagemaker, "DescribeAlgorithm", {"AlgorithmName": "mine"})["AlgorithmStatus"] == "Completed"

    client.delete_algorithm(AlgorithmName="mine")
    sagemaker.clock.advance(5)

    assert refused(client.describe_algorithm, AlgorithmName="mine")[0] == "ValidationException"
    assert client.list_algorithms()["AlgorithmSummaryList"] == []
