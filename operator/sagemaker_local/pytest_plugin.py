"""An emulated SageMaker for the tests of any project, as pytest fixtures.

    pytest_plugins = ["sagemaker_local.pytest_plugin"]  # in the conftest.py at the root of the tests

The plugin is asked for by this line and never loads by itself, so that projects that merely have the package installed
notice nothing of it; and it imports the emulator and boto3 when the first test wants them, not when pytest starts.
Not here: what can be done with the emulator in a test; see `sagemaker_local.emulator.Emulator`.
"""

import os
from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Final, TypedDict

import pytest

if TYPE_CHECKING:
    from sagemaker_local.emulator import Emulator
    from sagemaker_local.emulator.emulator import Execution
    from sagemaker_local.emulator.journal import Entry

__all__ = ["Settings", "sagemaker", "sagemaker_settings"]

REGION: Final = "us-east-1"
SHOWN: Final = 20
"""So many of a failed test's last requests are shown."""
_LEAD_ELSEWHERE: Final = (
    "AWS_ENDPOINT_URL_", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN", "AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_", "AWS_USE_FIPS_ENDPOINT",
    "AWS_USE_DUALSTACK_ENDPOINT",
)  # fmt: skip
"""How the names begin of what would send requests, or sign them, for another place."""
_RUNNING: Final = pytest.StashKey["tuple[Emulator, float]"]()


class Settings(TypedDict, total=False):
    """What a test's emulator starts with: arguments of `Emulator.start`, which says what they mean."""

    virtual: bool
    speed: float
    latency: float
    seed: int
    check_s3: bool
    profile: str
    execution: "Execution | None"


@pytest.fixture
def sagemaker_settings() -> Settings:
    """What the emulator starts with, on a virtual clock unless it says otherwise; override it in a conftest, module or class."""
    return {}


@pytest.fixture
def sagemaker(
    sagemaker_settings: Settings, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator["Emulator"]:
    """An empty SageMaker for this test alone, on a virtual clock: time stands still until `sagemaker.clock.advance(seconds)`.

    During the test the environment leads boto3, the AWS CLI and child processes to it, as account 123456789012 in us-east-1,
    with neither profiles nor credentials of this machine; S3 and other services are answered too. Clients that a module makes
    when it is imported are older than that, and lead to AWS.
    """
    from sagemaker_local.emulator import Emulator  # noqa: PLC0415 see the module's docstring

    settings: Settings = {"virtual": True, **sagemaker_settings}
    with Emulator.start(**settings) as emulator:
        _lead_to(emulator.url, monkeypatch)
        request.node.stash[_RUNNING] = (emulator, emulator.clock.now())
        yield emulator


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
    call: pytest.CallInfo[None],  # noqa: ARG001 pytest's signature
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show with a failed test what it asked SageMaker."""
    report = yield
    if report.failed and _RUNNING in item.stash:
        report.sections.append(("Requests to the emulated SageMaker", _story(*item.stash[_RUNNING])))
    return report


def _lead_to(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import boto3  # noqa: PLC0415 see the module's docstring

    from sagemaker_local.emulator.emulator import new_session  # noqa: PLC0415
    from sagemaker_local.emulator.mount import DEFAULT_ACCOUNT  # noqa: PLC0415

    for name in [name for name in os.environ if name.startswith(_LEAD_ELSEWHERE)]:
        monkeypatch.delenv(name)
    bypassed = os.environ.get("no_proxy") or os.environ.get("NO_PROXY")
    without_proxy = ",".join(filter(None, ["127.0.0.1", bypassed]))
    for name, value in {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": DEFAULT_ACCOUNT,
        "AWS_SECRET_ACCESS_KEY": "sagemaker-local",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_REGION": REGION,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "no_proxy": without_proxy,
        "NO_PROXY": without_proxy,
    }.items():
        monkeypatch.setenv(name, value)
    # The session that boto3.client uses keeps the credentials that it once found.
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", new_session())


def _story(emulator: "Emulator", start: float) -> str:
    entries = emulator.journal.entries()
    asked = [f"{entry.time - start:8g} s  {_line(entry)}" for entry in entries[-SHOWN:]]
    left_out = [f"{len(entries) - SHOWN} earlier ones, and then"] if len(entries) > SHOWN else []
    return "\n".join([*left_out, *asked, f"{emulator.clock.now() - start:8g} s  the end"])


def _line(entry: "Entry") -> str:
    named = (value for name, value in entry.parameters.items() if name.endswith(("Name", "Arn", "Id")))
    return f"{entry.operation} {next((str(value) for value in named), '')}".strip() + f": {entry.outcome}"
