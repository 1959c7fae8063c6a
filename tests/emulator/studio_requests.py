"""Valid requests about notebooks and Studio for tests; keyword arguments replace members."""

from typing import Any

from tests.emulator.asking import ROLE

from sagemaker_local.emulator import Emulator


def notebook(name: str = "lab", **members: Any) -> dict[str, Any]:
    return {"NotebookInstanceName": name, "InstanceType": "ml.t3.medium", "RoleArn": ROLE, **members}


def domain(name: str = "team", **members: Any) -> dict[str, Any]:
    settings = {"ExecutionRole": ROLE}
    return {"DomainName": name, "AuthMode": "IAM", "DefaultUserSettings": settings, **members}


def serving_domain(sagemaker: Emulator, client: Any, **members: Any) -> str:
    """The id of a domain that is InService."""
    made: str = client.create_domain(**domain(**members))["DomainId"]
    sagemaker.clock.advance(600)
    return made


def profile_in(sagemaker: Emulator, client: Any, name: str = "alice") -> str:
    """The id of a domain with a user profile that is InService."""
    made = serving_domain(sagemaker, client)
    client.create_user_profile(DomainId=made, UserProfileName=name)
    sagemaker.clock.advance(60)
    return made
