"""Scripts of users that train: as they are for SageMaker, with AWS's toolkit and without it."""

import hashlib
import io
import json
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.runner.script_containers import (
    SCIKIT_LEARN,
    Trained,
    environment,
    prepare,
    program,
    start_training,
    trained,
    write_files,
)
from tests.runner.yard import Yard

from sagemaker_local.emulator import Emulator
from sagemaker_local.runner.images import Environment
from sagemaker_local.runner.sandbox import Sandbox

TRAIN = """
    import argparse, json, os, sys
    import joblib
    from sklearn.linear_model import LogisticRegression

    if __name__ == "__main__":
        parser = argparse.ArgumentParser()
        parser.add_argument("--max-iter", type=int)
        parser.add_argument("-C", type=float)
        parser.add_argument("--model-dir", default=os.environ["SM_MODEL_DIR"])
        parser.add_argument("--train", default=os.environ["SM_CHANNEL_TRAIN"])
        arguments = parser.parse_args()
        rows = [line.split(",") for line in open(os.path.join(arguments.train, "rows.csv"))]
        model = LogisticRegression(max_iter=arguments.max_iter, C=arguments.C)
        model.fit([[float(v) for v in row[1:]] for row in rows], [int(row[0]) for row in rows])
        joblib.dump(model, os.path.join(arguments.model_dir, "model.joblib"))
        print("accuracy=1.0; iterations", arguments.max_iter)
        print("hosts", json.loads(os.environ["SM_HOSTS"]), "current", os.environ["SM_CURRENT_HOST"])
"""
ROWS = "0,0.0,0.1\n0,0.1,0.0\n1,5.0,5.1\n1,5.1,5.0\n"
BY_CONTAINER = {
    "SM_MODEL_DIR": "/opt/ml/model",
    "SM_CHANNEL_TRAIN": "/opt/ml/input/data/train",
    "SM_HOSTS": '["algo-1"]',
    "SM_CURRENT_HOST": "algo-1",
}
"""What the container's environment says without the toolkit (see `contract.environment`)."""


@pytest.fixture(params=["with the toolkit", "without the toolkit"])
def made(request: pytest.FixtureRequest) -> Environment:
    """The environment of scripts, and one that has scikit-learn but not the toolkit."""
    return program(SCIKIT_LEARN)[1] if request.param == "with the toolkit" else environment("algorithms")


@pytest.fixture
def best() -> tuple[str, ...]:
    """The best isolation that works on this machine."""
    return Sandbox().namespaces


def run(
    yard: Yard,
    made: Environment,
    degree: tuple[str, ...],
    files: dict[str, str | bytes],
    given: Mapping[str, object] | None = None,
    *,
    env: Mapping[str, str] | None = None,
) -> Trained:
    ml = yard.ml("job")
    said = {"sagemaker_program": "train.py", "sagemaker_submit_directory": "/opt/ml/code", **(given or {})}
    prepare(ml, {key: json.dumps(value) for key, value in said.items() if value is not None}, files)
    variables = {key: value.replace("/opt/ml", str(ml)) for key, value in BY_CONTAINER.items()}
    if "mount" in degree:
        variables = BY_CONTAINER
    return trained(*start_training(yard, made, ml, degree, {**variables, **(env or {})}), ml)


def test_a_script_trains_with_its_arguments_and_channels(
    yard: Yard, made: Environment, degree: tuple[str, ...]
) -> None:
    files: dict[str, str | bytes] = {"code/train.py": TRAIN, "input/data/train/rows.csv": ROWS}

    ended = run(yard, made, degree, files, {"max-iter": 50, "C": 2.5})

    assert ended.code == 0, ended.log
    assert "accuracy=1.0; iterations 50" in ended.log
    assert "hosts ['algo-1'] current algo-1" in ended.log
    assert (ended.model / "model.joblib").stat().st_size > 0
    assert ended.failure == ""


