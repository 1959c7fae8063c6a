"""Whole runs that explain a model: a baseline, then hours of captured requests in which features matter as before or not."""

import csv
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xgboost
from captures import capture, side, write
from models import served, summed
from sklearn.datasets import load_diabetes

from sagemaker_analyzer.command import run

DIABETES = load_diabetes()
NAMES = ["age", "bmi", "pressure"]
DATA = np.round(DIABETES.data[:60, [0, 2, 3]], 4) * 100
WEIGHTS = (1.0, 5.0, 2.0)
BASELINE = [[0, 0, 0]]
CONFIG: dict[str, Any] = {
    "headers": NAMES,
    "methods": {"shap": {"baseline": BASELINE, "num_samples": 20, "agg_method": "mean_abs"}},
}


@dataclass(frozen=True, slots=True)
class Job:
    """A place where a processing job runs, and what it leaves behind."""

    root: Path

    @property
    def output(self) -> Path:
        return self.root / "processing/output"

    @property
    def message(self) -> str:
        return (self.root / "output/message").read_text()

    def file(self, name: str) -> Any:
        return json.loads((self.output / name).read_text())

    @property
    def attributions(self) -> dict[str, float]:
        found: dict[str, float] = self.file("analysis.json")["explanations"]["kernel_shap"]["label0"][
            "global_shap_values"
        ]
        return found

    def hour(self, config: dict[str, Any], data: Any = DATA, **environment: str) -> int:
        """A run over captured rows of features."""
        lines = [capture(",".join(f"{x:.2f}" for x in row), "0.5", event=f"e{i}") for i, row in enumerate(data)]
        return self.lines(config, lines, **environment)

    def lines(self, config: dict[str, Any], lines: list[str], **environment: str) -> int:
        write(self.root / "processing/input/config/analysis_config.json", [json.dumps(config)])
        path = write(self.root / "processing/input/endpoint/AllTraffic/2026/01/01/10/a.jsonl", lines)
        settings = {"analysis_type": "MODEL_EXPLAINABILITY", "dataset_source": str(path.parents[5]), **environment}
        return run(settings, root=self.root)


@pytest.fixture
def job(tmp_path: Path) -> Job:
    return Job(tmp_path / "job")


@pytest.fixture(scope="module")
def baseline(tmp_path_factory: pytest.TempPathFactory) -> Job:
    """What features mattered when the data was as it is."""
    found = Job(tmp_path_factory.mktemp("baseline"))
    with served(summed(WEIGHTS)) as url:
        assert found.hour(CONFIG, predictor_url=url) == 0
    return found


def test_every_feature_matters_by_its_weight_and_what_is_unusual_of_it(baseline: Job) -> None:
    expected = np.abs(DATA).mean(axis=0) * WEIGHTS

    analysis = baseline.file("analysis.json")
    assert baseline.attributions == pytest.approx(dict(zip(NAMES, expected, strict=True)), abs=1e-6)
    assert analysis["explanations"]["kernel_shap"]["label0"]["expected_value"] == pytest.approx(0)
    assert baseline.file("constraints.json") == analysis
    assert baseline.message == "Completed: Job completed successfully with no violations."


def test_an_hour_in_which_features_matter_as_before_has_no_violations(job: Job, baseline: Job) -> None:
    with served(summed(WEIGHTS)) as url:
        assert job.hour(CONFIG, DATA[:30], predictor_url=url, baseline_constraints=str(baseline.output)) == 0

    assert job.file("constraint_violations.json") == {"version": "1.0", "violations": []}


def test_an_hour_in_which_other_features_matter_is_a_violation(job: Job, baseline: Job) -> None:
    # Everybody is of the same weight, and of all ages.
    shifted = DATA * [20, 0.001, 1]
    with served(summed(WEIGHTS)) as url:
        assert job.hour(CONFIG, shifted, predictor_url=url, baseline_constraints=str(baseline.output)) == 0

    violation = job.file("constraint_violations.json")["violations"][0]
    score = float(violation["description"].split()[3])
    assert 0 < score < 0.9
    assert violation == {
        "label": "label0",
        "metric_name": "shap",
        "constraint_check_type": "feature_attribution_drift_check",
        "description": f"Feature attribution drift {score} exceeds threshold 0.9",
    }
    assert job.message == "CompletedWithViolations: Job completed successfully with 1 violations."
    assert job.file("summary.json")["metrics"] == {"ndcg": pytest.approx(score)}


