"""What is odd about notebooks, Studio, projects and MLflow, as their rows say it."""

from typing import Any

import pytest

from sagemaker_operator.engine.address import assigned
from sagemaker_operator.engine.updates import needed
from sagemaker_operator.errors import Absent, AWSFailure, Busy, Refused
from sagemaker_operator.kinds import KINDS
from sagemaker_operator.kinds.kind import Stage

OLD, NEW = "arn:aws:iam::123456789012:role/old", "arn:aws:iam::123456789012:role/new"


def update(kind: str, wanted: dict[str, Any], found: dict[str, Any], **more: Any) -> dict[str, Any] | None:
    """The input of Update, None if none is needed."""
    made = needed(KINDS[kind], wanted, found, **more)
    return None if made is None else dict(made.request)


def test_a_domain_is_sent_only_what_changes_as_running_apps_forbid_the_rest() -> None:
    wanted = {"SubnetIds": ["subnet-1"], "DefaultUserSettings": {"ExecutionRole": NEW}}
    found = {"SubnetIds": ["subnet-1"], "DefaultUserSettings": {"ExecutionRole": OLD, "AutoMountHomeEFS": "Enabled"}}

    assert update("Domain", wanted, found) == {"DefaultUserSettings": {"ExecutionRole": NEW}}


def test_the_settings_of_rstudio_have_another_name_in_an_update() -> None:
    wanted = {"DomainSettings": {"RStudioServerProDomainSettings": {"DomainExecutionRoleArn": NEW}}}

    assert update("Domain", wanted, {"DomainSettings": {}}) == {
        "DomainSettingsForUpdate": {"RStudioServerProDomainSettingsForUpdate": {"DomainExecutionRoleArn": NEW}}
    }


def test_subnets_and_security_groups_in_another_order_are_the_same() -> None:
    wanted = {"SubnetIds": ["subnet-1", "subnet-2"], "DefaultUserSettings": {"SecurityGroups": ["sg-1", "sg-2"]}}
    found = {"SubnetIds": ["subnet-2", "subnet-1"], "DefaultUserSettings": {"SecurityGroups": ["sg-2", "sg-1"]}}

    assert update("Domain", wanted, found) is None


def test_the_id_of_a_domain_and_the_number_of_a_version_are_the_ends_of_their_arns() -> None:
    domain = {"DomainArn": "arn:aws:sagemaker:eu-west-1:123456789012:domain/d-1"}
    version = {"ImageVersionArn": "arn:aws:sagemaker:eu-west-1:123456789012:image-version/digits/3"}

    assert assigned(KINDS["Domain"].family, domain)["DomainId"] == "d-1"
    assert assigned(KINDS["ImageVersion"].family, version)["Version"] == 3


@pytest.mark.parametrize(
    "field",
    [
        "defaultUserSettings.jupyterLabAppSettings.lifecycleConfigRefs[]",
        "defaultUserSettings.codeEditorAppSettings.defaultResourceSpec.lifecycleConfigRef",
        "defaultSpaceSettings.kernelGatewayAppSettings.customImages[].imageRef",
        "defaultSpaceSettings.jupyterLabAppSettings.customImages[].appImageConfigRef",
        "domainSettings.rStudioServerProDomainSettings.defaultResourceSpec.sageMakerImageVersionRef",
    ],
)
def test_settings_name_scripts_and_images_by_reference_wherever_they_stand(field: str) -> None:
    assert field in {reference.field for reference in KINDS["Domain"].references}


def test_an_app_belongs_to_a_user_or_to_a_space() -> None:
    address = KINDS["App"].family.addressed("DescribeApp")

    assert {"UserProfileName", "SpaceName"} <= set(address)
    assert KINDS["App"].exactly_one == (("UserProfileName", "SpaceName"),)


@pytest.mark.parametrize(("kind", "status"), [("App", "Deleted"), ("Project", "DeleteCompleted")])
def test_what_is_described_after_its_deletion_is_gone(kind: str, status: str) -> None:
    assert KINDS[kind].stage(status) is Stage.GONE


@pytest.mark.parametrize(
    ("kind", "status", "stage"),
    [
        ("Domain", "Update_Failed", Stage.FAILED),
        ("NotebookInstance", "Stopped", Stage.STOPPED),
        ("NotebookInstance", "PendingMaintenance", Stage.CHANGING),
        ("MlflowTrackingServer", "MaintenanceComplete", Stage.READY),
        ("MlflowTrackingServer", "StartFailed", Stage.FAILED),
        ("Image", "UPDATING", Stage.CHANGING),
    ],
)
def test_statuses_mean_what_people_would_say(kind: str, status: str, stage: Stage) -> None:
    assert KINDS[kind].stage(status) is stage


