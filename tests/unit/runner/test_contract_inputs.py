"""Which objects an input consists of, how they get to a program, and what is said when they cannot."""

import gzip
import json
import os
import struct
import subprocess
import sys
import threading
from itertools import chain
from pathlib import Path

import pytest

from sagemaker_local.emulator.refusal import UNVERIFIED
from sagemaker_local.runner.contract import reasons
from sagemaker_local.runner.contract.downloads import download
from sagemaker_local.runner.contract.pipes import Feeder
from sagemaker_local.runner.contract.reasons import JobFailed, Reason
from sagemaker_local.runner.contract.sources import Share, Source, items, manifest_of
from sagemaker_local.runner.contract.streams import Stream


class Bucket(dict[str, bytes]):
    """One bucket called `b`."""

    def keys(self, bucket: str = "b", prefix: str = "") -> list[str]:  # type: ignore[override]
        return sorted(key for key in self if key.startswith(prefix)) if bucket == "b" else []

    def get(self, bucket: str, key: str) -> bytes | None:  # type: ignore[override]
        return dict.get(self, key) if bucket == "b" else None

    def put(self, bucket: str, key: str, body: bytes) -> bool:
        self[key] = body
        return bucket == "b"


def names(source: Source, bucket: Bucket, share: Share | None = None, epoch: int = 0) -> list[str]:
    return [item.name for item in items(source, bucket, share or Share(), epoch=epoch)]


def many(count: int = 10) -> Bucket:
    return Bucket({f"p/{number}": str(number).encode() for number in range(count)})


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("s3://b/data/train", ["a.csv", "x/b.csv"]),
        ("s3://b/data/train/", ["a.csv", "x/b.csv"]),
        ("s3://b/data/train/a.csv", ["a.csv"]),
        ("s3://b/data/", ["train/a.csv", "train/x/b.csv"]),
        ("s3://b/data/tr", ["train/a.csv", "train/x/b.csv"]),
        ("s3://b", ["data/train/a.csv", "data/train/x/b.csv"]),
    ],
)
def test_objects_are_called_by_what_follows_the_last_folder_of_the_prefix(url: str, expected: list[str]) -> None:
    bucket = Bucket({"data/train/": b"", "data/train/a.csv": b"1", "data/train/x/b.csv": b"2"})

    assert names(Source(url), bucket) == expected


def test_an_input_without_objects_fails_with_its_url() -> None:
    with pytest.raises(
        JobFailed, match=r'^ClientError: Data download failed:No S3 objects found under S3 URL "s3://b/n"'
    ):
        names(Source("s3://b/n"), Bucket())


def test_fast_file_mode_wants_whole_names() -> None:
    with pytest.raises(
        JobFailed, match=r"partial S3 prefix is not supported.*\[data/tr\], found S3 object: \[data/train"
    ):
        items(Source("s3://b/data/tr"), Bucket({"data/train": b""}), Share(), whole_names=True)


def test_shards_are_disjoint_and_complete_and_a_seed_orders_each_epoch_anew() -> None:
    source = Source("s3://b/p/", sharded=True, seed=7)

    first = [names(source, many(), Share(number, 3)) for number in range(3)]
    second = [names(source, many(), Share(number, 3), epoch=1) for number in range(3)]

    assert sorted(chain(*first)) == sorted(chain(*second)) == [str(number) for number in range(10)]
    assert [len(part) for part in first] == [4, 3, 3]
    assert first != second
    assert names(Source("s3://b/p/", sharded=True), many(), Share(1, 3)) == ["1", "4", "7"]


def test_a_manifest_names_objects_below_its_prefix() -> None:
    bucket = Bucket({"m": json.dumps([{"prefix": "s3://b/p/"}, "x/1", "2"]).encode()})

    found = items(Source("s3://b/m", kind="ManifestFile"), bucket, Share())

    assert [(item.url, item.name) for item in found] == [("s3://b/p/x/1", "x/1"), ("s3://b/p/2", "2")]


