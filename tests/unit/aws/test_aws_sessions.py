"""What the operator takes from AWS's own configuration, and how it speaks of times."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from botocore.exceptions import NoCredentialsError

from sagemaker_operator.aws.sessions import Sessions, _timestamp, default_region
from sagemaker_operator.errors import Denied


@pytest.fixture(autouse=True)
def configuration(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An AWS configuration file that is all there is."""
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    return tmp_path / "config"


def test_the_region_comes_from_the_profile(configuration: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    configuration.write_text("[profile team]\nregion = eu-west-1\n")
    monkeypatch.setenv("AWS_PROFILE", "team")

    assert default_region() == "eu-west-1"


def test_no_region_is_no_failure() -> None:
    assert default_region() is None


def test_a_profile_that_does_not_exist_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "team")

    with pytest.raises(Denied, match=r"profile \(team\) could not be found\. Check AWS_PROFILE"):
        default_region()


def test_credentials_that_are_missing_are_not_looked_for_again_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    sessions = Sessions(credentials_pause=3600)
    with pytest.raises(NoCredentialsError):
        sessions.client("eu-west-1")

    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")

    with pytest.raises(NoCredentialsError):
        sessions.client("eu-west-1")


def test_a_region_has_one_client(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    sessions = Sessions()

    assert sessions.client("eu-west-1") is sessions.client("eu-west-1")
    assert sessions.client("eu-west-1").meta.endpoint_url == "https://api.sagemaker.eu-west-1.amazonaws.com"
    assert sessions.client("cn-north-1").meta.endpoint_url == "https://api.sagemaker.cn-north-1.amazonaws.com.cn"


@pytest.mark.parametrize(
    "told", [1795253815.25, "1795253815.25", "2026-11-21T09:36:55.250Z", "2026-11-21T10:36:55.25+01:00"]
)
def test_times_are_in_utc_however_aws_writes_them(told: float | str) -> None:
    time = _timestamp(told)

    assert time == datetime(2026, 11, 21, 9, 36, 55, 250_000, UTC)
    assert time.utcoffset() is not None
    assert str(time).endswith("+00:00")


@pytest.mark.parametrize(
    ("url", "beside"),
    [
        ("http://localhost:4580", "http://localhost:4580"),
        (
            "https://vpce-1.api.sagemaker.eu-west-1.vpce.amazonaws.com",
            "https://application-autoscaling.eu-west-1.amazonaws.com",
        ),
    ],
    ids=["emulator", "VPC endpoint"],
)
def test_behind_an_address_of_aws_there_is_sagemaker_alone(
    monkeypatch: pytest.MonkeyPatch, url: str, beside: str
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    sessions = Sessions(endpoint_url=url)

    assert sessions.client("eu-west-1").meta.endpoint_url == url
    assert sessions.client("eu-west-1", "application-autoscaling").meta.endpoint_url == beside