def test_a_version_gains_and_loses_aliases_by_their_difference() -> None:
    assert update("ImageVersion", {"Aliases": ["stable", "new"]}, {"Aliases": ["old", "stable"]}) == {
        "AliasesToAdd": ["new"],
        "AliasesToDelete": ["old"],
    }
    assert update("ImageVersion", {"Aliases": ["a", "b"]}, {"Aliases": ["b", "a"]}) is None


def test_a_description_of_an_image_that_is_given_up_is_deleted() -> None:
    found = {"Description": "old", "DisplayName": "Digits"}

    assert update("Image", {"DisplayName": "Digits"}, found, given_up=frozenset({"Description"})) == {
        "DeleteProperties": ["Description"]
    }


def test_a_notebook_loses_each_thing_that_its_manifest_gives_up() -> None:
    found = {
        "NotebookInstanceLifecycleConfigName": "scripts",
        "DefaultCodeRepository": "digits",
        "AdditionalCodeRepositories": ["more"],
    }
    given_up = frozenset({"LifecycleConfigName", "DefaultCodeRepository", "AdditionalCodeRepositories"})

    assert update("NotebookInstance", {}, found, given_up=given_up) == {
        "DisassociateLifecycleConfig": True,
        "DisassociateDefaultCodeRepository": True,
        "DisassociateAdditionalCodeRepositories": True,
    }


def test_what_describe_calls_otherwise_is_found_there() -> None:
    wanted = {"LifecycleConfigName": "scripts", "InstanceType": "ml.t3.large"}
    found = {"NotebookInstanceLifecycleConfigName": "scripts", "InstanceType": "ml.t3.medium"}

    assert update("NotebookInstance", wanted, found) == {"InstanceType": "ml.t3.large"}
    assert update("PartnerApp", {"AppVersion": "2.0"}, {"Version": "2.0"}) is None
    assert update("PartnerApp", {"AppVersion": "2.1"}, {"Version": "2.0"}) == {"AppVersion": "2.1"}


def test_only_the_secret_of_a_repository_is_sent() -> None:
    here = {"RepositoryUrl": "https://github.com/my-organization/digits.git", "Branch": "main"}

    assert update("CodeRepository", {"GitConfig": {**here, "SecretArn": "new"}}, {"GitConfig": here}) == {
        "GitConfig": {"SecretArn": "new"}
    }


def test_a_project_takes_another_artifact_of_its_product_and_never_the_product() -> None:
    wanted = {"ServiceCatalogProvisioningDetails": {"ProductId": "prod-1", "ProvisioningArtifactId": "pa-2"}}
    found = {"ServiceCatalogProvisioningDetails": {"ProductId": "prod-1", "ProvisioningArtifactId": "pa-1"}}

    assert update("Project", wanted, found) == {
        "ServiceCatalogProvisioningUpdateDetails": {"ProvisioningArtifactId": "pa-2"}
    }


def test_the_templates_of_a_project_are_compared_with_their_details() -> None:
    def template(url: str) -> dict[str, Any]:
        return {"TemplateName": "base", "TemplateURL": url, "RoleARN": OLD}

    found = {"TemplateProviderDetails": [{"CfnTemplateProviderDetail": template("https://example.com/1")}]}
    same = {"TemplateProviders": [{"CfnTemplateProvider": template("https://example.com/1")}]}
    other = {"TemplateProviders": [{"CfnTemplateProvider": template("https://example.com/2")}]}

    assert update("Project", same, found) is None
    assert update("Project", other, found) == {
        "TemplateProvidersToUpdate": [
            {"CfnTemplateProvider": {"TemplateName": "base", "TemplateURL": "https://example.com/2"}}
        ]
    }


@pytest.mark.parametrize(
    ("kind", "operation", "code", "message", "meaning"),
    [
        (
            "UserProfile",
            "DeleteUserProfile",
            "ResourceInUse",
            "Unable to delete UserProfile [arn] because App(s) are associated with it.",
            Busy,
        ),
        ("UserProfile", "CreateUserProfile", "ValidationException", "... because Domain [x] does not exist", Refused),
        ("App", "CreateApp", "ValidationException", "... because Space [x] is not in InService state", Busy),
        ("Domain", "UpdateDomain", "ResourceNotFound", "StudioLifecycleConfig [x] does not exist.", Refused),
        ("NotebookInstance", "DescribeNotebookInstance", "ValidationException", "RecordNotFound", Absent),
        ("NotebookInstance", "DescribeNotebookInstance", "ValidationException", "Malformed name", Refused),
    ],
)
def test_answers_about_others_are_not_taken_for_answers_about_the_resource(
    kind: str, operation: str, code: str, message: str, meaning: type[AWSFailure]
) -> None:
    assert type(KINDS[kind].read(Refused(code, message, operation))) is meaning
