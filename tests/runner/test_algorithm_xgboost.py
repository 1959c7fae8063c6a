"""The stand-in for the image of XGBoost: as the library computes, and as the image speaks."""

import json
import os
import random
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.runner.algorithm_jobs import Bench, Container, Ended, computed, csv, libsvm
from tests.runner.record_writing import framed

from sagemaker_local.demo.data import digits
from sagemaker_local.emulator.families.jobs.builtin_metrics import metric_definitions

IMAGE = "141502667606.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-xgboost:1.7-1"
REGEXES = {definition["Name"]: definition["Regex"] for definition in metric_definitions(IMAGE)}
DIGITS = {"objective": "multi:softmax", "num_class": "10", "num_round": "50", "max_depth": "4", "eta": "0.3"}

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


GOOD = {"a.csv": "1,2,3\n0,4,5\n"}
REFUSED_HYPERPARAMETERS = {
    "Missing required hyperparameter: num_round": {},
    "Extraneous hyperparameter found: silent": {"num_round": "1", "silent": "0"},
    "Hyperparameter num_round: could not parse value (caused by ValueError)": {"num_round": "ten"},
    "Hyperparameter num_round: 0 is not in [1, +inf)": {"num_round": "0"},
    "Hyperparameter eta: 1.5 is not in [0, 1]": {"num_round": "1", "eta": "1.5"},
    "Hyperparameter subsample: 0.0 is not in (0, 1]": {"num_round": "1", "subsample": "0"},
    "Hyperparameter booster: tree is not in ['gbtree', 'gblinear', 'dart']": {"num_round": "1", "booster": "tree"},
    "Hyperparameter monotone_constraints: value (2, 0) not in range [-1, 0, 1]": {
        "num_round": "1", "monotone_constraints": "(2, 0)", "tree_method": "hist",
    },
    "Require input for parameter 'num_class' for multi-classification": {"num_round": "1", "objective": "multi:softmax"},
    "Metric 'auc' can only be applied for classification and ranking problems.": {"num_round": "1", "eval_metric": "auc"},
    "Threshold value 't' in 'error@t' expects float input.": {"num_round": "1", "eval_metric": "error@half"},
}  # fmt: skip


@pytest.mark.parametrize("reason", REFUSED_HYPERPARAMETERS)
def test_a_wrong_hyperparameter_is_told_as_the_image_tells_it(container: Container, reason: str) -> None:
    ended = container.channel("train", GOOD).train(**REFUSED_HYPERPARAMETERS[reason])

    assert ended.code == 1
    assert ended.failure == f"ClientError: {reason}"
    assert ended.lines[-1].endswith(f":ERROR] ClientError: {reason}")


HEADER = (
    "Non-numeric value 'l' found in the header line 'label,age,height...' of file 'a.csv'. "
    "CSV format require no header line in it. If header line is already removed, "
    "XGBoost does not accept non-numeric value in the data."
)
REFUSED_DATA: Mapping[str, tuple[str, Mapping[str, str | bytes], str | None]] = {
    "a header": (HEADER, {"a.csv": "label,age,height\n1,2,3\n"}, "text/csv"),
    "a word": (
        "Failed to load csv data with exception:\nline 3 of file 'a.csv': 'tall' is not a number",
        {"a.csv": "1,2,3\n0,1,2\n1,2,tall\n"},
        "text/csv",
    ),
    "a short row": (
        (
            "Failed to load csv data with exception:\n"
            "line 2 of file 'a.csv': expected 3 columns, as in the first row, but found 2"
        ),
        {"a.csv": "1,2,3\n0,1\n"},
        "text/csv",
    ),
    "a word beside missing values": (
        "Failed to load csv data with exception:\nline 2 of file 'a.csv': 'x' is not a number",
        {"a.csv": "1,,3\n0,,x\n"},
        "text/csv",
    ),
    "a row without a label": (
        "Failed to load csv data with exception:\nrow 2 has no label or no weight",
        {"a.csv": "1,2,3\n,1,4\n"},
        "text/csv",
    ),
    "one column": (
        "Could not determine delimiter on line 12345:\nCould not determine delimiter",
        {"a.csv": "12345\n12346\n"},
        "text/csv",
    ),
    "CSV as libsvm, which is what no content type means": (
        "First line '1,2,3...' of file 'a.csv' is not 'LIBSVM' format. Please ensure the file is in 'LIBSVM' format.",
        {"a.csv": "1,2,3\n"},
        None,
    ),
    "no records": (
        (
            "Failed to load recordio-protobuf data with exception:\n"
            "line 1 of file 'a': no RecordIO: the magic number at byte 0 is 0x2c322c31"
        ),
        {"a": "1,2,3,4,5\n"},
        "application/x-recordio-protobuf",
    ),
    "a hidden file": (
        "Hidden file found in the data path! Remove that before training.",
        GOOD | {".part.crc": "x"},
        "text/csv",
    ),
    "another type": (
        (
            "image/png is not an accepted ContentType: csv, libsvm, parquet, recordio-protobuf, text/csv, text/libsvm, "
            "text/x-libsvm, application/x-parquet, application/x-recordio-protobuf."
        ),
        GOOD,
        "image/png",
    ),
    "parquet": (
        "parquet is not supported in local execution. Use text/csv, text/libsvm or application/x-recordio-protobuf.",
        GOOD,
        "application/x-parquet",
    ),
    "two labels": (
        "text/csv;label_size=2 is not an accepted csv ContentType. Optional parameter label_size must be equal to 1",
        GOOD,
        "text/csv;label_size=2",
    ),
}


