"""Answers that lag, answers of a later version, and profiles: what AWS does to clients that take too much for granted."""

import json
import urllib.request
from typing import Any

import pytest
from tests.emulator.asking import model, refused, training_job

from sagemaker_local.emulator import Emulator


def create(client: Any, name: str = "digits") -> None:
    client.create_training_job(**training_job(name))


def listed(client: Any) -> list[tuple[str, str]]:
    found = client.list_training_jobs()["TrainingJobSummaries"]
    return [(job["TrainingJobName"], job["TrainingJobStatus"]) for job in found]


def test_a_read_just_after_a_create_finds_nothing(sagemaker: Emulator, client: Any) -> None:
    sagemaker.lags.set(reads=3)
    create(client)

    assert refused(client.describe_training_job, TrainingJobName="digits") == (
        "ValidationException",
        "Requested resource not found.",
    )
    sagemaker.clock.advance(3)
    assert client.describe_training_job(TrainingJobName="digits")["TrainingJobStatus"] == "InProgress"


def test_the_name_is_taken_while_reads_lag(sagemaker: Emulator, client: Any) -> None:
    sagemaker.lags.set(reads=3)
    client.create_model(**model())

    assert refused(client.create_model, **model())[1].startswith("Cannot create already existing model")


def test_lists_show_new_jobs_and_new_statuses_late(sagemaker: Emulator, client: Any) -> None:
    sagemaker.lags.set(lists=20)
    create(client)
    assert listed(client) == []
    sagemaker.clock.advance(20)
    assert listed(client) == [("digits", "InProgress")]

    client.stop_training_job(TrainingJobName="digits")
    assert client.describe_training_job(TrainingJobName="digits")["TrainingJobStatus"] == "Stopping"
    assert listed(client) == [("digits", "InProgress")]
    sagemaker.clock.advance(20)
    assert listed(client) == [("digits", "Stopping")]


def test_nothing_lags_after_a_reset(sagemaker: Emulator, client: Any) -> None:
    sagemaker.lags.set(reads=100, lists=100)
    sagemaker.reset()
    create(client)

    assert listed(client) == [("digits", "InProgress")]


@pytest.mark.parametrize("seconds", [-1, float("nan"), float("inf")])
def test_a_lag_is_a_number_of_seconds(sagemaker: Emulator, seconds: float) -> None:
    with pytest.raises(ValueError, match="0 seconds or more"):
        sagemaker.lags.set(reads=seconds)


def test_an_answer_of_a_later_version_has_unknown_statuses_and_members(sagemaker: Emulator, client: Any) -> None:
    create(client)
    sagemaker.faults.surprise("DescribeTrainingJob", times=1)

    seen = client.describe_training_job(TrainingJobName="digits")

    assert seen["TrainingJobStatus"] == seen["SecondaryStatus"] == "ValueOfALaterVersion"
    assert seen["TrainingJobName"] == "digits"
    assert client.describe_training_job(TrainingJobName="digits")["TrainingJobStatus"] == "InProgress"


def test_a_surprising_list_is_still_a_list(sagemaker: Emulator, client: Any) -> None:
    create(client)
    sagemaker.faults.surprise("List.*")

    assert listed(client) == [("digits", "ValueOfALaterVersion")]


def test_an_unavailable_service_answers_503(sagemaker: Emulator, client: Any) -> None:
    sagemaker.faults.unavailable("CreateTrainingJob", times=1)

    assert refused(create, client=client)[0] == "ServiceUnavailable"
    create(client)


def test_a_fault_can_befall_one_account_only(sagemaker: Emulator, client: Any) -> None:
    sagemaker.faults.throttle("Create.*", account="222222222222")
    stranger = sagemaker.client(account="222222222222")

    create(client)

    assert refused(create, client=stranger)[0] == "ThrottlingException"
    stranger.close()
    with pytest.raises(ValueError, match="twelve digits"):
        sagemaker.faults.cut("Create.*", account="2")


def test_the_profile_of_aws_throttles_lists_as_aws_does() -> None:
    with Emulator.start(virtual=True, profile="aws") as emulator:
        client = emulator.client()
        listed(client)
        listed(client)
        assert refused(listed, client=client) == ("ThrottlingException", "Rate exceeded")
        emulator.clock.advance(0.5)
        listed(client)


def test_a_profile_with_a_typo_is_refused_with_those_there_are() -> None:
    with pytest.raises(ValueError, match="free, aws"):
        Emulator.start(profile="asw")


def test_lags_are_set_over_http(sagemaker: Emulator) -> None:
    url = f"{sagemaker.url}/_sagemaker-local/lags"
    urllib.request.urlopen(urllib.request.Request(url, json.dumps({"lists": 5}).encode())).close()

    with urllib.request.urlopen(url) as answer:
        assert json.load(answer) == {"reads": 0.0, "lists": 5}