def test_a_crash_shows_the_error_and_the_command_as_the_failure(
    yard: Yard, made: Environment, best: tuple[str, ...]
) -> None:
    ended = run(yard, made, best, {"code/train.py": "import sys\nraise ValueError('no rows')\n"}, {"rows": 3})

    assert ended.code == 1
    assert ended.failure.startswith('ExecuteUserScriptError:\nExitCode 1\nErrorMessage "')
    assert "ValueError: no rows" in ended.failure
    assert "train.py --rows 3" in ended.failure
    assert "Traceback" in ended.log


def test_a_reason_that_the_script_has_written_is_kept(yard: Yard, made: Environment, best: tuple[str, ...]) -> None:
    script = """
        import os, sys
        base = os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml")
        open(f"{base}/output/failure", "w").write("the sensor was off")
        sys.exit(7)
    """

    ended = run(yard, made, best, {"code/train.py": script})

    assert ended.code == 1
    assert ended.failure == "the sensor was off"


def test_an_entry_point_that_is_not_there_is_told_with_what_is(
    yard: Yard, made: Environment, best: tuple[str, ...]
) -> None:
    ended = run(yard, made, best, {"code/tran.py": TRAIN})

    assert ended.code == 1
    assert ended.failure == "ClientError: the entry point train.py is not in the code; there is tran.py"


def test_a_job_without_a_script_is_told_what_it_lacks(yard: Yard, made: Environment, best: tuple[str, ...]) -> None:
    ended = run(yard, made, best, {"code/train.py": TRAIN}, {"sagemaker_program": None})

    assert ended.code == 1
    assert "the hyperparameter sagemaker_program does not name one" in ended.failure


def test_a_shell_script_is_an_entry_point_too(yard: Yard, made: Environment, best: tuple[str, ...]) -> None:
    ended = run(yard, made, best, {"code/go.sh": 'echo "with $1 $2"\n'}, {"sagemaker_program": "go.sh", "epochs": 4})

    assert ended.code == 0, ended.log
    assert "with --epochs 4" in ended.log


def test_requirements_are_installed_for_this_job_alone(yard: Yard, made: Environment, degree: tuple[str, ...]) -> None:
    files: dict[str, str | bytes] = {
        "code/train.py": "import answer\nprint('answer', answer.VALUE)\n",
        "code/requirements.txt": "./answer-1.0-py3-none-any.whl\n",
        "code/answer-1.0-py3-none-any.whl": wheel(),
    }
    before = contents(made)

    ended = run(yard, made, degree, files)

    assert ended.code == 0, ended.log
    assert "answer 42" in ended.log
    assert contents(made) == before


def test_requirements_that_cannot_be_had_fail_the_job(yard: Yard, made: Environment, best: tuple[str, ...]) -> None:
    files: dict[str, str | bytes] = {"code/train.py": TRAIN, "code/requirements.txt": "nowhere==1.0\n"}

    ended = run(yard, made, best, files, env={"PIP_NO_INDEX": "1"})

    assert ended.code == 1
    assert ended.failure.startswith("InstallRequirementsError:")
    assert "No matching distribution found for nowhere==1.0" in ended.log


def test_sigterm_reaches_the_script_that_may_save_its_work(
    yard: Yard, made: Environment, degree: tuple[str, ...]
) -> None:
    script = """
        import os, signal, sys, threading

        def save(*_):
            open(os.path.join(os.environ["SM_MODEL_DIR"], "half"), "w").write("saved")
            print("saved what there is")
            sys.exit(0)

        signal.signal(signal.SIGTERM, save)
        print("at work")
        signal.pause()
    """
    ml = yard.ml("job")
    prepare(ml, {"sagemaker_program": "train.py"}, {"code/train.py": script})
    model_dir = "/opt/ml/model" if "mount" in degree else str(ml / "model")
    container, written = start_training(yard, made, ml, degree, {"SM_MODEL_DIR": model_dir})
    written.await_line("at work")

    container.terminate(60)

    ended = trained(container, written, ml)
    assert ended.code == 0, ended.log
    assert (ended.model / "half").read_text() == "saved"
    assert "saved what there is" in ended.log


