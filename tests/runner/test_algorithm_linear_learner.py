"""The stand-in for the image of Linear Learner: scikit-learn's linear models under SageMaker's names."""

import json
import random
import struct
from pathlib import Path
from typing import Any

import pytest
from tests.runner.algorithm_jobs import Bench, Container, computed, csv
from tests.runner.record_writing import framed, sparse

from sagemaker_local.emulator.families.jobs.builtin_metrics import metric_definitions

IMAGE = "382416733822.dkr.ecr.us-east-1.amazonaws.com/linear-learner:1"
REGEXES = {definition["Name"]: definition["Regex"] for definition in metric_definitions(IMAGE)}
BINARY_METRICS = (
    "objective_loss",
    "objective_loss:final",
    "binary_classification_accuracy",
    "binary_f_beta",
    "precision",
    "recall",
)
# What somebody without SageMaker does with the same rows.
LIBRARY = """
import json, sys
import numpy as np
from sklearn.linear_model import ElasticNet, LogisticRegression, Ridge, SGDClassifier
from sklearn.preprocessing import StandardScaler
table, asked = np.loadtxt(sys.argv[1], delimiter=",", ndmin=2), np.array(json.loads(sys.argv[2]))
y, scaler = table[:, 0], StandardScaler().fit(table[:, 1:])
mean, deviation = y.mean(), y.std()
x, asked, n = scaler.transform(table[:, 1:]), scaler.transform(asked), len(table)
saga = {"solver": "saga", "tol": 0.001, "max_iter": 15, "random_state": 0}
print(json.dumps({
    "binary": lambda: LogisticRegression(C=1 / (n * 0.01), **saga).fit(x, y).predict_proba(asked)[:, 1].tolist(),
    "rate": lambda: SGDClassifier(
        loss="log_loss", penalty="elasticnet", alpha=0.0001, l1_ratio=0.0, max_iter=15, tol=0.001, n_iter_no_change=3,
        learning_rate="constant", eta0=0.1, random_state=0).fit(x, y).predict_proba(asked)[:, 1].tolist(),
    "classes": lambda: LogisticRegression(C=1 / (n * 0.0001), **saga).fit(x, y).predict_proba(asked).tolist(),
    "regression": lambda: (Ridge(alpha=n * 0.0001).fit(x, (y - mean) / deviation).predict(asked) * deviation + mean).tolist(),
    "l1": lambda: (
        ElasticNet(alpha=0.05, l1_ratio=0.8).fit(x, (y - mean) / deviation).predict(asked) * deviation + mean).tolist(),
}[sys.argv[3]]()))
"""
ASKED = [[0.1, 0.2, 0.3], [0.9, 0.8, 0.7], [0.5, 0.4, 0.6]]


@pytest.fixture
def container(algorithms: Bench, tmp_path: Path) -> Container:
    return Container.of("linear_learner", tmp_path / "ml", algorithms)


def rows(count: int = 200) -> list[list[float]]:
    """Three numbers, and before them 0, 1 or 2 by how large their sum is."""
    chance = random.Random(11)
    drawn = [[round(chance.random(), 3) for _ in range(3)] for _ in range(count)]
    return [[float(sum(row) > 1.2) + float(sum(row) > 1.8), *row] for row in drawn]


def halves(count: int = 200) -> list[list[float]]:
    """The same with two classes."""
    return [[float(row[0] > 0), *row[1:]] for row in rows(count)]


def amounts() -> list[list[float]]:
    """The same with a number to tell: thrice the first, less the last, and some noise."""
    chance = random.Random(5)
    return [[3 * row[1] - row[3] + 0.1 * chance.random(), *row[1:]] for row in rows()]


