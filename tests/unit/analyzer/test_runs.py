"""Whole runs as SageMaker starts them: a baseline, then hours of captured data that are like it or not."""

import json
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
from captures import capture, side, write
from schemas import CONSTRAINTS, STATISTICS, VIOLATIONS
from scipy import stats
from sklearn.datasets import load_wine

from sagemaker_analyzer.command import run

WINE = load_wine()
CLASSES = [WINE.target_names[target] for target in WINE.target]


@dataclass(frozen=True, slots=True)
class Job:
    """A place where a processing job runs, and what it leaves behind."""

    root: Path

    @property
    def message(self) -> str:
        return (self.root / "output/message").read_text()

    def file(self, name: str) -> Any:
        return json.loads((self.root / "processing/output" / name).read_text())

    @property
    def metrics(self) -> list[dict[str, Any]]:
        path = self.root / "output/metrics/cloudwatch/cloudwatch_metrics.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()]

    def run(self, **environment: str) -> int:
        return run({"output_path": str(self.root / "processing/output"), **environment}, root=self.root)


@pytest.fixture(scope="module")
def baseline(tmp_path_factory: pytest.TempPathFactory) -> Job:
    """What the baselining job made of the wine data: the class, which the model tells, then three features."""
    job = Job(tmp_path_factory.mktemp("baseline"))
    rows = [f"{name},{r[0]},{r[9]},{int(r[12])}" for name, r in zip(CLASSES, WINE.data, strict=True)]
    write(job.root / "input/train.csv", ["class,alcohol,color,proline", *rows])
    assert job.run(dataset_source=str(job.root / "input"), dataset_format='{"csv": {"header": true}}') == 0
    return job


@pytest.fixture
def job(tmp_path: Path) -> Job:
    return Job(tmp_path / "job")


def hour(job: Job, baseline: Job, lines: Iterable[str], **environment: str) -> int:
    """A run over captured lines that compares with the baseline."""
    path = write(job.root / "processing/input/endpoint/AllTraffic/2026/01/01/10/capture.jsonl", lines)
    results = baseline.root / "processing/output"
    return job.run(
        dataset_source=str(path.parents[5]),
        dataset_format='{"sagemakerCaptureJson": {}}',
        baseline_constraints=str(results / "constraints.json"),
        baseline_statistics=str(results / "statistics.json"),
        start_time="2026-01-01T10:00:00Z",
        end_time="2026-01-01T11:00:00Z",
        sagemaker_endpoint_name="wine",
        sagemaker_monitoring_schedule_name="hourly",
        **environment,
    )


def captures(*, shift: float = 0.0, names: list[str] = CLASSES, columns: tuple[int, ...] = (0, 9, 12)) -> list[str]:
    """The wine data as it would have been captured, 12 of it in the hours before and after."""
    found = []
    for i, (name, row) in enumerate(zip(names, WINE.data, strict=True)):
        values = [row[0] + shift, row[9], int(row[12])]
        hours = {0: "09", 1: "11"}.get(i % 30, "10")
        data = ",".join(str(values[(0, 9, 12).index(column)]) for column in columns)
        found.append(capture(data, name, time=f"2026-01-01T{hours}:{i % 60:02}:00Z"))
    return found


def test_a_baseline_is_suggested_in_the_documented_form(baseline: Job) -> None:
    statistics, constraints = baseline.file("statistics.json"), baseline.file("constraints.json")

    jsonschema.validate(statistics, STATISTICS)
    jsonschema.validate(constraints, CONSTRAINTS)
    assert [f["inferred_type"] for f in statistics["features"]] == ["String", "Fractional", "Fractional", "Integral"]
    assert statistics["features"][3]["numerical_statistics"]["sum"] == WINE.data[:, 12].astype(int).sum()
    assert constraints["features"][0]["string_constraints"] == {"domains": ["class_1", "class_0", "class_2"]}
    assert baseline.message == "Completed: Job completed successfully with no violations."


def test_an_hour_like_the_baseline_has_no_violations(job: Job, baseline: Job) -> None:
    assert hour(job, baseline, captures()) == 0

    assert job.message == "Completed: Job completed successfully with no violations."
    assert job.file("constraint_violations.json") == {"violations": []}
    statistics = job.file("statistics.json")
    assert statistics["dataset"]["item_count"] == 178 - 12
    assert [f["name"] for f in statistics["features"]] == ["class", "alcohol", "color", "proline"]


