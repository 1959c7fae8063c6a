"""What an analysis of bias or attributions is asked for, beyond the environment: Clarify's analysis_config.json, as plain values.

https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-processing-job-configure-analysis.html. Not here: the file (see
`files.analysis_config`).
"""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

ColumnName = str | int
"""A column by its name, or by its index among the headers."""

Literal = str | float
"""A value as JSON has it; a number may stand for a threshold."""


class Aggregation(StrEnum):
    """How attributions of single records become one of the feature."""

    MEAN_ABS = "mean_abs"
    MEAN_SQ = "mean_sq"
    MEDIAN = "median"


class MediaType(StrEnum):
    """How rows go to a model and how its answers come back."""

    CSV = "text/csv"
    JSON_LINES = "application/jsonlines"
    JSON = "application/json"


@dataclass(frozen=True, slots=True)
class FacetConfig:
    """A column, and the values or the threshold of those who may be at a disadvantage; without, each value is looked at."""

    column: ColumnName
    values: tuple[Literal, ...] = ()


@dataclass(frozen=True, slots=True)
class BiasConfig:
    """What makes an outcome favourable, and for whom it is looked at.

    Of either stage the metrics to compute by name; none if it was not asked for.
    """

    label: ColumnName
    positive: tuple[Literal, ...]
    facets: tuple[FacetConfig, ...]
    group: ColumnName | None = None
    pre_training: frozenset[str] = frozenset()
    post_training: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ShapConfig:
    """How attributions are computed.

    Attributes:
        baseline: rows of features that stand for what is usual; without, they are made of the data, from `clusters` clusters.
        samples: how many combinations of features are tried for each record; without, SHAP chooses by the number of features.
        most_records: of more records so many are drawn.
    """

    baseline: tuple[tuple[Literal | None, ...], ...] | Path = ()
    samples: int | None = None
    aggregation: Aggregation = Aggregation.MEAN_ABS
    seed: int = 0
    logit: bool = False
    save_local: bool = False
    clusters: int = 1
    most_records: int = 1000


@dataclass(frozen=True, slots=True)
class PredictorConfig:
    """The model: a server's URL, or a file; and where in its answers the predictions are.

    `label_headers` name the outputs; `trust_pickle` allows files that run code when they are read.
    """

    url: str | None = None
    file: Path | None = None
    content_type: MediaType = MediaType.CSV
    accept_type: MediaType = MediaType.CSV
    content_template: str | None = None
    label: ColumnName | None = None
    probability: ColumnName | None = None
    label_headers: tuple[str, ...] = ()
    trust_pickle: bool = False

    @property
    def is_model(self) -> bool:
        """Whether it says where a model is, and not only what is known of its predictions."""
        return self.url is not None or self.file is not None


@dataclass(frozen=True, slots=True)
class AnalysisConfig:
    """All of it; `features` is the JSON path of a list of features in each record."""

    headers: tuple[str, ...] = ()
    label: ColumnName | None = None
    features: str | None = None
    probability_threshold: float | None = None
    bias: BiasConfig | None = None
    shap: ShapConfig | None = None
    predictor: PredictorConfig | None = None

    @property
    def feature_names(self) -> tuple[str, ...]:
        """The headers of the features, without that of the label, which is the last one if the label is called by its path.

        https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-config-json-monitor-bias-parameters.html
        """
        if self.features is not None and self.label is not None and self.label not in self.headers:
            return self.headers[:-1]
        return tuple(name for name in self.headers if name != self.label)
