"""An image of the user's own: rows of a registry file, with an environment of their own, that train, serve and process."""

import os
from pathlib import Path
from textwrap import dedent

import pytest
from tests.runner.script_containers import prepare, serve, trained, write_files
from tests.runner.yard import PATIENCE, Yard

from sagemaker_local.cluster import places
from sagemaker_local.runner.images import Environment, Environments, Program, Registry
from sagemaker_local.runner.images.stand_ins import location
from sagemaker_local.runner.sandbox import Sandbox

ROWS = """
    images:
      - name: tests-tomli
        match: ["example.com/mine:*"]
        like: scikit-learn
        requirements: [tomli==2.2.1]
      - name: tests-command
        match: example.com/command:*
        like: tests-tomli
        train: python -c "import tomli; print(tomli.loads('n = 42'))"
        process: [python3, -c, "import sys, tomli; print('processed', sys.prefix)"]
"""


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    file = tmp_path / "images.yaml"
    file.write_text(dedent(ROWS))
    return Registry.load(file)


def made(registry: Registry, image: str) -> tuple[Program, Environment]:
    found = registry.find(image)
    assert found is not None
    environments = Environments(registry.recipes, cache=places.cache(os.environ))
    return found, environments.ready(found.environment, write=print)


def test_a_script_trains_and_serves_with_the_packages_of_its_row(yard: Yard, registry: Registry) -> None:
    program, environment = made(registry, "example.com/mine:1")
    assert program.train is not None
    assert program.serve is not None
    ml = yard.ml("job")
    script = """
        import os, tomli
        open(os.path.join(os.environ["SM_MODEL_DIR"], "model.toml"), "w").write("n = 42")
        print("read", tomli.loads("n = 42"))
    """
    prepare(ml, {"sagemaker_program": "train.py"}, {"code/train.py": script})
    sandbox = Sandbox()
    env = {"SM_MODEL_DIR": sandbox.inside(ml / "model", ml=ml)}

    ended = trained(
        *yard.start(
            "", command=environment.argv(program.train), env=env, degree=sandbox.namespaces, readable=(location(),)
        ),
        ml,
    )

    assert ended.code == 0, ended.log
    assert "read {'n': 42}" in ended.log
    write_files(ml, {"model/code/inference.py": """
        import os, tomli
        def model_fn(model_dir):
            return tomli.load(open(os.path.join(model_dir, "model.toml"), "rb"))
        def transform_fn(model, body, content_type, accept):
            return str(model["n"] + int(body)), "text/plain"
    """})  # fmt: skip
    server = serve(yard, program.serve, environment, name="job", degree=sandbox.namespaces)
    server.await_ping()
    assert server.ask("1", "text/plain").body == b"43"


def test_a_command_of_the_user_runs_in_the_environment_of_its_row(yard: Yard, registry: Registry) -> None:
    program, environment = made(registry, "example.com/command:2")
    assert program.train is not None

    container, written = yard.start("", command=environment.argv(program.train), degree=Sandbox().namespaces)

    assert container.wait(PATIENCE) == 0
    assert written.lines == ["{'n': 42}"]


def test_an_entry_point_of_processing_finds_the_interpreter_of_the_environment(yard: Yard, registry: Registry) -> None:
    program, environment = made(registry, "example.com/command:2")
    assert program.process is not None

    container, written = yard.start("", command=environment.argv(program.process), degree=Sandbox().namespaces)

    assert container.wait(PATIENCE) == 0
    assert written.lines == [f"processed {environment.directory}"]
