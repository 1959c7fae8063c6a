"""What SageMaker checks of a model's containers at once: the form of the image's address, and the model package.

Whether the image exists is not known here. Not here: how many containers a model has (see `models`).
"""

import re
from collections.abc import Iterator
from typing import Final

from sagemaker_local.emulator.refusal import VALIDATION, Refusal
from sagemaker_local.emulator.resource import Json
from sagemaker_local.emulator.world import Call, World

NOT_ECR: Final = Refusal(
    VALIDATION,
    'Using non-ECR image "{image}" without Vpc repository access mode is not supported.',
    evidence="sagemaker-python-sdk#4700",
)
INVALID_IMAGE: Final = Refusal(
    VALIDATION,
    'ECR image "{image}" is invalid.',
    evidence="amazon-sagemaker-examples#195",
)
OTHER_REGION: Final = Refusal(
    VALIDATION,
    'Region of "{image}" does not match expected region of {region}. Cross region ECR image pulls are not allowed.',
    evidence="ed-donner/alex#30",
)
NO_PACKAGE: Final = Refusal(
    VALIDATION,
    "ModelPackage {arn} does not exist.",
    evidence="ACK generator.yaml matches its last words",
)
_ECR: Final = re.compile(r"\d{12}\.dkr\.ecr(?:-fips)?\.([a-z0-9-]+)\.[a-z0-9.-]+/(.*)")
_REPOSITORY: Final = re.compile(r"[a-z0-9][a-z0-9._/-]*(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@sha256:[0-9a-f]{64})?")


def images_have_form(call: Call, _: World) -> None:
    """Images are in ECR, in the region of the call, unless a registry in the VPC is named."""
    for container in _containers(call.request):
        image = container.get("Image")
        if image is None or container.get("ImageConfig", {}).get("RepositoryAccessMode") == "Vpc":
            continue
        parsed = _ECR.fullmatch(image)
        if parsed is None:
            raise NOT_ECR.error(image=image)
        if _REPOSITORY.fullmatch(parsed[2]) is None:
            raise INVALID_IMAGE.error(image=image)
        if parsed[1] != call.place.region:
            raise OTHER_REGION.error(image=image, region=call.place.region)


def packages_exist(call: Call, world: World) -> None:
    """Model packages of this account exist; those of others, for example of AWS Marketplace, cannot be seen."""
    for container in _containers(call.request):
        given = container.get("ModelPackageName")
        if given is None:
            continue
        arn = given if given.startswith("arn:") else call.place.arn("model-package", given)
        if arn.split(":")[3:5] == [call.place.region, call.place.account] and world.store.find_arn(arn) is None:
            raise NO_PACKAGE.error(arn=arn)


def _containers(request: Json) -> Iterator[Json]:
    if "PrimaryContainer" in request:
        yield request["PrimaryContainer"]
    yield from request.get("Containers", ())
