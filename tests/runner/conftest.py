"""What the tests of the runner share."""

from tests.runner.yard import degree, private, yard

__all__ = ["degree", "private", "yard"]
