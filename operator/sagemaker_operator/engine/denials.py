"""Which permission is missing, read from AWS's words about a denial.

The words are IAM's, the same for all services (https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html),
and a few of SageMaker's own that name the permission without having asked IAM.
"""

import re
from dataclasses import dataclass

_ACTION = r"(?P<action>[a-z0-9-]+:[A-Za-z0-9*]+)"

_DENIED = re.compile(
    r"(?P<principal>[^\s:][^\s]*)\s+is not authorized to perform:?\s+" + _ACTION + r"(?:\s+on resource:?\s+"
    r"(?:\"(?P<quoted>[^\"]+)\"|(?P<resource>\S+)))?"
)
_IMPLICIT = re.compile(r"because no (?P<policy>[\w -]+?) allows?\b")
_EXPLICIT = re.compile(r"with an explicit deny(?: in an? (?P<policy>[\w -]*?(?:policy|boundary)))?")

# SageMaker, when it cannot use a role: hashicorp/terraform-provider-aws retries on the first, CreateModel answers the others.
_TRUST = re.compile(r"Could not assume role \"?(?P<resource>arn:[^\s\"]+?)\"?\.(?:\s|$)")
_OF_ROLE = re.compile(r"the role (?:\"?(?P<principal>arn:[^\s\"]+)\"? )?has (?:the )?\"?" + _ACTION + r"\"? permission")
_NOT_GRANTED = re.compile(r"does not grant " + _ACTION)
_SERVICE = "sagemaker.amazonaws.com"


@dataclass(frozen=True, slots=True)
class Permission:
    """A permission that somebody lacks.

    Attributes:
        action: such as ``s3:GetObject``.
        resource: what it is about; "" if AWS does not say.
        principal: who lacks it, as an ARN or the name of a service; "" if AWS does not say.
        because: whether no policy allows it or one forbids it, and of which kind that policy is; "" if AWS does not say.
    """

    action: str
    resource: str = ""
    principal: str = ""
    because: str = ""


def missing_permission(text: str) -> Permission | None:
    """The permission that is missing by AWS's words: those of an error or of a FailureReason; None if they name none."""
    if (said := _DENIED.search(text)) is not None:
        resource = said["quoted"] or (said["resource"] or "").rstrip(".,;:)'\"")
        return Permission(said["action"], resource, said["principal"].strip("\"'("), _because(text[said.end() :]))
    if (said := _TRUST.search(text)) is not None:
        return Permission("sts:AssumeRole", said["resource"], _SERVICE)
    if (said := _NOT_GRANTED.search(text)) is not None:
        return Permission(said["action"], principal=_SERVICE if _SERVICE in text else "")
    if (said := _OF_ROLE.search(text)) is not None:
        return Permission(said["action"], principal=said["principal"] or "")
    return None


def _because(rest: str) -> str:
    if (said := _EXPLICIT.search(rest)) is not None:
        return f"explicit deny in a {said['policy']}" if said["policy"] else "explicit deny"
    said = _IMPLICIT.search(rest)
    return f"no {said['policy']} allows it" if said else ""
