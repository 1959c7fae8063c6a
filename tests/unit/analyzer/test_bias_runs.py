"""Whole runs that measure bias: a baseline of a dataset, then hours of captured predictions whose truth comes later."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from captures import capture, side, write
from models import served, summed
from sklearn.datasets import load_breast_cancer

from sagemaker_analyzer.bias.cells import Cells
from sagemaker_analyzer.bias.flips import flips
from sagemaker_analyzer.bias.metrics import POST_TRAINING, PRE_TRAINING
from sagemaker_analyzer.command import run

TUMOURS = load_breast_cancer()
FEATURES = TUMOURS.data[:, [0, 1, 4]]
SMALL = FEATURES[:, 0] < 13
TRUTH = TUMOURS.target == 1
GRADES = np.where(FEATURES[:, 1] > 19, "rough", "fine")
PREDICTED = 2 * FEATURES[:, 0] + FEATURES[:, 1] < 46
SHIFTED = list(zip(FEATURES, SMALL, TRUTH, strict=True))
HEADERS = ["size", "texture", "smoothness", "small", "grade", "benign"]
CONFIG: dict[str, Any] = {
    "headers": HEADERS,
    "label": "benign",
    "label_values_or_threshold": [1],
    "facet": [{"name_or_index": "small", "value_or_threshold": [1]}],
    "group_variable": "grade",
}
WITHOUT_TEXTS: dict[str, Any] = {
    **{key: value for key, value in CONFIG.items() if key != "group_variable"},
    "headers": [name for name in HEADERS if name != "grade"],
}


def rows(predicted: np.ndarray[Any, Any] = PREDICTED, *, grades: bool = True) -> list[tuple[str, int, int]]:
    """Of each tumour its features as CSV, its predicted and its true label."""
    found = []
    for features, small, grade, given, true in zip(FEATURES, SMALL, GRADES, predicted, TRUTH, strict=True):
        texts = [repr(float(x)) for x in features] + [str(int(small))] + ([grade] if grades else [])
        found.append((",".join(texts), int(given), int(true)))
    return found


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

    def metrics(self, facet: str, name: str = "analysis.json") -> dict[str, Any]:
        """The metrics of a facet's first group."""
        analysis = self.file(name)
        stages = (analysis.get(f"{stage}_training_bias_metrics") for stage in ("pre", "post"))
        return {
            metric["name"]: metric["value"]
            for stage in stages
            if stage
            for metric in stage["facets"][facet][0]["metrics"]
        }

    def run(self, config: dict[str, Any], **environment: str) -> int:
        path = write(self.root / "processing/input/config/analysis_config.json", [json.dumps(config)])
        assert path.is_file()
        return run({"analysis_type": "MODEL_BIAS", **environment}, root=self.root)

    def dataset(self, config: dict[str, Any], lines: list[str], **environment: str) -> int:
        path = write(self.root / "processing/input/data/tumours.csv", lines)
        return self.run(config, dataset_source=str(path), dataset_format='{"csv": {}}', **environment)

    def hour(self, config: dict[str, Any], found: list[tuple[str, int, int]], **environment: str) -> int:
        """A run over captured invocations, whose truth lies beside them."""
        captured = [capture(given, f"{answer}", event=f"e{i}") for i, (given, answer, _) in enumerate(found)]
        truths = [truth(i, true) for i, (_, _, true) in enumerate(found)]
        path = write(self.root / "processing/input/endpoint/AllTraffic/2026/01/01/10/a.jsonl", captured)
        write(self.root / "processing/groundtruth/2026/01/01/10/b.jsonl", truths)
        return self.run(
            config,
            dataset_source=str(path.parents[5]),
            ground_truth_source=str(self.root / "processing/groundtruth"),
            inference_attribute="0",
            start_time="2026-01-01T10:00:00Z",
            end_time="2026-01-01T11:00:00Z",
            **environment,
        )


def truth(i: int, label: object) -> str:
    data = {"data": str(label), "encoding": "CSV"}
    return json.dumps({"groundTruthData": data, "eventMetadata": {"eventId": f"e{i}"}, "eventVersion": "0"})


@pytest.fixture
def job(tmp_path: Path) -> Job:
    return Job(tmp_path / "job")


@pytest.fixture(scope="module")
def baseline(tmp_path_factory: pytest.TempPathFactory) -> Job:
    """What the baselining run made of the data and of predictions in a column of it."""
    found = Job(tmp_path_factory.mktemp("baseline"))
    lines = [f"{given},{true},{predicted}" for given, predicted, true in rows()]
    assert found.dataset({**CONFIG, "headers": [*HEADERS, "predicted"]}, lines, inference_attribute="predicted") == 0
    return found


