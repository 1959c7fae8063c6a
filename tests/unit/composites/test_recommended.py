"""Recommendations of Inference Recommender in the place of what a variant leaves out."""

from typing import Any

from sagemaker_operator.composites.endpoint.recommended import settled
from sagemaker_operator.kinds import KINDS

ROW = KINDS["Endpoint"].inline


def recommendation(**configuration: Any) -> dict[str, Any]:
    return {"recommendationID": "digits/1", "endpointConfiguration": {"endpointName": "e", **configuration}}


def variant(found: Any, **more: Any) -> dict[str, Any]:
    spec = {"productionVariants": [{"variantName": "main", "instanceType": found, **more}]}
    (only,) = settled(ROW, spec)["productionVariants"]
    return dict(only)


def test_the_first_recommendation_is_taken() -> None:
    found = [
        recommendation(instanceType="ml.c5.xlarge", initialInstanceCount=2),
        recommendation(instanceType="ml.m5.large", initialInstanceCount=1),
    ]

    assert variant(found) == {"variantName": "main", "instanceType": "ml.c5.xlarge", "initialInstanceCount": 2}


def test_what_the_manifest_says_goes_before_what_is_recommended() -> None:
    found = [recommendation(instanceType="ml.c5.xlarge", initialInstanceCount=2)]

    assert variant(found, initialInstanceCount=5)["initialInstanceCount"] == 5


def test_a_serverless_recommendation_leaves_no_instances() -> None:
    serverless = {"memorySizeInMB": 2048, "maxConcurrency": 5}

    assert variant([recommendation(serverlessConfig=serverless)]) == {
        "variantName": "main",
        "serverlessConfig": serverless,
    }


def test_recommended_variables_go_to_the_container() -> None:
    best = recommendation(instanceType="ml.c5.xlarge") | {
        "modelConfiguration": {
            "environmentParameters": [
                {"key": "OMP_NUM_THREADS", "valueType": "Integer", "value": "4"},
                {"key": "WORKERS", "valueType": "Integer", "value": "2"},
            ]
        }
    }

    told = variant([best], model={"primaryContainer": {"image": "i", "environment": {"WORKERS": "8"}}})

    assert told["model"]["primaryContainer"]["environment"] == {"OMP_NUM_THREADS": "4", "WORKERS": "8"}


def test_a_variant_that_names_its_instances_stays_as_it_is() -> None:
    assert variant("ml.m5.large") == {"variantName": "main", "instanceType": "ml.m5.large"}
