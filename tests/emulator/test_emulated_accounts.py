"""Accounts: roles that are assumed, trust policies and the age of credentials."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from tests.emulator.asking import refused, training_job

from sagemaker_local.emulator import Emulator
from sagemaker_local.emulator.accounts import trusts

ROLE = "arn:aws:iam::222222222222:role/trainer"


def statement(**members: Any) -> dict[str, Any]:
    trusted = {"AWS": "arn:aws:iam::123456789012:root"}
    return {"Effect": "Allow", "Principal": trusted, "Action": "sts:AssumeRole", **members}


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


@pytest.fixture
def sts(sagemaker: Emulator) -> Iterator[Any]:
    made = sagemaker.client("sts")
    yield made
    made.close()


def with_role(sagemaker: Emulator, document: str) -> None:
    iam = sagemaker.client("iam", account="222222222222")
    iam.create_role(RoleName="trainer", AssumeRolePolicyDocument=document)
    iam.close()
    sagemaker.accounts.strict = True


def assume(sts: Any, **members: Any) -> dict[str, str]:
    credentials: dict[str, str] = sts.assume_role(RoleArn=ROLE, RoleSessionName="session", **members)["Credentials"]
    return credentials


def session(sagemaker: Emulator, credentials: dict[str, str]) -> Any:
    return boto3.client(
        "sagemaker",
        endpoint_url=sagemaker.url,
        region_name="us-east-1",
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
    )


def test_whoever_assumes_a_role_works_in_its_account(sagemaker: Emulator, sts: Any, client: Any) -> None:
    other = session(sagemaker, assume(sts))

    arn = other.create_training_job(**training_job())["TrainingJobArn"]

    assert arn == "arn:aws:sagemaker:us-east-1:222222222222:training-job/digits"
    assert client.list_training_jobs()["TrainingJobSummaries"] == []
    other.close()


def test_a_role_that_trusts_the_account_can_be_assumed(sagemaker: Emulator, sts: Any) -> None:
    with_role(sagemaker, policy(statement()))

    assert assume(sts)["AccessKeyId"]


def test_a_role_that_does_not_exist_or_trusts_another_account_cannot(sagemaker: Emulator, sts: Any) -> None:
    sagemaker.accounts.strict = True
    denied = (
        "AccessDenied",
        f"User: arn:aws:iam::123456789012:root is not authorized to perform: sts:AssumeRole on resource: {ROLE}",
    )
    assert refused(assume, sts=sts) == denied

    with_role(sagemaker, policy(statement(Principal={"AWS": "333333333333"})))
    assert refused(assume, sts=sts) == denied


def test_a_role_with_an_external_id_wants_that_one(sagemaker: Emulator, sts: Any) -> None:
    with_role(sagemaker, policy(statement(Condition={"StringEquals": {"sts:ExternalId": "abc"}})))

    assert refused(assume, sts=sts)[0] == "AccessDenied"
    assert refused(assume, sts=sts, ExternalId="abd")[0] == "AccessDenied"
    assert assume(sts, ExternalId="abc")["AccessKeyId"]


def test_credentials_expire_by_the_emulators_clock(sagemaker: Emulator, sts: Any) -> None:
    with_role(sagemaker, policy(statement()))
    other = session(sagemaker, assume(sts, DurationSeconds=900))
    sagemaker.clock.advance(899)
    other.list_models()

    sagemaker.clock.advance(1)

    assert refused(other.list_models)[0] == "ExpiredTokenException"
    assert assume(sts)["AccessKeyId"]
    other.close()


@pytest.mark.parametrize(
    ("statements", "trusted"),
    [
        ([statement()], True),
        ([statement(Principal="*")], True),
        ([statement(Principal={"AWS": ["arn:aws:iam::123456789012:role/x"]}, Action=["sts:*"])], True),
        ([statement(Principal={"Service": "sagemaker.amazonaws.com"})], False),
        ([statement(Action="sts:TagSession")], False),
        ([statement(), statement(Effect="Deny")], False),
        ([statement(Condition={"StringLike": {"sts:ExternalId": "e-*"}})], True),
        ([statement(Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}})], False),
        ([], False),
    ],
)
def test_trust_is_read_from_the_policy(statements: list[dict[str, Any]], trusted: bool) -> None:
    assert trusts(policy(*statements), account="123456789012", external_id="e-1") is trusted


@pytest.mark.parametrize("text", ["{", "[]", '{"Statement": ["Allow", 1, null]}', '{"Statement": "Allow"}'])
def test_a_policy_that_is_none_trusts_nobody(text: str) -> None:
    assert not trusts(text, account="123456789012", external_id=None)
