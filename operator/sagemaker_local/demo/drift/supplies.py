"""What lies in the emulated S3: training data, what a baseline is made of, the training script, ground truth."""

import io
import json
import tarfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sagemaker_local.demo.data import Image, as_csv

BUCKET = "sagemaker-operator-drift"


def send(s3: Any, *, known: Sequence[Image], side: int, source: Path) -> str:
    """Make the bucket and put into it what is there before anything is captured; tells what there is then.

    Args:
        s3: a boto3 client.
        known: the images to train on.
        side: their pixels on each side.
        source: the directory with the training script.
    """
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": s3.meta.region_name})
    names = ",".join(f"pixel_{row}_{column}" for row in range(side) for column in range(side))
    files = {
        "train/digits.csv": as_csv(known, labels=True).encode(),
        "baseline/digits.csv": f"{names}\n{as_csv(known)}".encode(),
        "source/source.tar.gz": _archive(source),
    }
    for key, body in files.items():
        s3.put_object(Bucket=BUCKET, Key=key, Body=body)
    return f"{len(known)} labelled digits and the script that trains on them are in s3://{BUCKET}/"


def label(s3: Any, labels: Mapping[str, Sequence[int]]) -> None:
    """Put ground truth into S3: by the id of a request, what each of its images shows.

    As https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-model-quality-merge.html has it.
    """
    lines = (
        {
            "groundTruthData": {"data": "\n".join(map(str, told)), "encoding": "CSV"},
            "eventMetadata": {"eventId": request},
            "eventVersion": "0",
        }
        for request, told in labels.items()
    )
    key = f"truth/{datetime.now(UTC):%Y/%m/%d/%H}/labels.jsonl"
    s3.put_object(Bucket=BUCKET, Key=key, Body="".join(f"{json.dumps(line)}\n" for line in lines).encode())


def _archive(directory: Path) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for file in sorted(directory.glob("*.py")):
            archive.add(file, arcname=file.name)
    return out.getvalue()
