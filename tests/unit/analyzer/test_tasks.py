"""What the environment of a job asks the analyzer for, and how it hears that something is not possible."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sagemaker_analyzer.contract.environment import read_task
from sagemaker_analyzer.contract.outcome import completed, refused
from sagemaker_analyzer.contract.task import Baseline, Layout, Position, Window
from sagemaker_analyzer.errors import BadTask, NoData

CAPTURED = {"dataset_source": "/opt/ml/processing/input/endpoint"}


def test_captured_data_is_what_a_job_without_a_format_reads() -> None:
    task = read_task(CAPTURED)

    assert task.dataset.layout is Layout.CAPTURE
    assert task.dataset.outputs is Position.START
    assert task.baseline is None
    assert task.output == Path("/opt/ml/processing/output")
    assert task.message == Path("/opt/ml/output/message")


def test_the_environment_of_a_baselining_job_is_understood(tmp_path: Path) -> None:
    task = read_task(
        {
            "dataset_source": str(tmp_path),
            "dataset_format": '{"csv": {"header": true, "output_columns_position": "END"}}',
            "output_path": "/somewhere",
            "publish_cloudwatch_metrics": "Disabled",
        }
    )

    assert (task.dataset.layout, task.dataset.header, task.dataset.outputs) == (Layout.CSV, True, Position.END)
    assert task.output == Path("/somewhere")
    assert not task.publish_metrics


def test_a_window_has_its_start_and_not_its_end() -> None:
    task = read_task({**CAPTURED, "start_time": "2026-01-01T10:00:00Z", "end_time": "2026-01-01T11:00:00Z"})

    assert task.window == Window(datetime(2026, 1, 1, 10, tzinfo=UTC), datetime(2026, 1, 1, 11, tzinfo=UTC))
    assert task.window.has(task.window.start)
    assert not task.window.has(task.window.end)


def test_a_baseline_may_be_a_file_or_the_directory_it_was_downloaded_to(tmp_path: Path) -> None:
    task = read_task({**CAPTURED, "baseline_constraints": str(tmp_path), "baseline_statistics": "/b/statistics.json"})

    assert task.baseline == Baseline(tmp_path / "constraints.json", Path("/b/statistics.json"))


def test_the_number_of_instances_is_that_of_the_job(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config/resourceconfig.json").write_text(
        json.dumps({"current_host": "algo-1", "hosts": ["algo-1", "algo-2"]})
    )

    assert read_task(CAPTURED, root=tmp_path).instances == 2
    assert read_task(CAPTURED, root=tmp_path / "elsewhere").instances == 1


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"dataset_source": ""}, "dataset_source is not set"),
        ({"dataset_format": "{csv}"}, "dataset_format is not JSON"),
        ({"dataset_format": "[]"}, "has to have one of csv, json"),
        ({"dataset_format": '{"csv": {}, "json": {}}'}, "has to have one of"),
        ({"dataset_format": '{"csv": {"header": "yes"}}'}, "header 'yes'"),
        ({"dataset_format": '{"csv": {"output_columns_position": "MIDDLE"}}'}, "may be START or END"),
        ({"start_time": "2026-01-01T10:00:00Z"}, "only one is set"),
        ({"start_time": "yesterday", "end_time": "2026-01-01T10:00:00Z"}, "start_time is 'yesterday'"),
        ({"start_time": "2026-01-01T10:00:00Z", "end_time": "2026-01-01T10:00:00Z"}, "is not after"),
        ({"baseline_statistics": "/b/statistics.json"}, "without baseline_constraints"),
        ({"publish_cloudwatch_metrics": "true"}, "may be Enabled or Disabled"),
        ({"categorical_drift_method": "Euclid"}, "LInfinity or ChiSquared"),
        ({"record_preprocessor_script": "/code/script.py"}, "record_preprocessor_script is .* no such file"),
        ({"post_analytics_processor_script": "/code/script.py"}, "post_analytics_processor_script is .* no such file"),
        ({"analysis_type": "MODEL_MOOD"}, "MODEL_MOOD"),
    ],
)
def test_what_is_not_possible_is_refused_with_the_name_of_the_variable(variables: dict[str, str], words: str) -> None:
    with pytest.raises(BadTask, match=words):
        read_task({**CAPTURED, **variables})


def test_the_exit_message_is_model_monitors() -> None:
    assert completed(0).message == "Completed: Job completed successfully with no violations."
    assert completed(3).message == "CompletedWithViolations: Job completed successfully with 3 violations."
    assert completed(3).code == 0


def test_no_data_is_not_a_run_without_violations() -> None:
    outcome = refused(NoData("/data has no files"))

    assert outcome.message == "Error: Job inputs had no data: /data has no files"
    assert outcome.code != 0


def test_an_exit_message_is_never_longer_than_sagemaker_keeps() -> None:
    assert len(refused(BadTask("x" * 5000)).message) == 1024