@pytest.mark.parametrize(
    ("case", "data", "hyperparameters"),
    [
        ("binary", halves(), {"predictor_type": "binary_classifier", "wd": "0.01"}),
        ("rate", halves(), {"predictor_type": "binary_classifier", "learning_rate": "0.1"}),
        ("classes", rows(), {"predictor_type": "multiclass_classifier", "num_classes": "3"}),
        ("regression", amounts(), {"predictor_type": "regressor"}),
        ("l1", amounts(), {"predictor_type": "regressor", "l1": "0.04", "wd": "0.01"}),
    ],
)
def test_scores_are_those_of_scikit_learn(
    container: Container, case: str, data: list[list[float]], hyperparameters: dict[str, str]
) -> None:
    container.channel("train", {"a.csv": csv(data)})
    file = container.ml / "input" / "data" / "train" / "a.csv"

    ended = container.train(feature_dim="3", **hyperparameters)
    with container.serving() as server:
        reply = server.ask(csv(ASKED))

    assert ended.code == 0, ended.log
    expected = computed(container.bench, LIBRARY, str(file), json.dumps(ASKED), case)
    scores = [one["score"] for one in reply.json()["predictions"]]
    assert scores == [pytest.approx(score, rel=1e-9) for score in expected]


def test_a_binary_classifier_answers_with_score_and_label_and_logs_its_metrics(container: Container) -> None:
    container.channel("train", {"a.csv": csv(halves())}).channel("validation", {"a.csv": csv(halves(40))})

    ended = container.train(predictor_type="binary_classifier")
    with container.serving() as server:
        in_json = server.ask(csv(ASKED))
        in_lines = server.ask(csv(ASKED), accept="application/jsonlines")

    predictions = in_json.json()["predictions"]
    assert [one["predicted_label"] for one in predictions] == [0, 1, 1]
    assert all((one["score"] >= 0.5) == one["predicted_label"] for one in predictions)
    assert [json.loads(line) for line in in_lines.text.splitlines()] == predictions
    told = {name for name, regex in REGEXES.items() if ended.metric(regex)}
    assert told >= {f"{part}:{name}" for part in ("train", "validation") for name in BINARY_METRICS}
    assert told >= {"train:progress", "train:throughput"}
    assert ended.metric(REGEXES["train:binary_classification_accuracy"])[0] > 0.9


def test_the_threshold_is_chosen_for_the_recall_that_is_asked_for(container: Container) -> None:
    chance = random.Random(3)
    noisy = [
        [float(value + 0.5 * chance.random() > 0.75), value, 0.5] for value in (chance.random() for _ in range(300))
    ]
    container.channel("train", {"a.csv": csv(noisy)})

    ended = container.train(
        predictor_type="binary_classifier",
        binary_classifier_model_selection_criteria="precision_at_target_recall",
        target_recall="0.97",
    )

    assert 1 > ended.metric(r"#quality_metric: host=\S+, train recall <score>=(\S+)")[0] >= 0.97


def test_records_dense_and_sparse_are_read_and_answered(container: Container) -> None:
    train = b"".join(framed(row[1:], row[0]) for row in halves())
    container.channel("train", {"a.pbr": train}, "application/x-recordio-protobuf")

    ended = container.train(predictor_type="binary_classifier", feature_dim="3")
    with container.serving() as server:
        dense = server.ask(framed([0.5, 0.0, 0.25]), "application/x-recordio-protobuf").json()
        thin = server.ask(sparse([0, 2], [0.5, 0.25], 3), "application/x-recordio-protobuf")
        in_json = server.ask('{"instances": [{"features": [0.5, 0, 0.25]}]}', "application/json")
        nested = {"data": {"features": {"keys": [0, 2], "values": [0.5, 0.25], "shape": [3]}}}
        in_lines = server.ask(json.dumps(nested), "application/jsonlines")
        in_records = server.ask("0.5,0,0.25", "text/csv", "application/x-recordio-protobuf")

    assert ended.code == 0, ended.log
    assert dense == thin.json() == in_json.json() == in_lines.json()
    score = dense["predictions"][0]["score"]
    assert b"score" in in_records.body
    assert b"predicted_label" in in_records.body
    assert struct.pack("<f", score) in in_records.body


