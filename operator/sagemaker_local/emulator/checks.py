"""What SageMaker looks up before it accepts a request: roles, inputs in S3, other resources.

Each check is a small function of a call and the world, and raises the refusal. Families list the ones that apply to them.
"""

import re
from collections.abc import Iterator
from typing import Final

from sagemaker_local.emulator.family import Check
from sagemaker_local.emulator.refusal import VALIDATION, Refusal
from sagemaker_local.emulator.resource import Json
from sagemaker_local.emulator.world import Call, World

UNTRUSTED_ROLE: Final = Refusal(
    VALIDATION,
    "Could not assume role {role}. Please ensure that the role exists and allows principal 'sagemaker.amazonaws.com' to "
    "assume the role.",
    evidence="quoted in public repositories; terraform-provider-aws retries on its first words",
)
NO_OBJECTS: Final = Refusal(
    VALIDATION,
    'No S3 objects found under S3 URL "{url}" given in input data source. Please ensure that the bucket exists in the '
    'selected region ({region}), that objects exist under that S3 prefix, and that the role "{role}" has "s3:ListBucket" '
    'permissions on bucket "{bucket}".',
    evidence="quoted in many public issues",
)
_S3_URL: Final = re.compile(r"(?:s3|https)://([^/]+)/?(.*)")


def role_can_be_assumed(member: str) -> Check:
    """A check that the role in `member`, if any, is not one that a scenario declared untrusted."""

    def check(call: Call, world: World) -> None:
        role = call.request.get(member)
        if role is not None and any(re.search(pattern, role) for pattern in world.distrusting):
            raise UNTRUSTED_ROLE.error(role=role)

    return check


def training_inputs_exist(call: Call, world: World) -> None:
    """Refuse a training job one of whose channels has nothing in S3."""
    if world.inputs is None:
        return
    for source in _s3_sources(call.request):
        url = source["S3Uri"]
        parsed = _S3_URL.fullmatch(url)
        if parsed is None:
            continue
        bucket, prefix = parsed[1], parsed[2]
        if not world.inputs.has(call.place.account, bucket, prefix):
            raise NO_OBJECTS.error(
                url=url,
                region=call.place.region,
                role=call.request["RoleArn"],
                bucket=bucket,
            )


def _s3_sources(request: Json) -> Iterator[Json]:
    for channel in request.get("InputDataConfig", ()):
        source = channel.get("DataSource", {}).get("S3DataSource")
        if source is not None:
            yield source
