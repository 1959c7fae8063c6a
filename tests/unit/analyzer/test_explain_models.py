"""Models that are explained: asked over HTTP, or read from files."""

import math
import pickle
import tarfile
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pytest
import xgboost
from models import served
from sklearn.datasets import load_wine
from sklearn.tree import DecisionTreeClassifier

from sagemaker_analyzer.contract.config import MediaType, PredictorConfig
from sagemaker_analyzer.errors import BadModel, BadTask
from sagemaker_analyzer.explain.answers import predictions
from sagemaker_analyzer.explain.model_file import model_file
from sagemaker_analyzer.explain.predictor import Predictor, Row
from sagemaker_analyzer.explain.server import server

WINE = load_wine()
ROWS: list[Row] = [tuple(float(x) for x in row) for row in WINE.data[:7, :4]]


def asked(url: str, **settings: Any) -> Predictor:
    return server(PredictorConfig(url=url, **settings), wait=lambda _: None)


def read(path: Path, tmp_path: Path, **settings: Any) -> Predictor:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    return model_file(PredictorConfig(file=path, **settings), scratch=scratch)


@pytest.mark.parametrize(
    ("form", "probability", "text", "expected"),
    [
        (MediaType.CSV, None, "0.1\n0.9\n", [[0.1], [0.9]]),
        (MediaType.CSV, None, "0.1,0.9", [[0.1], [0.9]]),
        (MediaType.CSV, None, "0.1,0.9\n0.2,0.8\n", [[0.1, 0.9], [0.2, 0.8]]),
        (MediaType.CSV, 1, "good,0.1\nbad,0.9\n", [[0.1], [0.9]]),
        (MediaType.CSV, 1, 'a,"[0.1, 0.9]"\nb,"[0.2, 0.8]"\n', [[0.1, 0.9], [0.2, 0.8]]),
        (MediaType.JSON_LINES, "score", '{"label": 1, "score": 0.1}\n{"label": 0, "score": 0.9}', [[0.1], [0.9]]),
        (MediaType.JSON_LINES, None, '{"score": [0.1, 0.9]}\n{"score": [0.2, 0.8]}\n', [[0.1, 0.9], [0.2, 0.8]]),
        (MediaType.JSON, "out.p", '{"predictions": [{"out": {"p": 1}}, {"out": {"p": 2}}]}', [[1], [2]]),
        (MediaType.JSON, None, "[[1], [2]]", [[1], [2]]),
    ],
)
def test_predictions_are_found_in_the_forms_that_servers_answer(
    form: MediaType, probability: str | int | None, text: str, expected: list[list[float]]
) -> None:
    assert predictions(text, rows=2, form=form, probability=probability).tolist() == expected


@pytest.mark.parametrize(
    ("form", "probability", "text", "words"),
    [
        (MediaType.CSV, None, "0.1\n", "answered 1 predictions for 2 rows"),
        (MediaType.CSV, None, "good,0.1\nbad,0.9\n", "predictor.probability tells where they are"),
        (MediaType.CSV, 3, "0.1\n0.2\n", "which has no 3"),
        (MediaType.CSV, None, "0.1\n0.1,0.9\n", "unequally many outputs"),
        (MediaType.CSV, None, "0.1\nnan\n", "not finite"),
        (MediaType.JSON_LINES, None, "oops\noops", "is not application/jsonlines"),
        (MediaType.JSON_LINES, None, '{"a": 1, "b": 2}\n{"a": 1, "b": 2}', "set predictor.probability to the one"),
        (MediaType.JSON_LINES, "c", '{"a": 1}\n{"a": 1}', "which has no 'c'"),
    ],
)
def test_answers_that_are_no_predictions_are_refused_by_name(
    form: MediaType, probability: str | int | None, text: str, words: str
) -> None:
    with pytest.raises(BadModel, match=words):
        predictions(text, rows=2, form=form, probability=probability)


@pytest.mark.parametrize(
    ("settings", "content", "body"),
    [
        ({}, "text/csv", "1,0.5,,red\n"),
        (
            {"content_type": MediaType.JSON_LINES},
            "application/jsonlines",
            '{"features": [1, 0.5, null, "red"]}',
        ),
        (
            {"content_type": MediaType.JSON_LINES, "content_template": '{"x": $features}'},
            "application/jsonlines",
            '{"x": [1, 0.5, null, "red"]}',
        ),
        (
            {"content_type": MediaType.JSON},
            "application/json",
            '{"instances": [{"features": [1, 0.5, null, "red"]}]}',
        ),
    ],
)
def test_rows_are_sent_as_the_configuration_says(settings: dict[str, Any], content: str, body: str) -> None:
    seen = []

    def answer(given: str, kind: str) -> tuple[int, str]:
        seen.append((kind, given))
        return 200, "0.5\n"

    with served(answer) as url:
        asked(url, **settings)([(1.0, 0.5, None, "red")])

    assert seen == [(content, body)]


