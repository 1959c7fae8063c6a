"""Rows, models and servers that the tests of the stand-in for XGBoost share; pytest finds the fixtures through conftest."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from tests.runner.algorithm_jobs import Bench, Container, Ended, csv
from tests.runner.record_writing import framed

from sagemaker_local.demo.data import digits

DIGITS = {"objective": "multi:softmax", "num_class": "10", "num_round": "50", "max_depth": "4", "eta": "0.3"}
"""The hyperparameters of the demo."""


@dataclass(frozen=True, slots=True)
class Rows:
    train: list[list[float]]
    validation: list[list[float]]
    held_out: list[list[float]]


@pytest.fixture(scope="module")
def handwriting() -> Rows:
    images = digits()
    parts = (images.train, images.validation, images.held_out)
    return Rows(*([[float(image.label), *map(float, image.pixels)] for image in part] for part in parts))


@pytest.fixture(scope="module")
def coins() -> Rows:
    """Two classes, mostly told by the first two of four features."""
    chance = random.Random(7)
    rows = [[chance.random() for _ in range(4)] for _ in range(240)]
    labelled = [[float(row[0] + row[1] + 0.2 * chance.random() > 1.1), *(round(one, 3) for one in row)] for row in rows]
    return Rows(labelled[:140], labelled[140:200], labelled[200:])


@dataclass(frozen=True, slots=True)
class Trained:
    container: Container
    ended: Ended


@pytest.fixture(scope="module")
def recognizer(algorithms: Bench, handwriting: Rows, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """The model of the demo, with its hyperparameters."""
    made = Container.of("xgboost", tmp_path_factory.mktemp("digits") / "ml", algorithms)
    made.channel("train", {"a.csv": csv(handwriting.train)}).channel(
        "validation", {"a.csv": csv(handwriting.validation)}
    )
    return Trained(made, made.train(**DIGITS))


@pytest.fixture(scope="module")
def odds(algorithms: Bench, coins: Rows, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A server of a model of four features that answers with a probability."""
    made = Container.of("xgboost", tmp_path_factory.mktemp("odds") / "ml", algorithms)
    made.channel("train", {"a.csv": csv(coins.train)}).train(num_round="3", objective="binary:logistic")
    with made.serving() as server:
        yield server


def records(rows: list[list[float]]) -> bytes:
    """Rows with the label first, as the SageMaker Python SDK writes them: dense float32 tensors in RecordIO frames."""
    return b"".join(framed(row[1:], row[0]) for row in rows)
