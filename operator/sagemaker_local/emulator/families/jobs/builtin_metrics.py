"""The metric definitions that built-in algorithms bring with their images.

Describe returns them although nobody asked for them (Terraform and ACK suppress that difference). The regular
expressions are those of the XGBoost image's documentation; Linear Learner's are those that
DescribeHyperParameterTuningJob answers with, in logs that users publish; K-Means's are the same for the metrics of
its documentation. Other built-in images are recognised by name as rows are added.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, Final

_NUMBER: Final = r"([-+]?[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?)"
_XGBOOST: Final = (
    "aucpr", "auc", "error", "f1", "logloss", "mae", "map", "merror", "mlogloss", "mse", "ndcg", "rmse",
)  # fmt: skip
_IMAGE: Final = re.compile(r"\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?/(?:sagemaker-)?([a-z-]+)[:@].*")
_PARTS: Final = ("train", "validation", "test")
# The name of a metric, what its line has in that place, which kind it is, and the channels that it is told for.
_LINEAR_LEARNER: Final = (
    ("objective_loss:final", r"\S+_objective", "loss", ("train", "validation")),
    ("objective_loss", r"\S+_objective", "loss", ("test",)),
    ("absolute_loss", "absolute_loss", "loss", _PARTS),
    ("mse", "mse", "loss", _PARTS),
    ("binary_classification_accuracy", "binary_classification_accuracy", "score", _PARTS),
    ("binary_f_beta", r"binary_f_\S+", "score", _PARTS),
    ("precision", "precision", "score", _PARTS),
    ("recall", "recall", "score", _PARTS),
    ("dcg", "dcg", "score", ("validation", "test")),
    ("macro_f_beta", r"macro_f_\S+", "score", ("validation", "test")),
    ("macro_precision", "macro_precision", "score", ("validation", "test")),
    ("macro_recall", "macro_recall", "score", ("validation", "test")),
    ("multiclass_accuracy", "multiclass_accuracy", "score", ("validation", "test")),
    ("multiclass_top_k_accuracy", r"multiclass_top_k_accuracy_\S+", "score", ("validation", "test")),
)
_KMEANS: Final = (("msd", "msd", "loss", ("train", "test")), ("ssd", "ssd", "loss", ("train", "test")))
_LINES: Final = {"linear-learner": _LINEAR_LEARNER, "kmeans": _KMEANS}


@cache
def metric_definitions(image: str) -> list[dict[str, Any]]:
    """What the image adds to AlgorithmSpecification.MetricDefinitions; empty for an image of one's own.

    One list for all jobs with the image, not to be changed.
    """
    found = _IMAGE.fullmatch(image)
    # The accounts of an image differ by region, the repository does not.
    name = found[1] if found else ""
    pairs = _of_xgboost() if name == "xgboost" else _of_lines(name) if name in _LINES else ()
    return [{"Name": metric, "Regex": regex} for metric, regex in pairs]


def _of_xgboost() -> Iterator[tuple[str, str]]:
    for part in ("train", "validation"):
        for name in _XGBOOST:
            yield f"{part}:{name}", rf".*\[[0-9]+\].*#011{part}-{name}:{_NUMBER}.*"


def _of_lines(algorithm: str) -> Iterator[tuple[str, str]]:
    yield "train:progress", r"#progress_metric: host=\S+, completed (\S+) %"
    for name, said, kind, parts in _LINES[algorithm]:
        for part in parts:
            yield f"{part}:{name}", rf"#quality_metric: host=\S+, {part} {said} <{kind}>=(\S+)"
    if algorithm == "linear-learner":
        yield "train:throughput", r"#throughput_metric: host=\S+, train throughput=(\S+) records/second"
        for part in ("train", "validation"):
            yield f"{part}:objective_loss", rf"#quality_metric: host=\S+, epoch=\S+, {part} \S+_objective <loss>=(\S+)"
