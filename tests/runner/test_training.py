"""Training jobs that really train: what their programs find, and what becomes of what they leave."""

import json
import time
from collections.abc import Iterator

import pytest
from tests.runner.floor import Floor, channel, floor, until


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Floor]:
    with floor(tmp_path_factory.mktemp("floor"), speed=60.0) as made:
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


def test_a_job_trains_on_its_data_and_its_model_is_in_s3(shop: Floor) -> None:
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


LOOKS = """
    import json, os, pathlib
    found = {}
    for folder, _, names in os.walk("/opt/ml/input/data"):
        for name in names:
            path = pathlib.Path(folder, name)
            found[str(path.relative_to("/opt/ml/input/data"))] = path.read_text()
    found = {name: text for name, text in found.items() if not name.startswith("code")}
    print(json.dumps(found, sort_keys=True))
"""


def test_manifests_bring_what_they_name_and_folders_keep_their_shape(shop: Floor) -> None:
    shop.put(tree__a="1", tree__x__b="2", tree__x__c="3")
    shop.put(lists__m_dot_json=json.dumps([{"prefix": "s3://data/tree/"}, "x/c", "a"]))

    shop.train(
        LOOKS,
        "looks",
        InputDataConfig=[
            channel("some", "s3://data/lists/m.json", source={"S3DataType": "ManifestFile"}),
            channel("fast", "s3://data/tree/x", InputMode="FastFile"),
        ],
    )

    assert shop.ended("looks")["TrainingJobStatus"] == "Completed"
    seen = json.loads(shop.lines("looks")[0])
    assert json.loads(seen.pop("fast-manifest")) == [{"prefix": "s3://data/tree/"}, "x/b", "x/c"]
    assert seen == {"some/x/c": "3", "some/a": "1", "fast/b": "2", "fast/c": "3"}


READS_PIPES = """
    for epoch in range(3):
        with open(f"/opt/ml/input/data/live_{epoch}", "rb") as pipe:
            print(epoch, pipe.read())
"""


def test_a_pipe_is_read_epoch_by_epoch(shop: Floor) -> None:
    shop.put(parts__a="1", parts__b="2")

    shop.train(READS_PIPES, "pipes", InputDataConfig=[channel("live", "s3://data/parts/", InputMode="Pipe")])

    assert shop.ended("pipes")["TrainingJobStatus"] == "Completed"
    assert shop.lines("pipes") == ["0 b'12'", "1 b'12'", "2 b'12'"]


def test_a_program_sees_the_emulator_and_no_other_credentials(shop: Floor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SESSION_TOKEN", "of whoever runs the tests")
    code = """
        import json, os
        import boto3
        boto3.client("s3").put_object(Bucket="data", Key="from-inside", Body=os.environ["TRAINING_JOB_NAME"])
        print(json.dumps(dict(os.environ)))
    """

    shop.train(code, "sees")

    assert shop.ended("sees")["TrainingJobStatus"] == "Completed", shop.lines("sees")
    assert shop.get("from-inside") == b"sees"
    seen = json.loads(shop.lines("sees")[0])
    assert "of whoever runs the tests" not in seen.values()
    assert (seen["AWS_ACCESS_KEY_ID"], seen["AWS_ENDPOINT_URL"]) == ("123456789012", shop.emulator.url)
    assert (seen["SM_CURRENT_HOST"], seen["SM_CHANNEL_CODE"]) == ("algo-1", "/opt/ml/input/data/code")


def test_an_uncompressed_model_keeps_its_files(shop: Floor) -> None:
    code = """
        import pathlib
        pathlib.Path("/opt/ml/model/deep").mkdir()
        pathlib.Path("/opt/ml/model/deep/weights").write_text("w")
    """

    shop.train(code, "loose", OutputDataConfig={"S3OutputPath": "s3://data/out/", "CompressionType": "NONE"})

    job = shop.ended("loose")
    assert job["ModelArtifacts"]["S3ModelArtifacts"] == "s3://data/out/loose/output/model/"
    assert shop.keys("out/loose/") == ["out/loose/output/model/deep/weights"]


def test_the_values_of_a_metric_are_in_cloudwatch_and_the_last_one_is_final(shop: Floor) -> None:
    metrics = [{"Name": "acc", "Regex": "acc=([0-9.a-z]+)"}, {"Name": "broken", "Regex": "(("}]
    code = "for value in (0.5, 0.75, 'nan', 0.625): print(f'acc={value}')"

    shop.train(code, "measured", AlgorithmSpecification={"MetricDefinitions": metrics})

    job = shop.ended("measured")
    assert [(one["MetricName"], one["Value"]) for one in job["FinalMetricDataList"]] == [("acc", 0.625)]
    assert "the metric broken has no values" in shop.lines("measured")[0]
    until(lambda: statistics(shop, "measured") == (3.0, 0.5, 0.75))


def statistics(shop: Floor, job: str) -> tuple[float, float, float] | None:
    cloudwatch = shop.emulator.client("cloudwatch")
    try:
        found = cloudwatch.get_metric_statistics(
            Namespace="/aws/sagemaker/TrainingJobs",
            MetricName="acc",
            Dimensions=[{"Name": "TrainingJobName", "Value": job}],
            StartTime=time.time() - 600,
            EndTime=time.time() + 600,
            Period=3600,
            Statistics=["SampleCount", "Minimum", "Maximum"],
        )["Datapoints"]
    finally:
        cloudwatch.close()
    return (found[0]["SampleCount"], found[0]["Minimum"], found[0]["Maximum"]) if found else None


def test_a_job_whose_image_nobody_knows_is_simulated_and_its_log_says_so(shop: Floor) -> None:
    shop.train("print('never')", "unknown", AlgorithmSpecification={"TrainingImage": "registry.example/other:1"})

    assert "simulated" in shop.says("registry.example/other:1", "unknown")
    assert "--images" in shop.says("registry.example/other:1", "unknown")
    assert shop.ended("unknown")["TrainingJobStatus"] == "Completed"


def test_a_job_without_a_model_leaves_no_archive(shop: Floor) -> None:
    shop.train("print('nothing')", "empty")

    assert shop.ended("empty")["TrainingJobStatus"] == "Completed"
    assert shop.keys("out/empty") == []


def test_the_instances_of_a_completed_job_are_kept_warm_if_it_asks_for_that(shop: Floor) -> None:
    shop.train("print('ready')", "warm", ResourceConfig={"KeepAlivePeriodInSeconds": 600})

    shop.ended("warm")

    told = until(lambda: shop.job("warm").get("WarmPoolStatus"))
    assert told["Status"] == "Available"
