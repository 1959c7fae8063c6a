"""Algorithms: training and inference containers that are scanned, validated, and then there."""

from typing import Final

from sagemaker_local.emulator.effects import gone
from sagemaker_local.emulator.families.registry.validations import add_digests, details, digest
from sagemaker_local.emulator.family import Action, Family, Timeline, at
from sagemaker_local.emulator.refusal import UNVERIFIED, VALIDATION, Refusal
from sagemaker_local.emulator.resource import Json, Resource
from sagemaker_local.emulator.world import Call, World

MISSING: Final = Refusal(VALIDATION, "Algorithm {arn} does not exist.", evidence=UNVERIFIED)
EXISTS: Final = Refusal(VALIDATION, "Algorithm {arn} already exists.", evidence=UNVERIFIED)
NOT_NOW: Final = Refusal("ConflictException", "Algorithm {arn} is in status {status}.", evidence=UNVERIFIED)
SETTLED: Final = frozenset({"Pending", "InProgress", "Completed", "Failed"})


def complete(spec: Json, _: Call, __: World) -> None:
    """Add the digests of images, as AWS does."""
    training = spec["TrainingSpecification"]
    training.setdefault("TrainingImageDigest", digest(training["TrainingImage"]))
    add_digests(spec)


def view(algorithm: Resource) -> Json:
    """What scans and validations found out."""
    return {"AlgorithmStatusDetails": details(algorithm)}


ALGORITHM: Final = Family(
    kind="Algorithm",
    path="algorithm",
    status="AlgorithmStatus",
    create=Timeline((at(0, "Pending"), at(1, "InProgress"), at(10, "Completed")), failed=at(0, "Failed")),
    missing=MISSING,
    exists=EXISTS,
    descending=False,
    defaults=(
        ("CertifyForMarketplace", False),
        ("TrainingSpecification.SupportsDistributedTraining", False),
    ),
    prepare=complete,
    view=view,
    actions=(
        Action(
            operation="DeleteAlgorithm",
            accepts=SETTLED,
            tolerates=frozenset({"Deleting"}),
            refused=NOT_NOW,
            timeline=Timeline((at(0, "Deleting"), at(2, None, effect=gone))),
        ),
    ),
)
