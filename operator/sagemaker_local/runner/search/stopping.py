"""Training jobs that are not worth going on with, judged by what their objective was each time it was reported.

Two rules: the median rule of TrainingJobEarlyStoppingType Auto, and Hyperband's. A report is what the guides call an epoch: each
time the objective metric is emitted. All values are losses: smaller is better. Pure.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median
from typing import Final

LEAST_BEFORE: Final = 3
"""Of how many jobs there must be reports before the median means anything; how many SageMaker wants, its guide does not say."""
REDUCTION: Final = 3
"""Of how many jobs one goes on at each rung; the paper that introduced Hyperband and Optuna have 3 or 4."""


def below_median(course: Sequence[float], before: Sequence[Sequence[float]]) -> bool:
    """Whether the last value is worse than the median of the running averages of the jobs before, at the same report.

    The rule of https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-early-stopping.html.
    """
    if not course:
        return False
    averages = [fmean(other[: len(course)]) for other in before if len(other) >= len(course)]
    return len(averages) >= LEAST_BEFORE and course[-1] > median(averages)


@dataclass(frozen=True, slots=True)
class Hyperband:
    """Brackets of successive halving between a least and a greatest number of reports.

    A bracket is a bet on how soon bad jobs show: the first one judges at once, the last one never. At each rung a job goes on if
    it is among the best third of those of its bracket that have come so far by now.

    Attributes:
        least: MinResource; a job with fewer reports is never stopped.
        most: MaxResource; a job with as many is stopped.
    """

    least: int
    most: int

    def hopeless(self, number: int, courses: Mapping[int, Sequence[float]]) -> bool:
        """Whether a job should be stopped.

        Args:
            number: which job it is, in the order in which they began, from 0.
            courses: of all jobs, by their number.
        """
        course = courses[number]
        if len(course) >= self.most:
            return True
        bracket = self._bracket(number)
        rivals = [other for index, other in courses.items() if self._bracket(index) == bracket]
        return any(not _goes_on(course, rivals, rung) for rung in self._rungs(bracket) if len(course) >= rung)

    @property
    def _brackets(self) -> int:
        return int(math.log(max(self.most / self.least, 1), REDUCTION) + 1e-9) + 1

    def _bracket(self, number: int) -> int:
        """The bracket of a job: the more it stops, the more jobs it has."""
        sizes = [math.ceil(self._brackets * REDUCTION**left / (left + 1)) for left in range(self._brackets - 1, -1, -1)]
        number %= sum(sizes)
        for bracket, size in enumerate(sizes):
            if number < size:
                return bracket
            number -= size
        raise AssertionError("the remainder is within the sizes")

    def _rungs(self, bracket: int) -> Iterator[int]:
        """After how many reports the jobs of a bracket are judged; never at the greatest number."""
        rung = self.least * REDUCTION**bracket
        while rung < self.most:
            yield rung
            rung *= REDUCTION


def _goes_on(course: Sequence[float], rivals: Sequence[Sequence[float]], rung: int) -> bool:
    reached = sorted(other[rung - 1] for other in rivals if len(other) >= rung)
    best = max(len(reached) // REDUCTION, 1)
    return course[rung - 1] <= reached[best - 1]
