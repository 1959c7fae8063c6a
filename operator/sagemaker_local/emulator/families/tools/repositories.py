"""Code repositories: Git repositories that notebooks know by a name."""

from typing import Final

from sagemaker_local.emulator.effects import AT_ONCE, REMOVE, merge
from sagemaker_local.emulator.family import Action, Family
from sagemaker_local.emulator.refusal import UNVERIFIED, VALIDATION, Refusal

MISSING: Final = Refusal(
    VALIDATION,
    'Cannot find CodeRepository: "{arn}"',
    evidence=f"the code and the first words: terraform-provider-aws; the rest: {UNVERIFIED}",
)
EXISTS: Final = Refusal(VALIDATION, 'Cannot create a duplicate CodeRepository: "{arn}"', evidence=UNVERIFIED)

CODE_REPOSITORY: Final = Family(
    kind="CodeRepository",
    path="code-repository",
    create=AT_ONCE,
    missing=MISSING,
    exists=EXISTS,
    sorted_by="Name",
    descending=False,
    actions=(
        Action(operation="UpdateCodeRepository", apply=merge("GitConfig", deep=True)),
        Action(operation="DeleteCodeRepository", timeline=REMOVE),
    ),
)
