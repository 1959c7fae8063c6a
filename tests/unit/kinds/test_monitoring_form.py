"""The short form of a monitoring schedule: who runs it, when, and what it stands for in SageMaker's own form."""

import re
from typing import Any

import pytest

from sagemaker_operator.errors import Closed, Denied, Refused
from sagemaker_operator.kinds import KINDS
from sagemaker_operator.kinds.monitoring_definition import definition
from sagemaker_operator.kinds.monitoring_form import PLAIN, SAGEMAKER, left_to_us, plain, spelled_out, translated

BASELINE = {"constraintsS3URI": "s3://bucket/constraints.json", "statisticsS3URI": "s3://bucket/statistics.json"}
SHORT: dict[str, Any] = {
    "engine": "Native",
    "monitoringType": "DataQuality",
    "schedule": "@hourly",
    "source": {"endpointRef": {"name": "web"}},
    "baseline": BASELINE,
    "output": {"s3OutputPath": "s3://bucket/results"},
    "roleARN": "arn:aws:iam::123456789012:role/monitoring",
}


def short(**more: Any) -> dict[str, Any]:
    return {name: value for name, value in {**SHORT, **more}.items() if value is not None}


def content(status: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return dict(definition("drift", short(**more), status or {}).spec)


def name(status: dict[str, Any] | None = None, **more: Any) -> str:
    return definition("drift", short(**more), status or {}).name


def test_whose_it_is_unless_it_says_so() -> None:
    assert left_to_us({"monitoringType": "DataQuality"})
    assert not left_to_us({"monitoringScheduleConfig": {}})
    assert not left_to_us(SHORT)


def test_sagemakers_own_form_is_left_as_it_is() -> None:
    own = {"monitoringScheduleConfig": {"monitoringJobDefinitionName": "mine"}}

    assert spelled_out("drift", own, {}) == own
    assert spelled_out("drift", short(engine="Operator"), {}) == short(engine="Operator")


def test_the_short_form_refers_to_its_definition() -> None:
    config = spelled_out("drift", short(schedule="0 */6 * * *"), {})["monitoringScheduleConfig"]

    assert config == {
        "monitoringType": "DataQuality",
        "jobDefinitionRef": {"name": name()},
        "scheduleConfig": {"scheduleExpression": "cron(0 0/6 ? * * *)"},
    }


@pytest.mark.parametrize(
    ("monitors", "field"),
    [
        ("ModelQuality", "modelQualityJobDefinitionRef"),
        ("ModelBias", "modelBiasJobDefinitionRef"),
        ("ModelExplainability", "modelExplainabilityJobDefinitionRef"),
    ],
)
def test_every_type_has_a_reference_of_its_own(monitors: str, field: str) -> None:
    config = spelled_out("drift", short(monitoringType=monitors), {})["monitoringScheduleConfig"]

    assert set(config) == {"monitoringType", field, "scheduleConfig"}
    assert any(one.field.endswith(f".{field}") for one in KINDS["MonitoringSchedule"].references)


def test_a_single_run_looks_at_the_last_hour() -> None:
    config = spelled_out("drift", short(schedule="NOW"), {})["monitoringScheduleConfig"]

    assert config["scheduleConfig"] == {
        "scheduleExpression": "NOW",
        "dataAnalysisStartTime": "-PT1H",
        "dataAnalysisEndTime": "-PT0H",
    }


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("@hourly", "cron(0 * ? * * *)"),
        ("@daily", "cron(0 0 ? * * *)"),
        ("@midnight", "cron(0 0 ? * * *)"),
        ("0 * * * *", "cron(0 * ? * * *)"),
        ("0 12 * * *", "cron(0 12 ? * * *)"),
        ("0  07 * * *", "cron(0 7 ? * * *)"),
        ("0 */8 * * *", "cron(0 0/8 ? * * *)"),
        ("cron(0 17/12 ? * * *)", "cron(0 17/12 ? * * *)"),
        ("NOW", "NOW"),
    ],
)
def test_a_schedule_in_sagemakers_words(said: str, told: str) -> None:
    assert re.search(PLAIN, said)
    assert translated(said) == told
    assert re.search(SAGEMAKER, told)


@pytest.mark.parametrize(
    "said",
    [
        "*/5 * * * *",
        "30 * * * *",
        "0 */5 * * *",
        "0 24 * * *",
        "0 9 * * 1",
        "0 9 1 * *",
        "@weekly",
        "0 * * * *\n0 * * * *",
        "",
    ],
)
def test_what_sagemaker_has_no_words_for_is_not_let_in(said: str) -> None:
    assert not re.search(PLAIN, said)


@pytest.mark.parametrize(
    ("expression", "fields"),
    [
        ("cron(0 * ? * * *)", "0 * * * *"),
        ("cron(0 05 ? * * *)", "0 5 * * *"),
        ("cron(0 17/12 ? * * *)", "0 5,17 * * *"),
        ("cron(0 0/6 ? * * *)", "0 0,6,12,18 * * *"),
        ("NOW", None),
        ("", None),
    ],
)
def test_when_sagemaker_will_run_it(expression: str, fields: str | None) -> None:
    assert plain(expression) == fields


