"""Which program stands in for an image, and what is said of a registry file that cannot be meant."""

import re
import tomllib
from importlib.resources import files
from pathlib import Path
from textwrap import dedent

import pytest

from sagemaker_local.runner.images import Registry, Unusable

ECR = "683313688378.dkr.ecr.us-east-1.amazonaws.com"


@pytest.fixture(scope="module")
def built_in() -> Registry:
    return Registry.load()


@pytest.mark.parametrize(
    ("image", "name"),
    [
        (f"{ECR}/sagemaker-xgboost:1.7-1", "xgboost"),
        (f"{ECR}/sagemaker-xgboost", "xgboost"),
        (f"{ECR}/sagemaker-xgboost:1.7-1@sha256:0123", "xgboost"),
        (f"{ECR}/sagemaker-xgboost@sha256:0123", "xgboost"),
        ("811284229777.dkr.ecr.us-east-1.amazonaws.com/xgboost:1", "xgboost"),
        ("433757028032.dkr.ecr.us-west-2.amazonaws.com/xgboost:latest", "xgboost"),
        ("450853457545.dkr.ecr.cn-north-1.amazonaws.com.cn/sagemaker-xgboost:1.5-1", "xgboost"),
        ("123456789012.dkr.ecr.eu-west-1.amazonaws.com/mirror/sagemaker-xgboost:1.7-1", "xgboost"),
        ("382416733822.dkr.ecr.us-east-1.amazonaws.com/linear-learner:1", "linear-learner"),
        ("382416733822.dkr.ecr.us-east-1.amazonaws.com/kmeans:1", "kmeans"),
        ("382416733822.dkr.ecr.us-east-1.amazonaws.com/pca:1", "pca"),
        (f"{ECR}/sagemaker-scikit-learn:1.2-1-cpu-py3", "scikit-learn"),
        ("156813124566.dkr.ecr.us-east-1.amazonaws.com/sagemaker-model-monitor-analyzer", "model-monitor"),
        ("111122223333.dkr.ecr.us-east-1.amazonaws.com/sagemaker-analyzer:1.0", "analyzer"),
        ("registry.example/team/sagemaker-analyzer@sha256:0123", "analyzer"),
        ("sagemaker-analyzer:dev", "analyzer"),
        ("205585389593.dkr.ecr.us-east-1.amazonaws.com/sagemaker-clarify-processing:1.0", "clarify"),
        (
            "156813124566.dkr.ecr.us-east-1.amazonaws.com/sagemaker-model-monitor-groundtruth-merger",
            "ground-truth-merger",
        ),
    ],
)
def test_an_image_of_aws_is_run_by_its_stand_in(built_in: Registry, image: str, name: str) -> None:
    found = built_in.find(image)

    assert found is not None
    assert found.name == name
    assert built_in.why_simulated(image) == ""


def test_xgboost_with_a_script_of_the_user_runs_the_script(built_in: Registry) -> None:
    image = f"{ECR}/sagemaker-xgboost:1.7-1"

    alone, scripted = built_in.find(image), built_in.find(image, script=True)

    assert alone is not None
    assert alone.environment == "algorithms"
    assert alone.train == ("python", "-m", "sagemaker_stand_ins.xgboost.train")
    assert scripted is not None
    assert scripted.environment == "scripts"
    assert scripted.train == ("python", "-m", "sagemaker_stand_ins.scripts.train")


def test_a_framework_takes_the_entry_point_of_processing_jobs_and_an_algorithm_does_not(built_in: Registry) -> None:
    framework = built_in.find(f"{ECR}/sagemaker-scikit-learn:1.2-1-cpu-py3")
    algorithm = built_in.find("382416733822.dkr.ecr.us-east-1.amazonaws.com/pca:1")

    assert framework is not None
    assert framework.process == ("python3",)
    assert algorithm is not None
    assert algorithm.process is None


@pytest.mark.parametrize(
    ("image", "why"),
    [
        ("763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.3.0-cpu-py311", "`like: scikit-learn`"),
        ("522234722520.dkr.ecr.us-east-1.amazonaws.com/forecasting-deepar:1", "no stand-in"),
        ("example.com/mine:1", "no row of the image registry matches example.com/mine:1"),
    ],
)
def test_an_image_that_nothing_runs_for_says_why(built_in: Registry, image: str, why: str) -> None:
    assert built_in.find(image) is None
    assert why in built_in.why_simulated(image)


def test_a_row_of_the_user_goes_before_what_comes_along(tmp_path: Path) -> None:
    registry = Registry.load(written(tmp_path, """
        images:
          - name: mine
            match: "*/sagemaker-xgboost:*"
            train: /home/me/train.sh --fast
    """))  # fmt: skip

    found = registry.find(f"{ECR}/sagemaker-xgboost:1.7-1")

    assert found is not None
    assert found.train == ("/home/me/train.sh", "--fast")
    assert found.serve is None


