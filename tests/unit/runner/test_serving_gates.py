"""Where the courses of endpoints and components wait for servers."""

from itertools import pairwise

import pytest

from sagemaker_local.emulator.families.hosting.components import COPIES
from sagemaker_local.emulator.families.hosting.components import CREATE as COMPONENT
from sagemaker_local.emulator.families.hosting.deployment import roll_out
from sagemaker_local.emulator.families.hosting.endpoints import CREATE, DELETE, MAINTAIN
from sagemaker_local.emulator.families.hosting.rollouts import ALL_AT_ONCE, Policy
from sagemaker_local.emulator.families.hosting.scaling import ROLL_BACK, SCALE
from sagemaker_local.emulator.timeline import Timeline
from sagemaker_local.runner.serving.gates import brisk, following, parted

ROLLING = roll_out(
    Policy(size={"Type": "INSTANCE_COUNT", "Value": 1}, rolling=True, interval=100),
    {"AllTraffic": 2},
    {"RollingUpdatePolicy": {}},
)


def names(timeline: Timeline) -> list[str]:
    return [step.detail or step.status or "" for step in timeline.steps]


@pytest.mark.parametrize("timeline", [CREATE, SCALE, COMPONENT, COPIES], ids=["create", "scale", "component", "copies"])
def test_a_creation_and_a_change_of_capacity_wait_after_they_have_begun(timeline: Timeline) -> None:
    leg, rest = parted(timeline)

    assert len(leg.steps) == 1
    assert rest is not None
    assert rest.steps[0].after == 0
    assert rest.failed == timeline.failed


@pytest.mark.parametrize("timeline", [DELETE, MAINTAIN, ROLL_BACK], ids=["delete", "maintain", "roll back"])
def test_what_cannot_fail_waits_for_nobody(timeline: Timeline) -> None:
    assert parted(timeline) == (timeline, None)


def test_an_update_waits_after_its_launch_and_then_goes_on_to_its_end() -> None:
    leg, rest = parted(roll_out(ALL_AT_ONCE, {}))
    assert rest is not None
    last, nothing = following(rest)

    assert names(leg) == ["Updating", "Launching"]
    assert names(last) == ["ActivatingTraffic", "Terminating", "InService"]
    assert nothing is None


def test_a_rolling_update_waits_after_each_batch() -> None:
    leg, rest = parted(ROLLING)
    assert rest is not None
    second, rest = following(rest)
    assert rest is not None
    third, nothing = following(rest)

    assert names(leg) == ["Updating", "Launching"]
    assert names(second)[0] == "ActivatingTraffic"
    assert names(second)[-1] == "Launching"
    assert names(third)[-1] == "InService"
    assert nothing is None


def test_stages_in_which_nothing_is_waited_for_are_short_and_baking_is_as_long_as_was_asked() -> None:
    steps = brisk(ROLLING).steps
    lasting = {step.detail: after.after - step.after for step, after in pairwise(steps)}

    assert lasting["ActivatingTraffic"] == 1.0
    assert lasting["Terminating"] == 1.0
    baking = next(step for step in steps if step.detail == "Baking")
    following_stage = next(step for step in steps if step.after > baking.after and step.detail)
    assert following_stage.after - baking.after == 100
