"""Processing jobs that really process: their inputs, their outputs, and how they end."""

import json
from collections.abc import Iterator

import pytest
from tests.runner.floor import Floor, floor, into, out, until


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Floor]:
    with floor(tmp_path_factory.mktemp("floor"), speed=60.0) as made:
        yield made


CLEANS = """
    import os, pathlib, sys
    ml = pathlib.Path("/opt/ml/processing")
    rows = sorted(path.read_text() for path in (ml / "input/rows").rglob("*") if path.is_file())
    (ml / "output/clean/deep").mkdir()
    (ml / "output/clean/deep/all").write_text("".join(rows) + sys.argv[1] + os.environ["EXTRA"])
    pathlib.Path("/opt/ml/output/message").write_text("cleaned")
    print("done")
"""


def test_a_job_processes_its_inputs_into_its_outputs(shop: Floor) -> None:
    shop.put(raw__1="a", raw__x__2="b")

    shop.process(
        CLEANS,
        "clean",
        AppSpecification={"ContainerArguments": ["-argument-"]},
        Environment={"EXTRA": "!"},
        ProcessingInputs=[into("rows", "s3://data/raw/")],
        ProcessingOutputConfig={"Outputs": [out("clean", "s3://data/cleaned")]},
    )
    job = shop.processed("clean")

    assert job["ProcessingJobStatus"] == "Completed", job
    assert job["ExitMessage"] == "cleaned"
    assert job["ProcessingStartTime"] <= job["ProcessingEndTime"]
    assert shop.get("cleaned/deep/all") == b"ab-argument-!"
    assert shop.lines("clean", "Processing") == ["done"]


def test_a_program_that_fails_after_an_exit_message_points_to_its_log(shop: Floor) -> None:
    code = """
        import pathlib
        pathlib.Path("/opt/ml/output/message").write_text("x" * 2000)
        print("about to fail")
        raise SystemExit(5)
    """
    outputs = {"Outputs": [out("clean", "s3://data/never")]}

    shop.process(code, "fails", ProcessingOutputConfig=outputs)

    job = shop.processed("fails")
    assert job["ProcessingJobStatus"] == "Failed"
    assert job["FailureReason"] == "AlgorithmError: See job logs for more information"
    assert job["ExitMessage"] == "x" * 1024
    assert shop.lines("fails", "Processing") == ["about to fail"]


def test_a_program_that_fails_without_a_word_tells_its_exit_code(shop: Floor) -> None:
    shop.process("raise SystemExit(5)", "silent")

    assert shop.processed("silent")["FailureReason"] == "AlgorithmError: , exit code: 5"


def test_an_entry_point_that_does_not_exist_fails_with_127(shop: Floor) -> None:
    shop.process("", "absent", AppSpecification={"ContainerEntrypoint": ["/opt/program/run.sh"]})

    assert shop.processed("absent")["FailureReason"] == "AlgorithmError: , exit code: 127"


def test_outputs_of_a_failed_job_are_lost_unless_they_were_uploaded_continuously(shop: Floor) -> None:
    code = """
        import pathlib
        for name in ("late", "live"):
            pathlib.Path(f"/opt/ml/processing/output/{name}/part").write_text(name)
        raise SystemExit(1)
    """
    outputs = [out("late", "s3://data/late"), out("live", "s3://data/live", S3UploadMode="Continuous")]

    shop.process(code, "half", ProcessingOutputConfig={"Outputs": outputs})

    shop.processed("half")
    assert (shop.keys("late"), shop.get("live/part")) == ([], b"live")


CONTINUES = """
    import pathlib, time
    place = pathlib.Path("/opt/ml/processing/output/live/log")
    place.write_text("first")
    while not pathlib.Path("/opt/ml/processing/output/live/stop").exists():
        time.sleep(0.02)
"""


def test_continuous_outputs_are_in_s3_while_the_job_runs_and_it_can_be_stopped(shop: Floor) -> None:
    live = out("live", "s3://data/running/", S3UploadMode="Continuous")
    shop.process(CONTINUES, "running", ProcessingOutputConfig={"Outputs": [live]})

    until(lambda: shop.keys("running/"))
    assert shop.processing("running")["ProcessingJobStatus"] == "InProgress"
    shop.sagemaker.stop_processing_job(ProcessingJobName="running")

    job = shop.processed("running")
    assert (job["ProcessingJobStatus"], shop.get("running/log")) == ("Stopped", b"first")


