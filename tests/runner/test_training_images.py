"""Images that run as they are, with a Docker client that stands for the real one; and what isolated programs reach."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from tests.runner import docker_client
from tests.runner.floor import Floor, floor, out

from sagemaker_local.cluster import places
from sagemaker_local.emulator import Emulator
from sagemaker_local.runner.execution import Execution
from sagemaker_local.runner.images import Environments, Registry

ANY = "registry.example/any-image:1"


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    directory = tmp_path / "engine"
    directory.mkdir()
    client = directory / "docker"
    text = Path(str(docker_client.__file__)).read_text(encoding="utf-8")
    client.write_text(f"#!{sys.executable} -IS\n{text}", encoding="utf-8")
    client.chmod(0o755)
    (directory / "images").write_text(ANY)
    monkeypatch.setenv("PATH", f"{directory}:{os.environ['PATH']}")
    return directory


@pytest.fixture
def shop(engine: Path, tmp_path: Path) -> Iterator[Floor]:
    with floor(tmp_path, speed=60.0) as made:
        yield made


def test_an_image_that_nobody_knows_trains_as_it_is_where_an_engine_is(shop: Floor) -> None:
    shop.train("", "whole", AlgorithmSpecification={"TrainingImage": ANY})

    assert shop.ended("whole")["TrainingJobStatus"] == "Completed", shop.lines("whole")
    assert shop.lines("whole") == ["entry point: train"]


def test_an_image_processes_with_the_entry_point_of_the_request(shop: Floor) -> None:
    code = "open('/opt/ml/processing/output/clean/x', 'w').write('from the image')".replace(
        "/opt/ml", "' + __import__('sys').argv[1] + '"
    )
    entry = [sys.executable, "/opt/ml/processing/input/code/main.py", "/opt/ml"]
    outputs = {"Outputs": [out("clean", "s3://data/clean/")]}

    shop.process(
        code, "whole", AppSpecification={"ImageUri": ANY, "ContainerEntrypoint": entry}, ProcessingOutputConfig=outputs
    )

    assert shop.processed("whole")["ProcessingJobStatus"] == "Completed", shop.lines("whole", "Processing")
    assert shop.get("clean/x") == b"from the image"


def test_an_image_that_cannot_be_pulled_fails_the_job_with_what_the_engine_says(shop: Floor) -> None:
    shop.train("", "away", AlgorithmSpecification={"TrainingImage": "registry.example/away:1"})

    reason = shop.ended("away")["FailureReason"]
    assert reason.startswith("ClientError: The image registry.example/away:1 is not here")
    assert "pull access denied" in reason


REACHES = """
    import os, socket, urllib.request
    try:
        urllib.request.urlopen(URL, timeout=5)
        print("reached")
    except OSError as error:
        print("alone", sorted(name for name in os.environ if "KEY" in name or "ENDPOINT" in name))
"""


def test_an_isolated_job_reaches_nobody_and_has_no_credentials(tmp_path: Path) -> None:
    with floor(tmp_path, speed=60.0) as own:
        code = REACHES.replace("URL", repr(f"{own.emulator.url}/_sagemaker-local/operations"))
        own.train(code, "open")
        own.train(code, "isolated", EnableNetworkIsolation=True)

        own.ended("open")
        own.ended("isolated")
        assert own.lines("open") == ["reached"]
        assert own.lines("isolated") == ["alone []"]


def test_isolated_instances_still_reach_each_other(tmp_path: Path) -> None:
    code = """
        import os, socket, time
        if os.environ["SM_CURRENT_HOST"] == "algo-1":
            with socket.create_server(("algo-1", 7777)) as server:
                peer, _ = server.accept()
                print(peer.recv(9))
        else:
            for _ in range(1000):
                try:
                    with socket.create_connection(("algo-1", 7777)) as there:
                        there.sendall(b"hello")
                    break
                except ConnectionRefusedError:
                    time.sleep(0.02)
    """
    with floor(tmp_path, speed=60.0) as own:
        own.train(code, "together", count=2, EnableNetworkIsolation=True)

        assert own.ended("together")["TrainingJobStatus"] == "Completed", own.lines("together")
        assert own.lines("together") == ["b'hello'"]


USES_PANDAS = "import pandas, sys; print(pandas.DataFrame({'a': [1, 2]})['a'].sum(), sys.prefix != sys.base_prefix)"


def test_a_shell_script_finds_the_python_of_its_image(tmp_path: Path) -> None:
    Environments(Registry.load().recipes, places.cache(os.environ)).ready("scripts", print)  # may take minutes
    image = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3"
    entry = ["/bin/bash", "-c", "python3 /opt/ml/processing/input/code/main.py"]
    with floor(tmp_path, speed=60.0) as own:
        own.process(USES_PANDAS, "pandas", AppSpecification={"ImageUri": image, "ContainerEntrypoint": entry})

        assert own.processed("pandas")["ProcessingJobStatus"] == "Completed", own.lines("pandas", "Processing")
        assert own.lines("pandas", "Processing") == ["3 True"]


def test_a_program_beside_the_file_of_images_runs_with_what_lies_beside_it(tmp_path: Path) -> None:
    home = tmp_path / "mine"
    home.mkdir()
    (home / "train.py").write_text("import part; print(part.WORD)")
    (home / "part.py").write_text("WORD = 'from beside'")
    row = {"name": "mine", "match": ["mine:*"], "train": [sys.executable, "train.py"]}
    (home / "images.yaml").write_text(yaml.safe_dump({"images": [row]}))
    with Emulator.start(speed=60.0, execution=Execution(images=home / "images.yaml")) as emulator:
        own = Floor(emulator)
        own.train("", "beside", AlgorithmSpecification={"TrainingImage": "mine:1"})

        assert own.ended("beside")["TrainingJobStatus"] == "Completed", own.lines("beside")
        assert own.lines("beside") == ["from beside"]
        own.close()
