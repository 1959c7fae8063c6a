"""The images of the demo: where they come from, how they look on a terminal, and how answers about them are read."""

import gzip
from pathlib import Path

import numpy as np
import pytest

from sagemaker_local.demo import data
from sagemaker_local.demo.asking import Examined, matched
from sagemaker_local.demo.data import Image
from sagemaker_local.demo.errors import NotSeen
from sagemaker_local.demo.pictures import Taken, gallery

DIAGONAL = Image(7, [16 if row == column else 0 for row in range(8) for column in range(8)])


def test_no_digit_is_both_trained_on_and_held_out() -> None:
    images = data.digits()

    parts = [{id(image) for image in part} for part in (images.train, images.validation, images.held_out)]
    assert sum(map(len, parts)) == len(set().union(*parts)) == 1797
    assert {image.label for image in images.held_out} == set(range(10))
    assert data.digits() == images


def test_csv_has_the_label_first_or_no_label() -> None:
    assert data.as_csv([DIAGONAL], labels=True).startswith("7,16,0,0,0,0,0,0,0,0,16,")
    assert data.as_csv([DIAGONAL]).count(",") == 63


def test_mnist_is_read_as_an_archive_and_its_test_images_are_held_out(tmp_path: Path) -> None:
    file, pixels = tmp_path / "mnist.npz", np.arange(200 * 784, dtype=np.uint8).reshape(200, 28, 28)
    labels = np.arange(200) % 10
    np.savez(file, x_train=pixels, y_train=labels, x_test=pixels[:100], y_test=labels[:100])

    images = data.read(file)

    assert (len(images.train), len(images.validation), len(images.held_out)) == (180, 20, 100)
    assert (images.side, images.darkest) == (28, 255)
    assert images.held_out[3] == Image(3, pixels[3].ravel().tolist())


@pytest.mark.parametrize("name", ["mnist.csv", "mnist.csv.gz"])
def test_mnist_is_read_as_csv_with_or_without_a_header(tmp_path: Path, name: str) -> None:
    rows = "".join(f"{number % 10}{',5' * 784}\n" for number in range(200))
    text = f"label{',pixel' * 784}\n{rows}".encode()
    (tmp_path / name).write_bytes(gzip.compress(text) if name.endswith("gz") else text)

    images = data.read(tmp_path / name)

    assert len(images.train) + len(images.validation) + len(images.held_out) == 200
    assert images.train[0].pixels == [5] * 784


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("mnist.npz", b"no archive", "mnist.npz: "),
        ("mnist.csv", b"1,2,3\n", "each line has a digit and 784 pixels"),
        ("mnist.csv", b"1,a,b\n", "mnist.csv: "),
        ("mnist.csv.gz", b"no gzip", "mnist.csv.gz: "),
        ("mnist.csv", b"\xff\xfe\x00", "mnist.csv: "),
    ],
)
def test_another_file_is_refused_by_name(tmp_path: Path, name: str, content: bytes, told: str) -> None:
    (tmp_path / name).write_bytes(content)

    with pytest.raises(NotSeen) as refused:
        data.read(tmp_path / name)

    assert told in str(refused.value)


def test_a_picture_has_the_pixels_and_what_the_model_says_below() -> None:
    drawn = gallery([Taken(DIAGONAL, 7), Taken(DIAGONAL, 1)], side=8, darkest=16).splitlines()

    assert drawn[0] == "██" + " " * 17 + "██"
    assert drawn[7] == " " * 14 + "██" + " " * 17 + "██"
    assert "a 7 " in drawn[8]
    assert "a 1, but it is a 7" in drawn[8]


def test_pictures_of_mnist_fit_on_a_terminal() -> None:
    large = Image(4, [255] * 784)

    drawn = gallery([Taken(large, 4)] * 9, side=28, darkest=255).splitlines()

    assert len(drawn) == 15
    assert {len(line) for line in drawn[:14]} == {28 * 3 + 3 * 2}


def test_answers_are_read_however_they_are_separated_and_counted() -> None:
    assert [one.label for one in matched([DIAGONAL] * 3, "7.0\n1.0,7\n")] == [7, 1, 7]
    assert Examined(matched([DIAGONAL] * 4, "7,7,7,1")).accuracy == 0.75
    for answer in ("7,7", "seven", "", "nan,1,2,3"):
        with pytest.raises(NotSeen, match="4 predictions"):
            matched([DIAGONAL] * 4, answer)