@pytest.mark.parametrize(
    "body", [b"{", b"{}", b"[]", b'["a"]', b'[{"prefix": 1}, "a"]', b'[{"prefix":"s3://b/"}, 3]', b"\xff", b"[" * 5000]
)
def test_a_manifest_that_is_none_fails_with_its_url(body: bytes) -> None:
    with pytest.raises(JobFailed, match=r"^ClientError: Data download failed:The manifest s3://b/m is not"):
        items(Source("s3://b/m", kind="ManifestFile"), Bucket({"m": body}), Share())


def test_a_manifest_that_is_not_there_fails() -> None:
    with pytest.raises(JobFailed, match=r"^ClientError: Data download failed:Unable to download object s3://b/m"):
        items(Source("s3://b/m", kind="ManifestFile"), Bucket(), Share())


def test_the_manifest_beside_an_input_lists_what_is_in_it() -> None:
    source = Source("s3://b/p/")

    assert manifest_of(source, items(source, many(2), Share())) == [{"prefix": "s3://b/p/"}, "0", "1"]


def test_objects_become_files(tmp_path: Path) -> None:
    bucket = Bucket({"p/a": b"1", "p/x/b": b"2"})

    download(items(Source("s3://b/p/"), bucket, Share()), bucket, tmp_path / "in")

    assert (tmp_path / "in/a").read_bytes() == b"1"
    assert (tmp_path / "in/x/b").read_bytes() == b"2"


@pytest.mark.parametrize("key", ["p/../../etc/passwd", "p//etc/passwd", "p/./a", "p/a/.."])
def test_an_object_whose_name_climbs_is_refused_and_nothing_is_written_outside(tmp_path: Path, key: str) -> None:
    bucket = Bucket({key: b"gotcha"})

    with pytest.raises(JobFailed, match=r"^ClientError: Data download failed:The object s3://b/p/.* outside of"):
        download(items(Source("s3://b/p/"), bucket, Share()), bucket, tmp_path / "deep" / "in")
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_an_object_that_went_away_fails(tmp_path: Path) -> None:
    found = items(Source("s3://b/p/"), many(1), Share())

    with pytest.raises(JobFailed, match=r"Unable to download object s3://b/p/0 \(NoSuchKey"):
        download(found, Bucket(), tmp_path)


def test_a_file_where_a_folder_is_wanted_fails_and_says_which(tmp_path: Path) -> None:
    bucket = Bucket({"p/a": b"1", "p/a/b": b"2"})

    with pytest.raises(
        JobFailed, match=r"^ClientError: Data download failed:The object s3://b/p/a/b cannot be written"
    ):
        download(items(Source("s3://b/p/"), bucket, Share()), bucket, tmp_path / "in")


FILLS = """
import resource, sys
from itertools import chain
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from sagemaker_local.runner.contract import archives, downloads, reasons, sources
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
class Bucket:
    def get(self, bucket, key): return b"x" * 2000
folder = Path(sys.argv[1])
try:
    downloads.download([sources.Item("b", "k", "n")], Bucket(), folder)
except reasons.JobFailed as failed:
    print(failed)
import os
(folder / "big").write_bytes(os.urandom(900)); (folder / "too").write_bytes(os.urandom(900))
try:
    archives.pack(archives.merged([folder]), folder / "model.tar.gz")
except reasons.JobFailed as failed:
    print(failed)
"""


def test_a_full_disk_is_told_in_sagemakers_words(tmp_path: Path) -> None:
    root = Path(reasons.__file__).parents[3]

    done = subprocess.run(
        [sys.executable, "-c", FILLS, str(tmp_path), str(root)], capture_output=True, text=True, check=True, timeout=60
    )

    assert done.stdout.splitlines() == [
        "ClientError: Data download failed:Insufficient disk space",
        "ClientError: Artifact upload failed:Insufficient disk space",
    ]


def read(path: Path) -> bytes:
    return path.read_bytes()