def test_the_code_is_fetched_from_the_emulated_s3(
    yard: Yard, made: Environment, best: tuple[str, ...], tmp_path: Path
) -> None:
    with Emulator.start() as sagemaker:
        put(sagemaker, "job/sourcedir.tar.gz", archive(tmp_path, {"train.py": TRAIN}))
        env = {
            "AWS_ENDPOINT_URL": sagemaker.url,
            "AWS_ACCESS_KEY_ID": "123456789012",
            "AWS_SECRET_ACCESS_KEY": "emulated",
        }
        ended = run(
            yard,
            with_s3(made),
            best,
            {"input/data/train/rows.csv": ROWS},
            {"max-iter": 60, "C": 1, "sagemaker_submit_directory": "s3://scripts/job/sourcedir.tar.gz"},
            env=env,
        )

    assert ended.code == 0, ended.log
    assert "iterations 60" in ended.log


def test_code_that_is_not_in_s3_is_told(yard: Yard, best: tuple[str, ...]) -> None:
    with Emulator.start() as sagemaker:
        env = {
            "AWS_ENDPOINT_URL": sagemaker.url,
            "AWS_ACCESS_KEY_ID": "123456789012",
            "AWS_SECRET_ACCESS_KEY": "emulated",
        }
        where = "s3://scripts/job/sourcedir.tar.gz"
        ended = run(yard, program(SCIKIT_LEARN)[1], best, {}, {"sagemaker_submit_directory": where}, env=env)

    assert ended.code == 1
    assert ended.failure.startswith(f"ClientError: the code cannot be read from {where}: ")


def test_an_archive_that_climbs_out_of_its_directory_is_refused(
    yard: Yard, made: Environment, best: tuple[str, ...], tmp_path: Path
) -> None:
    evil = tarfile.TarInfo("../../escaped.py")
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as tar:
        tar.addfile(evil)

    ended = run(
        yard,
        made,
        best,
        {"sourcedir.tar.gz": file.getvalue()},
        {"sagemaker_submit_directory": "/opt/ml/sourcedir.tar.gz"},
    )

    assert ended.code == 1
    assert "cannot be unpacked" in ended.failure
    assert "outside the destination" in ended.failure


def test_an_archive_that_is_none_is_told(yard: Yard, made: Environment, best: tuple[str, ...]) -> None:
    ended = run(
        yard, made, best, {"sourcedir.tar.gz": b"nonsense"}, {"sagemaker_submit_directory": "/opt/ml/sourcedir.tar.gz"}
    )

    assert ended.code == 1
    assert "/opt/ml/sourcedir.tar.gz cannot be unpacked" in ended.failure


def with_s3(made: Environment) -> Environment:
    """Only the environment of scripts has boto3."""
    return program(SCIKIT_LEARN)[1] if "algorithms" in made.directory.name else made


def put(sagemaker: Emulator, key: str, file: Path) -> None:
    s3 = sagemaker.client("s3")
    s3.create_bucket(Bucket="scripts")
    s3.upload_file(str(file), "scripts", key)
    s3.close()


def archive(directory: Path, files: dict[str, str | bytes]) -> Path:
    source = directory / "source"
    write_files(source, files)
    file = directory / "sourcedir.tar.gz"
    with tarfile.open(file, "w:gz") as tar:
        for path in source.iterdir():
            tar.add(path, path.name)
    return file


def wheel() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("answer.py", "VALUE = 42\n")
        packed.writestr("answer-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: answer\nVersion: 1.0\n")
        packed.writestr("answer-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        packed.writestr("answer-1.0.dist-info/RECORD", "")
    return file.getvalue()


def contents(made: Environment) -> str:
    """What is installed in an environment."""
    names = sorted(path.name for path in made.directory.glob("lib/python*/site-packages/*"))
    return hashlib.sha256("\n".join(names).encode()).hexdigest()
