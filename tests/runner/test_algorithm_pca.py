"""The stand-in for the image of PCA: scikit-learn's under SageMaker's names, the largest component last."""

import json
import random
import struct
from pathlib import Path

import pytest
from tests.runner.algorithm_jobs import Bench, Container, computed, csv

UNLABELLED = "text/csv;label_size=0"
LIBRARY = """
import json, sys
import numpy as np
from sklearn.decomposition import PCA
from sklearn.decomposition import TruncatedSVD
rows = np.loadtxt(sys.argv[1], delimiter=",", ndmin=2)
found = {
    "regular": lambda: PCA(n_components=2, svd_solver="full"),
    "randomized": lambda: PCA(n_components=2, svd_solver="randomized", n_oversamples=10, random_state=0),
    "raw": lambda: TruncatedSVD(n_components=2, algorithm="arpack"),
}[sys.argv[2]]().fit_transform(rows)
print(json.dumps(found.tolist()))
"""


@pytest.fixture
def container(algorithms: Bench, tmp_path: Path) -> Container:
    return Container.of("pca", tmp_path / "ml", algorithms)


def points() -> list[list[float]]:
    """Long in one direction, less so in another, and flat otherwise."""
    chance = random.Random(4)
    drawn = ((chance.gauss(1, 5), chance.gauss(2, 1)) for _ in range(40))
    return [[long + wide, long - wide, 0.5 * long, chance.gauss(0, 0.01)] for long, wide in drawn]


@pytest.mark.parametrize(
    ("case", "hyperparameters"),
    [
        ("regular", {}),
        ("randomized", {"algorithm_mode": "randomized"}),
        ("raw", {"subtract_mean": "false"}),
    ],
)
def test_projections_are_those_of_scikit_learn_with_the_largest_component_last(
    container: Container, case: str, hyperparameters: dict[str, str]
) -> None:
    rows = csv(points())
    container.channel("train", {"a.csv": rows}, UNLABELLED).channel("test", {"a.csv": rows}, UNLABELLED)
    expected = computed(container.bench, LIBRARY, str(container.ml / "input" / "data" / "train" / "a.csv"), case)

    ended = container.train(num_components="2", feature_dim="4", mini_batch_size="10", **hyperparameters)
    with container.serving() as server:
        found = [one["projection"] for one in server.ask(rows).json()["projections"]]

    assert ended.code == 0, ended.log
    # A component may point either way.
    flips = [1 if found[0][at] * expected[0][1 - at] > 0 else -1 for at in (0, 1)]
    assert [[value * flip for value, flip in zip(row, flips, strict=True)] for row in found] == [
        pytest.approx(row[::-1], rel=1e-6, abs=1e-9) for row in expected
    ]
    assert ended.metric(r"#quality_metric: host=\S+, test mse <loss>=(\S+)")[0] < 0.01


def test_answers_have_the_forms_that_are_asked_for(container: Container) -> None:
    container.channel("train", {"a.csv": csv(points())}, UNLABELLED)
    container.train(num_components="1", feature_dim="4", mini_batch_size="10")

    with container.serving() as server:
        in_json = server.ask("1,2,3,4").json()
        in_lines = server.ask("1,2,3,4", accept="application/jsonlines").text
        in_records = server.ask("1,2,3,4", accept="application/x-recordio-protobuf")
        short = server.ask("1,2,3")

    assert json.loads(in_lines) == in_json["projections"][0]
    assert in_records.content_type == "application/x-recordio-protobuf"
    assert struct.pack("<f", in_json["projections"][0]["projection"][0]) in in_records.body
    assert (short.status, short.text) == (400, "The request has 3 features, and the model was trained with 4.")


@pytest.mark.parametrize(
    ("hyperparameters", "reason"),
    [
        (
            {"feature_dim": "4"},
            (
                "No value(s) were specified for 'mini_batch_size', 'num_components' which are required hyperparameter(s) "
                "(caused by ValidationError)"
            ),
        ),
        (
            {"feature_dim": "4", "mini_batch_size": "10", "num_components": "5"},
            "The hyperparameter 'num_components' is 5, and 40 rows of 4 features have at most 4 components.",
        ),
        (
            {"feature_dim": "4", "mini_batch_size": "10", "num_components": "2", "algorithm_mode": "fast"},
            (
                "The value 'fast' is not valid for the 'algorithm_mode' hyperparameter which accepts one of the following: "
                "'regular', 'randomized' (caused by ValidationError)"
            ),
        ),
    ],
)
def test_what_the_user_has_to_change_is_told(
    container: Container, hyperparameters: dict[str, str], reason: str
) -> None:
    ended = container.channel("train", {"a.csv": csv(points())}, UNLABELLED).train(**hyperparameters)

    assert (ended.code, ended.failure) == (2, f"ClientError: {reason}")
