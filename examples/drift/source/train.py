"""Train a model of handwritten digits: on the labelled images of before, and on what an endpoint captured since.

Of what was captured those requests count that people have labelled: ground truth has the same inferenceId, and a label for each
image of the request. A fifth of the images, old and new in equal parts as far as there are new ones, tells how good the model is.
"""

import json
import os
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import numpy as np
import xgboost

Images = tuple[np.ndarray, np.ndarray]


def main() -> None:
    """Train, test and save."""
    parser = ArgumentParser()
    parser.add_argument("--num_round", type=int, default=50)
    rounds = parser.parse_args().num_round
    old, new = labelled(channel("train")), captured(channel("captured"), channel("truth"))
    print(f"{len(old[1])} images of before, {len(new[1])} that were captured")
    (train_old, test_old), (train_new, test_new) = parted(old), parted(new)
    few = len(test_new[1])
    tested = together((test_old[0][: few or None], test_old[1][: few or None]), test_new)
    features, labels = together(train_old, train_new)
    settings = {"objective": "multi:softmax", "num_class": 10, "max_depth": 4, "eta": 0.3}
    booster = xgboost.train(settings, xgboost.DMatrix(features, labels), rounds)
    right = booster.predict(xgboost.DMatrix(tested[0])) == tested[1]
    print(f"validation:accuracy={right.mean():.4f}")
    booster.save_model(Path(os.environ["SM_MODEL_DIR"]) / "xgboost-model")


def channel(name: str) -> Path | None:
    """Where SageMaker has put a channel; None if the job has no such channel."""
    path = os.environ.get(f"SM_CHANNEL_{name.upper()}")
    return Path(path) if path else None


def labelled(directory: Path | None) -> Images:
    """Images from CSV files, the label first."""
    assert directory is not None, "the channel train is missing"
    rows = np.concatenate([np.loadtxt(file, delimiter=",", ndmin=2) for file in sorted(directory.rglob("*.csv"))])
    return rows[:, 1:], rows[:, 0]


def captured(directory: Path | None, truth: Path | None) -> Images:
    """Images of requests in the window that SageMaker's operator names, with the labels that people gave."""
    if directory is None or truth is None:
        return np.empty((0, 64)), np.empty(0)
    start, end = (datetime.fromisoformat(os.environ[name]) for name in ("CAPTURED_START", "CAPTURED_END"))
    known = {line["eventMetadata"]["eventId"]: line["groundTruthData"]["data"] for line in lines(truth)}
    images, labels = [], []
    for line in lines(directory):
        told = line["eventMetadata"]
        label = known.get(told.get("inferenceId", told["eventId"]))
        if label is None or not start <= datetime.fromisoformat(told["inferenceTime"]) < end:
            continue
        images.append(np.loadtxt(line["captureData"]["endpointInput"]["data"].splitlines(), delimiter=",", ndmin=2))
        labels.append(np.array([float(one) for one in label.split()]))
    assert images, "nothing that was captured in the window has a label"
    return np.concatenate(images), np.concatenate(labels)


def lines(directory: Path) -> Iterator[dict]:
    """The JSON lines of all files below a directory."""
    for file in sorted(path for path in directory.rglob("*") if path.is_file()):
        yield from map(json.loads, file.read_text().splitlines())


def parted(images: Images) -> tuple[Images, Images]:
    """Four fifths to train on, one to test with."""
    features, labels = images
    tests = np.arange(len(labels)) % 5 == 0
    return (features[~tests], labels[~tests]), (features[tests], labels[tests])


def together(one: Images, other: Images) -> Images:
    """Both."""
    return np.concatenate([one[0], other[0]]), np.concatenate([one[1], other[1]])


if __name__ == "__main__":
    main()
