"""S3 and STS beside the emulated SageMaker, on the same port."""

import io
import threading
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from tests.emulator.asking import ROLE, channel, model, refused, training_job

from sagemaker_local.emulator import Emulator


@pytest.fixture
def checking() -> Iterator[Emulator]:
    """An emulator that looks for training inputs in S3."""
    with Emulator.start(virtual=True) as emulator:
        yield emulator


@pytest.fixture
def s3(checking: Emulator) -> Iterator[Any]:
    made = checking.client("s3")
    yield made
    made.close()


@pytest.fixture
def training(checking: Emulator) -> Iterator[Any]:
    made = checking.client()
    yield made
    made.close()


JOB = training_job(InputDataConfig=[channel("s3://data/train/")])
NO_OBJECTS = (
    "ValidationException",
    (
        'No S3 objects found under S3 URL "s3://data/train/" given in input data source. Please ensure that the bucket exists in '
        "the selected region (us-east-1), that objects exist under that S3 prefix, and that the role "
        f'"{ROLE}" has "s3:ListBucket" permissions on bucket "data".'
    ),
)


def test_a_job_without_its_input_is_refused_in_sagemakers_words(training: Any, s3: Any) -> None:
    assert refused(training.create_training_job, **JOB) == NO_OBJECTS
    s3.create_bucket(Bucket="data")
    assert refused(training.create_training_job, **JOB) == NO_OBJECTS
    s3.put_object(Bucket="data", Key="test/part.csv", Body=b"1,2")
    assert refused(training.create_training_job, **JOB) == NO_OBJECTS


def test_a_job_with_its_input_is_created(training: Any, s3: Any) -> None:
    s3.create_bucket(Bucket="data")
    s3.put_object(Bucket="data", Key="train/part.csv", Body=b"1,2")

    training.create_training_job(**JOB)

    assert training.describe_training_job(TrainingJobName="digits")["TrainingJobStatus"] == "InProgress"


def test_the_input_may_be_in_another_accounts_bucket(checking: Emulator, training: Any) -> None:
    other = checking.client("s3", account="222222222222")
    other.create_bucket(Bucket="data")
    other.put_object(Bucket="data", Key="train/part.csv", Body=b"1,2")

    training.create_training_job(**JOB)

    other.close()


def test_large_objects_travel_in_parts(s3: Any) -> None:
    content = bytes(range(256)) * 80_000
    s3.create_bucket(Bucket="data")

    s3.upload_fileobj(io.BytesIO(content), "data", "large")

    assert s3.get_object(Bucket="data", Key="large")["Body"].read() == content
    assert s3.head_object(Bucket="data", Key="large")["ContentLength"] == len(content)


def test_s3_says_what_s3_says(s3: Any) -> None:
    assert refused(s3.get_object, Bucket="nothing", Key="x")[0] == "NoSuchBucket"
    s3.create_bucket(Bucket="data")
    assert refused(s3.get_object, Bucket="data", Key="x")[0] == "NoSuchKey"


def test_keys_with_spaces_and_signs_survive(s3: Any) -> None:
    s3.create_bucket(Bucket="data")

    s3.put_object(Bucket="data", Key="a b/c+d=é.csv", Body=b"1")

    assert [o["Key"] for o in s3.list_objects_v2(Bucket="data", Prefix="a b/")["Contents"]] == ["a b/c+d=é.csv"]


def test_credentials_of_an_assumed_role_work_in_its_account(checking: Emulator) -> None:
    sts = checking.client("sts")
    role = {"RoleArn": "arn:aws:iam::333333333333:role/team", "RoleSessionName": "test"}
    credentials = sts.assume_role(**role)["Credentials"]
    assumed = boto3.client(
        "sagemaker", endpoint_url=checking.url, region_name="us-east-1", aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"], aws_session_token=credentials["SessionToken"],
    )  # fmt: skip

    made = assumed.create_model(**model())

    assert made["ModelArn"] == "arn:aws:sagemaker:us-east-1:333333333333:model/digits"
    directly = checking.client(account="333333333333")
    assert [row["ModelName"] for row in directly.list_models()["Models"]] == ["digits"]
    for each in (sts, assumed, directly):
        each.close()


def test_the_caller_is_the_account_of_its_key(checking: Emulator) -> None:
    for account in ("123456789012", "222222222222"):
        sts = checking.client("sts", account=account)
        assert sts.get_caller_identity()["Account"] == account
        sts.close()


def test_buckets_do_not_outlive_their_emulator() -> None:
    for _ in range(2):
        with Emulator.start(virtual=True) as emulator:
            s3 = emulator.client("s3")
            assert s3.list_buckets()["Buckets"] == []
            s3.create_bucket(Bucket="data")
            s3.close()


def test_a_service_that_nobody_emulates_is_refused_and_not_retried(checking: Emulator) -> None:
    apprunner = checking.client("apprunner")

    code, text = refused(apprunner.list_services)

    apprunner.close()
    assert code == "NotEmulated"
    assert "moto" in text


def test_many_uploads_at_once(checking: Emulator, s3: Any) -> None:
    s3.create_bucket(Bucket="data")

    def upload(number: int) -> None:
        s3.put_object(Bucket="data", Key=f"train/{number}", Body=b"x" * 1000)

    threads = [threading.Thread(target=upload, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert s3.list_objects_v2(Bucket="data")["KeyCount"] == 16
