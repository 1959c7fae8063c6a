"""`statistics.json`: https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-interpreting-statistics.html."""

from pathlib import Path
from typing import Any

from sagemaker_analyzer.files.reading import Entry, open_json
from sagemaker_analyzer.model import (
    LOW_CARDINALITY,
    Bucket,
    Feature,
    InferredType,
    Numbers,
    Sketch,
    Statistics,
    Texts,
)


def statistics_form(statistics: Statistics) -> dict[str, Any]:
    """The file's content."""
    features = [_feature_form(feature) for feature in statistics.features]
    return {"version": 0, "dataset": {"item_count": statistics.records}, "features": features}


def _feature_form(feature: Feature) -> dict[str, Any]:
    form: dict[str, Any] = {"name": feature.name, "inferred_type": feature.inferred_type.value}
    common = {"num_present": feature.present, "num_missing": feature.missing}
    if feature.inferred_type is InferredType.STRING and feature.texts is not None:
        # The categories are kept, not the values of a column of names or numbers of orders.
        kept = feature.texts.counts[:LOW_CARDINALITY]
        form["string_statistics"] = {
            "common": common,
            "distinct_count": feature.texts.distinct,
            "distribution": {"categorical": {"buckets": [{"value": v, "count": n} for v, n in kept]}},
        }
    elif feature.numbers is not None:
        form["numerical_statistics"] = {"common": common, **_numbers_form(feature.numbers)}
    else:
        # Model Monitor has no form for a feature of which nothing is known but that it is missing: unverified.
        form["string_statistics"] = {
            "common": common,
            "distinct_count": 0,
            "distribution": {"categorical": {"buckets": []}},
        }
    return form


def _numbers_form(numbers: Numbers) -> dict[str, Any]:
    kll: dict[str, Any] = {
        "buckets": [{"lower_bound": b.lower, "upper_bound": b.upper, "count": b.count} for b in numbers.buckets]
    }
    if numbers.sketch is not None:
        data = [list(level) for level in numbers.sketch.levels]
        kll["sketch"] = {"parameters": {"c": numbers.sketch.c, "k": numbers.sketch.k}, "data": data}
    return {
        "mean": numbers.mean,
        "sum": numbers.sum,
        "std_dev": numbers.std_dev,
        "min": numbers.minimum,
        "max": numbers.maximum,
        "distribution": {"kll": kll},
    }


def read_statistics(path: Path) -> Statistics:
    """What a file says, of this analyzer or of Model Monitor. Raises BadBaseline."""
    file = open_json(path)
    records = int(file.entry("dataset").entry("item_count").number())
    return Statistics(records, tuple(_feature(entry) for entry in file.entry("features").items()))


def _feature(entry: Entry) -> Feature:
    name, kind = entry.entry("name").text(), entry.entry("inferred_type").one_of(InferredType)
    numbers, texts = entry.entry("numerical_statistics"), entry.entry("string_statistics")
    common = (numbers if numbers.value is not None else texts).entry("common")
    return Feature(
        name=name,
        inferred_type=kind,
        present=int(common.entry("num_present").number()),
        missing=int(common.entry("num_missing").number()),
        numbers=None if numbers.value is None else _numbers(numbers),
        texts=None if texts.value is None or kind is InferredType.UNKNOWN else _texts(texts),
    )


def _numbers(entry: Entry) -> Numbers:
    distribution = entry.entry("distribution")
    kll = distribution if distribution.value is None else distribution.entry("kll")
    sketch = kll if kll.value is None else kll.entry("sketch")
    return Numbers(
        mean=entry.entry("mean").number(),
        sum=entry.entry("sum").number(),
        std_dev=entry.entry("std_dev").number(),
        minimum=entry.entry("min").number(),
        maximum=entry.entry("max").number(),
        buckets=() if kll.value is None else tuple(_bucket(item) for item in kll.entry("buckets").items()),
        sketch=None if sketch.value is None else _sketch(sketch),
    )


def _bucket(entry: Entry) -> Bucket:
    return Bucket(*(entry.entry(name).number() for name in ("lower_bound", "upper_bound", "count")))


def _sketch(entry: Entry) -> Sketch:
    parameters = entry.entry("parameters")
    levels = tuple(tuple(item.number() for item in level.items()) for level in entry.entry("data").items())
    return Sketch(int(parameters.entry("k").number()), parameters.entry("c").number(), levels)


def _texts(entry: Entry) -> Texts:
    distribution = entry.entry("distribution")
    if distribution.value is None:
        return Texts(int(entry.entry("distinct_count").number()))
    found = distribution.entry("categorical").entry("buckets").items()
    counts = tuple((item.entry("value").text(), int(item.entry("count").number())) for item in found)
    return Texts(int(entry.entry("distinct_count").number()), counts)
