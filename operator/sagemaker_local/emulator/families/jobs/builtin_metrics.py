"""The metric definitions that built-in algorithms bring with their images.

Describe returns them although nobody asked for them (Terraform and ACK suppress that difference). The regular expressions are
those of the XGBoost image's documentation; other built-in images are recognised by name as rows are added.
"""

import re
from functools import cache
from typing import Any, Final

_NUMBER: Final = r"([-+]?[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?)"
_XGBOOST: Final = (
    "aucpr", "auc", "error", "f1", "logloss", "mae", "map", "merror", "mlogloss", "mse", "ndcg", "rmse",
)  # fmt: skip
_IMAGE: Final = re.compile(r"\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?/(?:sagemaker-)?([a-z-]+)[:@].*")
# The accounts of the XGBoost image differ by region, the repository does not.
_METRICS: Final[dict[str, tuple[str, ...]]] = {"xgboost": _XGBOOST}


@cache
def metric_definitions(image: str) -> list[dict[str, Any]]:
    """What the image adds to AlgorithmSpecification.MetricDefinitions; empty for an image of one's own.

    One list for all jobs with the image, not to be changed.
    """
    found = _IMAGE.fullmatch(image)
    names = _METRICS.get(found[1], ()) if found else ()
    return [
        {"Name": f"{part}:{name}", "Regex": rf".*\[[0-9]+\].*#011{part}-{name}:{_NUMBER}.*"}
        for part in ("train", "validation")
        for name in names
    ]
