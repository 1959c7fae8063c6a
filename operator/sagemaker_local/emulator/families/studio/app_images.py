"""Configurations of images for Studio apps: which kernels they have and where they mount the user's files."""

from typing import Final

from sagemaker_local.emulator.effects import AT_ONCE, REMOVE, merge
from sagemaker_local.emulator.family import Action, Family
from sagemaker_local.emulator.refusal import Refusal

MISSING: Final = Refusal(
    "ResourceNotFound",
    "AppImageConfig [{arn}] does not exist.",
    evidence="terraform-provider-aws app_image_config.go for its end",
)
EXISTS: Final = Refusal(
    "ResourceInUse",
    "The ID or Name specified is already in use.",
    evidence="sagemaker-studio-custom-image-samples#17",
)
_CONFIGS: Final = ("KernelGatewayImageConfig", "JupyterLabAppImageConfig", "CodeEditorAppImageConfig")
# FileSystemConfig's documentation.
_FILES: Final = (("MountPath", "/home/sagemaker-user"), ("DefaultUid", 1000), ("DefaultGid", 100))

APP_IMAGE_CONFIG: Final = Family(
    kind="AppImageConfig",
    path="app-image-config",
    create=AT_ONCE,
    missing=MISSING,
    exists=EXISTS,
    defaults=tuple((f"{config}.FileSystemConfig.{member}", value) for config in _CONFIGS for member, value in _FILES),
    actions=(
        Action(operation="UpdateAppImageConfig", apply=merge(*_CONFIGS)),
        Action(operation="DeleteAppImageConfig", timeline=REMOVE),
    ),
)
