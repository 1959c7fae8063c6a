"""What the parts of the analyzer tell each other: what was read, found, allowed and violated.

Plain values, of which the files that SageMaker documents are made (see `files`) and the report is drawn. Nothing here computes.
"""

import math
from dataclasses import dataclass, field
from enum import StrEnum

from sagemaker_analyzer.contract.task import Problem

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
    """A constraint that does not hold, with the value and the threshold where there are such.

    `feature` is the name of a feature, or of the metric that is not as it has to be; metrics of bias are those of a facet.
    """

    feature: str
    check: str
    description: str
    value: float | None = None
    threshold: float | None = None
    facet: str = ""
    facet_value: str = ""


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
class Metric:
    """A number that tells how good a model is: NaN if the data does not define it, or too few records its deviation."""

    name: str
    value: float
    standard_deviation: float = math.nan


@dataclass(frozen=True, slots=True)
class Confusion:
    """How many records of each true label were given each label: `counts[true][given]`, in the order of `labels`."""

    labels: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Curve:
    """Points from the strictest threshold for a probability to the most lenient: `x` and `y`, equally many."""

    x: tuple[float, ...]
    y: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Quality:
    """How well a model does what it is for, by the `records` that were compared with the truth.

    `roc` is of false and true positive rates, `precision_recall` of recalls and precisions.
    """

    problem: Problem
    records: int
    metrics: tuple[Metric, ...]
    confusion: Confusion | None = None
    roc: Curve | None = None
    precision_recall: Curve | None = None

    def metric(self, name: str) -> Metric | None:
        """The metric of that name, if there is one."""
        return next((metric for metric in self.metrics if metric.name == name), None)


@dataclass(frozen=True, slots=True)
class BiasMetric:
    """A metric of bias by its abbreviation, such as DPL; `error` says why it has no value."""

    name: str
    description: str
    value: float | None
    error: str = ""


@dataclass(frozen=True, slots=True)
class Facet:
    """The metrics of one group of people, or of whatever may be treated unequally: a column and its values or threshold."""

    name: str
    value: str
    pre_training: tuple[BiasMetric, ...] = ()
    post_training: tuple[BiasMetric, ...] = ()


@dataclass(frozen=True, slots=True)
class Bias:
    """How unequally facets are treated, by the label and the value of it that is the favourable outcome."""

    label: str
    label_value: str
    facets: tuple[Facet, ...]


@dataclass(frozen=True, slots=True)
class Attribution:
    """How much a feature matters on the average; of a model with several outputs, to the one of that name."""

    feature: str
    value: float
    output: str = ""


@dataclass(frozen=True, slots=True)
class Output:
    """An output of a model: what it is expected to be, and how like the baseline's the ranking of its features is."""

    name: str
    expected: float
    ndcg: float | None = None


@dataclass(frozen=True, slots=True)
class Attributions:
    """How much every feature matters, and how like the baseline's their ranking is: 1.0 is equal. None without a baseline.

    `ndcg` is that of the output whose ranking has changed most. `local` has, if they are to be kept, of each record the
    attributions of all features, output after output.
    """

    features: tuple[Attribution, ...]
    ndcg: float | None = None
    outputs: tuple[Output, ...] = ()
    local: tuple[tuple[float, ...], ...] = ()

    def of(self, output: str) -> dict[str, float]:
        """How much each feature matters to one output."""
        return {found.feature: found.value for found in self.features if found.output == output}


@dataclass(frozen=True, slots=True)
class Analysis:
    """All that was found out in one run. `baseline` is None if the run was to suggest one.

    Of quality, bias and attributions there is the one that was asked for; the statistics then have the records and no features,
    or what else was computed. `unmatched` are predictions without a truth and truths without a prediction.
    """

    statistics: Statistics
    violations: tuple[Violation, ...] = ()
    drifts: tuple[Drift, ...] = ()
    rejected: tuple[Rejected, ...] = field(default=())
    baseline: Statistics | None = None
    quality: Quality | None = None
    bias: Bias | None = None
    attributions: Attributions | None = None
    unmatched: tuple[Rejected, ...] = ()

    @property
    def unmerged(self) -> int:
        """How many records of predictions and of truths could not be brought together."""
        return sum(part.records for part in self.unmatched)
