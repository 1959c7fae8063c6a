"""Two operators at once: one works, the other is there when it is needed, and SageMaker never hears of both."""

from collections.abc import Callable
from time import monotonic

import pytest
from tests.builders import training_job
from tests.cluster.conftest import SPEED
from tests.cluster.eventually import eventually
from tests.cluster.operating import Operator
from tests.cluster.user import User

from sagemaker_local.emulator import Emulator

pytestmark = pytest.mark.serves("TrainingJob")

LEASE = "sagemaker-operator"


@pytest.fixture
def two(user: User, operators: Callable[..., Operator]) -> tuple[Operator, Operator]:
    """The one that leads, and the one that stands by."""
    leader, standby = (
        operators(f"--lease-namespace={user.namespace}", f"--identity={name}") for name in ("first", "second")
    )
    leader.start()
    eventually("the first leads", lambda: holder(user) == "first")
    standby.start()
    return leader, standby


@pytest.fixture
def busy(user: User, two: tuple[Operator, Operator], sagemaker: Emulator) -> User:
    """A user whose jobs keep the leader calling: each runs for a minute."""
    sagemaker.scenarios.take("TrainingJob", "job", seconds=60 * SPEED)
    user.apply(*(training_job(f"job-{n}") for n in range(4)))
    user.apply(training_job("early"))
    user.wait("trainingjob/early", condition="Succeeded")
    return user


def test_after_a_kill_the_other_takes_over_within_20_seconds(
    busy: User, two: tuple[Operator, Operator], sagemaker: Emulator
) -> None:
    leader, _ = two
    assert callers(sagemaker) == ["first"], "the standby has not called"
    busy.apply(training_job("late"))

    leader.kill()

    killed = monotonic()
    eventually("a call of the second", lambda: callers(sagemaker) == ["first", "second"], within=20)
    print(f"taken over after {monotonic() - killed:.1f} s")
    busy.wait("trainingjob/late", condition="Succeeded")
    assert callers(sagemaker) == ["first", "second"], "no call of the first after the first call of the second"
    assert sagemaker.journal.committed("CreateTrainingJob") == 6


def test_a_leader_that_is_asked_to_stop_hands_over_at_once(
    busy: User, two: tuple[Operator, Operator], sagemaker: Emulator
) -> None:
    leader, _ = two

    asked = monotonic()
    assert leader.stop() == 0

    eventually("a call of the second", lambda: callers(sagemaker) == ["first", "second"], within=5)
    print(f"handed over after {monotonic() - asked:.1f} s")
    busy.apply(training_job("late"))
    busy.wait("trainingjob/late", condition="Succeeded")
    assert callers(sagemaker) == ["first", "second"]


def test_a_leader_whose_lease_was_taken_ends_with_a_reason(busy: User, two: tuple[Operator, Operator]) -> None:
    leader, standby = two

    busy.patch(f"lease/{LEASE}", {"spec": {"holderIdentity": "somebody-else"}})

    assert leader.exit_code(within=15) == 3
    assert leader.said("lease is lost")
    assert standby.ready


def holder(user: User) -> str | None:
    leases = user.objects("leases")
    return next((lease["spec"].get("holderIdentity") for lease in leases if lease["metadata"]["name"] == LEASE), None)


def callers(sagemaker: Emulator) -> list[str]:
    """Who called, in the order of the calls, each turn once: of two leaders there would be three turns or more."""
    turns: list[str] = []
    for entry in sagemaker.journal.entries():
        caller = next(name for name in ("first", "second") if f" {name} " in entry.caller)
        if turns[-1:] != [caller]:
            turns.append(caller)
    return turns
