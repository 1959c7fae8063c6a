"""The stand-in for the image of XGBoost: as the library computes, and as the image speaks."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from tests.runner.algorithm_jobs import Bench, Container, computed, csv, libsvm
from tests.runner.xgboost_models import Rows, Trained, records

from sagemaker_local.emulator.families.jobs.builtin_metrics import metric_definitions

IMAGE = "141502667606.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-xgboost:1.7-1"
REGEXES = {definition["Name"]: definition["Regex"] for definition in metric_definitions(IMAGE)}

# What somebody without SageMaker does with the same files: the form, the files, the parameters, the rounds.
LIBRARY = """
import json, sys
import numpy as np, scipy.sparse, xgboost
form, train, validation, parameters, rounds = sys.argv[1:6]
def rows(path):
    if form == "csv":
        table = np.loadtxt(path, delimiter=",", ndmin=2)
        return table[:, 1:], table[:, 0]
    lines = [line.split() for line in open(path)]
    found = scipy.sparse.lil_matrix((len(lines), 64))
    for at, line in enumerate(lines):
        for pair in line[1:]:
            index, value = pair.split(":")
            found[at, int(index)] = float(value)
    return found.tocsr(), [float(line[0]) for line in lines]
(x, y), (vx, vy) = rows(train), rows(validation)
dtrain, dvalidation = xgboost.DMatrix(x, label=y), xgboost.DMatrix(vx, label=vy)
scores = {}
model = xgboost.train(json.loads(parameters), dtrain, int(rounds), evals=[(dtrain, "train"), (dvalidation, "validation")],
                      evals_result=scores, verbose_eval=False)