def expected() -> dict[str, float]:
    """What the definitions make of the data, one by one."""
    group = (GRADES == "rough").astype(np.int64)
    cells = Cells(SMALL, TRUTH.astype(np.int64), TRUTH, np.ones(len(TRUTH), np.int64), PREDICTED, group)
    return {definition.name: definition.of(cells) for definition in (*PRE_TRAINING, *POST_TRAINING)}


def test_a_dataset_with_predictions_gets_all_metrics(baseline: Job) -> None:
    found = baseline.metrics("small")

    assert {name: value for name, value in found.items() if name != "FT"} == pytest.approx(expected())
    assert found["FT"] is None
    assert baseline.message == "Completed: Job completed successfully with no violations."


def test_the_files_have_clarifys_form(baseline: Job) -> None:
    analysis = baseline.file("analysis.json")

    stage = analysis["post_training_bias_metrics"]
    assert (analysis["version"], stage["label"], stage["label_value_or_threshold"]) == ("1.0", "benign", "1")
    group = stage["facets"]["small"][0]
    assert group["value_or_threshold"] == "1"
    assert [metric["name"] for metric in group["metrics"]] == sorted(metric["name"] for metric in group["metrics"])
    flip_test = next(metric for metric in group["metrics"] if metric["name"] == "FT")
    assert flip_test["error"] == "the flip test is for features of numbers, and grade have texts"
    assert baseline.file("constraints.json") == analysis


def test_captured_predictions_are_merged_with_their_truth(job: Job) -> None:
    assert job.hour(CONFIG, rows()) == 0

    found = job.metrics("small")
    assert {name: value for name, value in found.items() if name != "FT"} == pytest.approx(expected())


def test_the_flip_test_looks_at_the_features_beside_the_facet(job: Job) -> None:
    assert job.hour(WITHOUT_TEXTS, rows(grades=False)) == 0

    found = flips(FEATURES, SMALL, PREDICTED)
    assert found.favoured > found.refused
    assert job.metrics("small")["FT"] == pytest.approx(found.value)


def test_an_hour_like_the_baseline_has_no_violations(job: Job, baseline: Job) -> None:
    assert job.hour(CONFIG, rows(), baseline_constraints=str(baseline.output)) == 0

    assert job.file("constraint_violations.json") == {"version": "1.0", "violations": []}


def test_bias_that_has_become_worse_is_a_violation_of_its_facet_and_metric(job: Job, baseline: Job) -> None:
    worse = PREDICTED & SMALL

    assert job.hour(CONFIG, rows(worse), baseline_constraints=str(baseline.output)) == 0

    violations = job.file("constraint_violations.json")["violations"]
    value = job.metrics("small")["DPPL"]
    assert value < baseline.metrics("small")["DPPL"] < 0
    assert {
        "facet": "small",
        "facet_value": "1",
        "metric_name": "DPPL",
        "constraint_check_type": "bias_drift_check",
        "description": f"Value {value} does not meet the constraint requirement",
    } in violations
    assert not {"CI", "DPL", "KL"} & {said["metric_name"] for said in violations}
    assert job.message == f"CompletedWithViolations: Job completed successfully with {len(violations)} violations."


def test_a_difference_that_may_be_chance_is_no_violation(job: Job, baseline: Job) -> None:
    few = [row for row, small, true in zip(rows(), SMALL, TRUTH, strict=True) if small == true][:25]

    assert job.hour(CONFIG, few, baseline_constraints=str(baseline.output)) == 0

    assert abs(job.metrics("small")["CI"]) > abs(baseline.metrics("small")["CI"])
    assert "CI" not in {said["metric_name"] for said in job.file("constraint_violations.json")["violations"]}


def test_disparate_impact_may_become_fairer(job: Job, baseline: Job) -> None:
    fairer = PREDICTED.copy()
    fairer[~SMALL] = True

    assert job.hour(CONFIG, rows(fairer), baseline_constraints=str(baseline.output)) == 0

    assert 0.85 < job.metrics("small")["DI"] < 1.0 < baseline.metrics("small")["DI"]
    assert "DI" not in {said["metric_name"] for said in job.file("constraint_violations.json")["violations"]}


def test_a_facet_of_numbers_is_those_above_the_threshold_and_its_end_may_change(job: Job, tmp_path: Path) -> None:
    config = {**CONFIG, "facet": [{"name_or_index": 0, "value_or_threshold": [13]}]}
    assert job.hour(config, rows()) == 0
    later = Job(tmp_path / "later")

    assert later.hour(config, rows()[:300], baseline_constraints=str(job.output)) == 0

    facets = job.file("analysis.json")["pre_training_bias_metrics"]["facets"]
    assert facets["size"][0]["value_or_threshold"] == "(13.0, 28.11]"
    big = int((FEATURES[:, 0] > 13).sum())
    assert job.metrics("size")["CI"] == pytest.approx((len(FEATURES) - 2 * big) / len(FEATURES))
    assert {said["facet_value"] for said in later.file("constraint_violations.json")["violations"]} <= {"13"}


