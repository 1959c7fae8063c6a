"""A Model as containers to run, and its data in a directory."""

import io
import os
import tarfile
from pathlib import Path

import pytest
from tests.runner.models import HERE, archive

from sagemaker_local.emulator.resource import Place
from sagemaker_local.runner.objects import Address
from sagemaker_local.runner.serving import artifacts
from sagemaker_local.runner.serving.artifacts import Unservable, fetch, unpack
from sagemaker_local.runner.serving.blueprint import ContainerPlan, ModelData, locate, of_component, of_model

PLAN = ContainerPlan(name="primary", label="container_1", image="mine")


class Shelf:
    """Objects of one account in a dictionary."""

    def __init__(self, **contents: bytes) -> None:
        self.contents = {key.replace("__", "/"): body for key, body in contents.items()}

    def keys(self, place: Place, address: Address) -> list[str]:
        return sorted(key for key in self.contents if key.startswith(address.key))

    def get(self, place: Place, address: Address) -> bytes | None:
        return self.contents.get(address.key)


def test_an_archive_is_extracted_with_its_directories(tmp_path: Path) -> None:
    assert unpack(archive({"model": "m", "code/inference.py": "c"}), tmp_path) == 2

    assert (tmp_path / "code/inference.py").read_text() == "c"


@pytest.mark.parametrize("name", ["../outside", "a/../../outside", "/outside"])
def test_an_archive_that_climbs_out_is_refused_and_leaves_nothing(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="outside of the model's directory"):
        unpack(archive({"fine": "x", name: "x"}), tmp_path / "model")

    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == []
    assert not Path("/outside").exists()


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE])
def test_links_and_devices_in_an_archive_are_refused(tmp_path: Path, kind: bytes) -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        info = tarfile.TarInfo("trick")
        info.type, info.linkname = kind, "/etc/passwd"
        tar.addfile(info)

    with pytest.raises(ValueError, match="link or a device"):
        unpack(buffer.getvalue(), tmp_path)

    assert not os.path.lexists(tmp_path / "trick")


@pytest.mark.parametrize(
    "body", [b"", b"plain text", archive({"model": "m" * 5000})[:-20]], ids=["nothing", "text", "cut short"]
)
def test_what_is_no_whole_archive_is_refused(tmp_path: Path, body: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 what the library says differs
        unpack(body, tmp_path)


def test_an_archive_that_the_disk_does_not_hold_is_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(artifacts, "SPARE", 1 << 60)

    with pytest.raises(Unservable, match="The model data archive is too large"):
        fetch(Shelf(model=archive({"m": "x"})), HERE, PLAN, locate("s3://bucket/model"), tmp_path)

    assert not (tmp_path / "m").exists()


def test_an_archive_in_which_a_file_is_also_a_directory_is_none(tmp_path: Path) -> None:
    with pytest.raises(Unservable, match="Please ensure that the object located at the URL is a valid"):
        fetch(Shelf(model=archive({"a": "x", "a/b": "y"})), HERE, PLAN, locate("s3://bucket/model"), tmp_path)


def test_a_folder_is_copied_and_nothing_beside_it(tmp_path: Path) -> None:
    shelf = Shelf(models__a__x=b"1", models__a__b__y=b"2", models__ab__z=b"3")

    count = fetch(shelf, HERE, PLAN, locate("s3://bucket/models/a", archive=False, prefix=True), tmp_path)

    assert count == 2
    assert sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()) == ["b/y", "x"]


def test_a_key_that_climbs_out_is_not_written(tmp_path: Path) -> None:
    shelf = Shelf(models__a__x=b"1")
    shelf.contents["models/a/../../../climbs"] = b"2"

    fetch(shelf, HERE, PLAN, locate("s3://bucket/models/a/"), tmp_path / "into")

    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["x"]


@pytest.mark.parametrize("url", ["s3://bucket/none", "s3://bucket/none/", "s3://", "https://example.org/model"])
def test_data_that_is_not_there_is_told_with_its_url(tmp_path: Path, url: str) -> None:
    with pytest.raises(
        Unservable, match=f'Failed to download model data for container "container_1" from URL: "{url}"'
    ):
        fetch(Shelf(), HERE, PLAN, locate(url), tmp_path)


@pytest.mark.parametrize(
    "url",
    [
        "s3://bucket/a/model.tar.gz",
        "https://bucket.s3.eu-west-1.amazonaws.com/a/model.tar.gz",
        "https://s3-eu-west-1.amazonaws.com/bucket/a/model.tar.gz",
        "https://s3.eu-west-1.amazonaws.com/bucket/a/model.tar.gz",
    ],
)
def test_every_way_to_write_the_address_of_an_object_is_understood(url: str) -> None:
    assert locate(url) == ModelData(url=url, address=Address("bucket", "a/model.tar.gz"))


def test_a_single_container_is_primary_and_several_are_numbered_or_named() -> None:
    single = of_model({"ModelName": "m", "PrimaryContainer": {"Image": "i", "ContainerHostname": "host"}})
    several = of_model({"ModelName": "m", "Containers": [{"Image": "i"}, {"Image": "j", "ContainerHostname": "host"}]})

    assert [plan.name for plan in single.containers] == ["primary"]
    assert [(plan.name, plan.label) for plan in several.containers] == [
        ("container-1", "container_1"),
        ("host", "container_2"),
    ]


def test_a_model_package_says_what_the_model_leaves_open() -> None:
    package = {
        "InferenceSpecification": {
            "Containers": [{"Image": "i", "ModelDataUrl": "s3://b/m", "Environment": {"A": "1"}}]
        }
    }
    model = {"ModelName": "m", "PrimaryContainer": {"ModelPackageName": "p", "Environment": {"B": "2"}}}

    (plan,) = of_model(model, lambda name: package if name == "p" else None).containers

    assert plan.image == "i"
    assert plan.environment == {"A": "1", "B": "2"}
    assert plan.data == locate("s3://b/m")


def test_a_component_may_bring_its_container_itself() -> None:
    given = {"Container": {"Image": "i", "ArtifactUrl": "s3://b/folder/", "Environment": {"A": "1"}}}

    (plan,) = of_component("one", given, None).containers

    assert (plan.image, plan.data, plan.environment) == ("i", locate("s3://b/folder/"), {"A": "1"})
    assert plan.data is not None
    assert plan.data.prefix


def test_a_component_changes_the_container_of_its_model() -> None:
    model = {
        "ModelName": "m",
        "PrimaryContainer": {"Image": "i", "ModelDataUrl": "s3://b/m", "Environment": {"A": "1"}},
    }
    specification = {"ModelName": "m", "Container": {"ArtifactUrl": "s3://b/other", "Environment": {"A": "2"}}}

    (plan,) = of_component("one", specification, model).containers

    assert (plan.image, plan.data, plan.environment) == ("i", locate("s3://b/other"), {"A": "2"})
