"""ListModelMetadata: models of common model zoos that Inference Recommender knows. A handful of them, not AWS's whole list."""

from typing import Final

from sagemaker_local.emulator.paging import cut
from sagemaker_local.emulator.resource import Json
from sagemaker_local.emulator.world import Call, World

_MEMBERS: Final = ("Domain", "Framework", "Task", "Model", "FrameworkVersion")
_VISION: Final = "COMPUTER_VISION"
_LANGUAGE: Final = "NATURAL_LANGUAGE_PROCESSING"
MODELS: Final[tuple[Json, ...]] = tuple(
    dict(zip(_MEMBERS, row, strict=True))
    for row in (
        (_VISION, "TENSORFLOW", "IMAGE_CLASSIFICATION", "resnet50", "2.4"),
        (_VISION, "TENSORFLOW", "OBJECT_DETECTION", "retinanet", "2.4"),
        (_VISION, "PYTORCH", "IMAGE_CLASSIFICATION", "densenet201", "1.6.0"),
        (_VISION, "MXNET", "IMAGE_SEGMENTATION", "deeplab", "1.8.0"),
        (_LANGUAGE, "PYTORCH", "FILL_MASK", "bert-base-cased", "1.6.0"),
        ("MACHINE_LEARNING", "XGBOOST", "CLASSIFICATION", "xgboost", "1.3.1"),
    )
)


def list_model_metadata(call: Call, _: World) -> Json:
    """The models that match every filter."""
    filters = call.request.get("SearchExpression", {}).get("Filters", ())
    found = [model for model in MODELS if all(model[f["Name"]].lower() == f["Value"].lower() for f in filters)]
    page = cut(found, call)
    return {"ModelMetadataSummaries": [dict(model) for model in page.items], **page.token}
