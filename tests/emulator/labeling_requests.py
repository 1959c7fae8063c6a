"""Valid requests for labeling; keyword arguments replace members."""

from typing import Any

from tests.emulator.asking import ROLE

COGNITO = {"UserPool": "us-east-1_pool", "ClientId": "client"}
PUBLIC_TEAM = "arn:aws:sagemaker:us-east-1:394669845002:workteam/public-crowd/default"
PRIVATE_TEAM = "arn:aws:sagemaker:us-east-1:123456789012:workteam/private-crowd/labelers"
OIDC = {
    "ClientId": "client", "ClientSecret": "secret", "Issuer": "https://example.com",
    "AuthorizationEndpoint": "https://example.com/a", "TokenEndpoint": "https://example.com/t",
    "UserInfoEndpoint": "https://example.com/u", "LogoutEndpoint": "https://example.com/l",
    "JwksUri": "https://example.com/j",
}  # fmt: skip


def workforce(name: str = "staff", **members: Any) -> dict[str, Any]:
    return {"WorkforceName": name, "CognitoConfig": COGNITO, **members}


def workteam(name: str = "labelers", **members: Any) -> dict[str, Any]:
    cognito = {"CognitoMemberDefinition": {**COGNITO, "UserGroup": "group"}}
    return {"WorkteamName": name, "MemberDefinitions": [cognito], "Description": "label things", **members}


def labeling_job(name: str = "cats", *, team: str = PUBLIC_TEAM, **members: Any) -> dict[str, Any]:
    return {
        "LabelingJobName": name,
        "LabelAttributeName": "animal",
        "InputConfig": {"DataSource": {"S3DataSource": {"ManifestS3Uri": "s3://pictures/input.manifest"}}},
        "OutputConfig": {"S3OutputPath": "s3://pictures/labels/"},
        "RoleArn": ROLE,
        "HumanTaskConfig": {
            "WorkteamArn": team,
            "UiConfig": {"UiTemplateS3Uri": "s3://pictures/page.liquid"},
            "TaskTitle": "What is it?",
            "TaskDescription": "Say what it is",
            "NumberOfHumanWorkersPerDataObject": 1,
            "TaskTimeLimitInSeconds": 60,
        },
        **members,
    }