@pytest.mark.parametrize("data", REFUSED_DATA)
def test_data_that_cannot_be_meant_is_told_with_its_place(container: Container, data: str) -> None:
    reason, files, content_type = REFUSED_DATA[data]

    ended = container.channel("train", files, content_type).train(num_round="1")

    assert (ended.code, ended.failure) == (1, f"ClientError: {reason}")


def test_an_empty_channel_is_told(container: Container) -> None:
    ended = container.channel("train", {"a.csv": ""}).train(num_round="1")

    assert ended.failure == f"ClientError: No data in training channel path {container.ml}/input/data/train"


@pytest.mark.parametrize(
    ("train", "validation", "content_type", "said"),
    [
        ("1,2,3\n0,4,5\n", "1,2\n", "text/csv", "the training data has 2 features, and the validation data has 1"),
        ("1 0:1\n0 0:2\n", "1 3:1\n", "text/libsvm", "the training data has 1 features, and the validation data has 4"),
    ],
)
def test_validation_data_of_another_width_is_told(
    container: Container, train: str, validation: str, content_type: str, said: str
) -> None:
    container.channel("train", {"a": train}, content_type).channel("validation", {"a": validation}, content_type)

    assert container.train(num_round="1").failure == f"ClientError: feature_names mismatch: {said}"


def test_libsvm_may_lack_the_last_columns_in_validation(container: Container) -> None:
    container.channel("train", {"a": "1 0:1 3:2\n0 0:2\n"}, "text/libsvm")
    container.channel("validation", {"a": "1 0:1\n0 0:2\n"}, "text/libsvm")

    assert container.train(num_round="1").code == 0


def test_a_job_without_the_channel_train_is_told(container: Container) -> None:
    ended = container.channel("training", GOOD).train(num_round="1")

    assert ended.failure == "ClientError: Missing required channel: train"


def test_labels_that_do_not_go_with_the_objective_are_the_users_to_fix(container: Container) -> None:
    container.channel("train", {"a.csv": "7,1,2\n3,2,1\n"})

    ended = container.train(num_round="1", objective="multi:softmax", num_class="2")

    assert ended.failure is not None
    assert ended.failure.startswith("ClientError: ")
    assert "[0, num_class)" in ended.failure


def test_what_only_the_library_refuses_is_told_with_its_words(container: Container) -> None:
    ended = container.channel("train", GOOD).train(num_round="1", tree_method="gpu_hist")

    assert ended.code == 1
    assert ended.failure is not None
    assert ended.failure.startswith("XGB train call failed with exception:\n Invalid Input: 'gpu_hist'")


@pytest.fixture(scope="module")
def odds(algorithms: Bench, coins: Rows, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A server of a model of four features that answers with a probability."""
    made = Container.of("xgboost", tmp_path_factory.mktemp("odds") / "ml", algorithms)
    made.channel("train", {"a.csv": csv(coins.train)}).train(num_round="3", objective="binary:logistic")
    with made.serving() as server:
        yield server


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


def together(container: Container, hosts: tuple[str, ...], host: str) -> Any:
    return container.start(hosts, host, num_round="4", objective="binary:logistic")


def records(rows: list[list[float]]) -> bytes:
    """Rows with the label first, as the SageMaker Python SDK writes them: dense float32 tensors in RecordIO frames."""
    return b"".join(framed(row[1:], row[0]) for row in rows)
