"""The pytest plugin as other people's projects meet it: each test here is a run of pytest in a project of its own."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

PAGE = (Path(__file__).parents[2] / "docs" / "emulator.md").read_text()
Run = Callable[..., "subprocess.CompletedProcess[str]"]

ASKED_FOR = 'pytest_plugins = ["sagemaker_local.pytest_plugin"]\n'
ISOLATED = """
import boto3
import pytest

@pytest.mark.parametrize("turn", range(4))
def test_it_is_empty(sagemaker, turn):
    boto3.client("sagemaker").create_experiment(ExperimentName="churn")
    boto3.client("s3").create_bucket(Bucket="bucket")
    assert sagemaker.resources("Experiment") == ["churn"]
    assert len(boto3.client("s3").list_buckets()["Buckets"]) == 1
"""
LED_BACK = """
import os
import boto3

BEFORE = dict(os.environ)
boto3.DEFAULT_SESSION = object()
SESSION = boto3.DEFAULT_SESSION

def test_everything_leads_to_the_emulator(sagemaker, monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    arn = boto3.client("sagemaker").create_experiment(ExperimentName="churn")["ExperimentArn"]
    assert arn == "arn:aws:sagemaker:eu-central-1:123456789012:experiment/churn"
    assert boto3.client("sts").get_caller_identity()["Account"] == "123456789012"
    assert boto3.session.Session().client("sagemaker").meta.endpoint_url == sagemaker.url

def test_afterwards_all_is_as_it_was():
    after = {**os.environ, "PYTEST_CURRENT_TEST": BEFORE.get("PYTEST_CURRENT_TEST")}
    assert {k: v for k, v in after.items() if v} == BEFORE
    assert boto3.DEFAULT_SESSION is SESSION
"""
FAILING = """
import boto3

def test_it_fails(sagemaker):
    client = boto3.client("sagemaker")
    for number in range(19):
        client.create_experiment(ExperimentName=f"churn-{number}")
    sagemaker.clock.advance(90)
    sagemaker.faults.deny("DescribeExperiment")
    try:
        client.describe_experiment(ExperimentName="churn-7")
    except client.exceptions.ClientError:
        pass
    client.list_models()
    assert False, "as it should"
"""
LAZY = """
import sys

def test_nothing_of_aws():
    loaded = {"boto3", "botocore", "moto", "aiohttp", "sagemaker_local.emulator"} & set(sys.modules)
    assert not loaded
"""
SETTINGS = """
import pytest

class TestFast:
    @pytest.fixture
    def sagemaker_settings(self):
        return {"virtual": False, "speed": 60}

    def test_it_is_fast(self, sagemaker):
        assert (sagemaker.clock.virtual, sagemaker.clock.speed) == (False, 60)

def test_the_others_stand_still(sagemaker):
    assert sagemaker.clock.virtual

class TestTypo:
    @pytest.fixture
    def sagemaker_settings(self):
        return {"sped": 60}

    def test_it_does_not_start(self, sagemaker):
        pass
"""


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs pytest on a project of a conftest.py and one test module, on a machine that is set up for AWS."""
    surroundings = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "AWS_PROFILE": "nobody",
        "AWS_SESSION_TOKEN": "of-the-real-world",
        "AWS_ENDPOINT_URL_SAGEMAKER": "http://192.0.2.1",
        "HTTP_PROXY": "http://127.0.0.1:1",
    }

    def run(module: str, *options: str, conftest: str = ASKED_FOR) -> "subprocess.CompletedProcess[str]":
        (tmp_path / "conftest.py").write_text(conftest)
        (tmp_path / "test_project.py").write_text(module)
        (tmp_path / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n")
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:asyncio", *options]
        return subprocess.run(
            command, cwd=tmp_path, env=surroundings, capture_output=True, text=True, check=False, timeout=120
        )

    return run


def outcome(done: "subprocess.CompletedProcess[str]") -> str:
    """The last line of a run, without its seconds."""
    return re.sub(r" in [\d.]+s.*|=+ ?", "", (done.stdout.strip() or done.stderr).splitlines()[-1])


def snippets(heading: str) -> list[str]:
    """The Python blocks below a heading of the page."""
    part = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return re.findall(r"```python\n(.*?)```", part, re.DOTALL)


def test_the_example_on_the_page_runs_as_it_stands(run: Run) -> None:
    conftest, module, *_ = snippets("In a test")

    done = run(module, conftest=conftest)

    assert outcome(done) == "1 passed", done.stdout
    assert conftest.strip() == ASKED_FOR.strip()


@pytest.mark.parametrize("options", [(), ("-n", "2")], ids=["one-process", "xdist"])
def test_each_test_begins_with_an_empty_sagemaker_and_an_empty_s3(run: Run, options: tuple[str, ...]) -> None:
    done = run(ISOLATED, *options)

    assert outcome(done) == "4 passed", done.stdout


def test_what_leads_to_aws_is_out_of_the_way_during_the_test_and_back_after_it(run: Run) -> None:
    done = run(LED_BACK)

    assert outcome(done) == "2 passed", done.stdout


@pytest.mark.parametrize("options", [(), ("-n", "1")], ids=["one-process", "xdist"])
def test_a_failed_test_shows_what_it_asked_sagemaker(run: Run, options: tuple[str, ...]) -> None:
    done = run(FAILING, *options)

    told = done.stdout.partition("- Requests to the emulated SageMaker -")[2].splitlines()
    assert outcome(done) == "1 failed", done.stdout
    assert [line.strip() for line in told[1:3]] == ["1 earlier ones, and then", "0 s  CreateExperiment churn-1: ok"]
    assert [line.strip() for line in told[20:23]] == [
        "90 s  DescribeExperiment churn-7: AccessDeniedException",
        "90 s  ListModels: ok",
        "90 s  the end",
    ]


def test_until_a_test_asks_for_it_nothing_is_imported(run: Run) -> None:
    done = run(LAZY)

    assert outcome(done) == "1 passed", done.stdout


def test_a_project_that_has_only_installed_the_package_notices_nothing(run: Run) -> None:
    done = run("def test_it(sagemaker): pass", "--trace-config", conftest="")

    assert outcome(done) == "1 error", done.stdout
    assert "fixture 'sagemaker' not found" in done.stdout
    assert "sagemaker_local" not in done.stdout


def test_settings_are_overridden_where_they_are_needed_and_typing_mistakes_are_named(run: Run) -> None:
    done = run(SETTINGS)

    assert outcome(done) == "2 passed, 1 error", done.stdout
    assert "unexpected keyword argument 'sped'" in done.stdout
