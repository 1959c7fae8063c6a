"""Objects for the jobs that a job launches (`kinds.Launched`): which there are to be, and what each says.

SageMaker makes these jobs, and the objects take them over as they are: they tell of them, and never make, stop or delete one.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sagemaker_operator.engine.resource import ADOPT, Resource
from sagemaker_operator.kinds import KINDS, Launched
from sagemaker_operator.model.convert import from_reply
from sagemaker_operator.model.names import field

from .child import Child
from .plan import Wanted

# Of 253 characters, so that there is room for what tells the jobs of one owner apart.
_LONGEST = 180


def limit(row: Launched, owner: Resource) -> int:
    """How many objects there are to be at most."""
    return min(int(owner.spec.get(row.field) or 0), row.most)


def settled(row: Launched, owner: Resource, reply: Mapping[str, Any], there: Sequence[Child]) -> bool:
    """Whether nothing has come or ended since the last report, and all have their objects.

    Args:
        row: what is launched.
        owner: the object of the job that launches them.
        reply: its Describe reply.
        there: the objects that there are.
    """
    counted = reply.get(row.counters) or {}
    before = owner.status.get(field(row.counters)) or {}
    same = {field(name): number for name, number in counted.items()} == before
    return same and len(there) == min(limit(row, owner), sum(counted.values()))


def name_of(row: Launched, owner: Resource, told: Mapping[str, Any]) -> str:
    """The name of the object for a job: SageMaker names the jobs after the one that launches them."""
    name = str(told[row.name])
    own = name.removeprefix(f"{owner.known_name}-").lower()
    return f"{owner.name[:_LONGEST].rstrip('-.')}-{own}"


def wanted(row: Launched, owner: Resource, described: Mapping[str, Any]) -> Wanted:
    """The object for a job.

    Args:
        row: what is launched.
        owner: the object of the job that launches them.
        described: what SageMaker tells of the job.
    """
    kind = KINDS[row.kind]
    spec = {name: value for name, value in from_reply(kind.family.spec_members, described).items() if name != "tags"}
    control = {"adoptionPolicy": "Always", "deletionPolicy": "Retain"}
    if "region" in owner.spec:
        control["region"] = owner.spec["region"]
    return Wanted(
        kind=row.kind,
        name=name_of(row, owner, described),
        spec={**_said(spec), **control},
        annotations={ADOPT: str(described[row.arn])},
    )


def _said(value: Any) -> Any:
    """A value without what is empty: SageMaker tells of members that were never set, in forms that it would not take."""
    if isinstance(value, Mapping):
        parts = {name: _said(part) for name, part in value.items()}
        return {name: part for name, part in parts.items() if part not in (None, "", [], {})}
    return [_said(item) for item in value] if isinstance(value, list) else value
