"""What a transform job reads, where it writes, and how it asks."""

import gzip
import json

import pytest

from sagemaker_local.emulator.resource import Place
from sagemaker_local.runner.objects import Address, Objects
from sagemaker_local.runner.transform.captured import manifests
from sagemaker_local.runner.transform.inputs import BadInput, InputFile, content, find, output_of, shares
from sagemaker_local.runner.transform.settings import Settings, settings, wishes_of

PLACE = Place("123456789012", "us-east-1")


class Bucket:
    """One bucket called data."""

    def __init__(self, **objects: bytes) -> None:
        self.objects = objects

    def has(self, account: str, bucket: str, prefix: str) -> bool:
        return bool(self.keys(account, bucket, prefix))

    def holds(self, account: str, bucket: str) -> bool:
        return bucket == "data"

    def keys(self, account: str, bucket: str, prefix: str) -> list[str]:
        return sorted(key for key in self.objects if key.startswith(prefix)) if bucket == "data" else []

    def get(self, account: str, bucket: str, key: str) -> bytes | None:
        return self.objects.get(key) if bucket == "data" else None

    def put(self, account: str, bucket: str, key: str, body: bytes) -> bool:
        self.objects[key] = body
        return bucket == "data"


def stored(**objects: bytes) -> Objects:
    return Objects(Bucket(**objects))


def outputs(source: dict[str, str], s3: Objects) -> list[str]:
    return [str(output_of(file, "s3://out/run/")) for file in find(source, s3, PLACE)]


@pytest.mark.parametrize(
    ("uri", "out"),
    [
        ("s3://data/in", ["a.csv.out", "b/c.csv.out"]),
        ("s3://data/in/", ["a.csv.out", "b/c.csv.out"]),
        ("s3://data/in/a", ["a.csv.out"]),
        ("s3://data/in/a.csv", ["a.csv.out"]),
        ("s3://data/in/b", ["c.csv.out"]),
        ("s3://data", ["in/a.csv.out", "in/b/c.csv.out"]),
        ("s3://data/nothing", []),
    ],
)
def test_outputs_keep_the_part_of_the_key_below_the_prefix(uri: str, out: list[str]) -> None:
    s3 = stored(**{"in/": b"", "in/a.csv": b"", "in/b/c.csv": b""})
    assert outputs({"S3DataType": "S3Prefix", "S3Uri": uri}, s3) == [f"s3://out/run/{name}" for name in out]


def test_a_manifest_lists_objects_below_a_prefix() -> None:
    s3 = stored(manifest=b'[{"prefix": "s3://data/in/"}, "a.csv", "b/c.csv"]')
    source = {"S3DataType": "ManifestFile", "S3Uri": "s3://data/manifest"}
    assert [str(file.address) for file in find(source, s3, PLACE)] == ["s3://data/in/a.csv", "s3://data/in/b/c.csv"]
    assert outputs(source, s3) == ["s3://out/run/a.csv.out", "s3://out/run/b/c.csv.out"]


@pytest.mark.parametrize("body", [b"{}", b"[]", b"no json", b'[{"prefix": "nowhere"}, "a"]'])
def test_a_manifest_that_is_none_is_an_error_that_says_where(body: bytes) -> None:
    with pytest.raises(BadInput, match="s3://data/manifest"):
        find({"S3DataType": "ManifestFile", "S3Uri": "s3://data/manifest"}, stored(manifest=body), PLACE)


def test_gzip_is_taken_off() -> None:
    s3 = stored(a=gzip.compress(b"1,2\n"), b=b"1,2\n")
    good, bad = (InputFile(Address("data", key), key) for key in "ab")
    assert content(good, s3, PLACE, compression="Gzip") == b"1,2\n"
    with pytest.raises(BadInput, match="not compressed with gzip"):
        content(bad, s3, PLACE, compression="Gzip")


def test_files_are_shared_out_whole_and_instances_may_have_none() -> None:
    files = [InputFile(Address("data", key), key) for key in "abc"]
    assert [[file.name for file in share] for share in shares(files, 2)] == [["a", "c"], ["b"]]
    assert shares(files[:1], 2) == [files[:1], []]


def test_captured_data_are_manifests_by_the_hour_in_which_the_job_began() -> None:
    read = [Address("data", "in/a.csv"), Address("data", "in/b.csv")]
    written = [Address("out", "run/a.csv.out"), Address("out", "run/b.csv.out")]
    made = manifests("s3://captured/here/", read, written, began=1661518800, name="m")
    assert {str(address): json.loads(body) for address, body in made} == {
        "s3://captured/here/input/2022/08/26/13/m.jsonl": [{"prefix": "s3://data/in/"}, "a.csv", "b.csv"],
        "s3://captured/here/output/2022/08/26/13/m.jsonl": [{"prefix": "s3://out/run/"}, "a.csv.out", "b.csv.out"],
    }


def test_what_is_not_given_is_what_the_container_wants_and_else_the_default() -> None:
    wishes = wishes_of(200, b'{"MaxConcurrentTransforms": 8, "BatchStrategy": "SINGLE_RECORD", "MaxPayloadInMB": 2}')
    assert settings({}, {}) == Settings(1, 6, "MultiRecord", 600, 3)
    assert settings({}, wishes) == Settings(8, 2, "SingleRecord", 600, 3)
    given = {
        "MaxConcurrentTransforms": 3, "MaxPayloadInMB": 0, "BatchStrategy": "MultiRecord",
        "ModelClientConfig": {"InvocationsTimeoutInSeconds": 5, "InvocationsMaxRetries": 0},
    }  # fmt: skip
    assert settings(given, wishes) == Settings(3, 0, "MultiRecord", 5, 0)


@pytest.mark.parametrize(
    ("status", "body"),
    [(404, b'{"MaxPayloadInMB": 1}'), (200, b"<html>"), (200, b"[1]"), (200, b'{"MaxPayloadInMB": "x"}')],
)
def test_a_container_without_sensible_wishes_has_none(status: int, body: bytes) -> None:
    assert wishes_of(status, body) == {}


def test_a_model_has_real_time_to_answer_however_fast_the_clock_is() -> None:
    assert settings({}, {}).real_seconds(1) == 600
    assert settings({}, {}).real_seconds(600) == 15
    assert settings({"ModelClientConfig": {"InvocationsTimeoutInSeconds": 3}}, {}).real_seconds(600) == 3
