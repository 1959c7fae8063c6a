"""What Clarify computes, with a worker: bias of captured predictions, and explanations by a model behind a shadow endpoint."""

import json
from collections.abc import Iterator

import pytest
from tests.runner.monitored import CLARIFY, Watch

HEADERS = ["first", "second", "label"]
FACETS = {
    "dataset_type": "text/csv",
    "headers": HEADERS,
    "label": "label",
    "label_values_or_threshold": [1],
    "facet": [{"name_or_index": "second", "value_or_threshold": [1]}],
    "methods": {"post_training_bias": {"methods": ["DPPL", "RD"]}},
}
FAIR = [f"{0.5 - second if good else -second},{second}" for second in (0, 1) for good in (True, False)] * 5
UNFAIR = [f"{0.5 - second if second == 0 else -second},{second}" for second in (0, 1) for _ in (True, False)] * 5
"""The answer is 1 where a row is good, and 0 elsewhere; to the unfair, all of the second group are not."""


@pytest.fixture(scope="module")
def watch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watch]:
    made = Watch(tmp_path_factory.mktemp("images"))
    yield made
    made.close()


def judge(watch: Watch, name: str, rows: list[str], *, baseline: str | None = None) -> dict[str, object]:
    """What a schedule found about an endpoint that was asked for these rows, half of which should have got a 1."""
    url = watch.user.put("config/analysis_config.json", json.dumps(FACETS))
    watch.serve(name, rows)
    watch.truth(name, [1, 0] * 10)
    app = {"ImageUri": CLARIFY, "ConfigUri": url}
    watch.judge(name, baseline=baseline, kind="ModelBias", app=app, InferenceAttribute="0")
    return watch.execution(name)


def test_a_schedule_finds_that_a_model_has_become_unfair(watch: Watch) -> None:
    fair = judge(watch, "fair", FAIR)
    url = watch.job_of(fair)["ProcessingOutputConfig"]["Outputs"][0]["S3Output"]["S3Uri"]

    unfair = judge(watch, "unfair", UNFAIR, baseline=f"{url.removeprefix('s3://data/')}/analysis.json")

    assert fair["MonitoringExecutionStatus"] == "Completed", fair
    assert unfair["MonitoringExecutionStatus"] == "CompletedWithViolations", unfair
    violations = watch.report(unfair, "constraint_violations")["violations"]
    assert {violation["constraint_check_type"] for violation in violations} == {"bias_drift_check"}
    assert {violation["facet"] for violation in violations} == {"second"}


def test_clarify_asks_a_shadow_endpoint_for_predictions_that_is_gone_afterwards(watch: Watch) -> None:
    predictor = {"model_name": watch.model(), "instance_type": "ml.m5.large", "initial_instance_count": 1}
    config = {**FACETS, "predictor": predictor}

    job = watch.clarify("plain", config, "".join(f"{row},{good}\n" for row in UNFAIR for good in (1, 0)))

    assert job["ProcessingJobStatus"] == "Completed", job
    analysis = json.loads(watch.user.read("plain/analysis.json"))
    (facet,) = analysis["post_training_bias_metrics"]["facets"]["second"]
    assert {metric["name"]: metric["value"] for metric in facet["metrics"]}["DPPL"] == 1
    assert "clarify-plain" not in watch.emulator.resources("Endpoint")
    assert watch.emulator.resources("EndpointConfig") == ["captured"]


def test_a_schedule_explains_what_an_endpoint_was_asked(watch: Watch) -> None:
    config = {
        "headers": ["first", "second"],
        "predictor": {"model_name": watch.model(), "instance_type": "ml.m5.large", "initial_instance_count": 1},
        "methods": {"shap": {"baseline": [[0, 0]], "num_samples": 20, "agg_method": "mean_abs"}},
    }
    url = watch.user.put("shap/analysis_config.json", json.dumps(config))
    watch.serve("explained", ["1,0", "0,3", "1,3"])

    watch.judge("explained", kind="ModelExplainability", app={"ImageUri": CLARIFY, "ConfigUri": url})
    execution = watch.execution("explained")

    assert execution["MonitoringExecutionStatus"] == "Completed", execution
    values = watch.report(execution, "analysis")["explanations"]["kernel_shap"]["label0"]["global_shap_values"]
    assert values == {"first": pytest.approx(4 / 3), "second": pytest.approx(4)}
    assert watch.emulator.resources("EndpointConfig") == ["captured"]


def test_a_model_that_is_not_there_fails_the_job_in_the_words_of_sagemaker(watch: Watch) -> None:
    config = {"predictor": {"model_name": "nobody"}, "methods": {"shap": {}}}

    job = watch.clarify("nobody", config, "a\n1\n")

    assert job["ProcessingJobStatus"] == "Failed"
    assert "nobody" in job["ExitMessage"]
    assert "CreateEndpointConfig was refused" in job["ExitMessage"]


def test_a_configuration_that_asks_for_nothing_says_what_may_be_asked_for(watch: Watch) -> None:
    job = watch.clarify("nothing", {"methods": {"pdp": {}}}, "a\n1\n")

    assert job["ExitMessage"] == (
        "Error: the configuration has none of the methods pre_training_bias, post_training_bias, shap"
    )
