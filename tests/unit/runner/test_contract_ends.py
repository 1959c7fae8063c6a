"""What a container leaves: its artifacts, its last words, its exit code."""

import tarfile
from pathlib import Path

import pytest

from sagemaker_local.runner.contract import archives, exits
from sagemaker_local.runner.contract.instance_types import GIB, memory
from sagemaker_local.runner.contract.paths import Volume


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_the_failure_file_is_the_reason_and_the_exit_code_follows(tmp_path: Path) -> None:
    write(tmp_path / "output/failure", "the labels are missing")

    reason = exits.reason_of_training(3, Volume(tmp_path))

    assert reason == "AlgorithmError: the labels are missing, exit code: 3"


def test_what_the_user_has_to_change_is_no_fault_of_the_algorithm(tmp_path: Path) -> None:
    write(tmp_path / "output/failure", "ClientError: Missing required hyperparameter: num_round")

    reason = exits.reason_of_training(1, Volume(tmp_path))

    assert reason == "ClientError: Missing required hyperparameter: num_round, exit code: 1"


def test_a_long_failure_is_cut_and_still_tells_its_exit_code(tmp_path: Path) -> None:
    write(tmp_path / "output/failure", "x" * 5000)

    reason = exits.reason_of_training(1, Volume(tmp_path))

    assert len(reason) == 1024
    assert reason.endswith("x, exit code: 1")


def test_a_program_that_says_nothing_fails_with_its_exit_code(tmp_path: Path) -> None:
    assert exits.reason_of_training(2, Volume(tmp_path)) == "AlgorithmError: , exit code: 2"
    assert exits.reason_of_training(-11, Volume(tmp_path)) == "AlgorithmError: , exit code: 139"


def test_a_program_without_enough_memory_is_told_to_take_a_larger_instance(tmp_path: Path) -> None:
    reason = exits.reason_of_training(-9, Volume(tmp_path), cause="memory")

    assert reason.startswith("ClientError: Please use an instance type with more memory")


def test_a_failure_file_that_is_a_link_out_of_the_job_is_not_read(tmp_path: Path) -> None:
    secret = write(tmp_path / "secret", "password")
    (tmp_path / "ml/output").mkdir(parents=True)
    (tmp_path / "ml/output/failure").symlink_to(secret)

    assert exits.told(Volume(tmp_path / "ml"), exits.FAILURE) == ""


def test_a_processing_job_with_an_exit_message_points_to_its_log() -> None:
    assert exits.reason_of_processing(1, "boom") == "AlgorithmError: See job logs for more information"
    assert exits.reason_of_processing(127, "") == "AlgorithmError: , exit code: 127"


def test_models_of_several_instances_are_one_archive_and_the_first_instance_wins(tmp_path: Path) -> None:
    write(tmp_path / "1/model/a", "first")
    write(tmp_path / "2/model/a", "second")
    write(tmp_path / "2/model/deep/b", "b")

    archives.pack(archives.merged([tmp_path / "1/model", tmp_path / "2/model"]), tmp_path / "model.tar.gz")

    with tarfile.open(tmp_path / "model.tar.gz") as tar:
        assert tar.getnames() == ["a", "deep/b"]
        content = tar.extractfile("a")
        assert content is not None
        assert content.read() == b"first"
        assert {member.uname for member in tar} == {"root"}


def test_links_are_followed_within_the_job_and_left_out_elsewhere(tmp_path: Path) -> None:
    secret = write(tmp_path / "secret", "password")
    best = write(tmp_path / "ml/checkpoints/3", "best")
    model = tmp_path / "ml/model"
    model.mkdir()
    (model / "stolen").symlink_to(secret)
    (model / "best").symlink_to(best)
    (model / "inside").symlink_to("/opt/ml/checkpoints/3")

    found = archives.merged([model], [Volume(tmp_path / "ml")])

    assert {name: path.read_text() for name, path in found.items()} == {"best": "best", "inside": "best"}


class Bucket:
    def __init__(self) -> None:
        self.held: dict[str, bytes] = {}

    def keys(self, bucket: str, prefix: str) -> list[str]:
        return [key for key in self.held if key.startswith(f"{bucket}/{prefix}")]

    def get(self, bucket: str, key: str) -> bytes | None:
        return self.held.get(f"{bucket}/{key}")

    def put(self, bucket: str, key: str, body: bytes) -> bool:
        self.held[f"{bucket}/{key}"] = body
        return True


def test_only_what_changed_is_written_again(tmp_path: Path) -> None:
    bucket, known = Bucket(), dict[str, archives.Mark]()
    write(tmp_path / "a", "1")
    write(tmp_path / "x/b", "1")

    first = archives.upload_changed(bucket, "s3://b/c/", archives.merged([tmp_path]), known)
    write(tmp_path / "a", "longer")
    second = archives.upload_changed(bucket, "s3://b/c/", archives.merged([tmp_path]), known)

    assert (first, second) == (["a", "x/b"], ["a"])
    assert bucket.held == {"b/c/a": b"longer", "b/c/x/b": b"1"}


@pytest.mark.parametrize(
    ("kind", "gib"),
    [
        ("ml.m5.large", 8),
        ("ml.m5.24xlarge", 384),
        ("ml.c5.xlarge", 8),
        ("ml.r5.2xlarge", 64),
        ("ml.t3.medium", 4),
        ("ml.g4dn.xlarge", 16),
        ("ml.m7i-flex.large", 8),
        ("ml.p3.2xlarge", None),
        ("ml.g6e.xlarge", None),
        ("local", None),
    ],
)
def test_an_instance_type_tells_its_memory_where_its_family_has_a_fixed_share(kind: str, gib: int | None) -> None:
    assert memory(kind) == (gib * GIB if gib else None)