def test_the_outputs_of_a_model_in_a_file_have_their_labels(job: Job) -> None:
    model = job.root / "processing/input/model/model.ubj"
    model.parent.mkdir(parents=True)
    target = np.digitize(DIABETES.target[:60], [100, 200])
    booster = xgboost.train({"objective": "multi:softprob", "num_class": 3}, xgboost.DMatrix(DATA, target), 4)
    booster.save_model(model)
    predictor = {"model_file": str(model), "label_headers": ["low", "middle", "high"]}
    shap = {**CONFIG["methods"]["shap"], "save_local_shap_values": True}

    assert job.hour({**CONFIG, "predictor": predictor, "methods": {"shap": shap}}, DATA[:8]) == 0

    outputs = job.file("analysis.json")["explanations"]["kernel_shap"]
    assert list(outputs) == ["low", "middle", "high"]
    rows = list(csv.reader((job.output / "explanations_shap/out.csv").read_text().splitlines()))
    assert rows[0][:4] == ["age_low", "bmi_low", "pressure_low", "age_middle"]
    local = np.array(rows[1:], float)
    expected = booster.predict(xgboost.DMatrix(np.round(DATA[:8], 2)))
    for i, label in enumerate(outputs):
        added = local[:, 3 * i : 3 * i + 3].sum(axis=1) + outputs[label]["expected_value"]
        assert added == pytest.approx(expected[:, i], abs=1e-5)


def test_features_in_json_are_found_by_their_path(job: Job) -> None:
    lines = [
        capture(side(json.dumps({"data": {"x": list(row)}, "trace": 7}), encoding="JSON", content="application/json"))
        for row in DATA[:5]
    ]
    with served(summed(WEIGHTS)) as url:
        assert job.lines({**CONFIG, "features": "data.x"}, lines, predictor_url=url) == 0

    assert job.attributions == pytest.approx(
        dict(zip(NAMES, np.abs(DATA[:5]).mean(axis=0) * WEIGHTS, strict=True)), abs=1e-6
    )


def test_without_a_baseline_row_the_middle_of_the_data_is_usual(job: Job) -> None:
    config = {**CONFIG, "methods": {"shap": {"num_samples": 20}}}

    with served(summed(WEIGHTS)) as url:
        assert job.hour(config, predictor_url=url) == 0

    expected = np.abs(DATA - DATA.mean(axis=0)).mean(axis=0) * WEIGHTS
    assert list(job.attributions.values()) == pytest.approx(expected, abs=1e-4)


def test_of_many_records_some_are_explained_and_always_the_same(job: Job, tmp_path: Path) -> None:
    config = {**CONFIG, "methods": {"shap": {**CONFIG["methods"]["shap"], "max_records": 10}}}
    again = Job(tmp_path / "again")

    with served(summed(WEIGHTS)) as url:
        assert job.hour(config, predictor_url=url) == 0
        assert again.hour(config, predictor_url=url) == 0

    assert job.attributions == again.attributions
    assert job.file("summary.json")["records"] == len(DATA)


def test_a_dataset_with_a_label_is_explained_without_it(job: Job) -> None:
    config = {**CONFIG, "headers": [*NAMES, "progress"], "label": "progress"}
    lines = [",".join(map(str, [*row, 1])) for row in DATA[:5]]

    with served(summed(WEIGHTS)) as url:
        assert job.lines(config, lines, predictor_url=url, dataset_format='{"csv": {}}') == 0

    assert list(job.attributions) == NAMES


