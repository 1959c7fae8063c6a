"""Processing jobs that really process: their inputs, their outputs, and how they end."""

from collections.abc import Iterator

import pytest
from tests.runner.floor import Floor, floor, into, out


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Floor]:
    with floor(tmp_path_factory.mktemp("floor")) as made:
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


def test_a_job_processes_its_inputs_into_its_outputs(shop: Floor):
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
