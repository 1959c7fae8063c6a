"""What the tests of the runner share."""

from tests.runner.algorithm_jobs import algorithms
from tests.runner.runtime_asking import seen, serving
from tests.runner.xgboost_models import coins, handwriting, odds, recognizer
from tests.runner.yard import degree, private, yard

__all__ = ["algorithms", "coins", "degree", "handwriting", "odds", "private", "recognizer", "seen", "serving", "yard"]
