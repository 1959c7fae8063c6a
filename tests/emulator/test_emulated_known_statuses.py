"""The statuses of each kind on its way, from the smallest request, and what AWS adds in domains."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.emulator import generated
from tests.emulator.known_answers import Shown
from tests.emulator.known_other_answers import IN_DOMAIN, in_domain
from tests.emulator.known_statuses import ENDS, LIVES
from tests.emulator.test_emulated_every_family import Walk

from sagemaker_local.emulator import Emulator
from sagemaker_local.emulator.bound import Bound
from sagemaker_local.emulator.families import FAMILIES

KINDS = {family.kind: family for family in FAMILIES}


@pytest.fixture
def created(sagemaker: Emulator) -> Iterator[Callable[[str], Walk]]:
    """Creates one resource of a kind, and what it needs."""
    begun: list[Walk] = []

    def create(kind: str) -> Walk:
        begun.append(Walk(sagemaker, Bound(KINDS[kind]), "minimal"))
        begun[0].create()
        return begun[0]

    yield create
    begun[0].client.close()


def status(walk: Walk) -> str:
    """The primary status that Describe shows."""
    return str(walk.ask(f"Describe{walk.kind}", walk.described())[walk.bound.family.status or ""])


@pytest.mark.parametrize(("kind", "first", "settled"), LIVES, ids=[row[0] for row in LIVES])
def test_it_is_in_its_status_at_once_and_later(
    sagemaker: Emulator, created: Callable[[str], Walk], kind: str, first: str, settled: str
) -> None:
    walk = created(kind)
    seen = status(walk)

    sagemaker.clock.advance(10_000)

    assert (seen, status(walk)) == (first, settled)


@pytest.mark.parametrize("row", [pytest.param(row, id=row[2]) for row in ENDS])
def test_it_is_in_its_status_while_it_goes(
    sagemaker: Emulator, created: Callable[[str], Walk], row: tuple[str, int, str, str, str]
) -> None:
    kind, age, operation, during, after = row
    walk = created(kind)
    sagemaker.clock.advance(age)
    walk.ask(operation, generated.minimal(operation, **walk.life.asked.get(operation, {})))
    seen = status(walk)

    sagemaker.clock.advance(1000)

    assert (seen, _later(walk)) == (during, after)


def _later(walk: Walk) -> str:
    """The status, or nothing if Describe says that it is missing."""
    try:
        return status(walk)
    except ClientError as refused:
        said = refused.response["Error"]["Code"]
        return "" if said == walk.bound.family.missing.code else f"refused with {said}"


@pytest.mark.parametrize(("kind", "path", "value"), IN_DOMAIN, ids=[f"{row[0]}-{row[1]}" for row in IN_DOMAIN])
def test_aws_adds_settings_in_a_domain(sagemaker: Emulator, client: Any, kind: str, path: str, value: Any) -> None:
    request = {"DomainId": in_domain(sagemaker, client)}
    if kind != "Domain":
        request["UserProfileName"] = "alice"
    if kind == "App":
        request |= {"AppType": "JupyterLab", "AppName": "default"}

    Shown(path, f"Describe{kind}", request, path, value).check(sagemaker, client)
