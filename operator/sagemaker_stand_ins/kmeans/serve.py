"""The handler of the model server: the closest cluster of each row, and the distance to it.

Answers: https://docs.aws.amazon.com/sagemaker/latest/dg/km-in-formats.html.
"""

from dataclasses import dataclass
from pathlib import Path

from sagemaker_stand_ins.data import answers
from sagemaker_stand_ins.kmeans.model import Centers

execution_parameters = answers.execution_parameters


@dataclass(frozen=True, slots=True)
class Model:
    """The centers."""

    centers: Centers

    def invoke(self, body: bytes, content_type: str, accept: str) -> tuple[bytes, str]:
        """The clusters of the rows of a request. Raises BadInput, Unsupported or NotAcceptable."""
        form = answers.wanted(accept, csv=True)
        closest, distances = self.centers.nearest(answers.rows_of(body, content_type, width=self.centers.rows.shape[1]))
        found = [
            {"closest_cluster": float(cluster), "distance_to_cluster": float(distance)}
            for cluster, distance in zip(closest, distances, strict=True)
        ]
        return answers.written(found, form, under="predictions")


def load(model_dir: Path) -> Model:
    """The model of a directory. Raises OSError or ValueError if there is none."""
    return Model(Centers.read(model_dir))