def test_the_definition_has_what_the_manifest_asks_for() -> None:
    told = content(
        maxRuntimeInSeconds=1800,
        publishMetrics=False,
        environment={"a": "b"},
        resources={"instanceCount": 2},
        recordPreprocessorSourceURI="s3://bucket/prepare.py",
        output={"s3OutputPath": "s3://bucket/results", "kmsKeyID": "key"},
        networkConfig={"enableNetworkIsolation": True},
        inferenceAttribute="0",
    )

    assert told == {
        "dataQualityAppSpecification": {
            "builtIn": {"name": "model-monitor"},
            "environment": {"a": "b", "publish_cloudwatch_metrics": "Disabled"},
            "recordPreprocessorSourceURI": "s3://bucket/prepare.py",
        },
        "dataQualityJobInput": {
            "endpointInput": {
                "endpointRef": {"name": "web"},
                "localPath": "/opt/ml/processing/input/endpoint",
                "inferenceAttribute": "0",
            }
        },
        "dataQualityJobOutputConfig": {
            "monitoringOutputs": [
                {"s3Output": {"s3URI": "s3://bucket/results", "localPath": "/opt/ml/processing/output"}}
            ],
            "kmsKeyID": "key",
        },
        "dataQualityBaselineConfig": {
            "constraintsResource": {"s3URI": BASELINE["constraintsS3URI"]},
            "statisticsResource": {"s3URI": BASELINE["statisticsS3URI"]},
        },
        "jobResources": {"clusterConfig": {"instanceType": "ml.m5.xlarge", "instanceCount": 2, "volumeSizeInGB": 30}},
        "stoppingCondition": {"maxRuntimeInSeconds": 1800},
        "networkConfig": {"enableNetworkIsolation": True},
        "roleARN": SHORT["roleARN"],
    }


def test_bias_is_measured_by_clarify_with_its_configuration_and_ground_truth() -> None:
    told = content(
        monitoringType="ModelBias",
        analysisConfigS3URI="s3://bucket/config.json",
        groundTruth={"s3URI": "s3://bucket/truth"},
        featuresAttribute="features",
    )

    program = told["modelBiasAppSpecification"]
    assert program == {"builtIn": {"name": "clarify", "version": "1.0"}, "configURI": "s3://bucket/config.json"}
    assert told["modelBiasJobInput"]["groundTruthS3Input"] == {"s3URI": "s3://bucket/truth"}
    assert told["modelBiasJobInput"]["endpointInput"]["featuresAttribute"] == "features"
    assert "statisticsResource" not in told["modelBiasBaselineConfig"]


def test_an_image_of_ones_own_and_a_batch_transform() -> None:
    captured = {"dataCapturedDestinationS3URI": "s3://bucket/captured", "datasetFormat": {"csv": {"header": True}}}
    told = content(image="mine:1", source={"batchTransform": captured})

    assert told["dataQualityAppSpecification"] == {"imageURI": "mine:1"}
    path = {"localPath": "/opt/ml/processing/input/endpoint"}
    assert told["dataQualityJobInput"] == {"batchTransformInput": {**captured, **path}}


def test_the_same_wish_is_the_same_definition_and_another_is_another() -> None:
    assert name() == name(suspend=True, schedule="@daily", notify={"snsTopicARN": "arn"})
    others = {
        name(maxRuntimeInSeconds=1800),
        name(roleARN="arn:aws:iam::123456789012:role/other"),
        name(source={"endpointRef": {"name": "other"}}),
        name(baseline={"constraintsS3URI": "s3://bucket/other.json"}),
        name(tags=[{"key": "team", "value": "a"}]),
    }
    assert len({name(), *others}) == 6
    assert len(definition("x" * 253, SHORT, {}).name) < 253


def test_it_is_incomplete_until_its_baseline_is_there() -> None:
    wish = short(baseline={"from": {"s3": {"s3URI": "s3://bucket/train.csv"}}})
    found = {"baseline": {"state": "Ready", "processingJob": "x", **BASELINE}}

    assert not definition("drift", wish, {}).complete
    made = definition("drift", wish, found)
    assert made.complete
    assert made.spec["dataQualityBaselineConfig"]["constraintsResource"] == {"s3URI": BASELINE["constraintsS3URI"]}
    assert made.name == name(), "it is the same, whoever has made it"


def test_what_a_person_has_written_counts_more_than_what_was_suggested() -> None:
    suggested = {
        "baseline": {"constraintsS3URI": "s3://bucket/suggested.json", "statisticsS3URI": "s3://bucket/s.json"}
    }
    wish = {"from": {"s3": {"s3URI": "s3://bucket/train.csv"}}, "constraintsS3URI": "s3://bucket/mine.json"}

    told = content(suggested, baseline=wish)["dataQualityBaselineConfig"]

    assert told["constraintsResource"] == {"s3URI": "s3://bucket/mine.json"}
    assert told["statisticsResource"] == {"s3URI": "s3://bucket/s.json"}


def test_model_quality_needs_no_baseline() -> None:
    made = definition("drift", short(monitoringType="ModelQuality", baseline=None), {})

    assert made.complete
    assert "modelQualityBaselineConfig" not in made.spec


@pytest.mark.parametrize("kind", ["MonitoringSchedule", "DataQualityJobDefinition"])
@pytest.mark.parametrize("failure", [Refused, Denied])
def test_an_answer_to_new_customers_means_that_the_service_is_closed(kind: str, failure: type[Refused]) -> None:
    code = "ValidationException" if failure is Refused else "AccessDeniedException"
    answer = failure(code, "This service is not available to new customers.", f"Create{kind}")

    assert type(KINDS[kind].read(answer)) is Closed
    assert type(KINDS[kind].read(failure(code, "No.", f"Create{kind}"))) is failure
    assert "spec.engine" in KINDS[kind].instead
