"""The IAM policy that the operator's role needs: the operations that its kinds call, and nothing else."""

from collections.abc import Iterator, Sequence

from sagemaker_operator.kinds import Kind
from sagemaker_operator.model.schema import Schema

_TAGS = ("AddTags", "DeleteTags", "ListTags")


def policy(kinds: Sequence[Kind]) -> Schema:
    """An identity policy, without account or region so that it can be narrowed by whoever attaches it."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "ManageResources",
                "Effect": "Allow",
                "Action": [f"sagemaker:{name}" for name in actions(kinds)],
                "Resource": "*",
            },
            {
                "Sid": "HandExecutionRolesToSageMaker",
                "Effect": "Allow",
                "Action": "iam:PassRole",
                "Resource": "*",
                "Condition": {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}},
            },
        ],
    }


def actions(kinds: Sequence[Kind]) -> list[str]:
    """The SageMaker operations that the operator calls, sorted."""
    return sorted({name for kind in kinds for name in _called(kind)} | set(_TAGS))


def _called(kind: Kind) -> Iterator[str]:
    family = kind.family
    starts = family.start if kind.suspendable else None
    for name in (family.create, family.describe, family.update, family.delete, family.stop, starts, family.list):
        if name is not None:
            yield name
    for one in kind.attachments:
        yield from (one.attach, one.detach, one.listing)
    yield from (operation for operation, _ in kind.told_by.values())