def test_many_rows_are_asked_in_parts_and_keep_their_order() -> None:
    parts = []

    def answer(body: str, _: str) -> tuple[int, str]:
        parts.append(len(body.splitlines()))
        return 200, body

    with served(answer) as url:
        found = asked(url)([(float(i),) for i in range(4500)])

    assert found[:, 0].tolist() == list(range(4500))
    assert parts == [2000, 2000, 500]


def test_a_server_that_is_busy_for_a_moment_is_asked_again() -> None:
    answers = iter([(503, "loading"), (500, "still"), (200, "7\n")])

    with served(lambda *_: next(answers)) as url:
        assert asked(url)([(1.0,)]).tolist() == [[7.0]]


def test_a_server_that_refuses_or_is_not_there_is_named() -> None:
    with served(lambda *_: (415, "no CSV here")) as url, pytest.raises(BadModel, match=r"415 .*no CSV here"):
        asked(url)([(1.0,)])
    with pytest.raises(BadModel, match=r"cannot be asked: .*refused"):
        asked(url)([(1.0,)])


@pytest.mark.parametrize("name", ["model.json", "model.ubj"])
def test_a_model_of_xgboost_is_read_from_its_file(tmp_path: Path, name: str) -> None:
    booster = xgboost.train(
        {"objective": "multi:softprob", "num_class": 3}, xgboost.DMatrix(WINE.data[:, :4], WINE.target), 3
    )
    booster.save_model(tmp_path / name)

    found = read(tmp_path / name, tmp_path)([*ROWS, (None, 1.0, 2.0, 3.0)])

    expected = np.vstack([WINE.data[:7, :4], [math.nan, 1, 2, 3]])
    assert found == pytest.approx(booster.predict(xgboost.DMatrix(expected)))


def test_a_model_is_found_in_the_archive_that_training_leaves(tmp_path: Path) -> None:
    booster = xgboost.train({}, xgboost.DMatrix(WINE.data[:, :4], WINE.target), 3)
    (tmp_path / "out").mkdir()
    booster.save_model(tmp_path / "out/xgboost-model.ubj")
    (tmp_path / "out/notes.txt").write_text("by hand")
    with tarfile.open(tmp_path / "model.tar.gz", "w:gz") as archive:
        archive.add(tmp_path / "out", ".")

    found = read(tmp_path / "model.tar.gz", tmp_path)(ROWS)

    assert found[:, 0] == pytest.approx(booster.predict(xgboost.DMatrix(WINE.data[:7, :4])))


def test_a_pickle_is_not_read_unless_it_is_trusted(tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> Any:
            return Path.touch, (tmp_path / "trapped",)

    (tmp_path / "model.pkl").write_bytes(pickle.dumps(Trap()))

    with pytest.raises(BadTask, match=r"set predictor\.trust_pickle to true if you know who wrote it"):
        read(tmp_path / "model.pkl", tmp_path)

    assert not (tmp_path / "trapped").exists()


def test_a_trusted_estimator_of_scikit_learn_is_asked_for_probabilities(tmp_path: Path) -> None:
    two = DecisionTreeClassifier(max_depth=2).fit(WINE.data[:, :4], WINE.target == 0)
    joblib.dump(two, tmp_path / "two.joblib")

    found = read(tmp_path / "two.joblib", tmp_path, trust_pickle=True)(ROWS)

    assert found[:, 0] == pytest.approx(two.predict_proba(WINE.data[:7, :4])[:, 1])
    assert found.shape == (7, 1)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("model.json", b"{}", "cannot be read"),
        ("model.ubj", b"garbage", "cannot be read"),
        ("model.onnx", b"", "is of no known kind"),
        ("model.tar.gz", b"no archive", "cannot be unpacked"),
    ],
)
def test_files_that_are_no_models_are_refused_by_name(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    (tmp_path / name).write_bytes(content)

    with pytest.raises((BadModel, BadTask), match=words):
        read(tmp_path / name, tmp_path)


def test_data_that_a_model_does_not_fit_is_refused_by_name(tmp_path: Path) -> None:
    xgboost.train({}, xgboost.DMatrix(WINE.data[:, :4], WINE.target), 1).save_model(tmp_path / "model.json")
    model = read(tmp_path / "model.json", tmp_path)

    with pytest.raises(BadModel, match="has 4 features, and the data 2"):
        model([(1.0, 2.0)])
    with pytest.raises(BadModel, match="takes numbers alone, and the data has texts"):
        model([(1.0, 2.0, 3.0, "red")])
