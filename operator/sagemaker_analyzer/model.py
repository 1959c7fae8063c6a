"""What the parts of the analyzer tell each other: what was read, found, allowed and violated.

Plain values, of which the files that SageMaker documents are made (see `files`) and the report is drawn. Nothing here computes.
"""

from dataclasses import dataclass, field
from enum import StrEnum

LOW_CARDINALITY = 120
"""Up to so many different texts are a set of categories: Deequ's lowCardinalityHistogramThreshold."""


class InferredType(StrEnum):
    """The types that Model Monitor knows.

    https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-byoc-constraints.html
    """

    INTEGRAL = "Integral"
    FRACTIONAL = "Fractional"
    STRING = "String"
    UNKNOWN = "Unknown"


@dataclass(frozen=True, slots=True)
class Bucket:
    """How many values there are from `lower` to `upper`; only the last bucket of a feature has `upper` within it."""

    lower: float
    upper: float
    count: float


@dataclass(frozen=True, slots=True)
class Sketch:
    """A KLL sketch: an item of level i stands for 2**i values.

    `c` is the factor by which capacities shrink from level to level, `k` the capacity of the highest.
    """

    k: int
    c: float
    levels: tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True)
class Numbers:
    """What is known of a feature of numbers; the standard deviation is the population's."""

    mean: float
    sum: float
    std_dev: float
    minimum: float
    maximum: float
    buckets: tuple[Bucket, ...] = ()
    sketch: Sketch | None = None


@dataclass(frozen=True, slots=True)
class Texts:
    """What is known of a feature of texts: how many different ones, and the most frequent with their counts, in that order."""

    distinct: int
    counts: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Kinds:
    """How many of a feature's values are whole numbers, other numbers, and texts that are no numbers."""

    integral: int = 0
    fractional: int = 0
    text: int = 0


@dataclass(frozen=True, slots=True)
class Feature:
    """One column of a dataset: its numbers if it has any, and all its values as texts if they were counted."""

    name: str
    inferred_type: InferredType
    present: int
    missing: int
    numbers: Numbers | None = None
    texts: Texts | None = None
    kinds: Kinds | None = None

    @property
    def completeness(self) -> float:
        """The share of records that have a value; 1.0 if there are no records."""
        records = self.present + self.missing
        return self.present / records if records else 1.0


@dataclass(frozen=True, slots=True)
class Statistics:
    """A dataset: how many records it has, and its features in the order of their columns."""

    records: int
    features: tuple[Feature, ...]

    def feature(self, name: str) -> Feature | None:
        """The feature of that name, if there is one."""
        return next((feature for feature in self.features if feature.name == name), None)


@dataclass(frozen=True, slots=True)
class Violation:
    """A constraint that does not hold, with the value and the threshold where there are such."""

    feature: str
    check: str
    description: str
    value: float | None = None
    threshold: float | None = None


@dataclass(frozen=True, slots=True)
class Drift:
    """How far a feature is from its baseline, whether or not that is too far."""

    feature: str
    distance: float
    threshold: float


@dataclass(frozen=True, slots=True)
class Rejected:
    """Records of one file that could not be read for one reason; `example` tells of the first of them."""

    kind: str
    file: str
    records: int
    example: str = ""


@dataclass(frozen=True, slots=True)
class Analysis:
    """All that was found out in one run. `baseline` is None if the run was to suggest one."""

    statistics: Statistics
    violations: tuple[Violation, ...] = ()
    drifts: tuple[Drift, ...] = ()
    rejected: tuple[Rejected, ...] = field(default=())
    baseline: Statistics | None = None
