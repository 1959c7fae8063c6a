"""The data to train on: the 1,797 handwritten digits that ship with scikit-learn, as the CSV files that XGBoost's image reads.

Not here: training. An emulated training job looks whether its input is there, and reads none of it.
"""

import gzip
import importlib.util
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sagemaker_local.demo.errors import NotSeen

VALIDATION_SHARE = 0.2
SEED = 20


@dataclass(frozen=True, slots=True)
class Uploaded:
    """How many rows went into each channel, and where that is."""

    bucket: str
    train: int
    validation: int


def upload(s3: Any, *, bucket: str, region: str) -> Uploaded:
    """Make the bucket and put both channels into it, shuffled, the label first and without a header.

    Args:
        s3: a boto3 client.
        bucket: its name.
        region: where it is.

    Raises:
        NotSeen: scikit-learn is not installed.
    """
    rows = _digits()
    random.Random(SEED).shuffle(rows)
    cut = round(len(rows) * VALIDATION_SHARE)
    validation, train = rows[:cut], rows[cut:]
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": region})
    for channel, part in (("train", train), ("validation", validation)):
        text = "".join(f"{','.join(row)}\n" for row in part)
        s3.put_object(Bucket=bucket, Key=f"{channel}/digits.csv", Body=text.encode(), ContentType="text/csv")
    return Uploaded(bucket, train=len(train), validation=len(validation))


def _digits() -> list[Sequence[str]]:
    """One row per digit: what it is (0 to 9), then the 64 pixels of its image (0 to 16)."""
    # The file is read without importing scikit-learn, which takes seconds.
    package = importlib.util.find_spec("sklearn")
    if package is None or package.origin is None:
        raise NotSeen("the digits: they come with scikit-learn, and pip install 'sagemaker-operator[local]' brings it")
    file = Path(package.origin).with_name("datasets") / "data" / "digits.csv.gz"
    with gzip.open(file, "rt") as lines:
        rows = [line.strip().split(",") for line in lines]
    return [[row[-1], *(str(int(float(pixel))) for pixel in row[:-1])] for row in rows]