def test_without_values_each_value_is_compared_with_all_others(job: Job) -> None:
    assert job.hour({**CONFIG, "facet": [{"name_or_index": "grade"}]}, rows()) == 0

    groups = job.file("analysis.json")["pre_training_bias_metrics"]["facets"]["grade"]
    imbalances = {
        group["value_or_threshold"]: next(m["value"] for m in group["metrics"] if m["name"] == "CI") for group in groups
    }
    fine = (GRADES == "fine").mean()
    assert imbalances == pytest.approx({"fine": 1 - 2 * fine, "rough": 2 * fine - 1})


def test_probabilities_above_the_threshold_are_favourable(job: Job) -> None:
    config = {**CONFIG, "probability_threshold": 0.8}
    lines = [f"{given},{true},{0.81 if predicted else 0.8}" for given, predicted, true in rows()]

    assert job.dataset({**config, "headers": [*HEADERS, "p"]}, lines, probability_attribute="p") == 0

    assert job.metrics("small")["DPPL"] == pytest.approx(expected()["DPPL"])


def test_a_model_is_asked_for_the_predictions_that_a_dataset_lacks(job: Job) -> None:
    with served(summed((-2.0, -1.0, 0.0, 0.0))) as url:
        config = {**WITHOUT_TEXTS, "probability_threshold": 0.0, "predictor": {"url": url}}
        shifted = [
            ",".join([repr(float(x) - 46 / 3) for x in f[:2]] + ["0", str(int(s)), str(int(t))]) for f, s, t in SHIFTED
        ]
        assert job.dataset(config, shifted) == 0

    found, wanted = job.metrics("small"), expected()
    assert {name: found[name] for name in ("DPPL", "RD", "AD", "TE")} == pytest.approx(
        {name: wanted[name] for name in ("DPPL", "RD", "AD", "TE")}
    )


def test_dense_json_lines_have_the_truth_and_the_features_by_their_paths(job: Job) -> None:
    names = [name for name in HEADERS if name not in {"grade", "benign"}]
    config = {**WITHOUT_TEXTS, "headers": [*names, "target"], "label": "label", "features": "features"}
    captured, truths = [], []
    for i, (given, predicted, true) in enumerate(rows(grades=False)):
        features = json.dumps({"features": json.loads(f"[{given}]"), "trace": i})
        answer = json.dumps({"predicted_label": predicted, "probability": 0.5})
        sides = (side(text, encoding="JSON", content="application/jsonlines") for text in (features, answer))
        captured.append(capture(*sides, event=f"e{i}"))
        truths.append(truth(i, true))
    path = write(job.root / "in/a.jsonl", captured)
    write(job.root / "truth/a.jsonl", truths)

    environment = {"inference_attribute": "predicted_label", "ground_truth_source": str(job.root / "truth")}
    assert job.run(config, dataset_source=str(path.parent), **environment) == 0

    assert job.metrics("small")["SD"] == pytest.approx(expected()["SD"])


def test_what_a_batch_transform_wrote_meets_its_truth_by_the_id_that_it_appended(job: Job) -> None:
    lines = [f"{given},{predicted},e{i},2026-01-01T10:00:00Z" for i, (given, predicted, _) in enumerate(rows())]
    write(job.root / "truth/a.jsonl", [truth(i, true) for i, (_, _, true) in enumerate(rows())])

    assert job.dataset(CONFIG, lines, ground_truth_source=str(job.root / "truth"), inference_attribute="5") == 0

    assert job.metrics("small")["RD"] == pytest.approx(expected()["RD"])


def test_only_the_metrics_that_were_asked_for_are_computed(job: Job) -> None:
    methods = {"pre_training_bias": {"methods": ["CI", "DPL"]}, "post_training_bias": {"methods": ["DI"]}}

    assert job.hour({**CONFIG, "methods": methods}, rows()) == 0

    assert set(job.metrics("small")) == {"CI", "DPL", "DI"}


def test_records_that_were_merged_already_have_their_truth(job: Job) -> None:
    lines = []
    for i, (given, predicted, true) in enumerate(rows()):
        event = json.loads(capture(given, str(predicted), event=f"e{i}"))
        lines.append(json.dumps({**event, "groundTruthData": {"data": str(true), "encoding": "CSV"}}))
    path = write(job.root / "merged/a.jsonl", lines)

    assert job.run(CONFIG, dataset_source=str(path.parent), inference_attribute="0") == 0

    assert job.metrics("small")["RD"] == pytest.approx(expected()["RD"])


