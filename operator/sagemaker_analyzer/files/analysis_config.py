"""`analysis_config.json`, checked: what is wrong is refused with its path in the file.

https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-processing-job-configure-analysis.html; of what monitors reuse:
https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-config-json-monitor-bias-parameters.html and
https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-config-json-monitor-model-explainability-parameters.html. `predictor.url`,
`predictor.model_file`, `predictor.trust_pickle` and `methods.shap.max_records` are this analyzer's own. What it has no use for,
such as instance types and reports, is ignored.
"""

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sagemaker_analyzer.bias.metrics import FLIP_TEST, POST_TRAINING, PRE_TRAINING
from sagemaker_analyzer.contract.config import (
    Aggregation,
    AnalysisConfig,
    BiasConfig,
    ColumnName,
    FacetConfig,
    Literal,
    MediaType,
    PredictorConfig,
    ShapConfig,
)
from sagemaker_analyzer.errors import BadTask
from sagemaker_analyzer.files.reading import Entry, open_json

_PRE_TRAINING = frozenset(metric.name for metric in PRE_TRAINING)
_POST_TRAINING = frozenset({FLIP_TEST, *(metric.name for metric in POST_TRAINING)})


def read_analysis_config(path: Path) -> AnalysisConfig:
    """What a file says. Raises BadTask with the path of what is wrong."""
    file = open_json(path, BadTask)
    if file.entry("version").value not in {None, "1.0"}:
        raise file.entry("version").wrong('it may be "1.0"')
    headers = tuple(_names(file.entry("headers")))
    methods, predictor = file.entry("methods"), file.entry("predictor")
    shap = methods.entry("shap") if methods.value is not None else methods
    threshold = file.entry("probability_threshold")
    features = file.entry("features")
    config = AnalysisConfig(
        headers=headers,
        label=_column(file.entry("label"), headers),
        features=None if features.value is None else features.text(),
        probability_threshold=None if threshold.value is None else threshold.share(0.5),
        bias=_bias(file, methods, headers) if file.entry("facet").value is not None else None,
        predictor=None if predictor.value is None else _predictor(predictor),
    )
    return config if shap.value is None else replace(config, shap=_shap(shap, len(config.feature_names)))


def _bias(file: Entry, methods: Entry, headers: tuple[str, ...]) -> BiasConfig:
    label = _column(file.entry("label"), headers)
    if label is None:
        raise file.entry("label").wrong("metrics of bias need the column of the true label")
    positive = _literals(file.entry("label_values_or_threshold"))
    if not positive:
        raise file.entry("label_values_or_threshold").wrong(
            "metrics of bias need the values of a favourable outcome, or a number above which it is one"
        )
    facets = tuple(_facet(entry, headers) for entry in file.entry("facet").items())
    if not facets:
        raise file.entry("facet").wrong("it has to have at least one facet")
    return BiasConfig(
        label=label,
        positive=positive,
        facets=facets,
        group=_column(file.entry("group_variable"), headers),
        pre_training=_metrics(methods, "pre_training_bias", _PRE_TRAINING),
        post_training=_metrics(methods, "post_training_bias", _POST_TRAINING),
    )


def _facet(entry: Entry, headers: tuple[str, ...]) -> FacetConfig:
    column = _column(entry.entry("name_or_index"), headers)
    if column is None:
        raise entry.entry("name_or_index").wrong("a facet has the name or the index of a column")
    return FacetConfig(column, _literals(entry.entry("value_or_threshold")))


def _metrics(methods: Entry, name: str, known: frozenset[str]) -> frozenset[str]:
    """The metrics of a stage; all if the file has no methods, as those of monitors."""
    if methods.value is None:
        return known
    section = methods.entry(name)
    if section.value is None:
        return frozenset()
    wanted = section.entry("methods")
    if wanted.value is None or wanted.value == "all":
        return known
    for entry in wanted.items():
        if entry.value != "all" and entry.text() not in known:
            raise entry.wrong(f"it may be all, {', '.join(sorted(known))}")
    return known if "all" in wanted.value else frozenset(wanted.value)


