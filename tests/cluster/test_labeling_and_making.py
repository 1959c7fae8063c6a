"""Labeling, review, batch transform, tuning, Autopilot, compilation and what goes to the edge, as their examples have them."""

import pytest
from tests.builders import example
from tests.cluster.asked import asked
from tests.cluster.operating import Operator
from tests.cluster.user import User

from sagemaker_local.emulator import Emulator

pytestmark = pytest.mark.serves("HyperParameterTuningJob", "Workforce", "Workteam")


def test_an_edited_team_is_updated_in_place(user: User, operator: Operator, sagemaker: Emulator) -> None:
    user.apply(example("Workforce"), example("Workteam", workforceRef={"name": "digits"}))
    user.wait_for_all("Ready")

    user.edit("workteam/digits", description="People who read digits well")
    user.wait_until_settled("workteam/digits")

    assert [request["Description"] for request in asked(sagemaker, "UpdateWorkteam")] == ["People who read digits well"]


def test_a_second_workforce_is_a_conflict_of_names(user: User, operator: Operator, sagemaker: Emulator) -> None:
    user.apply(example("Workforce"))
    user.wait("workforce/digits", condition="Ready")
    second = example("Workforce", workforceName="another")

    user.apply({**second, "metadata": {"name": "second"}})
    user.wait("workforce/second", condition="Stalled")

    assert user.reason("workforce/second", "Stalled") == "NameConflict"
    assert "more than one workforce" in user.condition("workforce/second", "Stalled")["message"]


def test_a_deleted_tuning_job_is_stopped(user: User, operator: Operator, sagemaker: Emulator) -> None:
    sagemaker.scenarios.take("HyperParameterTuningJob", ".*", seconds=1e6)
    user.apply(example("HyperParameterTuningJob"))
    user.wait_to_see("hyperparametertuningjob/digits", hyperParameterTuningJobStatus="InProgress")

    user.delete("hyperparametertuningjob/digits")

    assert len(asked(sagemaker, "StopHyperParameterTuningJob")) == 1
    (kept,) = sagemaker.resources("HyperParameterTuningJob")
    assert len(kept) <= 32
