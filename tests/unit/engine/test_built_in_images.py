"""A manifest may name one of SageMaker's own images in place of its URI."""

from dataclasses import replace
from typing import Any

import pytest
from making import resource

from sagemaker_operator import images
from sagemaker_operator.engine import builtin
from sagemaker_operator.images import NONE, Unknown
from sagemaker_operator.kinds import KINDS

XGBOOST = {"name": "xgboost", "version": "1.7-1"}
PYTORCH = {"name": "pytorch", "version": "2.6.0"}
IN_IRELAND = "141502667606.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-xgboost:1.7-1"


def resolved(kind: str, spec: dict[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    given = replace(resource("TrainingJob"), kind=KINDS[kind])
    return builtin.resolve(given, spec, region="eu-west-1", overrides=NONE)


def definition(instance_type: str) -> dict[str, Any]:
    return {"algorithmSpecification": {"builtIn": PYTORCH}, "resourceConfig": {"instanceType": instance_type}}


def test_the_image_takes_the_place_of_its_name() -> None:
    spec, found = resolved("TrainingJob", {"algorithmSpecification": {"builtIn": XGBOOST, "trainingInputMode": "File"}})

    assert spec["algorithmSpecification"]["trainingImage"] == IN_IRELAND
    assert found == (IN_IRELAND,)
    assert builtin.told(found) == {"resolvedImage": IN_IRELAND}


@pytest.mark.parametrize(
    "resource_config",
    [
        {"instanceType": "ml.g5.xlarge"},
        {"instanceGroups": [{"instanceType": "ml.g5.xlarge"}]},
        {"instancePreferences": [{"instanceType": "ml.g5.xlarge"}]},
    ],
)
def test_the_instance_type_beside_it_decides_on_the_processor(resource_config: dict[str, Any]) -> None:
    job = {"algorithmSpecification": {"builtIn": PYTORCH}, "resourceConfig": resource_config}

    assert "gpu" in resolved("TrainingJob", job)[1][0]


def test_each_definition_of_a_tuning_job_has_the_image_of_its_own_instances() -> None:
    tuned = {
        "algorithmSpecification": {"builtIn": PYTORCH},
        "hyperParameterTuningResourceConfig": {"instanceConfigs": [{"instanceType": "ml.p4d.24xlarge"}]},
    }
    own = {"algorithmSpecification": {"trainingImage": "mine"}}
    spec, found = resolved(
        "HyperParameterTuningJob", {"trainingJobDefinitions": [own, definition("ml.m5.large"), tuned]}
    )

    assert [image.rsplit("-", 2)[1] for image in found] == ["cpu", "gpu"]
    used = [one["algorithmSpecification"]["trainingImage"] for one in spec["trainingJobDefinitions"]]
    assert used == ["mine", *found]
    assert builtin.told(found) == {"resolvedImages": list(found)}


def test_a_model_takes_images_for_inference_in_any_of_its_containers() -> None:
    spec, found = resolved(
        "Model", {"containers": [{"builtIn": XGBOOST}, {"builtIn": {**PYTORCH, "processor": "graviton"}}]}
    )

    assert [one["image"] for one in spec["containers"]] == list(found)
    assert "/pytorch-inference-arm64:" in found[1]


def test_processing_takes_the_images_for_it_and_those_for_training() -> None:
    def image(**said: str) -> str:
        cluster = {"clusterConfig": {"instanceType": "ml.m5.large"}}
        spec = {"appSpecification": {"builtIn": said}, "processingResources": cluster}
        given = replace(resource("TrainingJob"), kind=KINDS["ProcessingJob"])
        made = builtin.resolve(given, spec, region="eu-west-1", overrides=NONE)
        return str(made[0]["appSpecification"]["imageURI"])

    assert "/sagemaker-spark-processing:3.3" in image(name="spark", version="3.3")
    assert "/sagemaker-scikit-learn:1.2-1" in image(name="scikit-learn", version="1.2-1")


def test_what_does_not_exist_is_told_with_the_place_where_it_stands() -> None:
    own = {"image": "mine"}
    with pytest.raises(Unknown, match=r"^spec\.containers\[1\]\.builtIn: xgboost has no version 9; .*1\.7-1"):
        resolved("Model", {"containers": [own, {"builtIn": {"name": "xgboost", "version": "9"}}]})


def test_a_later_table_changes_nothing_for_what_is_resolved() -> None:
    spec = {"algorithmSpecification": {"builtIn": XGBOOST}}
    overrides = images.parse("images: {xgboost: {1.7-1: elsewhere}}")
    later = resource("TrainingJob", spec=spec, status={"resolvedImage": IN_IRELAND})

    assert builtin.resolve(later, spec, region="eu-west-1", overrides=overrides)[1] == (IN_IRELAND,)
    fresh = resource("TrainingJob", spec=spec)
    assert builtin.resolve(fresh, spec, region="eu-west-1", overrides=overrides)[1] == ("elsewhere",)
