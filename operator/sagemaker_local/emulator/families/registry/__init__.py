"""What is registered for use by others: model packages and their groups, model cards, algorithms, feature groups."""

from typing import Final

from sagemaker_local.emulator.families.registry.algorithms import ALGORITHM
from sagemaker_local.emulator.families.registry.cards import MODEL_CARD
from sagemaker_local.emulator.families.registry.exports import MODEL_CARD_EXPORT_JOB
from sagemaker_local.emulator.families.registry.features import FEATURE_GROUP
from sagemaker_local.emulator.families.registry.groups import MODEL_PACKAGE_GROUP
from sagemaker_local.emulator.families.registry.packages import MODEL_PACKAGE
from sagemaker_local.emulator.family import Family

FAMILIES: Final[tuple[Family, ...]] = (
    MODEL_PACKAGE_GROUP,
    MODEL_PACKAGE,
    MODEL_CARD,
    MODEL_CARD_EXPORT_JOB,
    ALGORITHM,
    FEATURE_GROUP,
)
