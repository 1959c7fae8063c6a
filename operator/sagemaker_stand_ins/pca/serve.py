"""The handler of the model server: the projection of each row.

Answers: https://docs.aws.amazon.com/sagemaker/latest/dg/PCA-in-formats.html.
"""

from dataclasses import dataclass
from pathlib import Path

from sagemaker_stand_ins.data import answers
from sagemaker_stand_ins.pca.model import Components

execution_parameters = answers.execution_parameters


@dataclass(frozen=True, slots=True)
class Model:
    """The components."""

    components: Components

    def invoke(self, body: bytes, content_type: str, accept: str) -> tuple[bytes, str]:
        """The projections of the rows of a request. Raises BadInput, Unsupported or NotAcceptable."""
        form = answers.wanted(accept)
        rows = answers.rows_of(body, content_type, width=self.components.mean.shape[0])
        found = [{"projection": row.tolist()} for row in self.components.project(rows)]
        return answers.written(found, form, under="projections")


def load(model_dir: Path) -> Model:
    """The model of a directory. Raises OSError or ValueError if there is none."""
    return Model(Components.read(model_dir))
