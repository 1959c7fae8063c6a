"""Faults, rates, latency and the journal of the emulator, as a boto3 client meets them."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError
from tests.emulator.asking import arn, refused, training_job

from sagemaker_local.emulator import Emulator


def create(client: Any, name: str = "digits", **members: Any) -> None:
    client.create_training_job(**training_job(name, **members))


def test_throttling_says_rate_exceeded_and_nothing_is_done(sagemaker: Emulator, client: Any) -> None:
    sagemaker.faults.throttle("CreateTrainingJob", times=2)

    assert refused(create, client=client) == ("ThrottlingException", "Rate exceeded")
    assert refused(create, client=client)[0] == "ThrottlingException"
    create(client)

    assert sagemaker.journal.count("CreateTrainingJob", outcome="ThrottlingException") == 2
    assert sagemaker.journal.committed("CreateTrainingJob") == 1


def test_an_internal_failure_is_http_500(sagemaker: Emulator, client: Any) -> None:
    sagemaker.faults.error("Create.*")

    with pytest.raises(ClientError) as caught:
        create(client)

    assert caught.value.response["Error"]["Code"] == "InternalFailure"
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 500
    assert sagemaker.resources("TrainingJob") == []


def test_a_denial_names_the_action_and_the_resource(sagemaker: Emulator, client: Any) -> None:
    sagemaker.faults.deny("CreateTrainingJob")

    code, text = refused(create, client=client)

    assert code == "AccessDeniedException"
    assert (
        "is not authorized to perform: sagemaker:CreateTrainingJob on resource: " + arn("training-job/digits") in text
    )
    assert text.endswith("because no identity-based policy allows the sagemaker:CreateTrainingJob action")


def test_denied_tagging_denies_creation_with_tags_only(sagemaker: Emulator, client: Any) -> None:
    sagemaker.faults.deny("AddTags")

    _, text = refused(create, client=client, Tags=[{"Key": "k", "Value": "v"}])
    create(client)

    assert "sagemaker:AddTags" in text


def test_an_expired_token_is_refused(sagemaker: Emulator, client: Any) -> None:
    sagemaker.faults.expire(".*", times=1)

    assert refused(client.list_models)[0] == "ExpiredTokenException"


def test_a_lost_reply_belongs_to_a_job_that_runs(sagemaker: Emulator, client: Any) -> None:
    sagemaker.faults.lose_reply("CreateTrainingJob", times=1)

    with pytest.raises(ConnectionClosedError):
        create(client)

    assert sagemaker.resources("TrainingJob") == ["digits"]
    assert sagemaker.journal.count("CreateTrainingJob", outcome="lost") == 1
    assert sagemaker.journal.committed("CreateTrainingJob") == 1


def test_a_refusal_can_get_lost_as_well(sagemaker: Emulator, client: Any) -> None:
    create(client)
    sagemaker.faults.lose_reply("CreateTrainingJob", times=1)

    with pytest.raises(ConnectionClosedError):
        create(client)

    assert sagemaker.journal.count("CreateTrainingJob", outcome="lost") == 1
    assert sagemaker.journal.committed("CreateTrainingJob") == 1


def test_many_threads_create_each_name_once(sagemaker: Emulator, client: Any) -> None:
    def try_all(_: int) -> int:
        made = 0
        for number in range(20):
            with suppress(ClientError):
                create(client, f"job-{number}")
                made += 1
        return made

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(try_all, range(8)))

    assert sum(made) == sagemaker.journal.committed("CreateTrainingJob") == 20
    assert sagemaker.journal.count("CreateTrainingJob", outcome="ResourceInUse") == 140


def test_a_cut_connection_leaves_nothing_behind(sagemaker: Emulator, client: Any) -> None:
    sagemaker.faults.cut("CreateTrainingJob", times=1)

    with pytest.raises(ConnectionClosedError):
        create(client)

    assert sagemaker.resources("TrainingJob") == []
    assert sagemaker.journal.count("CreateTrainingJob", outcome="cut") == 1
    assert sagemaker.journal.committed("CreateTrainingJob") == 0


def test_a_hanging_request_ends_with_the_clients_patience(sagemaker: Emulator) -> None:
    sagemaker.faults.hang("ListModels", seconds=30)
    made = sagemaker.client()
    patience = made.meta.config.merge(Config(read_timeout=0.2))
    impatient = boto3.client(
        "sagemaker", endpoint_url=sagemaker.url, region_name="us-east-1", aws_access_key_id="123456789012",
        aws_secret_access_key="x", config=patience,
    )  # fmt: skip

    with pytest.raises(ReadTimeoutError):
        impatient.list_models()

    impatient.close()
    made.close()
    assert sagemaker.journal.count("ListModels", outcome="hung") == 1


def test_probabilities_are_repeatable_with_a_seed() -> None:
    def codes(seed: int) -> list[bool]:
        with Emulator.start(virtual=True, seed=seed) as sagemaker:
            client = sagemaker.client()
            sagemaker.faults.throttle("ListModels", probability=0.5)
            outcomes = []
            for _ in range(20):
                try:
                    client.list_models()
                    outcomes.append(True)
                except ClientError:
                    outcomes.append(False)
            client.close()
            return outcomes

    first = codes(7)
    assert first == codes(7)
    assert True in first
    assert False in first


def test_a_typo_is_refused_with_what_may_have_been_meant(sagemaker: Emulator) -> None:
    with pytest.raises(ValueError, match="did you mean CreateTrainingJob"):
        sagemaker.faults.throttle("CreateTraningJob")
    with pytest.raises(ValueError, match="not a regular expression"):
        sagemaker.faults.cut("Create(")
    with pytest.raises(ValueError, match="between 0 and 1"):
        sagemaker.faults.cut("CreateModel", probability=5)
    with pytest.raises(ValueError, match="times must be 1 or more"):
        sagemaker.faults.cut("CreateModel", times=0)


def test_cleared_faults_are_gone(sagemaker: Emulator, client: Any) -> None:
    sagemaker.faults.throttle(".*")
    sagemaker.faults.clear()

    create(client)


def test_rates_are_counted_per_account_and_refill_with_time(sagemaker: Emulator, client: Any) -> None:
    other = sagemaker.client(account="222222222222")
    sagemaker.rates.use_known()

    for _ in range(2):
        client.list_training_jobs()
        other.list_training_jobs()
    assert refused(client.list_training_jobs) == ("ThrottlingException", "Rate exceeded")
    client.list_models()

    sagemaker.clock.advance(0.5)
    client.list_training_jobs()
    other.close()


def test_latency_delays_answers(sagemaker: Emulator, client: Any) -> None:
    client.list_models()
    sagemaker.latency = 0.2

    began = time.monotonic()
    client.list_models()

    assert time.monotonic() - began >= 0.2


def test_the_journal_tells_who_asked_what_and_how_it_ended(sagemaker: Emulator, client: Any) -> None:
    create(client)
    refused(create, client=client)

    done, refusal = sagemaker.journal.entries("CreateTrainingJob")

    assert (done.account, done.region, done.outcome, done.committed) == ("123456789012", "us-east-1", "ok", True)
    assert done.parameters["TrainingJobName"] == "digits"
    assert done.caller.startswith("Boto3/")
    assert done.time == sagemaker.clock.now()
    assert (refusal.outcome, refusal.committed) == ("ResourceInUse", False)
    assert sagemaker.journal.entries(outcome="ok") == [done]
    assert sagemaker.journal.count() == 2
    sagemaker.journal.clear()
    assert sagemaker.journal.count() == 0


def test_the_journal_keeps_what_was_asked_and_not_what_became_of_it(sagemaker: Emulator, client: Any) -> None:
    create(client)

    assert "EnableNetworkIsolation" not in sagemaker.journal.entries("CreateTrainingJob")[0].parameters


def test_reset_forgets_everything(sagemaker: Emulator, client: Any) -> None:
    create(client)
    sagemaker.faults.throttle(".*")
    sagemaker.quotas.set("ml.m5.large for training job usage", 0)
    sagemaker.roles.refuse(".")

    sagemaker.reset()

    assert sagemaker.journal.count() == 0
    assert sagemaker.resources("TrainingJob") == []
    create(client)
    sagemaker.clock.advance(344)
    assert client.describe_training_job(TrainingJobName="digits")["TrainingJobStatus"] == "Completed"


def test_a_region_can_be_without_an_operation(sagemaker: Emulator, client: Any) -> None:
    sagemaker.faults.lack("DeleteTrainingJob")
    create(client)
    sagemaker.clock.advance(400)

    code, words = refused(client.delete_training_job, TrainingJobName="digits")

    assert code == "UnknownOperationException"
    assert "not supported in the called region" in words
    assert len(sagemaker.resources("TrainingJob")) == 1
