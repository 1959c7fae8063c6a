"""Models and endpoint configurations: records that exist or do not.

SageMaker deletes them while endpoints use them, and only later misses them; so does this.
"""

from typing import Final

from sagemaker_local.emulator.checks import role_can_be_assumed
from sagemaker_local.emulator.effects import AT_ONCE, REMOVE
from sagemaker_local.emulator.families.hosting.containers import images_have_form, packages_exist
from sagemaker_local.emulator.family import Action, Family
from sagemaker_local.emulator.refusal import UNVERIFIED, VALIDATION, Refusal
from sagemaker_local.emulator.resource import Json
from sagemaker_local.emulator.world import Call, World

NO_MODEL: Final = Refusal(
    VALIDATION,
    'Could not find model "{arn}".',
    evidence="ACK generator.yaml, public issues",
)
MODEL_EXISTS: Final = Refusal(
    VALIDATION,
    'Cannot create already existing model "{arn}".',
    evidence="public issues",
)
NO_CONTAINER: Final = Refusal(
    VALIDATION,
    "A model needs either PrimaryContainer or Containers.",
    evidence=UNVERIFIED,
)
NO_CONFIG: Final = Refusal(
    VALIDATION,
    'Could not find endpoint configuration "{arn}".',
    evidence="ACK generator.yaml, terraform-provider-aws#40048",
)
CONFIG_EXISTS: Final = Refusal(
    VALIDATION,
    'Cannot create already existing endpoint configuration "{arn}".',
    evidence="spot-tagging-bot#2 and others",
)

NOT_FOR_MODELS: Final = Refusal(
    VALIDATION,
    "ManagedInstanceScaling is only supported for inference component endpoints.",
    evidence="terraform-provider-aws#45926",
)


def one_way_of_containing(call: Call, _: World) -> None:
    """A model has a primary container or a list of containers, not both."""
    if ("PrimaryContainer" in call.request) == bool(call.request.get("Containers")):
        raise NO_CONTAINER.error()


def models_exist(call: Call, world: World) -> None:
    """Every variant's model exists; variants without one are for inference components."""
    request = call.request
    variants = [*request["ProductionVariants"], *request.get("ShadowProductionVariants", ())]
    for variant in variants:
        name = variant.get("ModelName")
        if name is not None and world.find(call.place, "Model", name) is None:
            raise NO_MODEL.error(arn=call.place.arn("model", name))


def scales_components_alone(call: Call, _: World) -> None:
    """SageMaker scales the instances itself only where variants name no model."""
    request = call.request
    for variant in (*request["ProductionVariants"], *request.get("ShadowProductionVariants", ())):
        if "ManagedInstanceScaling" in variant and "ModelName" in variant:
            raise NOT_FOR_MODELS.error()


def give_volumes(spec: Json, _: Call, __: World) -> None:
    """Serverless variants have a volume too (recorded: sagemaker-controller, sucess_serverless.json of endpoint_config)."""
    for variant in spec["ProductionVariants"]:
        if "ServerlessConfig" in variant:
            variant.setdefault("VolumeSizeInGB", 5)


MODEL: Final = Family(
    kind="Model",
    path="model",
    create=AT_ONCE,
    missing=NO_MODEL,
    exists=MODEL_EXISTS,
    defaults=(
        ("EnableNetworkIsolation", False),
        ("PrimaryContainer.Mode", "SingleModel"),
        ("Containers[].Mode", "SingleModel"),
        ("Containers[].ImageConfig.RepositoryAuthConfig", {}),
    ),
    checks=(one_way_of_containing, images_have_form, packages_exist, role_can_be_assumed("ExecutionRoleArn")),
    actions=(Action(operation="DeleteModel", timeline=REMOVE),),
)

ENDPOINT_CONFIG: Final = Family(
    kind="EndpointConfig",
    path="endpoint-config",
    create=AT_ONCE,
    missing=NO_CONFIG,
    exists=CONFIG_EXISTS,
    defaults=(
        ("EnableNetworkIsolation", False),
        ("ProductionVariants[].InitialVariantWeight", 1.0),
        ("ShadowProductionVariants[].InitialVariantWeight", 1.0),
    ),
    prepare=give_volumes,
    checks=(models_exist, scales_components_alone, role_can_be_assumed("ExecutionRoleArn")),
    actions=(Action(operation="DeleteEndpointConfig", timeline=REMOVE),),
)