def test_an_hour_that_has_drifted_tells_which_feature_and_how_far(job: Job, baseline: Job) -> None:
    assert hour(job, baseline, captures(shift=0.8), publish_cloudwatch_metrics="Enabled") == 0

    said = job.file("constraint_violations.json")
    jsonschema.validate(said, VIOLATIONS)
    assert [(v["feature_name"], v["constraint_check_type"]) for v in said["violations"]] == [
        ("alcohol", "baseline_drift_check")
    ]
    assert job.message == "CompletedWithViolations: Job completed successfully with 1 violations."
    kept = WINE.data[[i % 30 > 1 for i in range(178)], 0] + 0.8
    simple = stats.ks_2samp(kept, WINE.data[:, 0]).statistic
    robust = simple - 1.8 * np.sqrt((178 + len(kept)) / (178 * len(kept)))
    assert float(said["violations"][0]["description"].split()[3]) == pytest.approx(robust)


def test_metrics_are_those_that_model_monitor_publishes(job: Job, baseline: Job) -> None:
    hour(job, baseline, captures(shift=0.8), publish_cloudwatch_metrics="Enabled")

    metrics = {line["MetricName"]: line for line in job.metrics}
    dimensions = [{"Name": "Endpoint", "Value": "wine"}, {"Name": "MonitoringSchedule", "Value": "hourly"}]
    assert all(line["Dimensions"] == dimensions for line in metrics.values())
    assert {line["Timestamp"] for line in metrics.values()} == {"2026-01-01T10:00:00Z"}
    kept = WINE.data[[i % 30 > 1 for i in range(178)], 9]
    assert metrics["feature_data_color"]["StatisticValues"] == {
        "SampleCount": len(kept),
        "Sum": pytest.approx(kept.sum()),
        "Minimum": kept.min(),
        "Maximum": kept.max(),
    }
    assert metrics["feature_non_null_class"]["Value"] == 1.0
    assert metrics["feature_baseline_drift_alcohol"]["Value"] > 0.1
    assert "feature_data_class" not in metrics


def test_other_answers_and_columns_are_told(job: Job, baseline: Job) -> None:
    names = ["class_9" if i % 2 else "class_0" for i in range(178)]

    hour(job, baseline, captures(names=names, columns=(0, 9)))

    checks = [
        (v["feature_name"], v["constraint_check_type"]) for v in job.file("constraint_violations.json")["violations"]
    ]
    assert checks == [
        ("proline", "missing_column_check"),
        ("class", "categorical_values_check"),
        ("class", "baseline_drift_check"),
    ]


def test_garbage_in_the_hour_is_reported_and_the_rest_is_analysed(job: Job, baseline: Job) -> None:
    lines = ["\x00\x01", "{}", *captures(), capture("1,2,3,4,5", "class_0"), capture("1,2", "class_0")[:50]]

    assert hour(job, baseline, lines) == 0

    counts = {part["kind"]: part["records"] for part in job.file("rejected.json")["rejected"]}
    assert counts == {"NotJson": 2, "NotACapture": 1, "OtherColumns": 1}
    assert job.file("statistics.json")["dataset"]["item_count"] == 166
    assert job.message.startswith("Completed:")


def test_an_hour_without_data_is_an_error_and_leaves_no_results(job: Job, baseline: Job) -> None:
    assert hour(job, baseline, [capture("1,2,3", "class_0", time="2026-01-01T12:00:00Z")]) == 1

    assert job.message.startswith("Error: Job inputs had no data: ")
    assert not (job.root / "processing/output").exists()


def test_a_baseline_of_other_data_is_told_column_by_column(job: Job, baseline: Job) -> None:
    rows = ['{"petal": 1.5, "alcohol": 13}', '{"petal": 2.5, "alcohol": 12}']
    write(job.root / "in/a.jsonl", rows)

    results = baseline.root / "processing/output"
    code = job.run(
        dataset_source=str(job.root / "in"),
        dataset_format='{"json": {"lines": true}}',
        baseline_constraints=str(results),
        baseline_statistics=str(results),
    )

    assert code == 0
    checks = [
        (v["feature_name"], v["constraint_check_type"]) for v in job.file("constraint_violations.json")["violations"]
    ]
    assert checks == [
        ("class", "missing_column_check"),
        ("color", "missing_column_check"),
        ("proline", "missing_column_check"),
        ("petal", "extra_column_check"),
    ]