def test_a_pipe_gives_each_epoch_in_its_own_order(tmp_path: Path) -> None:
    stream = Stream(Source("s3://b/p/", seed=1))
    bucket = many()
    feeder = Feeder(tmp_path / "train", lambda epoch: stream.bodies(bucket, epoch))
    feeder.start()
    try:
        epochs = [read(tmp_path / f"train_{number}") for number in range(3)]
    finally:
        feeder.stop()

    assert [sorted(epoch) for epoch in epochs] == [sorted(b"0123456789")] * 3
    assert len(set(epochs)) > 1
    assert feeder.failure is None


def test_a_reader_that_stops_in_the_middle_gets_the_next_epoch_from_its_beginning(tmp_path: Path) -> None:
    large = Bucket({"p/a": b"ab" * 500_000})
    stream = Stream(Source("s3://b/p/"))
    feeder = Feeder(tmp_path / "train", lambda epoch: stream.bodies(large, epoch))
    feeder.start()
    try:
        with (tmp_path / "train_0").open("rb") as pipe:
            assert pipe.read(4) == b"abab"
        next_one = tmp_path / "train_1"
        settled = threading.Event()
        while not next_one.exists():
            settled.wait(0.01)
        assert read(next_one) == large["p/a"]
    finally:
        feeder.stop()


def test_a_pipe_that_nobody_reads_ends_with_the_job(tmp_path: Path) -> None:
    feeder = Feeder(tmp_path / "train", lambda _: iter([b"x"]))
    feeder.start()

    feeder.stop()

    assert feeder.failure is None


def test_what_a_program_puts_in_the_place_of_a_pipe_is_not_written_to(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("mine")
    feeder = Feeder(tmp_path / "in" / "train", lambda _: iter([b"x"]))
    feeder.start()
    pipe = tmp_path / "in" / "train_0"
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        (tmp_path / "in" / "train_1").symlink_to(secret)
        settled = threading.Event()
        while feeder.failure is None:
            settled.wait(0.01)
    finally:
        os.close(reader)
        feeder.stop()

    assert secret.read_text() == "mine"


def test_objects_are_unpacked_and_wrapped_in_records_where_that_is_asked() -> None:
    bucket = Bucket({"p/a": gzip.compress(b"hello")})
    stream = Stream(Source("s3://b/p/"), unpack=True, records=True)

    body = b"".join(stream.bodies(bucket, 0))

    assert struct.unpack("<II", body[:8]) == (0xCED7230A, 5)
    assert body[8:] == b"hello\0\0\0"


def test_an_object_that_is_not_packed_fails_where_it_is_to_be_unpacked() -> None:
    stream = Stream(Source("s3://b/p/"), unpack=True)

    with pytest.raises(JobFailed, match="s3://b/p/0 is not compressed with gzip"):
        list(stream.bodies(many(), 0))


def test_an_augmented_manifest_gives_its_attributes_in_their_order() -> None:
    lines = [
        {"source-ref": "s3://b/p/1", "label": 3, "other": 1},
        {"source-ref": "s3://b/p/2", "label": "x", "other": 1},
    ]
    bucket = many() | {"m": "\n".join(json.dumps(line) for line in lines).encode()}
    source = Source("s3://b/m", kind="AugmentedManifestFile", attributes=("label", "source-ref"))

    assert list(Stream(source).bodies(Bucket(bucket), 0)) == [b"3", b"1", b"x", b"2"]


def test_an_augmented_manifest_without_an_attribute_says_in_which_line() -> None:
    source = Source("s3://b/m", kind="AugmentedManifestFile", attributes=("label",))

    with pytest.raises(JobFailed, match="line 2 has no attribute label"):
        list(Stream(source).bodies(Bucket({"m": b'{"label": 1}\n{"x": 1}'}), 0))


def test_every_reason_says_where_it_was_seen() -> None:
    found = {name: value for name, value in vars(reasons).items() if isinstance(value, Reason)}

    assert len(found) > 10
    assert all(reason.evidence for reason in found.values())
    assert found["DOWNLOAD_DISK_FULL"].evidence != UNVERIFIED
