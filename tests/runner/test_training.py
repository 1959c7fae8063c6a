"""Training jobs that really train: what their programs find, and what becomes of what they leave."""

from collections.abc import Iterator

import pytest
from tests.runner.floor import Floor, channel, floor


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Floor]:
    with floor(tmp_path_factory.mktemp("floor")) as made:
        yield made


TRAINS = """
    import json, pathlib
    ml = pathlib.Path("/opt/ml")
    told = json.loads((ml / "input/config/hyperparameters.json").read_text())
    rows = (ml / "input/data/train/rows.csv").read_text().split()
    print("rows\\t", len(rows))
    for epoch in range(int(told["epochs"])):
        print(f"epoch={epoch} loss={1 / (epoch + 1)}")
    (ml / "model/sum").write_text(str(sum(map(int, rows))))
    (ml / "output/data/report").write_text("fine")
"""


def test_a_job_trains_on_its_data_and_its_model_is_in_s3(shop: Floor):
    shop.put(set__rows_dot_csv="1 2 3")
    metrics = [{"Name": "loss", "Regex": "loss=([0-9.]+)"}]

    shop.train(
        TRAINS,
        "digits",
        HyperParameters={"epochs": "4"},
        InputDataConfig=[channel("train", "s3://data/set/", ContentType="text/csv")],
        AlgorithmSpecification={"MetricDefinitions": metrics},
    )
    job = shop.ended("digits")

    assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
    assert job["ModelArtifacts"]["S3ModelArtifacts"] == "s3://data/out/digits/output/model.tar.gz"
    assert shop.archive("out/digits/output/model.tar.gz") == {"sum": b"6"}
    assert shop.archive("out/digits/output/output.tar.gz") == {"report": b"fine"}
    assert [(one["MetricName"], one["Value"]) for one in job["FinalMetricDataList"]] == [("loss", 0.25)]
    assert [one["Status"] for one in job["SecondaryStatusTransitions"]] == [
        "Starting",
        "Downloading",
        "Training",
        "Uploading",
        "Completed",
    ]
    assert job["TrainingTimeInSeconds"] >= 1
    lines = shop.lines("digits")
    assert lines[0] == "rows#011 3"
    assert lines[-1] == "epoch=3 loss=0.25"
    assert shop.streams("digits")[0].startswith("digits/algo-1-")
