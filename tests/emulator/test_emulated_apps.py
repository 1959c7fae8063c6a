"""Emulated Studio apps and spaces: who they belong to, deletions that linger, scripts and editors that connect."""

from typing import Any

import pytest
from tests.emulator.asking import arn, refused
from tests.emulator.studio_requests import domain, profile_in
from tests.emulator.test_emulated_shapes import checked

from sagemaker_local.emulator import Emulator

ALICE = {"UserProfileName": "alice"}
LAB = {"SpaceName": "lab"}
SERVER = {"AppType": "JupyterServer", "AppName": "default"}
JUPYTER = {"AppType": "JupyterLab", "AppName": "default"}
SCRIPT = {"StudioLifecycleConfigName": "setup"}


@pytest.fixture
def home(sagemaker: Emulator, client: Any) -> dict[str, Any]:
    """A domain with the user profile `alice` and the space `lab`, all in service."""
    owner = {"DomainId": profile_in(sagemaker, client)}
    client.create_space(**owner, **LAB, SpaceSettings={"AppType": "JupyterLab", "RemoteAccess": "ENABLED"})
    sagemaker.clock.advance(60)
    return owner


def test_an_app_can_be_described_for_a_day_after_its_deletion(
    sagemaker: Emulator, client: Any, home: dict[str, Any]
) -> None:
    app = {**home, **ALICE, **SERVER}
    made = client.create_app(**app)["AppArn"]
    seen = [client.describe_app(**app)["Status"]]
    for operation, seconds in ((client.describe_app, 90), (client.delete_app, 0), (client.describe_app, 60)):
        operation(**app)
        sagemaker.clock.advance(seconds)
        seen.append(client.describe_app(**app)["Status"])
    again = refused(client.delete_app, **app)
    listed = [one["Status"] for one in client.list_apps(DomainIdEquals=home["DomainId"])["Apps"]]
    sagemaker.clock.advance(86_400)

    assert made == arn(f"app/{home['DomainId']}/alice/jupyterserver/default")
    assert seen == ["Pending", "InService", "Deleting", "Deleted"]
    assert listed == ["Deleted"]
    assert again == ("ValidationException", f"App [{made}] has already been deleted.")
    assert refused(client.describe_app, **app)[0] == "ResourceNotFound"
    assert client.list_apps()["Apps"] == []


def test_an_app_that_failed_is_deleted_by_aws_itself(sagemaker: Emulator, client: Any, home: dict[str, Any]) -> None:
    sagemaker.scenarios.fail("App", "default", reason="No capacity.", times=1)
    app = {**home, **ALICE, **SERVER}
    client.create_app(**app)
    sagemaker.clock.advance(90)
    failed = client.describe_app(**app)
    refusal = refused(client.delete_app, **app)
    client.create_app(**app)
    sagemaker.clock.advance(2 * 86_400)
    again = client.describe_app(**app)
    sagemaker.scenarios.fail("App", "other", reason="No capacity.")
    client.create_app(**{**app, "AppName": "other"})
    sagemaker.clock.advance(86_500)

    assert (failed["Status"], failed["FailureReason"]) == ("Failed", "No capacity.")
    assert refusal[1].endswith("previously failed and was automatically deleted.")
    assert again["Status"] == "InService"
    assert refused(client.describe_app, **{**app, "AppName": "other"})[0] == "ResourceNotFound"


def test_the_name_of_a_deleted_app_is_free(sagemaker: Emulator, client: Any, home: dict[str, Any]) -> None:
    app = {**home, **ALICE, **SERVER}
    client.create_app(**app)
    taken = refused(client.create_app, **app)
    sagemaker.clock.advance(90)
    client.delete_app(**app)
    leaving = refused(client.create_app, **app)
    sagemaker.clock.advance(60)
    client.create_app(**app)
    sagemaker.clock.advance(2 * 86_400)

    assert (taken[0], leaving[0]) == ("ResourceInUse", "ResourceInUse")
    assert client.describe_app(**app)["Status"] == "InService"


