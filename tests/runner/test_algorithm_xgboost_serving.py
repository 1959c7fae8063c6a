"""What the stand-in for the image of XGBoost answers and refuses when it serves."""

import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from tests.runner.algorithm_jobs import Bench, Container, computed, csv
from tests.runner.xgboost_models import Rows, Trained, records


@pytest.fixture
def container(algorithms: Bench, tmp_path: Path) -> Container:
    return Container.of("xgboost", tmp_path / "ml", algorithms)


def test_answers_have_the_forms_that_are_asked_for(odds: Any) -> None:
    rows = "0.1,0.2,0.3,0.4\n0.9,0.8,0.7,0.6"

    as_csv = odds.ask(rows)
    as_json = odds.ask(rows, accept="application/json")
    as_lines = odds.ask(rows, accept="application/jsonlines")
    with_semicolons = odds.ask(rows.replace(",", ";"), "text/csv; charset=utf-8", "*/*")

    scores = [float(one) for one in as_csv.text.split(",")]
    assert as_csv.content_type == "text/csv"
    assert scores[0] < 0.5 < scores[1]
    assert as_json.json() == {"predictions": [{"score": score} for score in scores]}
    assert [json.loads(line) for line in as_lines.text.splitlines()] == [{"score": score} for score in scores]
    assert with_semicolons.text == as_csv.text


def test_rows_in_libsvm_and_in_records_are_answered_as_those_in_csv(odds: Any) -> None:
    rows = [[0.5, 0.25, 0.75, 0.125], [0.875, 0.5, 0.5, 0.25]]
    sparse = "0:0.5 1:0.25 2:0.75 3:0.125\n1 0:0.875 1:0.5 2:0.5 3:0.25\n"

    answers = [
        odds.ask(csv(rows)).text,
        odds.ask(sparse, "text/libsvm").text,
        odds.ask(sparse, "text/x-libsvm").text,
        odds.ask(records([[0.0, *row] for row in rows]), "application/x-recordio-protobuf").text,
    ]

    assert len(set(answers)) == 1


@pytest.mark.parametrize(
    ("body", "types", "status", "said"),
    [
        (
            "1,2,3,4,5,6", ("text/csv", ""), 400,
            ("Unable to evaluate payload provided: Feature size of csv inference data 6 is not consistent with feature "
            "size of trained model 4."),
        ),
        (
            "1 9:0.5", ("text/libsvm", ""), 400,
            ("Unable to evaluate payload provided: Feature size of libsvm inference data 10 is larger than feature size "
            "of trained model 4."),
        ),
        (
            "1,2,x,4", ("text/csv", ""), 415,
            ("Loading csv data failed with Exception, please ensure data is in csv format:\n <class 'ValueError'>\n "
            "line 1 of file 'the request': 'x' is not a number"),
        ),
        (
            "[1, 2, 3, 4]", ("application/json", ""), 415,
            ("Content-type application/json not supported. Supported content-type is text/csv, text/libsvm, "
            "application/x-recordio-protobuf"),
        ),
        (
            "1,2,3,4", ("text/csv", "image/png"), 406,
            ("Accept type image/png is not supported. Please use supported accept types: text/csv, application/json, "
            "application/jsonlines."),
        ),
    ],
)  # fmt: skip
def test_a_request_that_cannot_be_meant_is_told_why(
    odds: Any, body: str, types: tuple[str, str], status: int, said: str
) -> None:
    reply = odds.ask(body, *types)

    assert (reply.status, reply.text) == (status, said)


def test_a_batch_transform_gets_a_line_for_each_row(recognizer: Trained, handwriting: Rows) -> None:
    with recognizer.container.serving(SAGEMAKER_BATCH="true") as server:
        reply = server.ask(csv([row[1:] for row in handwriting.held_out[:3]]))

    assert reply.text == "".join(f"{row[0]}\n" for row in handwriting.held_out[:3])


PICKLED = """
import json, pickle, sys
import numpy as np, xgboost
rows = np.arange(20.0).reshape(10, 2)
booster = xgboost.train({"objective": "reg:squarederror"}, xgboost.DMatrix(rows, label=rows[:, 0]), 3)
with open(sys.argv[1], "wb") as file:
    pickle.dump(booster, file)
print(json.dumps(booster.predict(xgboost.DMatrix(rows[:1])).tolist()))
"""


def test_a_model_that_an_earlier_image_pickled_is_served(container: Container) -> None:
    expected = computed(container.bench, PICKLED, str(container.ml / "model" / "xgboost-model"))

    with container.serving() as server:
        assert [float(server.ask("0,1").text)] == expected


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "Unable to load model: no model in"),
        ({"xgboost-model": b"{nothing"}, "xgboost-model cannot be loaded"),
        ({"model.bin": b"nothing"}, "model.bin cannot be loaded"),
    ],
)
def test_a_model_that_cannot_be_loaded_is_told_in_the_log(
    container: Container, files: Mapping[str, bytes], said: str
) -> None:
    for name, content in files.items():
        (container.ml / "model" / name).write_bytes(content)

    with pytest.raises(AssertionError, match=said), container.serving():
        pass


def test_many_clients_at_once_get_the_same_answers(odds: Any, coins: Rows) -> None:
    bodies = [csv([row[1:]]) for row in coins.held_out[:8]]
    alone = [odds.ask(body).text for body in bodies]

    with ThreadPoolExecutor(8) as clients:
        at_once = list(clients.map(lambda at: odds.ask(bodies[at % 8]).text, range(80)))

    assert at_once == alone * 10
