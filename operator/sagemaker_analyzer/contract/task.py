"""What a run is asked for.

The variables are those that SageMaker's Python SDK and Model Monitor set:
https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-byoc-contract-inputs.html and `sagemaker.model_monitor`.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from sagemaker_analyzer.contract.arguments import Thresholds


class Layout(StrEnum):
    """What the files of a dataset are made of."""

    CSV = "csv"
    JSON = "json"
    CAPTURE = "sagemakerCaptureJson"
    PARQUET = "parquet"


class Position(StrEnum):
    """Where the columns of the model's output stand among those of its input."""

    START = "START"
    END = "END"


class AnalysisType(StrEnum):
    """What is analysed, by the names that the jobs of Model Monitor's SDK have for it."""

    DATA_QUALITY = "DATA_QUALITY"
    MODEL_QUALITY = "MODEL_QUALITY"
    MODEL_BIAS = "MODEL_BIAS"
    MODEL_EXPLAINABILITY = "MODEL_EXPLAINABILITY"


class Problem(StrEnum):
    """What a model is for: ProblemType of CreateModelQualityJobDefinition."""

    REGRESSION = "Regression"
    BINARY = "BinaryClassification"
    MULTICLASS = "MulticlassClassification"


@dataclass(frozen=True, slots=True)
class Window:
    """From `start`, which is within, to `end`, which is not."""

    start: datetime
    end: datetime

    def has(self, moment: datetime) -> bool:
        """Whether a moment lies in the window."""
        return self.start <= moment < self.end


@dataclass(frozen=True, slots=True)
class Dataset:
    """Where records are and how to read them; `header` is for CSV alone."""

    source: Path
    layout: Layout
    header: bool = False
    outputs: Position = Position.START


@dataclass(frozen=True, slots=True)
class Baseline:
    """The files that a run compares with; at least the constraints have to be there."""

    constraints: Path
    statistics: Path | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """One run. Without a baseline it is the run that suggests one.

    The attributes tell where the label that the model gave, its probability and the true label are: the name or the index of
    a column, or a JSON path. `truth` has records of ground truth; without it, the dataset has the true labels. `config` is
    Clarify's analysis_config.json, `history` a directory with the summaries of earlier runs, which
    the first run does not have yet, and `record` one for a copy of this run's, for later ones.
    `hosts` are all instances of the job, if it has several, and `host` is this one of them.
    """

    dataset: Dataset
    output: Path
    message: Path
    metrics: Path
    baseline: Baseline | None = None
    window: Window | None = None
    publish_metrics: bool = False
    drift_method: str | None = None
    endpoint: str = ""
    schedule: str = ""
    preprocessor: Path | None = None
    postprocessor: Path | None = None
    hosts: tuple[str, ...] = ()
    host: str = ""
    spark_master: str | None = None
    analysis: AnalysisType = AnalysisType.DATA_QUALITY
    problem: Problem | None = None
    inference: str | None = None
    probability: str | None = None
    ground_truth: str | None = None
    probability_threshold: float | None = None
    truth: Path | None = None
    config: Path | None = None
    thresholds: Thresholds = field(default_factory=Thresholds)
    predictor_url: str | None = None
    history: Path | None = None
    record: Path | None = None

    @property
    def instances(self) -> int:
        """How many instances the job has."""
        return max(len(self.hosts), 1)
