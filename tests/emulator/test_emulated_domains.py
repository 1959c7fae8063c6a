"""Emulated Studio domains and user profiles: ids made by AWS, defaults that appear, and deletions in order."""

from typing import Any

from tests.emulator.asking import arn, refused
from tests.emulator.studio_requests import domain, profile_in, serving_domain
from tests.emulator.test_emulated_shapes import checked

from sagemaker_local.emulator import Emulator

ALICE = {"UserProfileName": "alice"}


def test_a_domain_gets_an_id_and_an_address_at_once_and_is_in_service_later(sagemaker: Emulator, client: Any) -> None:
    made = client.create_domain(**domain())
    identifier = made["DomainId"]
    pending = client.describe_domain(DomainId=identifier)
    sagemaker.clock.advance(600)
    known = client.describe_domain(DomainId=identifier)

    assert identifier.startswith("d-")
    assert len(identifier) == 14
    assert made["DomainArn"] == arn(f"domain/{identifier}")
    assert made["Url"] == f"https://{identifier}.studio.us-east-1.sagemaker.aws"
    assert (pending["Status"], known["Status"]) == ("Pending", "InService")
    assert "HomeEfsFileSystemId" not in pending
    assert known["HomeEfsFileSystemId"].startswith("fs-")


def test_two_domains_may_have_one_name(client: Any) -> None:
    first, second = client.create_domain(**domain()), client.create_domain(**domain())

    assert first["DomainId"] != second["DomainId"]
    assert [one["DomainName"] for one in client.list_domains()["Domains"]] == ["team", "team"]


def test_a_domain_shows_settings_that_nobody_asked_for(sagemaker: Emulator, client: Any) -> None:
    known = client.describe_domain(DomainId=serving_domain(sagemaker, client))

    assert (known["AppNetworkAccessType"], known["TagPropagation"]) == ("PublicInternetOnly", "DISABLED")
    assert len(known["DefaultUserSettings"]) > 10
    assert known["DefaultUserSettings"]["StudioWebPortal"] == "ENABLED"


def test_a_domain_with_identity_center_has_its_application(sagemaker: Emulator, client: Any) -> None:
    made = serving_domain(sagemaker, client, AuthMode="SSO", AppNetworkAccessType="VpcOnly")

    known = client.describe_domain(DomainId=made)

    assert known["SingleSignOnApplicationArn"].startswith("arn:aws:sso::123456789012:application/")
    assert known["SingleSignOnManagedApplicationInstanceId"].startswith("ins-")
    assert known["SecurityGroupIdForDomainBoundary"].startswith("sg-")


def test_an_update_of_a_domain_changes_only_what_it_names(sagemaker: Emulator, client: Any) -> None:
    made, other = serving_domain(sagemaker, client), serving_domain(sagemaker, client)
    volume = {"DefaultEbsStorageSettings": {"DefaultEbsVolumeSizeInGb": 5, "MaximumEbsVolumeSizeInGb": 50}}
    docker = {"DockerSettings": {"EnableDockerAccess": "ENABLED"}}
    before = client.describe_domain(DomainId=made)["DefaultUserSettings"]
    client.update_domain(
        DomainId=made, DefaultUserSettings={"SpaceStorageSettings": volume}, DomainSettingsForUpdate=docker
    )
    meanwhile = client.describe_domain(DomainId=made)
    sagemaker.clock.advance(60)
    known = client.describe_domain(DomainId=made)

    assert (meanwhile["Status"], meanwhile["DefaultUserSettings"]) == ("Updating", before)
    assert known["Status"] == "InService"
    assert known["DefaultUserSettings"] == {**before, "SpaceStorageSettings": volume}
    assert known["DomainSettings"]["DockerSettings"] == {"EnableDockerAccess": "ENABLED"}
    assert client.describe_domain(DomainId=other)["DefaultUserSettings"] == before


def test_an_update_that_fails_leaves_the_domain_as_it_was(sagemaker: Emulator, client: Any) -> None:
    made = serving_domain(sagemaker, client)
    sagemaker.scenarios.fail("Domain", "team", reason="No such subnet.", at="Updating", times=1)
    client.update_domain(DomainId=made, AppNetworkAccessType="VpcOnly")
    sagemaker.clock.advance(60)
    failed = client.describe_domain(DomainId=made)
    client.update_domain(DomainId=made, AppNetworkAccessType="VpcOnly")
    sagemaker.clock.advance(60)
    again = client.describe_domain(DomainId=made)

    assert (failed["Status"], failed["FailureReason"]) == ("Update_Failed", "No such subnet.")
    assert failed["AppNetworkAccessType"] == "PublicInternetOnly"
    assert (again["Status"], again["AppNetworkAccessType"]) == ("InService", "VpcOnly")
    assert "FailureReason" not in again