REFUSED: dict[str, dict[str, str]] = {
    "No value(s) were specified for 'predictor_type' which are required hyperparameter(s) (caused by ValidationError)": {},
    "Additional hyperparameters are not allowed ('k' was unexpected) (caused by ValidationError)": {
        "predictor_type": "regressor", "k": "3",
    },
    "The value 'guess' is not valid for the 'predictor_type' hyperparameter which accepts one of the following: "
    "'binary_classifier', 'multiclass_classifier', 'regressor' (caused by ValidationError)": {"predictor_type": "guess"},
    "The value '-1' is not valid for the 'wd' hyperparameter which expects one of the following: 'auto'; or a number "
    "from 0 on (caused by ValidationError)": {"predictor_type": "regressor", "wd": "-1"},
    "The value '0' is not valid for the 'mini_batch_size' hyperparameter which expects one of the following: an integer "
    "from 1 on (caused by ValidationError)": {"predictor_type": "regressor", "mini_batch_size": "0"},
    "No value(s) were specified for 'num_classes' which are required hyperparameter(s) (caused by ValidationError)": {
        "predictor_type": "multiclass_classifier",
    },
    "The channel 'train' has 3 features, but the hyperparameter 'feature_dim' says 4. Data in CSV that has no label "
    "needs the content type 'text/csv;label_size=0'.": {"predictor_type": "regressor", "feature_dim": "4"},
    "The channel 'train' has the label 2, and those of a binary_classifier are the whole numbers from 0 to 1.": {
        "predictor_type": "binary_classifier",
    },
    "The training diverged. Lower the hyperparameter 'learning_rate', or leave it to the algorithm.": {
        "predictor_type": "regressor", "learning_rate": "50",
    },
}  # fmt: skip


@pytest.mark.parametrize("reason", REFUSED)
def test_what_the_user_has_to_change_is_told(container: Container, reason: str) -> None:
    ended = container.channel("train", {"a.csv": csv(rows(50))}).train(**REFUSED[reason])

    assert (ended.code, ended.failure) == (2, f"ClientError: {reason}")


@pytest.mark.parametrize(
    ("content", "content_type", "reason"),
    [
        (
            "1,2,3\n0,1,x\n",
            "text/csv",
            "Unable to parse csv: rows 1-1000, file {channel}/a.csv. Line 2: 'x' is not a number",
        ),
        (
            "1,2,3\n0,1,\n",
            "text/csv",
            "Unable to parse csv: rows 1-1000, file {channel}/a.csv. Line 2: a value is missing",
        ),
        (
            "1,2,3\n0,1,nan\n",
            "text/csv",
            (
                "Unable to read data channel 'train'. Found missing (NaN) values. "
                "Please remove any missing (NaN) values in the input data."
            ),
        ),
        ("1,2\n", "csv", "No iterator has been registered for ContentType ('csv', '1.0')"),
        (
            "1,2,3,4\n",
            None,
            (
                "Unable to read data channel 'train'. Requested content-type is 'application/x-recordio-protobuf'. "
                "Please verify the data matches the requested content-type. "
                "Record 1 of file a.csv: no RecordIO: the magic number at byte 0 is 0x2c322c31"
            ),
        ),
        ("", "text/csv", "The channel 'train' has no data."),
        ("1,2\n3,4\n", "text/csv;label_size=0", "The channel 'train' has no labels."),
    ],
)
def test_data_that_cannot_be_meant_is_told(
    container: Container, content: str, content_type: str | None, reason: str
) -> None:
    ended = container.channel("train", {"a.csv": content}, content_type).train(predictor_type="regressor")

    assert ended.failure == f"ClientError: {reason}".replace("{channel}", f"{container.ml}/input/data/train")


@pytest.mark.parametrize(
    ("body", "types", "status", "said"),
    [
        ("1,2", ("text/csv", ""), 400, "The request has 2 features, and the model was trained with 3."),
        ("1,2,x", ("text/csv", ""), 400, "The request cannot be read as csv: line 1 of file 'the request': 'x' is not"),
        ('{"rows": []}', ("application/json", ""), 400, "The request cannot be read as json: 'instances' is missing"),
        ("1 2 3", ("text/plain", ""), 415, "Content type text/plain is not supported."),
        ("1,2,3", ("text/csv", "text/csv"), 406, "Accept type text/csv is not supported."),
    ],
)
def test_a_request_that_cannot_be_meant_is_told_why(
    model: Any, body: str, types: tuple[str, str], status: int, said: str
) -> None:
    reply = model.ask(body, *types)

    assert reply.status == status
    assert reply.text.startswith(said)


@pytest.fixture(scope="module")
def model(algorithms: Bench, tmp_path_factory: pytest.TempPathFactory) -> Any:
    made = Container.of("linear_learner", tmp_path_factory.mktemp("model") / "ml", algorithms)
    made.channel("train", {"a.csv": csv(amounts())}).train(predictor_type="regressor")
    with made.serving() as server:
        yield server
