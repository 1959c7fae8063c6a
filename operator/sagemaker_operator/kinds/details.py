"""What a row says of things beside the resource: lists that other operations tell, and what is in the way of Delete."""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as dataclasses_field
from functools import cached_property

from botocore.model import ListShape, MapShape, Shape, StructureShape

from sagemaker_operator.model.service import output_shape


@dataclass(frozen=True, kw_only=True, eq=False)
class Detail:
    """A list in the status that is not a member of Describe.

    Paths are in the service model's spelling; ``*`` stands for whatever member a structure has.

    Attributes:
        field: the field of the status: ``topTrainingJobs``.
        summary: one sentence for ``kubectl explain``.
        operation: the operation that tells it: a List that takes the address of the resource, or the Describe of the family.
        rows: where its reply holds the items, or the only one.
        shows: by field of an item, the path of its value in a row.
        asks: further members of the operation's input; the number of rows is asked by ``MaxResults``.
        minimized: where Describe may say ``Minimize``, as the best has the least value then; none where the order is given.
        since: members of Describe, and only if one of them has changed it is asked again; none means at every full look.
        blames: what explains a failure of the resource: the field of an item with its state, the state of one that failed, and
            the fields with its name and its reason; None if no item does.
        most: how many items are kept.
    """

    field: str
    summary: str
    operation: str
    rows: str
    shows: Mapping[str, str]
    asks: Mapping[str, object] = dataclasses_field(default_factory=dict)
    minimized: tuple[str, ...] = ()
    since: tuple[str, ...] = ()
    blames: tuple[str, str, str, str] | None = None
    most: int = 5

    @cached_property
    def shapes(self) -> Mapping[str, Shape]:
        """The shape of each field of an item."""
        shape: Shape = output_shape(self.operation)
        for step in self.rows.split("."):
            shape = _member(shape, step)
        row = shape.member if isinstance(shape, ListShape) else shape
        return {own: _at(row, path) for own, path in self.shows.items()}


@dataclass(frozen=True, kw_only=True, slots=True)
class Launched:
    """The jobs that a job launches, the newest of which can be shown as objects of their own.

    Attributes:
        field: the field of the spec that says how many: ``trainingJobHistoryLimit``.
        kind: the kind of these objects.
        listing: the operation that lists the jobs, given the address of the one that launched them.
        rows: where its reply holds them.
        name, arn: the members of a row that tell which job it is.
        asks: further members of its input, by which the newest come first.
        describe: the operation that tells what one of them was made of, given its name.
        counters: the member of Describe that counts them by status; it changes whenever one comes or ends.
        most: the largest number of objects.
    """

    field: str
    kind: str
    listing: str
    rows: str
    name: str
    arn: str
    asks: Mapping[str, object]
    describe: str
    counters: str
    most: int = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Hold:
    """Something that outlives a resource and is in the way of its Delete.

    Attributes:
        path: where Describe tells of it.
        blocks: the values with which Delete is refused.
        freed_by: the values with which Update can end it.
        frees: what Update is sent then.
        said: what it is, for people.
    """

    path: str
    blocks: frozenset[str]
    freed_by: frozenset[str]
    frees: Mapping[str, object]
    said: str


def _at(shape: Shape, path: str) -> Shape:
    for step in path.split("."):
        shape = _member(shape, step)
    return shape


def _member(shape: Shape, step: str) -> Shape:
    if isinstance(shape, MapShape):
        found: Shape = shape.value
        return found
    assert isinstance(shape, StructureShape), f"{shape.name} has no {step}"
    return next(iter(shape.members.values())) if step == "*" else shape.members[step]
