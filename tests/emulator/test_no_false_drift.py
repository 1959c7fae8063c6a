"""For manifests made from the service model: what the operator asks is valid, and what SageMaker then shows is no drift.

The smallest and the fullest request of each family is written as a spec, read back as a request, sent, and compared with what
Describe shows at once and when everything has settled.
"""

from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.validate import ParamValidator
from tests.emulator import generated
from tests.emulator.life import LIVES, Life
from tests.emulator.test_emulated_every_family import Walk

from sagemaker_local.emulator import Emulator
from sagemaker_local.emulator.bound import Bound
from sagemaker_local.emulator.families import FAMILIES
from sagemaker_operator.engine.updates import needed
from sagemaker_operator.kinds import KINDS, Kind
from sagemaker_operator.model.convert import from_reply, to_request
from sagemaker_operator.model.service import input_shape

EMULATED = {family.kind: family for family in FAMILIES}
CASES = [
    pytest.param(kind, size, id=f"{kind.name}-{size}") for kind in KINDS.values() for size in ("minimal", "maximal")
]


def request_of(kind: Kind, size: str) -> dict[str, Any]:
    life = LIVES.get(kind.name, Life())
    given = {**life.given, **(life.full if size == "maximal" else {})}
    made: dict[str, Any] = getattr(generated, size)(kind.family.create, **given)
    return dict(as_times(made))


def as_times(value: Any) -> Any:
    """The value with its times as boto3 has them."""
    if isinstance(value, dict):
        return {name: as_times(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [as_times(inner) for inner in value]
    return datetime.fromtimestamp(value, UTC) if value == generated.MOMENT else value


@pytest.mark.parametrize(("kind", "size"), CASES)
def test_a_spec_becomes_the_request_that_it_was_made_of(kind: Kind, size: str) -> None:
    request = request_of(kind, size)

    spec = from_reply(kind.family.spec_members, request)
    again = to_request(kind.family.spec_members, spec)

    assert again == request
    report = ParamValidator().validate(again, input_shape(kind.family.create))
    assert report.generate_report() == ""


@pytest.mark.parametrize(("kind", "size"), CASES)
def test_what_sagemaker_shows_of_a_request_is_no_drift(sagemaker: Emulator, kind: Kind, size: str) -> None:
    walk = Walk(sagemaker, Bound(EMULATED[kind.name]), size)
    try:
        walk.create()
        follow(sagemaker, walk, kind, size)
    finally:
        walk.client.close()


def follow(sagemaker: Emulator, walk: Walk, kind: Kind, size: str) -> None:
    wanted = {name: value for name, value in request_of(kind, size).items() if name != "Tags"}

    for seconds in (0, 10, 100_000):
        sagemaker.clock.advance(seconds)
        reply = dict(kind.family.unwrap(walk.look()))
        for member, (operation, within) in kind.told_by.items():
            reply[member] = walk.ask(operation, {}).get(within)
        update = needed(kind, wanted, reply)
        assert update is None or {name: (wanted.get(name), reply.get(name)) for name in update.members} == {}
