"""The flip test: what the model would have predicted for members of the facet, had they been as the others that are like them.

The likeness is that of the five nearest of the others by their features, as Clarify has it:
https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-post-training-bias-metric-ft.html.
"""

from dataclasses import dataclass

import numpy as np

from sagemaker_analyzer.bias.cells import Flags, Numbers, Undefined

NEIGHBORS = 5
FEW = 9
"""Of so few others only the nearest one is asked: amazon-sagemaker-clarify's FT_SAMPLES_COUNT_THRESHOLD."""


@dataclass(frozen=True, slots=True)
class Flips:
    """How many of the facet's records were refused what the nearest others got, given what those were refused, or neither."""

    refused: int
    favoured: int
    unchanged: int

    @property
    def value(self) -> float:
        """The metric: above 0 if the facet is treated worse than the others that are like it."""
        return (self.refused - self.favoured) / self.records

    @property
    def records(self) -> int:
        """How many records of the facet there are."""
        return self.refused + self.favoured + self.unchanged

    def drawn(self, random: np.random.Generator) -> "Flips":
        """As many records, drawn again from these with replacement."""
        counts = np.array([self.refused, self.favoured, self.unchanged])
        return Flips(*(int(count) for count in random.multinomial(self.records, counts / self.records)))


def flips(features: Numbers, sensitive: Flags, predicted: Flags) -> Flips:
    """Compares the predictions for the facet with those for the nearest others.

    `features` has a row for each record and no column of the facet, the label or the prediction. Raises Undefined if there is
    nothing to compare.
    """
    if not sensitive.any():
        raise Undefined("no record belongs to the facet")
    if sensitive.all():
        raise Undefined("every record belongs to the facet")
    if not features.shape[1]:
        raise Undefined("there is no numeric feature beside the facet and the label")
    from sklearn.neighbors import KNeighborsClassifier  # noqa: PLC0415 takes a second, which other analyses do not need to wait

    others = int((~sensitive).sum())
    nearest = KNeighborsClassifier(NEIGHBORS if others > FEW else 1).fit(features[~sensitive], predicted[~sensitive])
    expected = nearest.predict(features[sensitive])
    given = predicted[sensitive]
    refused, favoured = int((~given & expected).sum()), int((given & ~expected).sum())
    return Flips(refused=refused, favoured=favoured, unchanged=len(given) - refused - favoured)
