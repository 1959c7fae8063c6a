"""Every row of what SageMaker is known to answer, asked of the emulator through boto3: refusals, and what Describe adds."""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.emulator import known_hosting_answers, known_job_answers, known_monitoring_answers, known_other_answers
from tests.emulator.known_answers import Refused, Shown

from sagemaker_local.emulator import Emulator

AREAS = (known_job_answers, known_hosting_answers, known_monitoring_answers, known_other_answers)
REFUSED: list[Refused] = [row for area in AREAS for row in area.REFUSED]
SHOWN: list[Shown] = [row for area in AREAS for row in area.SHOWN]


@pytest.fixture(scope="module")
def started() -> Iterator[tuple[Emulator, Any]]:
    with Emulator.start(virtual=True, check_s3=True) as emulator:
        client = emulator.client()
        yield emulator, client
        client.close()


@pytest.fixture
def empty(started: tuple[Emulator, Any]) -> Iterator[tuple[Emulator, Any]]:
    """The same emulator for all rows, which nothing is left in."""
    yield started
    started[0].reset()


@pytest.mark.parametrize("row", [pytest.param(row, id=row.case) for row in REFUSED])
def test_it_is_refused_in_sagemakers_words(empty: tuple[Emulator, Any], row: Refused) -> None:
    row.check(*empty)


@pytest.mark.parametrize("row", [pytest.param(row, id=row.case) for row in SHOWN])
def test_it_is_shown_as_by_sagemaker(empty: tuple[Emulator, Any], row: Shown) -> None:
    row.check(*empty)


def test_every_row_has_a_name_of_its_own() -> None:
    names = [*(row.case for row in REFUSED), *(row.case for row in SHOWN)]

    assert len(names) == len(set(names))
