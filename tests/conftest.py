"""What all tests share: the fixtures that other projects use, patience with random examples, and rare searches for garbage."""

import gc
from collections.abc import Generator

import hypothesis
import pytest

pytest_plugins = ["sagemaker_local.pytest_plugin"]

# A busy machine is slow without anything being wrong.
hypothesis.settings.register_profile("patient", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("patient")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Leave what has been collected out of every later search for garbage, which would take a fifth of the tests' time.

    Ten thousand tests, and the modules that they are in, stay until the end; of what comes after them garbage is still found.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000, 20, 50)
        gc.enable()
