"""What a resource is called in SageMaker.

Most families have no idempotency token: the name is all that keeps a repeated Create from starting a second, paid job. So a name
that the manifest does not choose is a pure function of the custom resource and the attempt. It holds the UID and not only the
name, because SageMaker job names are taken for ever, and a custom resource that is deleted and applied again is another job.
"""

import base64
import hashlib
import re
from functools import cache

from sagemaker_operator.kinds import Kind
from sagemaker_operator.model.service import input_shape

from .resource import Resource

_HASH = 10  # characters of base32: 50 bits
_CUT = 6
_TOKEN = 36


def sagemaker_name(resource: Resource) -> str:
    """The name in SageMaker: the one written down, else the manifest's, else a generated one."""
    chosen = resource.known_name or resource.spec.get(resource.kind.identity_field)
    return chosen or generated_name(resource, attempt=1)


def generated_name(resource: Resource, *, attempt: int) -> str:
    """A name of letters, digits and hyphens within the family's limit, the same for the same resource and attempt.

    >>> # namespace "team-a", name "digits.v2": team-a-digits-v2-k3jq5w2m7x
    """
    digest = hashlib.sha256(f"{resource.uid}/{attempt}".encode()).digest()
    suffix = base64.b32encode(digest).decode()[:_HASH].lower()
    base = re.sub("[^A-Za-z0-9]+", "-", f"{resource.namespace}-{resource.name}").strip("-")
    name = f"{base[: resource.kind.naming_limit - _HASH - 1].rstrip('-')}-{suffix}".lower()
    return name if _hyphens(resource.kind) else name.replace("-", "")


@cache
def _hyphens(kind: Kind) -> bool:
    """Whether names of this kind may have hyphens; those of partner apps may not."""
    pattern = input_shape(kind.family.create).members[kind.family.identity].metadata.get("pattern")
    return pattern is None or re.fullmatch(pattern.replace(r"\p{L}\p{M}", "a-z"), "a-b") is not None


def attempt_name(resource: Resource, attempt: int) -> str:
    """The name of a further attempt at a job: ``<name>-<attempt>``; where a token names it, another token.

    A name that is too long for that keeps a digest of what is cut off.
    """
    if resource.kind.family.identity == resource.kind.family.token:
        return generated_name(resource, attempt=attempt)
    first = resource.spec.get(resource.kind.identity_field) or generated_name(resource, attempt=1)
    if attempt == 1:
        return str(first)
    ending = f"-{attempt}"
    if len(first) + len(ending) > resource.kind.naming_limit:
        digest = base64.b32encode(hashlib.sha256(first.encode()).digest()).decode()[:_CUT].lower()
        first = f"{first[: resource.kind.naming_limit - len(ending) - _CUT - 1].rstrip('-')}-{digest}"
    return f"{first}{ending}"


def create_token(resource: Resource) -> str:
    """A token of 36 letters and digits, the same for the same resource and attempt: SageMaker takes 32 to 36 everywhere."""
    attempt = resource.status.get("attempt", 1)
    return hashlib.sha256(f"{resource.uid}/{attempt}/token".encode()).hexdigest()[:_TOKEN]
