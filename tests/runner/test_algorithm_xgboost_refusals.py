"""What the stand-in for the image of XGBoost refuses to train on, in the image's words."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.runner.algorithm_jobs import Bench, Container


@pytest.fixture
def container(algorithms: Bench, tmp_path: Path) -> Container:
    return Container.of("xgboost", tmp_path / "ml", algorithms)


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