def test_metrics_go_to_cloudwatch_with_their_facet(job: Job) -> None:
    job.hour(CONFIG, rows(), publish_cloudwatch_metrics="Enabled", sagemaker_endpoint_name="tumours")

    lines = (job.root / "output/metrics/cloudwatch/cloudwatch_metrics.jsonl").read_text().splitlines()
    found = {line["MetricName"]: line for line in map(json.loads, lines)}
    assert found["bias_metric_CI"]["Value"] == pytest.approx(expected()["CI"])
    assert {dimension["Name"]: dimension["Value"] for dimension in found["bias_metric_CI"]["Dimensions"]} == {
        "Endpoint": "tumours",
        "BiasStage": "Pre-training",
        "Label": "benign",
        "LabelValue": "1",
        "Facet": "small",
        "FacetValue": "1",
    }


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"facet": None}, "facet is not there"),
        ({"facet": []}, "it has to have at least one facet"),
        ({"facet": [{"value_or_threshold": [1]}]}, r"facet\[0\].name_or_index is null; a facet has the name"),
        ({"facet": [{"name_or_index": 17}]}, r"facet\[0\].name_or_index is 17; there are the 6 headers"),
        (
            {"facet": [{"name_or_index": "colour"}]},
            "the facet colour is no column of the data that has values; it has size",
        ),
        (
            {"facet": [{"name_or_index": "texture"}]},
            "the facet texture has [0-9]+ different values; give value_or_threshold",
        ),
        ({"facet": [{"name_or_index": "small", "value_or_threshold": [{}]}]}, "it has to be a text or a number"),
        ({"label": None}, "label is null; metrics of bias need the column of the true label"),
        ({"label_values_or_threshold": []}, "need the values of a favourable outcome"),
        ({"group_variable": "nobody"}, "the group_variable nobody is no column"),
        (
            {"methods": {"pre_training_bias": {"methods": ["DPLL"]}}},
            r"methods\[0\] is \"DPLL\"; it may be all, CDDL, CI",
        ),
        ({"probability_threshold": 2}, "probability_threshold is 2; it has to be from 0 to 1"),
        ({"headers": ["a", "a"]}, "it has 'a' twice"),
        ({"version": "2.0"}, 'version is "2.0"; it may be "1.0"'),
    ],
)
def test_a_configuration_that_makes_no_sense_is_refused_with_its_path(
    job: Job, change: dict[str, Any], words: str
) -> None:
    assert job.hour({**CONFIG, **change}, rows()[:20]) == 1

    assert job.message.startswith("Error: BadTask: ")
    assert re.search(words, job.message), job.message


def test_a_favourable_outcome_that_nobody_has_is_refused_of_a_baseline_and_not_of_an_hour(
    job: Job, baseline: Job
) -> None:
    assert job.hour({**CONFIG, "label_values_or_threshold": ["yes"]}, rows()) == 1
    assert "label_values_or_threshold is yes, and no benign of the data is" in job.message

    nobody = [row for row in rows() if row[2] == 0]
    assert job.hour(CONFIG, nobody, baseline_constraints=str(baseline.output)) == 0


def test_probabilities_predict_the_labels_that_the_configuration_names(job: Job) -> None:
    config = {**CONFIG, "headers": [*HEADERS, "p"], "label_values_or_threshold": ["yes"]}
    lines = [f"{given},{'yes' if true else 'no'},{0.7 * predicted}" for given, predicted, true in rows()]

    assert job.dataset(config, lines, probability_attribute="p") == 1
    assert "set inference_attribute, or predictor.label_headers" in job.message

    assert job.dataset({**config, "predictor": {"label_headers": ["yes"]}}, lines, probability_attribute="p") == 0
    assert job.metrics("small")["DPPL"] == pytest.approx(expected()["DPPL"])


def test_a_baseline_of_other_facets_is_refused(job: Job, baseline: Job) -> None:
    config = {**CONFIG, "facet": [{"name_or_index": "grade", "value_or_threshold": ["rough"]}]}

    assert job.hour(config, rows(), baseline_constraints=str(baseline.output)) == 1

    assert "has no metrics of the facet grade rough; it has those of small 1" in job.message


def test_truth_that_never_came_is_no_data(job: Job) -> None:
    path = write(job.root / "in/a.jsonl", [capture("1,2,3,1,fine", "1")])
    assert job.run(CONFIG, dataset_source=str(path.parent), inference_attribute="0") == 1
    assert job.message.startswith("Error: Job inputs had no data: ")
    assert "set ground_truth_source" in job.message


def test_rows_of_other_columns_are_left_out_and_told(job: Job) -> None:
    assert job.hour(CONFIG, [*rows(), ("1,2", 1, 1)]) == 0

    rejected = job.file("rejected.json")["rejected"]
    assert [(part["kind"], part["records"]) for part in rejected] == [("OtherColumns", 1)]
    assert "2 columns, and the headers name 5 features" in rejected[0]["example"]
