"""The IAM policy that the operator's role needs: the operations that its kinds call, and nothing else."""

from collections.abc import Sequence

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
    called = {
        name
        for family in (kind.family for kind in kinds)
        for name in (family.create, family.describe, family.update, family.delete, family.stop, family.list)
        if name is not None
    }
    return sorted(called | set(_TAGS))
