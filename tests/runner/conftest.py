"""What the tests of the runner share."""

from tests.runner.algorithm_jobs import algorithms
from tests.runner.yard import degree, private, yard

__all__ = ["algorithms", "degree", "private", "yard"]