def test_a_row_may_be_like_another_in_an_environment_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "needs.txt").write_text("lightgbm==4.6.0\n")
    registry = Registry.load(written(tmp_path, """
        images:
          - name: lightgbm
            match: ["example.com/lightgbm:*"]
            like: scikit-learn
            requirements: needs.txt
    """))  # fmt: skip

    found = registry.find("example.com/lightgbm:1")

    assert found is not None
    assert found.environment == "lightgbm"
    assert found.train == ("python", "-m", "sagemaker_stand_ins.scripts.train")
    assert found.multi_model
    assert registry.recipes["lightgbm"].steps[-1].requirements == "lightgbm==4.6.0\n"
    assert not registry.recipes["lightgbm"].steps[-1].hashed


def test_rows_that_are_alike_share_their_environment(tmp_path: Path) -> None:
    registry = Registry.load(written(tmp_path, """
        images:
          - name: other
            match: example.com/other:*
            like: mine
          - name: mine
            match: example.com/mine:*
            requirements: [lightgbm]
            train: python train.py
    """))  # fmt: skip

    found = registry.find("example.com/other:1")

    assert found is not None
    assert found.environment == "mine"
    assert sorted(registry.recipes) == ["algorithms", "analyzer", "mine", "scripts"]


def test_requirements_may_be_a_list(tmp_path: Path) -> None:
    registry = Registry.load(written(tmp_path, """
        images:
          - name: torch
            match: "*pytorch*"
            like: scikit-learn
            requirements: [torch, "numpy<3"]
    """))  # fmt: skip

    assert registry.find("763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.3.0") is not None
    assert registry.recipes["torch"].steps[-1].requirements == "torch\nnumpy<3\n"


def test_a_row_of_the_user_may_ask_for_a_simulation(tmp_path: Path) -> None:
    registry = Registry.load(written(tmp_path, """
        images:
          - name: switched-off
            match: "*"
            simulated: not here
    """))  # fmt: skip

    assert registry.find(f"{ECR}/sagemaker-xgboost:1.7-1") is None
    assert registry.why_simulated("x") == "nothing runs for x: not here"


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("images: [", "it is no YAML"),
        ("programs: []", "the one key `images`"),
        ("images: [3]", "row 1: it must be a map"),
        ("images: [{match: '*', train: a}]", "row 1, field name: every row must have it"),
        ("images: [{name: a, train: b}]", "row 1 (a), field match: every row must have it"),
        ("images: [{name: off, match: '*', train: b}]", "row 1, field name: it must be a text, not False"),
        ("images: [{name: a, match: 3, train: b}]", "row 1 (a), field match: it must be a text or a list of texts, not 3"),
        ("images: [{name: a, match: '*', trian: b}]", "row 1 (a), field trian: there is no such field"),
        ("images: [{name: a, match: '*'}]", "row 1 (a), field train: a row needs"),
        ("images: [{name: a, match: '*', train: ''}]", "row 1 (a), field train: a command has at least one word"),
        ("images: [{name: a, match: '*', train: []}]", "row 1 (a), field train: a command has at least one word"),
        ("images: [{name: a, match: '*', train: 'b \"c'}]", "row 1 (a), field train: it is no command"),
        ("images: [{name: a, match: '*', train: {b: c}}]", "row 1 (a), field train: it must be a text or a list"),
        ("images: [{name: a, match: '*', train: b, multi_model: 1}]", "row 1 (a), field multi_model: it must be true or"),
        ("images: [{name: a, match: '*', like: z}]", "row 1 (a), field like: there is no row z"),
        ("images: [{name: a, match: '*', like: a}]", "row 1 (a), field like: it comes back to itself"),
        ("images: [{name: a, match: '*', train: b, script: z}]", "row 1 (a), field script: there is no row z"),
        ("images: [{name: a, match: '*', train: b, environment: z}]", "row 1 (a), field environment: there is no z"),
        ("images: [{name: a, match: '*', train: b, requirements: no.txt}]", "row 1 (a), field requirements: "),
        (
            "images: [{name: a, match: '*', train: b, requirements: [c], environment: scripts}]",
            "row 1 (a), field requirements: a row has either",
        ),
        (
            "images: [{name: scripts, match: '*', train: b, requirements: [c]}]",
            "row 1 (scripts), field name: scripts is the name of an environment",
        ),
        (
            "images: [{name: a, match: '*', train: b}, {name: a, match: '*', train: b}]",
            "row 2 (a), field name: another row has this name already",
        ),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_meant_is_told_by_file_row_and_field(tmp_path: Path, text: str, where: str) -> None:
    file = written(tmp_path, text)

    with pytest.raises(Unusable) as refused:
        Registry.load(file)

    assert str(file) in str(refused.value)
    assert where in str(refused.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match=r"no\.yaml: it cannot be read"):
        Registry.load(tmp_path / "no.yaml")


def written(directory: Path, text: str) -> Path:
    file = directory / "images.yaml"
    file.write_text(dedent(text))
    return file


def test_the_environment_of_the_analyzer_has_what_its_extras_ask_for() -> None:
    project = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    asked = {_name(line) for extra in ("analyzer", "analyzer-explain") for line in extras[extra]}
    shipped = files("sagemaker_local.runner.images") / "requirements" / "analyzer.in"
    lines = [line for line in shipped.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]

    assert {_name(line) for line in lines} - {"xgboost"} == asked - {project["name"]}


def _name(requirement: str) -> str:
    return re.split(r"[\[<>=! ;]", requirement)[0]