def test_an_app_that_nobody_specified_runs_on_what_its_owner_or_domain_prefers(
    sagemaker: Emulator, client: Any, home: dict[str, Any]
) -> None:
    preferred = {"JupyterLabAppSettings": {"DefaultResourceSpec": {"InstanceType": "ml.t3.large"}}}
    client.create_app(**home, **ALICE, **SERVER)
    client.create_app(**home, **LAB, **JUPYTER)
    client.update_space(**home, **LAB, SpaceSettings=preferred)
    sagemaker.clock.advance(90)
    client.create_app(**home, **LAB, **{**JUPYTER, "AppName": "second"})
    chosen = {"InstanceType": "ml.m5.large"}
    client.create_app(**home, **LAB, **{**JUPYTER, "AppName": "third"}, ResourceSpec=chosen)

    found = client.list_apps(DomainIdEquals=home["DomainId"])["Apps"]

    assert [one["ResourceSpec"]["InstanceType"] for one in found] == [
        "system",
        "ml.t3.medium",
        "ml.t3.large",
        "ml.m5.large",
    ]


def test_apps_of_a_user_and_of_a_space_are_apart(client: Any, home: dict[str, Any]) -> None:
    client.create_space(**home, SpaceName="alice")
    client.create_app(**home, **ALICE, **SERVER)

    assert refused(client.describe_app, **home, SpaceName="alice", **SERVER)[0] == "ResourceNotFound"
    assert [one["AppName"] for one in client.list_apps(UserProfileNameEquals="alice")["Apps"]] == ["default"]
    assert client.list_apps(SpaceNameEquals="alice")["Apps"] == []


def test_an_app_needs_an_owner_that_is_in_service(sagemaker: Emulator, client: Any, home: dict[str, Any]) -> None:
    client.create_user_profile(**home, UserProfileName="bob")
    early = refused(client.create_app, **home, UserProfileName="bob", **SERVER)
    nobody = refused(client.create_app, **home, SpaceName="nowhere", **JUPYTER)
    neither = refused(client.create_app, **home, **SERVER)
    young = client.create_domain(**domain())["DomainId"]
    too_early = refused(client.create_app, DomainId=young, **ALICE, **SERVER)

    bob = arn(f"user-profile/{home['DomainId']}/bob")
    assert early[1].endswith(f"because UserProfile [{bob}] is not in InService state")
    assert "does not exist" in nobody[1]
    assert "either UserProfileName or SpaceName" in neither[1]
    assert f"Domain [{arn(f'domain/{young}')}] is not in InService" in too_early[1]


def test_users_spaces_and_domains_stay_while_they_have_apps(
    sagemaker: Emulator, client: Any, home: dict[str, Any]
) -> None:
    client.create_app(**home, **ALICE, **SERVER)
    client.create_app(**home, **LAB, **JUPYTER)
    sagemaker.clock.advance(90)
    user = refused(client.delete_user_profile, **home, **ALICE)
    space = refused(client.delete_space, **home, **LAB)
    whole = refused(client.delete_domain, **home)
    client.delete_app(**home, **ALICE, **SERVER)
    client.delete_app(**home, **LAB, **JUPYTER)
    sagemaker.clock.advance(60)
    client.delete_user_profile(**home, **ALICE)
    client.delete_space(**home, **LAB)
    sagemaker.clock.advance(60)
    client.delete_domain(**home)

    profile = arn(f"user-profile/{home['DomainId']}/alice")
    text = f"Unable to delete UserProfile [{profile}] because App(s) are associated with it."
    assert user == ("ResourceInUse", text)
    assert space[1].startswith("Unable to delete Space [")
    assert whole[1].startswith("Unable to delete Domain [")


def test_a_user_profile_stays_while_it_owns_a_space(sagemaker: Emulator, client: Any, home: dict[str, Any]) -> None:
    owned = {"OwnershipSettings": {"OwnerUserProfileName": "alice"}, "SpaceSharingSettings": {"SharingType": "Private"}}
    client.create_space(**home, SpaceName="hers", **owned)
    sagemaker.clock.advance(60)

    text = refused(client.delete_user_profile, **home, **ALICE)[1]
    shown = client.list_spaces(SpaceNameContains="her")["Spaces"][0]

    assert text.endswith("because Space(s) are associated with it.")
    assert shown["OwnershipSettingsSummary"] == owned["OwnershipSettings"]
    assert shown["SpaceSharingSettingsSummary"] == owned["SpaceSharingSettings"]


def test_an_update_of_a_space_changes_only_what_it_names(
    sagemaker: Emulator, client: Any, home: dict[str, Any]
) -> None:
    bigger = {"EbsStorageSettings": {"EbsVolumeSizeInGb": 20}}
    client.update_space(**home, **LAB, SpaceSettings={"SpaceStorageSettings": bigger}, SpaceDisplayName="The lab")
    sagemaker.clock.advance(60)

    known = client.describe_space(**home, **LAB)

    assert known["SpaceSettings"] == {
        "AppType": "JupyterLab",
        "RemoteAccess": "ENABLED",
        "SpaceStorageSettings": bigger,
    }
    assert (known["SpaceDisplayName"], known["Status"]) == ("The lab", "InService")


