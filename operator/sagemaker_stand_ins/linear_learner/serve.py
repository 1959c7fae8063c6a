"""The handler of the model server: the score of each row, and its class if it is a classifier.

Answers: https://docs.aws.amazon.com/sagemaker/latest/dg/LL-in-formats.html.
"""

from dataclasses import dataclass
from pathlib import Path

from sagemaker_stand_ins.data import answers
from sagemaker_stand_ins.linear_learner.model import Linear

execution_parameters = answers.execution_parameters


@dataclass(frozen=True, slots=True)
class Model:
    """The linear model."""

    linear: Linear

    def invoke(self, body: bytes, content_type: str, accept: str) -> tuple[bytes, str]:
        """The scores of the rows of a request. Raises BadInput, Unsupported or NotAcceptable."""
        form = answers.wanted(accept)
        scores = self.linear.scores(answers.rows_of(body, content_type, width=self.linear.mean.shape[0]))
        found = [{"score": score} for score in scores.tolist()]
        if self.linear.classes:
            labels = self.linear.labels(scores).tolist()
            found = [{**one, "predicted_label": label} for one, label in zip(found, labels, strict=True)]
        return answers.written(found, form, under="predictions")


def load(model_dir: Path) -> Model:
    """The model of a directory. Raises OSError or ValueError if there is none."""
    return Model(Linear.read(model_dir))