print(json.dumps({"scores": scores, "predictions": model.predict(dvalidation).tolist()}))
"""


@pytest.fixture
def container(algorithms: Bench, tmp_path: Path) -> Container:
    return Container.of("xgboost", tmp_path / "ml", algorithms)


def test_it_recognizes_handwritten_digits_with_the_hyperparameters_of_the_demo(
    recognizer: Trained, handwriting: Rows
) -> None:
    assert recognizer.ended.code == 0, recognizer.ended.log

    with recognizer.container.serving() as server:
        said = server.ask(csv([row[1:] for row in handwriting.held_out])).text.split(",")

    right = sum(float(answer) == row[0] for answer, row in zip(said, handwriting.held_out, strict=True))
    assert right / len(handwriting.held_out) >= 0.95


@pytest.mark.parametrize(("form", "content_type"), [("csv", "text/csv"), ("libsvm", "text/libsvm")])
def test_metrics_and_predictions_are_those_of_the_library_to_the_last_digit(
    container: Container, handwriting: Rows, form: str, content_type: str
) -> None:
    write = csv if form == "csv" else libsvm
    container.channel("train", {"a": write(handwriting.train[:400])}, content_type)
    container.channel("validation", {"a": write(handwriting.validation)}, content_type)
    data = container.ml / "input" / "data"
    parameters: dict[str, Any] = {"objective": "multi:softprob", "num_class": 10, "max_depth": 3, "eta": 0.4, "seed": 3}
    parameters |= {"subsample": 0.8, "eval_metric": ["mlogloss", "merror"]}
    expected = computed(
        container.bench, LIBRARY, form, f"{data}/train/a", f"{data}/validation/a", json.dumps(parameters), "6"
    )

    ended = container.train(
        objective="multi:softprob", num_class="10", max_depth="3", eta="0.4", seed="3", subsample="0.8", num_round="6",
        eval_metric="mlogloss,merror",
    )  # fmt: skip
    features = libsvm(handwriting.validation) if form == "libsvm" else csv([row[1:] for row in handwriting.validation])
    with container.serving() as server:
        reply = server.ask(features, content_type, "application/json")

    for part in ("train", "validation"):
        for metric in ("mlogloss", "merror"):
            told = ended.metric(REGEXES[f"{part}:{metric}"])
            assert told == [float(f"{score:.5f}") for score in expected["scores"][part][metric]]
    assert [one["score"] for one in reply.json()["predictions"]] == expected["predictions"]


def test_a_round_is_one_line_of_the_log(container: Container, coins: Rows) -> None:
    container.channel("train", {"a.csv": csv(coins.train)}).channel("validation", {"a.csv": csv(coins.validation)})

    ended = container.train(num_round="2", objective="binary:logistic", eval_metric="auc,error@0.7,accuracy")

    rounds = [line for line in ended.lines if line.startswith(("[0]", "[1]"))]
    parts = [[part.split(":")[0] for part in line.split("#011")[1:]] for line in rounds]
    names = ("auc", "error@0.7", "accuracy")
    assert parts == [[f"{channel}-{name}" for channel in ("train", "validation") for name in names]] * 2
    assert len(ended.metric(REGEXES["validation:auc"])) == 2


def test_rows_of_several_files_and_folders_are_one_table(container: Container, coins: Rows) -> None:
    files = {"b.csv": csv(coins.train[100:]), "a.csv": csv(coins.train[:60]), "more/c.csv": csv(coins.train[60:100])}
    container.channel("train", {**files, "_SUCCESS": ""})

    ended = container.train(num_round="1")

    assert "Train matrix has 140 rows and 4 columns" in ended.log


def test_the_second_column_is_a_weight_if_the_job_says_so(container: Container) -> None:
    rows = [[1, 1000, 0.5], [0, 1, 0.5], [0, 1, 0.5]]
    container.channel("train", {"a.csv": csv(rows)})

    container.train(num_round="20", csv_weights="1", objective="binary:logistic", min_child_weight="0")

    with container.serving() as server:
        assert float(server.ask("0.5").text) > 0.9


def test_an_empty_cell_is_a_missing_value(container: Container) -> None:
    rows = [f"{label},{'' if label else feature},0\n" for label in (0, 1) for feature in (1, 2, 3, 4)]
    container.channel("train", {"a.csv": "".join(rows)})

    container.train(num_round="30", objective="binary:logistic", min_child_weight="0", lambda_="0")

    with container.serving() as server:
        missing, present = map(float, server.ask(",0\n2,0").text.split(","))
    assert missing > 0.9
    assert present < 0.1


def test_rows_come_through_the_pipe_of_pipe_mode(container: Container, coins: Rows) -> None:
    container.channel("train", {})
    container.inputs["train"]["TrainingInputMode"] = "Pipe"
    pipe = container.ml / "input" / "data" / "train_0"
    os.mkfifo(pipe)

    training = container.start(num_round="1")
    pipe.write_text(csv(coins.train))
    ended = training.ended()

    assert ended.code == 0, ended.log
    assert "Train matrix has 140 rows and 4 columns" in ended.log


def test_libsvm_does_not_come_through_a_pipe(container: Container) -> None:
    container.channel("train", {}, "text/libsvm")
    container.inputs["train"]["TrainingInputMode"] = "Pipe"

    assert container.train(num_round="1").failure == "ClientError: Pipe mode not supported for LibSVM."


def test_records_train_the_same_model_as_csv(container: Container, coins: Rows, algorithms: Bench) -> None:
    container.channel("train", {"a.pbr": records(coins.train)}, "application/x-recordio-protobuf")
    other = Container.of("xgboost", container.ml.parent / "csv", algorithms).channel("train", {"a": csv(coins.train)})
    # The records hold the numbers as float32, which is what the library makes of those in CSV.

    of_records = container.train(num_round="3", objective="binary:logistic")
    of_csv = other.train(num_round="3", objective="binary:logistic")

    assert of_records.metric(REGEXES["train:logloss"]) == of_csv.metric(REGEXES["train:logloss"]) != []


def test_training_goes_on_from_the_last_checkpoint(container: Container, coins: Rows, algorithms: Bench) -> None:
    container.channel("train", {"a.csv": csv(coins.train)})
    checkpoints = container.checkpoints()
    container.train(num_round="7", objective="binary:logistic")
    kept = sorted(path.name for path in checkpoints.iterdir())
    (checkpoints / "xgboost-checkpoint.9").write_bytes(b"{ half a file")

    resumed = container.train(num_round="10", objective="binary:logistic")

    assert kept == [f"xgboost-checkpoint.{number}" for number in (2, 3, 4, 5, 6)]
    assert "Resuming from iteration 7" in resumed.log
    assert [line[:3] for line in resumed.lines if "#011" in line] == ["[7]", "[8]", "[9]"]
    whole = Container.of("xgboost", container.ml.parent / "whole", algorithms).channel("train", {"a": csv(coins.train)})
    straight = whole.train(num_round="10", objective="binary:logistic")
    assert straight.metric(REGEXES["train:logloss"])[-1] == resumed.metric(REGEXES["train:logloss"])[-1]


def test_it_stops_early_when_the_validation_score_no_longer_improves(container: Container, coins: Rows) -> None:
    container.channel("train", {"a.csv": csv(coins.train)}).channel("validation", {"a.csv": csv(coins.validation)})

    ended = container.train(
        num_round="300", objective="binary:logistic", eval_metric="auc", early_stopping_rounds="3", eta="1"
    )

    scores = ended.metric(REGEXES["validation:auc"])
    assert ended.code == 0
    assert len(scores) < 300
    assert max(scores) == scores[-4] >= max(scores[-3:])


def test_the_objective_of_a_tuning_job_is_measured(container: Container, coins: Rows) -> None:
    container.channel("train", {"a.csv": csv(coins.train)}).channel("validation", {"a.csv": csv(coins.validation)})

    ended = container.train(num_round="1", objective="binary:logistic", _tuning_objective_metric="validation:f1")

    assert len(ended.metric(REGEXES["validation:f1"])) == 1


def test_a_stopped_job_leaves_the_model_so_far_if_it_is_to(container: Container, coins: Rows) -> None:
    container.channel("train", {"a.csv": csv(coins.train)})

    training = container.start(num_round="1000000", save_model_on_termination="true")
    code = training.stopped_after("[5]#011")

    assert code == 0
    assert [path.name for path in (container.ml / "model").iterdir()] == ["xgboost-model"]
    with container.serving() as server:
        assert server.ask(csv([coins.train[0][1:]])).status == 200


def test_two_instances_train_one_model_on_the_rows_of_both(coins: Rows, algorithms: Bench, tmp_path: Path) -> None:
    hosts = ("127.0.1.1", "127.0.1.2")
    shards = (coins.train[0::2], coins.train[1::2])
    containers = [Container.of("xgboost", tmp_path / host / "ml", algorithms, job=str(tmp_path)) for host in hosts]
    for container, shard in zip(containers, shards, strict=True):
        container.channel("train", {"a.csv": csv(shard)})
    alone = Container.of("xgboost", tmp_path / "alone", algorithms).channel("train", {"a.csv": csv(coins.train)})

    running = [together(container, hosts, host) for container, host in zip(containers, hosts, strict=True)]
    ended = [training.ended() for training in running]
    single = alone.train(num_round="4", objective="binary:logistic")

    assert [one.code for one in ended] == [0, 0], ended[1].log
    assert [sorted((one.ml / "model").iterdir()) != [] for one in containers] == [True, False]
    first, second = (one.metric(REGEXES["train:logloss"]) for one in ended)
    assert second == []  # the master speaks for all
    assert first == pytest.approx(single.metric(REGEXES["train:logloss"]), abs=0.05)
    assert "Train matrix has 70 rows" in ended[1].log


def test_an_instance_without_data_leaves_the_training_to_the_others(
    coins: Rows, algorithms: Bench, tmp_path: Path
) -> None:
    hosts = ("127.0.1.1", "127.0.1.2")
    empty, full = (Container.of("xgboost", tmp_path / host / "ml", algorithms, job=str(tmp_path)) for host in hosts)
    empty.channel("train", {})
    full.channel("train", {"a.csv": csv(coins.train)})

    running = [together(empty, hosts, hosts[0]), together(full, hosts, hosts[1])]
    ended = [training.ended() for training in running]

    assert [one.code for one in ended] == [0, 0], ended[1].log
    assert "Host 127.0.1.1 not being used for distributed training." in ended[0].log
    assert [path.name for path in (full.ml / "model").iterdir()] == ["xgboost-model"]
    assert list((empty.ml / "model").iterdir()) == []


def together(container: Container, hosts: tuple[str, ...], host: str) -> Any:
    return container.start(hosts, host, num_round="4", objective="binary:logistic")