def test_a_dataset_of_dense_json_lines_is_explained_by_its_headers(job: Job) -> None:
    config = {**CONFIG, "features": "data.x", "label": "data.y", "headers": [*NAMES, "progress"]}
    lines = [json.dumps({"data": {"x": list(row), "y": 1}}) for row in DATA[:5]]
    bad = ['{"data": {"x": [1], "y": 1}}', '{"y": 1}']

    with served(summed(WEIGHTS)) as url:
        assert job.lines(config, [*lines, *bad], predictor_url=url, dataset_format='{"json": {"lines": true}}') == 0

    assert list(job.attributions.values()) == pytest.approx(np.abs(DATA[:5]).mean(axis=0) * WEIGHTS, abs=1e-6)
    rejected = {part["kind"]: part["example"] for part in job.file("rejected.json")["rejected"]}
    assert rejected == {
        "OtherColumns": "a list of 1 features, of which headers names 3",
        "NoAttribute": "features is 'data.x', and a record has y",
    }


def test_attributions_go_to_cloudwatch(job: Job) -> None:
    with served(summed(WEIGHTS)) as url:
        job.hour(CONFIG, predictor_url=url, publish_cloudwatch_metrics="Enabled", sagemaker_endpoint_name="d")

    lines = (job.root / "output/metrics/cloudwatch/cloudwatch_metrics.jsonl").read_text().splitlines()
    found = {line["MetricName"]: line for line in map(json.loads, lines)}
    assert found["feature_bmi"]["Value"] == job.attributions["bmi"]
    dimensions = {dimension["Name"]: dimension["Value"] for dimension in found["ExpectedValue"]["Dimensions"]}
    assert dimensions == {
        "Endpoint": "d",
        "ExplainabilityMethod": "KernelShap",
        "Label": "label0",
        "ValueType": "ExpectedValue",
    }


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"methods": None}, "methods.shap is not there"),
        (
            {"methods": {"shap": {"agg_method": "mean"}}},
            'methods.shap.agg_method is "mean"; it may be mean_abs, mean_sq, median',
        ),
        (
            {"methods": {"shap": {"num_samples": 0}}},
            "methods.shap.num_samples is 0; it has to be a whole number of at least 1",
        ),
        (
            {"methods": {"shap": {"baseline": [[1, 2]]}}},
            "methods.shap.baseline[0] is [1, 2]; it has 2 values, and there are 3",
        ),
        ({"methods": {"shap": {"baseline": "s3://b/k"}}}, "the path of a file that the job has among its inputs"),
        ({"predictor": {"model_name": "m"}}, "this analyzer starts no shadow endpoint of a model_name"),
        ({"predictor": {"url": "file:///etc/passwd"}}, "it has to be a URL such as http://127.0.0.1:8080/invocations"),
        ({"predictor": {"model_file": "nowhere.json"}}, "there is no such file"),
        ({"predictor": {"content_template": "x"}}, "it has to have the placeholder $features, once"),
        ({"headers": ["age", "bmi", "pressure", "shoe"]}, "the data has only"),
    ],
)
def test_a_configuration_that_makes_no_sense_is_refused_with_its_path(
    job: Job, change: dict[str, Any], words: str
) -> None:
    config = {**CONFIG, **change}
    if "headers" in change:
        config["methods"] = {"shap": {}}
    with served(summed(WEIGHTS)) as url:
        environment = {} if "predictor" in change else {"predictor_url": url}
        assert job.hour(config, DATA[:3], **environment) == 1

    assert job.message.startswith("Error: ")
    assert words in job.message


def test_a_baseline_of_other_features_is_refused(job: Job, baseline: Job) -> None:
    config = {**CONFIG, "headers": ["age", "bmi", "mood"]}
    with served(summed(WEIGHTS)) as url:
        assert job.hour(config, DATA[:3], predictor_url=url, baseline_constraints=str(baseline.output)) == 1

    assert "has other features for label0; not in both are mood, pressure" in job.message


def test_a_model_that_does_not_answer_fails_the_run_and_is_named(job: Job) -> None:
    with served(lambda *_: (400, "features out of range")) as url:
        assert job.hour(CONFIG, DATA[:3], predictor_url=url) == 1

    assert "BadModel" in job.message
    assert "features out of range" in job.message