def _shap(entry: Entry, features: int) -> ShapConfig:
    samples, seed = entry.entry("num_samples"), entry.entry("seed")
    return ShapConfig(
        baseline=_baseline(entry.entry("baseline"), features),
        samples=None if samples.value is None else _count(samples, 1),
        aggregation=entry.entry("agg_method").one_of(Aggregation, Aggregation.MEAN_ABS),
        seed=_count(seed, 0, default=0),
        logit=entry.entry("use_logit").flag() or False,
        save_local=entry.entry("save_local_shap_values").flag() or False,
        clusters=_count(entry.entry("num_clusters"), 1, default=1),
        most_records=_count(entry.entry("max_records"), 1, default=1000),
    )


def _baseline(entry: Entry, features: int) -> tuple[tuple[Literal | None, ...], ...] | Path:
    """The rows themselves, or the file with them."""
    if isinstance(entry.value, str):
        path = Path(entry.value)
        if not path.is_file():
            raise entry.wrong("it may be rows of features, or the path of a file that the job has among its inputs")
        return path
    rows = []
    for row in entry.items():
        values = row.value
        if isinstance(values, dict) and len(values) == 1:
            values = next(iter(values.values()))
        if isinstance(values, dict):
            values = list(values.values())
        if not isinstance(values, list) or not values:
            raise row.wrong("a row is a list of the features' values")
        cells = Entry(row.file, row.path, values, row.refusal).items()
        rows.append(tuple(None if cell.value is None else _literal(cell) for cell in cells))
        if len(rows[-1]) != (features or len(rows[0])):
            raise row.wrong(f"it has {len(rows[-1])} values, and there are {features or len(rows[0])} features")
    if entry.value is not None and not rows:
        raise entry.wrong("it has to have at least one row")
    return tuple(rows)


def _predictor(entry: Entry) -> PredictorConfig:
    url, file = entry.entry("url"), entry.entry("model_file")
    if url.value is not None and file.value is not None:
        raise entry.wrong("it may have either url or model_file")
    if url.value is not None and (
        urlsplit(url.text()).scheme not in {"http", "https"} or not urlsplit(url.text()).netloc
    ):
        raise url.wrong("it has to be a URL such as http://127.0.0.1:8080/invocations")
    if file.value is not None and not Path(file.text()).is_file():
        raise file.wrong("there is no such file")
    content = entry.entry("content_type").one_of(MediaType, MediaType.CSV)
    template = entry.entry("content_template")
    if template.value is not None and template.text().count("$features") != 1:
        raise template.wrong("it has to have the placeholder $features, once")
    return PredictorConfig(
        url=url.value,
        file=None if file.value is None else Path(file.value),
        content_type=content,
        accept_type=entry.entry("accept_type").one_of(MediaType, content),
        content_template=template.value,
        label=_column(entry.entry("label"), ()),
        probability=_column(entry.entry("probability"), ()),
        label_headers=tuple(_names(entry.entry("label_headers"))),
        trust_pickle=entry.entry("trust_pickle").flag() or False,
    )


def _names(entry: Entry) -> list[str]:
    names = [str(item.value) if isinstance(item.value, int) else item.text() for item in entry.items()]
    if len(set(names)) < len(names):
        raise entry.wrong(f"it has {next(name for name in names if names.count(name) > 1)!r} twice")
    return names


def _column(entry: Entry, headers: tuple[str, ...]) -> ColumnName | None:
    """A name, or the name that an index stands for where there are headers."""
    value = entry.value
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
        raise entry.wrong("it has to be the name or the index of a column")
    if not headers or isinstance(value, str):
        return value
    if not 0 <= value < len(headers):
        raise entry.wrong(f"there are the {len(headers)} headers {', '.join(headers)}")
    return headers[value]


def _literals(entry: Entry) -> tuple[Literal, ...]:
    """One or several values."""
    if entry.value is None or isinstance(entry.value, list):
        return tuple(_literal(item) for item in entry.items())
    return (_literal(entry),)


def _literal(entry: Entry) -> Literal:
    value: Any = entry.value
    if isinstance(value, bool):
        return json.dumps(value)
    if not isinstance(value, str | int | float) or (isinstance(value, float) and not math.isfinite(value)):
        raise entry.wrong("it has to be a text or a number")
    return value


def _count(entry: Entry, least: int, *, default: int = 0) -> int:
    if entry.value is None:
        return default
    if isinstance(entry.value, bool) or not isinstance(entry.value, int) or entry.value < least:
        raise entry.wrong(f"it has to be a whole number of at least {least}")
    return int(entry.value)
