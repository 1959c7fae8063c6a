"""Asking the endpoint what the held-out images show, and how often it is right.

Not here: what counts as good enough (`story`).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sagemaker_local.demo.data import Image, as_csv
from sagemaker_local.demo.errors import NotSeen
from sagemaker_local.demo.pictures import Taken

AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Examined:
    """What a model takes images for."""

    taken: Sequence[Taken]

    @property
    def accuracy(self) -> float:
        """The share that it recognises."""
        return sum(one.right for one in self.taken) / len(self.taken)

    def worth_seeing(self) -> list[Taken]:
        """Some different digits, after one that it mistakes, if there is one."""
        first = {one.label: one for one in reversed(self.taken) if one.right}
        wrong = [one for one in self.taken if not one.right]
        return [*wrong[:1], *first.values()]


def examine(runtime: Any, endpoint: str, images: Sequence[Image], *, request: str = "") -> Examined:
    """Ask an endpoint about images, a hundred in each request.

    Args:
        runtime: a boto3 client of sagemaker-runtime.
        request: the id of the request, where there is only one.

    Raises:
        NotSeen: it does not answer with a number for each image.
    """
    taken: list[Taken] = []
    for start in range(0, len(images), AT_ONCE):
        asked = images[start : start + AT_ONCE]
        told = {"InferenceId": request} if request else {}
        body = as_csv(asked).encode()
        answer = runtime.invoke_endpoint(EndpointName=endpoint, ContentType="text/csv", Body=body, **told)
        taken += matched(asked, answer["Body"].read().decode())
    return Examined(taken)


def matched(images: Sequence[Image], answer: str) -> list[Taken]:
    """Each image with its number in an answer, which separates them by commas or line ends. Raises NotSeen as `examine`."""
    try:
        labels = [round(float(cell)) for cell in re.split(r"[,\s]+", answer.strip())]
    except ValueError:
        labels = []
    if len(labels) != len(images):
        raise NotSeen(f"{len(images)} predictions: the answer is {answer[:200]!r}")
    return [Taken(image, label) for image, label in zip(images, labels, strict=True)]
