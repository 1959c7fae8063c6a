"""The images to train on and to ask about: 1,797 handwritten digits that ship with scikit-learn, or a file that the user has.

They go to S3 as the CSV files that XGBoost's image reads: the label first, then the pixels, without a header; what is held out is
without labels. Not here: training and asking.
"""

import gzip
import importlib.util
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sagemaker_local.demo.errors import NotSeen

if TYPE_CHECKING:
    import numpy as np

BUCKET = "sagemaker-operator-digits"
VALIDATION_SHARE = 0.1
HELD_OUT_SHARE = 0.2
SEED = 20
DIGITS_RECOGNISED = 0.95
OTHERS_RECOGNISED = 0.8
"""Of images that nobody has seen here; XGBoost with the example's hyperparameters recognises about 96 % of MNIST's."""


@dataclass(frozen=True, slots=True)
class Image:
    """A square image of a digit: what it shows, and its pixels row by row, from 0 for white to `Images.darkest`."""

    label: int
    pixels: Sequence[int]


@dataclass(frozen=True, slots=True)
class Images:
    """All images: to train on, to validate with, and held out to ask the endpoint about.

    Attributes:
        side: pixels on each side.
        darkest: the value of a black pixel.
        recognised: the share of those held out that a sound model recognises at least.
    """

    train: Sequence[Image]
    validation: Sequence[Image]
    held_out: Sequence[Image]
    side: int
    darkest: int
    recognised: float


def digits() -> Images:
    """The digits of scikit-learn, 8 x 8 pixels from 0 to 16.

    Raises:
        NotSeen: scikit-learn is not installed.
    """
    # The file is read without importing scikit-learn, which takes seconds.
    package = importlib.util.find_spec("sklearn")
    if package is None or package.origin is None:
        raise NotSeen("the digits: they come with scikit-learn, and pip install 'sagemaker-operator[local]' brings it")
    file = Path(package.origin).with_name("datasets") / "data" / "digits.csv.gz"
    with gzip.open(file, "rt") as lines:
        rows = [[int(float(cell)) for cell in line.split(",")] for line in lines]
    return _parted([Image(row[-1], row[:-1]) for row in rows], side=8, darkest=16)


def read(file: Path) -> Images:
    """Images of 28 x 28 pixels from a file of the user's: MNIST as `mnist.npz`, or as CSV (also .csv.gz), the label first.

    The archive has the arrays x_train, y_train, x_test and y_test, as Keras' has; its test images are held out.

    Raises:
        NotSeen: it is not there, or holds something else.
    """
    with _told(file):
        if file.suffix == ".npz":
            return _archive(file)
        with gzip.open(file, "rt") if file.suffix == ".gz" else file.open() as lines:
            rows = [[int(float(cell)) for cell in line.split(",")] for line in lines if line[:1].isdigit()]
        wrong = next((row for row in rows if len(row) != 785 or not 0 <= row[0] <= 9), None)
        if wrong is not None or len(rows) < 100:
            raise ValueError("each line has a digit and 784 pixels, and there are 100 lines or more")
        return _parted([Image(row[0], row[1:]) for row in rows], side=28, darkest=255)


def send(s3: Any, *, images: Images) -> str:
    """Make the bucket and put the images into it, below train/, validation/ and held-out/; tells what there is then.

    Args:
        s3: a boto3 client.
    """
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": s3.meta.region_name})
    parts = {
        "train": as_csv(images.train, labels=True),
        "validation": as_csv(images.validation, labels=True),
        "held-out": as_csv(images.held_out),
    }
    for folder, text in parts.items():
        s3.put_object(Bucket=BUCKET, Key=f"{folder}/digits.csv", Body=text.encode(), ContentType="text/csv")
    train, rest = len(images.train), len(images.validation)
    return f"{train} digits to train on and {rest} to validate with are in s3://{BUCKET}/"


def as_csv(images: Sequence[Image], *, labels: bool = False) -> str:
    """A line for each image: its pixels, after its label if that is wanted."""
    rows = ((image.label, *image.pixels) if labels else image.pixels for image in images)
    return "".join(f"{','.join(map(str, row))}\n" for row in rows)


def _parted(images: list[Image], *, side: int, darkest: int, held_out: Sequence[Image] = ()) -> Images:
    random.Random(SEED).shuffle(images)
    cut = 0 if held_out else round(len(images) * HELD_OUT_SHARE)
    held, rest = held_out or images[:cut], images[cut:]
    few = round(len(rest) * VALIDATION_SHARE)
    recognised = DIGITS_RECOGNISED if side == 8 else OTHERS_RECOGNISED
    return Images(rest[few:], rest[:few], held, side=side, darkest=darkest, recognised=recognised)


def _archive(file: Path) -> Images:
    import numpy as np  # noqa: PLC0415 slow to import, and for this kind of file only

    with np.load(file, allow_pickle=False) as held:
        train, test = (_images(held[f"x_{part}"], held[f"y_{part}"]) for part in ("train", "test"))
    return _parted(train, side=28, darkest=255, held_out=test)


def _images(pixels: "np.ndarray[Any, Any]", labels: "np.ndarray[Any, Any]") -> list[Image]:
    if pixels.shape != (len(labels), 28, 28) or len(labels) < 100:
        raise ValueError(f"its images have the shape {pixels.shape}, not (100 or more, 28, 28)")
    flat = pixels.reshape(len(labels), -1).tolist()
    return [Image(int(label), row) for label, row in zip(labels, flat, strict=True)]


@contextmanager
def _told(file: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, EOFError, ValueError, KeyError) as problem:
        raise NotSeen(f"images of 28 x 28 pixels in {file}: {problem}") from problem
