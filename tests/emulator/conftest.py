"""An emulator on a virtual clock for each test, and requests that are valid and show only what matters."""

from collections.abc import Iterator
from typing import Any

import pytest

from sagemaker_local.emulator import Emulator


@pytest.fixture
def sagemaker() -> Iterator[Emulator]:
    """An empty SageMaker whose time stands still until `sagemaker.clock.advance(seconds)`."""
    with Emulator.start(virtual=True, check_s3=False) as emulator:
        yield emulator


@pytest.fixture
def client(sagemaker: Emulator) -> Iterator[Any]:
    """A boto3 client of it that asks once."""
    made = sagemaker.client()
    yield made
    made.close()