def test_a_job_that_takes_too_long_is_stopped(shop: Floor) -> None:
    shop.process("import time; time.sleep(600)", "slow", StoppingCondition={"MaxRuntimeInSeconds": 30})

    assert shop.processed("slow")["ProcessingJobStatus"] == "Stopped"


def test_inputs_are_split_among_instances_and_each_knows_which_one_it_is(shop: Floor) -> None:
    shop.put(**{f"split__{number}": "x" for number in range(3)})
    code = """
        import json, os, pathlib
        host = json.loads(pathlib.Path("/opt/ml/config/resourceconfig.json").read_text())["current_host"]
        names = sorted(os.listdir("/opt/ml/processing/input/rows"))
        pathlib.Path(f"/opt/ml/processing/output/parts/{host}").write_text(json.dumps(names))
    """
    rows = into("rows", "s3://data/split/", S3DataDistributionType="ShardedByS3Key")
    outputs = {"Outputs": [out("parts", "s3://data/parts/")]}

    shop.process(code, "split", count=2, ProcessingInputs=[rows], ProcessingOutputConfig=outputs)

    assert shop.processed("split")["ProcessingJobStatus"] == "Completed", shop.lines("split", "Processing")
    assert json.loads(shop.get("parts/algo-1")) == ["0", "2"]
    assert json.loads(shop.get("parts/algo-2")) == ["1"]


def test_a_manifest_and_the_request_itself_are_inputs(shop: Floor) -> None:
    shop.put(files__a="1", files__b="2", list=json.dumps([{"prefix": "s3://data/files/"}, "b"]))
    code = """
        import json, os, pathlib
        job = json.loads(pathlib.Path("/opt/ml/config/processingjobconfig.json").read_text())
        print(job["ProcessingJobName"], os.environ["PROCESSING_JOB_NAME"], os.listdir("/opt/ml/processing/input/some"))
    """

    shop.process(code, "listed", ProcessingInputs=[into("some", "s3://data/list", S3DataType="ManifestFile")])

    shop.processed("listed")
    assert shop.lines("listed", "Processing") == ["listed listed ['b']"]


@pytest.mark.parametrize(
    "path", ["/etc/rows", "/opt/ml/processing", "/opt/ml/processing/../../../tmp/rows", "/opt/ml/model/x"]
)
def test_a_path_outside_of_the_directory_for_processing_fails_the_job(shop: Floor, path: str) -> None:
    name = f"path-{len(path)}"
    shop.put(some__row="1")

    shop.process("", name, ProcessingInputs=[into("rows", "s3://data/some/", LocalPath=path)])

    reason = shop.processed(name)["FailureReason"]
    assert reason == f"ClientError: LocalPath {path} is not an absolute path below /opt/ml/processing."


def test_an_input_without_objects_fails_the_job(shop: Floor) -> None:
    shop.process("", "nothing", ProcessingInputs=[into("rows", "s3://data/nothing-here/")])

    reason = shop.processed("nothing")["FailureReason"]
    assert reason.startswith(
        'ClientError: Data download failed:No S3 objects found under S3 URL "s3://data/nothing-here/"'
    )


def test_a_pipe_is_read_as_an_input(shop: Floor) -> None:
    shop.put(flow__a="1", flow__b="2")
    code = "print(open('/opt/ml/processing/input/rows_0').read())"

    shop.process(code, "piped", ProcessingInputs=[into("rows", "s3://data/flow/", S3InputMode="Pipe")])

    shop.processed("piped")
    assert shop.lines("piped", "Processing") == ["12"]


def test_a_job_whose_image_nobody_knows_is_simulated_and_its_log_says_so(shop: Floor) -> None:
    shop.process("print('never')", "unknown", AppSpecification={"ImageUri": "registry.example/other:1"})

    assert "simulated" in shop.says("registry.example/other:1", "unknown", "Processing")
    assert "--images" in shop.says("registry.example/other:1", "unknown", "Processing")
    assert shop.processed("unknown")["ProcessingJobStatus"] == "Completed"
