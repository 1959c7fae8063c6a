"""Environment variables to a `Task`, or a refusal that names the variable and says what it may be."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from sagemaker_analyzer.contract.arguments import Thresholds, read_arguments
from sagemaker_analyzer.contract.task import AnalysisType, Baseline, Dataset, Layout, Position, Problem, Task, Window
from sagemaker_analyzer.errors import BadTask

E = TypeVar("E", bound=StrEnum)

_MERGED = "sagemakerMergeJson"
"""What Model Monitor calls captures that its merge job has joined with their truth."""
_DRIFT_METHODS = ("LInfinity", "ChiSquared")


def read_task(environment: Mapping[str, str], *, arguments: Sequence[str] = (), root: Path = Path("/opt/ml")) -> Task:
    """The task that the environment describes, and the arguments (see `arguments`).

    `root` is where SageMaker mounts what a container reads and writes. Raises BadTask with the variable's name.
    """
    analysis = _one_of(environment, "analysis_type", AnalysisType) or AnalysisType.DATA_QUALITY
    dataset, preprocessor = _dataset(environment), _script(environment, "record_preprocessor_script")
    if preprocessor and dataset.layout is not Layout.CAPTURE:
        raise BadTask(f"record_preprocessor_script is for {Layout.CAPTURE}, and dataset_format is {dataset.layout}")
    method = environment.get("categorical_drift_method") or None
    if method is not None and method not in _DRIFT_METHODS:
        raise BadTask(f"categorical_drift_method is {method!r}; it may be {' or '.join(_DRIFT_METHODS)}")
    hosts, host = _hosts(root / "config/resourceconfig.json")
    return Task(
        dataset=dataset,
        output=Path(environment.get("output_path") or root / "processing/output"),
        message=root / "output/message",
        metrics=root / "output/metrics/cloudwatch/cloudwatch_metrics.jsonl",
        baseline=_baseline(environment),
        window=_window(environment),
        publish_metrics=_enabled(environment, "publish_cloudwatch_metrics"),
        drift_method=method,
        endpoint=environment.get("sagemaker_endpoint_name", ""),
        schedule=environment.get("sagemaker_monitoring_schedule_name", ""),
        preprocessor=preprocessor,
        postprocessor=_script(environment, "post_analytics_processor_script"),
        hosts=hosts,
        host=host,
        spark_master=environment.get("spark_master") or None,
        analysis=analysis,
        problem=_one_of(environment, "problem_type", Problem),
        inference=environment.get("inference_attribute") or None,
        probability=environment.get("probability_attribute") or None,
        ground_truth=environment.get("ground_truth_attribute") or None,
        probability_threshold=_threshold(environment),
        truth=Path(environment["ground_truth_source"]) if environment.get("ground_truth_source") else None,
        config=_config(environment, root, analysis),
        thresholds=_thresholds(environment, arguments, analysis),
        predictor_url=_url(environment, "predictor_url"),
        history=Path(environment["history_source"]) if environment.get("history_source") else None,
        record=Path(environment["history_destination"]) if environment.get("history_destination") else None,
    )


def _one_of(environment: Mapping[str, str], name: str, kinds: type[E]) -> E | None:
    value = environment.get(name)
    if not value:
        return None
    if value not in list(kinds):
        raise BadTask(f"{name} is {value!r}; it may be {', '.join(kinds)}")
    return kinds(value)


def _thresholds(environment: Mapping[str, str], arguments: Sequence[str], analysis: AnalysisType) -> Thresholds:
    """Thresholds are for what the analysis compares, and for runs that compare."""
    found = read_arguments(arguments)
    if not environment.get("baseline_constraints") and arguments:
        raise BadTask(f"{arguments[0]} is set without baseline_constraints, which says what to check")
    if found.features and analysis is not AnalysisType.DATA_QUALITY:
        raise BadTask(f"--threshold and --feature-threshold are for DATA_QUALITY, and analysis_type is {analysis}")
    if found.metrics and analysis is not AnalysisType.MODEL_QUALITY:
        raise BadTask(f"--metric-threshold is for MODEL_QUALITY, and analysis_type is {analysis}")
    return found


def _threshold(environment: Mapping[str, str]) -> float | None:
    text = environment.get("probability_threshold_attribute")
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise BadTask(f"probability_threshold_attribute is {text!r}; it has to be a number from 0 to 1")
    return value


def _url(environment: Mapping[str, str], name: str) -> str | None:
    url = environment.get(name)
    if url and (urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).netloc):
        raise BadTask(f"{name} is {url!r}; it has to be a URL such as http://127.0.0.1:8080/invocations")
    return url or None


def _config(environment: Mapping[str, str], root: Path, analysis: AnalysisType) -> Path | None:
    """Clarify's analysis_config.json; SageMaker's Python SDK mounts it below the inputs (`sagemaker.clarify`)."""
    if analysis not in {AnalysisType.MODEL_BIAS, AnalysisType.MODEL_EXPLAINABILITY}:
        return None
    given = environment.get("analysis_config")
    path = _file(given or str(root / "processing/input/config"), "analysis_config.json")
    if not path.is_file():
        raise BadTask(f"analysis_config {path} does not exist; {analysis} needs Clarify's analysis_config.json")
    return path


def _script(environment: Mapping[str, str], name: str) -> Path | None:
    path = environment.get(name)
    if path and not Path(path).is_file():
        raise BadTask(f"{name} is {path!r}, and there is no such file")
    return Path(path) if path else None


def _dataset(environment: Mapping[str, str]) -> Dataset:
    source = environment.get("dataset_source")
    if not source:
        raise BadTask("dataset_source is not set; it has to be the path of the files to analyse")
    text = environment.get("dataset_format") or '{"sagemakerCaptureJson": {}}'
    try:
        layouts: Any = json.loads(text)
    except ValueError as error:
        raise BadTask(f"dataset_format is not JSON: {error}") from error
    if isinstance(layouts, dict) and _MERGED in layouts:
        layouts = {Layout.CAPTURE.value: layouts[_MERGED]}
    known = [layout for layout in Layout if isinstance(layouts, dict) and layout.value in layouts]
    if len(known) != 1:
        raise BadTask(f"dataset_format is {text[:200]}; it has to have one of {', '.join(Layout)}")
    options = layouts[known[0].value] or {}
    if not isinstance(options, dict):
        raise BadTask(f"dataset_format has {options!r} under {known[0]}, where an object has to be")
    return Dataset(
        source=Path(source),
        layout=known[0],
        header=_flag(options.get("header", False), "header"),
        outputs=_position(options.get("output_columns_position", "START")),
    )


def _flag(value: object, name: str) -> bool:
    if not isinstance(value, bool):
        raise BadTask(f"dataset_format has {name} {value!r}; it may be true or false")
    return value


def _position(value: object) -> Position:
    try:
        return Position(str(value))
    except ValueError as error:
        raise BadTask(f"dataset_format has output_columns_position {value!r}; it may be START or END") from error


def _baseline(environment: Mapping[str, str]) -> Baseline | None:
    constraints, statistics = environment.get("baseline_constraints"), environment.get("baseline_statistics")
    if not constraints:
        if statistics:
            raise BadTask("baseline_statistics is set without baseline_constraints, which says what to check")
        return None
    return Baseline(
        _file(constraints, "constraints.json"), _file(statistics, "statistics.json") if statistics else None
    )


def _file(path: str, usual: str) -> Path:
    """The file itself, also where the directory is given into which SageMaker downloads it."""
    return Path(path) / usual if Path(path).is_dir() else Path(path)


def _window(environment: Mapping[str, str]) -> Window | None:
    start, end = _moment(environment, "start_time"), _moment(environment, "end_time")
    if start is None and end is None:
        return None
    if start is None or end is None:
        raise BadTask("of start_time and end_time only one is set; a window has both")
    if end <= start:
        raise BadTask(f"end_time {end.isoformat()} is not after start_time {start.isoformat()}")
    return Window(start, end)


def _moment(environment: Mapping[str, str], name: str) -> datetime | None:
    text = environment.get(name)
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadTask(f"{name} is {text!r}; it has to be a time such as 2026-01-31T10:00:00Z") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _enabled(environment: Mapping[str, str], name: str) -> bool:
    value = environment.get(name) or "Disabled"
    if value not in {"Enabled", "Disabled"}:
        raise BadTask(f"{name} is {value!r}; it may be Enabled or Disabled")
    return value == "Enabled"


def _hosts(path: Path) -> tuple[tuple[str, ...], str]:
    """All instances of the job, in the order that all of them agree on, and which one this is.

    https://docs.aws.amazon.com/sagemaker/latest/dg/build-your-own-processing-container.html
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        hosts = tuple(sorted(map(str, found["hosts"])))
        return hosts, str(found.get("current_host", hosts[0]))
    except FileNotFoundError:
        return (), ""
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise BadTask(f"{path} does not tell the hosts of this job: {error!r}") from error