def test_a_domain_is_deleted_only_after_its_user_profiles(sagemaker: Emulator, client: Any) -> None:
    made = profile_in(sagemaker, client)
    kept = {"HomeEfsFileSystem": "Retain"}
    early = refused(client.delete_domain, DomainId=made, RetentionPolicy=kept)
    client.delete_user_profile(DomainId=made, **ALICE)
    meanwhile = refused(client.delete_domain, DomainId=made)
    sagemaker.clock.advance(60)
    client.delete_domain(DomainId=made, RetentionPolicy=kept)
    deleting = client.describe_domain(DomainId=made)["Status"]
    sagemaker.clock.advance(300)

    assert early == (
        "ResourceInUse",
        f"Unable to delete Domain [{arn(f'domain/{made}')}] because UserProfile(s) are associated with it.",
    )
    assert meanwhile[0] == "ResourceInUse"
    assert deleting == "Deleting"
    assert refused(client.describe_domain, DomainId=made)[0] == "ResourceNotFound"


def test_a_domain_is_left_alone_until_it_has_settled(client: Any) -> None:
    made = client.create_domain(**domain())["DomainId"]

    for operation in (client.update_domain, client.delete_domain):
        assert refused(operation, DomainId=made)[0] == "ResourceInUse"


def test_a_user_profile_lives_in_a_domain_that_is_in_service(sagemaker: Emulator, client: Any) -> None:
    made = client.create_domain(**domain())["DomainId"]

    early = refused(client.create_user_profile, DomainId=made, **ALICE)
    nowhere = refused(client.create_user_profile, DomainId="d-000000000000", **ALICE)
    sagemaker.clock.advance(600)
    created = client.create_user_profile(DomainId=made, **ALICE)
    sagemaker.clock.advance(60)

    assert "is not in InService state" in early[1]
    assert "does not exist" in nowhere[1]
    assert created["UserProfileArn"] == arn(f"user-profile/{made}/alice")
    known = client.describe_user_profile(DomainId=made, **ALICE)
    assert known["Status"] == "InService"
    assert known["HomeEfsFileSystemUid"].isdigit()


def test_profiles_of_one_name_in_two_domains_are_two(sagemaker: Emulator, client: Any) -> None:
    first, second = profile_in(sagemaker, client), profile_in(sagemaker, client)
    client.create_user_profile(DomainId=first, UserProfileName="bob")

    found = client.list_user_profiles(DomainIdEquals=first)["UserProfiles"]

    assert [one["UserProfileName"] for one in found] == ["alice", "bob"]
    assert len(client.list_user_profiles(UserProfileNameContains="lic")["UserProfiles"]) == 2
    assert refused(client.create_user_profile, DomainId=second, **ALICE)[0] == "ResourceInUse"


def test_a_user_profile_is_updated_and_deleted(sagemaker: Emulator, client: Any) -> None:
    made = profile_in(sagemaker, client)
    client.update_user_profile(DomainId=made, **ALICE, UserSettings={"DefaultLandingUri": "app:JupyterServer:"})
    updating = client.describe_user_profile(DomainId=made, **ALICE)
    busy = refused(client.delete_user_profile, DomainId=made, **ALICE)
    sagemaker.clock.advance(60)
    known = client.describe_user_profile(DomainId=made, **ALICE)
    client.delete_user_profile(DomainId=made, **ALICE)
    sagemaker.clock.advance(60)

    assert updating["Status"] == "Updating"
    assert "UserSettings" not in updating
    assert busy[0] == "ResourceInUse"
    assert known["UserSettings"] == {"DefaultLandingUri": "app:JupyterServer:"}
    assert refused(client.describe_user_profile, DomainId=made, **ALICE)[0] == "ResourceNotFound"


def test_a_user_of_a_domain_with_iam_is_signed_in_by_a_url(sagemaker: Emulator, client: Any) -> None:
    made = profile_in(sagemaker, client)

    url = client.create_presigned_domain_url(DomainId=made, **ALICE)["AuthorizedUrl"]

    assert url.startswith(f"https://{made}.studio.us-east-1.sagemaker.aws/auth?token=")
    stranger = refused(client.create_presigned_domain_url, DomainId=made, UserProfileName="mallory")
    assert stranger[0] == "ResourceNotFound"
    single = serving_domain(sagemaker, client, AuthMode="SSO")
    client.create_user_profile(DomainId=single, **ALICE)
    assert "SSO" in refused(client.create_presigned_domain_url, DomainId=single, **ALICE)[1]


def test_every_answer_about_domains_and_profiles_fits_the_model(sagemaker: Emulator) -> None:
    made = checked(sagemaker, "CreateDomain", domain(AuthMode="SSO", AppNetworkAccessType="VpcOnly"))["DomainId"]
    owner = {"DomainId": made}
    for operation in ("Describe", "Update", "Delete"):
        checked(sagemaker, "DescribeDomain", dict(owner))
        checked(sagemaker, "ListDomains", {})
        sagemaker.clock.advance(600)
        if operation == "Update":
            checked(sagemaker, "CreateUserProfile", {**owner, **ALICE})
            checked(sagemaker, "DescribeUserProfile", {**owner, **ALICE})
            sagemaker.clock.advance(60)
            checked(sagemaker, "UpdateUserProfile", {**owner, **ALICE})
            sagemaker.clock.advance(60)
            checked(sagemaker, "ListUserProfiles", {})
            checked(sagemaker, "DeleteUserProfile", {**owner, **ALICE})
            sagemaker.clock.advance(60)
        checked(sagemaker, f"{operation}Domain", dict(owner))
        if operation != "Describe":
            checked(sagemaker, "DescribeDomain", dict(owner))