def test_the_constraints_of_users_win(job: Job, baseline: Job, tmp_path: Path) -> None:
    constraints = baseline.file("constraints.json")
    constraints["features"][1]["monitoringConfigOverrides"] = {
        "distribution_constraints": {"comparison_threshold": 0.99}
    }
    mine = tmp_path / "constraints.json"
    mine.write_text(json.dumps(constraints))
    path = write(job.root / "in/a.jsonl", captures(shift=0.8))

    job.run(
        dataset_source=str(path),
        baseline_constraints=str(mine),
        baseline_statistics=str(baseline.root / "processing/output"),
    )

    assert job.message == "Completed: Job completed successfully with no violations."


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"dataset_source": "/nowhere/at/all"}, "Error: BadTask: dataset_source /nowhere/at/all does not exist"),
        ({"dataset_source": "/", "baseline_constraints": "/no.json"}, "Error: BadBaseline: /no.json cannot be read"),
        ({}, "Error: BadTask: dataset_source is not set"),
    ],
)
def test_a_run_that_cannot_be_done_says_why(job: Job, environment: dict[str, str], words: str) -> None:
    assert job.run(**environment) == 1

    assert job.message.startswith(words)


def test_several_instances_without_spark_are_refused(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    (job.root / "config").mkdir(parents=True)
    (job.root / "config/resourceconfig.json").write_text('{"current_host": "a", "hosts": ["a", "b"]}')
    monkeypatch.delitem(sys.modules, "sagemaker_analyzer.engine.spark", raising=False)
    monkeypatch.setitem(sys.modules, "pyspark", None)

    assert job.run(dataset_source="/") == 1

    assert "pyspark is not installed: set InstanceCount to 1" in job.message


def test_a_fault_of_the_machine_still_leaves_a_message(job: Job, baseline: Job) -> None:
    (job.root / "processing").mkdir(parents=True)
    (job.root / "processing/output").write_text("in the way")

    with pytest.raises(OSError, match="output"):
        hour(job, baseline, captures())

    assert job.message.startswith("Error: FileExistsError: ")


def test_a_script_prepares_the_records_and_another_has_the_last_word(job: Job, tmp_path: Path) -> None:
    before, after = tmp_path / "before.py", tmp_path / "after.py"
    before.write_text(
        "def preprocess_handler(record, logger):\n"
        "    age, size = record.endpoint_input.data.split(',')\n"
        "    if size == 'skip':\n"
        "        return []\n"
        "    one = {'age': int(age), 'more': {'size': size}, 'id': record.event_metadata.event_id}\n"
        "    return [one, one] if size == 'twice' else one\n"
    )
    seen = str(tmp_path / "seen")
    after.write_text(f"import pathlib\ndef postprocess_handler():\n    pathlib.Path({seen!r}).write_text('done')\n")
    lines = [capture("3,S", event="a"), capture("4,skip"), capture("5,twice", event="b"), capture("six,L")]
    lines.append(capture(side("?", encoding="BASE64")))
    path = write(job.root / "in/a.jsonl", lines)

    code = job.run(
        dataset_source=str(path), record_preprocessor_script=str(before), post_analytics_processor_script=str(after)
    )

    assert code == 0
    features = {feature["name"]: feature for feature in job.file("statistics.json")["features"]}
    assert set(features) == {"age", "more.size", "id"}
    assert features["age"]["numerical_statistics"]["sum"] == 3 + 5 + 5
    failed, coded = job.file("rejected.json")["rejected"]
    assert (failed["kind"], failed["records"], coded["kind"]) == ("ScriptFailed", 1, "Undecodable")
    assert "ValueError: invalid literal for int()" in failed["example"]
    assert (tmp_path / "seen").read_text() == "done"


@pytest.mark.parametrize(
    ("script", "words"),
    [("def handler(): ...", "has no function preprocess_handler"), ("import nothing_such", "cannot be run")],
)
def test_a_script_that_cannot_be_used_is_refused(job: Job, tmp_path: Path, script: str, words: str) -> None:
    (tmp_path / "script.py").write_text(script)
    path = write(job.root / "in/a.jsonl", captures())

    assert job.run(dataset_source=str(path), record_preprocessor_script=str(tmp_path / "script.py")) == 1

    assert job.message.startswith("Error: BadTask: record_preprocessor_script ")
    assert words in job.message


def test_the_command_tells_its_arguments_and_variables() -> None:
    command = [sys.executable, "-m", "sagemaker_analyzer", "--help"]

    done = subprocess.run(command, capture_output=True, text=True, check=True)

    assert "dataset_source" in done.stdout
    assert "--metric-threshold" in done.stdout


def test_a_summary_is_kept_for_the_reports_of_later_runs(job: Job) -> None:
    write(job.root / "input/ages.csv", ["age", "1", "2"])
    kept = job.root / "history"

    job.run(
        dataset_source=str(job.root / "input"),
        dataset_format='{"csv": {"header": true}}',
        history_destination=str(kept),
    )

    (copy,) = kept.glob("*/summary.json")
    assert copy.read_text() == (job.root / "processing/output/summary.json").read_text()