def test_an_editor_connects_to_a_space_with_a_running_app(
    sagemaker: Emulator, client: Any, home: dict[str, Any]
) -> None:
    lab = arn(f"space/{home['DomainId']}/lab")
    early = refused(client.start_session, ResourceIdentifier=lab)
    app = client.create_app(**home, **LAB, **JUPYTER)["AppArn"]
    sagemaker.clock.advance(90)

    assert "no app that is InService" in early[1]
    for identifier in (lab, app):
        assert client.start_session(ResourceIdentifier=identifier)["StreamUrl"].startswith("wss://")
    client.create_space(**home, SpaceName="closed")
    closed = arn(f"space/{home['DomainId']}/closed")
    assert "RemoteAccess" in refused(client.start_session, ResourceIdentifier=closed)[1]
    assert refused(client.start_session, ResourceIdentifier=f"{closed}-not")[0] == "ResourceNotFound"


def test_scripts_stay_while_settings_or_apps_name_them(sagemaker: Emulator, client: Any, home: dict[str, Any]) -> None:
    made = client.create_studio_lifecycle_config(
        **SCRIPT, StudioLifecycleConfigContent="ZWNobwo=", StudioLifecycleConfigAppType="JupyterServer"
    )["StudioLifecycleConfigArn"]
    twice = refused(
        client.create_studio_lifecycle_config,
        **SCRIPT,
        StudioLifecycleConfigContent="ZWNobwo=",
        StudioLifecycleConfigAppType="JupyterLab",
    )
    settings = {"JupyterServerAppSettings": {"LifecycleConfigArns": [made]}}
    client.update_user_profile(**home, **ALICE, UserSettings=settings)
    sagemaker.clock.advance(60)
    used = refused(client.delete_studio_lifecycle_config, **SCRIPT)
    client.update_user_profile(**home, **ALICE, UserSettings={"JupyterServerAppSettings": {"LifecycleConfigArns": []}})
    sagemaker.clock.advance(60)
    found = client.list_studio_lifecycle_configs(AppTypeEquals="JupyterServer")["StudioLifecycleConfigs"]
    client.delete_studio_lifecycle_config(**SCRIPT)

    assert made == arn("studio-lifecycle-config/setup")
    assert twice[0] == "ResourceInUse"
    assert used[0] == "ResourceInUse"
    assert arn(f"user-profile/{home['DomainId']}/alice") in used[1]
    assert len(found) == 1
    assert client.list_studio_lifecycle_configs(AppTypeEquals="JupyterLab")["StudioLifecycleConfigs"] == []
    assert refused(client.describe_studio_lifecycle_config, **SCRIPT)[0] == "ResourceNotFound"


def test_every_answer_about_spaces_and_apps_fits_the_model(
    sagemaker: Emulator, client: Any, home: dict[str, Any]
) -> None:
    sharing = {"SpaceSharingSettings": {"SharingType": "Shared"}}
    checked(sagemaker, "CreateSpace", {**home, "SpaceName": "more", **sharing})
    checked(sagemaker, "CreateApp", {**home, **LAB, **JUPYTER})
    for operation in ("Describe", "Update", "Delete"):
        checked(sagemaker, "DescribeSpace", {**home, "SpaceName": "more"})
        checked(sagemaker, "DescribeApp", {**home, **LAB, **JUPYTER})
        checked(sagemaker, "ListSpaces", {})
        checked(sagemaker, "ListApps", {})
        sagemaker.clock.advance(90)
        if operation == "Update":
            checked(sagemaker, "StartSession", {"ResourceIdentifier": arn(f"space/{home['DomainId']}/lab")})
            checked(sagemaker, "DeleteApp", {**home, **LAB, **JUPYTER})
        checked(sagemaker, f"{operation}Space", {**home, "SpaceName": "more"})
        checked(sagemaker, "DescribeSpace", {**home, "SpaceName": "more"})
    script = {"StudioLifecycleConfigContent": "ZWNobwo=", "StudioLifecycleConfigAppType": "CodeEditor"}
    checked(sagemaker, "CreateStudioLifecycleConfig", {**SCRIPT, **script})
    checked(sagemaker, "DescribeStudioLifecycleConfig", SCRIPT)
    checked(sagemaker, "ListStudioLifecycleConfigs", {})
    checked(sagemaker, "DeleteStudioLifecycleConfig", SCRIPT)
