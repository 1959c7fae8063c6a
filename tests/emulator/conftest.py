"""What the emulator of each test starts with, and requests that are valid and show only what matters."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.emulator.listening import Listening

from sagemaker_local.emulator import Emulator
from sagemaker_local.pytest_plugin import Settings


@pytest.fixture
def sagemaker_settings() -> Settings:
    """Most tests here are about other things than whether S3 has their input."""
    return {"check_s3": False}


@pytest.fixture
def client(sagemaker: Emulator) -> Iterator[Any]:
    """A boto3 client of it that asks once."""
    made = sagemaker.client()
    yield made
    made.close()


@pytest.fixture
def account_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Credentials of the emulator's default account, and none from the machine."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "123456789012")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "emulated")
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SAGEMAKER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture
def listening(sagemaker: Emulator) -> Iterator[Listening]:
    events, sqs = sagemaker.client("events"), sagemaker.client("sqs")
    url = sqs.create_queue(QueueName="news")["QueueUrl"]
    yield Listening(events, sqs, url, "arn:aws:sqs:us-east-1:123456789012:news")
    events.close()
    sqs.close()
