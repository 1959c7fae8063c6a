"""What a row of the table of composites says."""

from collections.abc import Callable
from dataclasses import dataclass

from sagemaker_operator.engine.resource import Key, Object
from sagemaker_operator.kinds.kind import Column

from .plan import Plan, Situation


@dataclass(frozen=True, kw_only=True, eq=False)
class Composite:
    """One row: a custom resource kind that owns other custom resources.

    Attributes:
        name: the kind, as in a manifest.
        short: the short name for kubectl.
        summary: one sentence for ``kubectl explain`` and the docs.
        makes: the kinds of its children.
        plan: what to do about one object.
        columns: all columns of ``kubectl get`` but the age, which stands after those that are not wide.
        plural: as in a path of the API; derived from the name if it is left out.
        watches: whose changes give an object something to do, besides its own and those of its children.
        tells: the fields of the status and the types of conditions that are the plan's, where the object stands for a SageMaker
            resource as well; empty where all is the plan's.
    """

    name: str
    short: str
    summary: str
    makes: tuple[str, ...]
    plan: Callable[[Situation], Plan]
    columns: tuple[Column, ...] = ()
    plural: str = ""
    watches: Callable[[Object], tuple[Key, ...]] = lambda _: ()
    tells: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if not self.plural:
            object.__setattr__(self, "plural", f"{self.name.lower()}s")
