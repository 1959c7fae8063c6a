"""What a line of the log holds, and what never stands in one."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from sagemaker_operator.observe import logs

LIBRARIES = (
    "kopf",
    "kopf.objects",
    "kopf.activities",
    "aiohttp",
    "asyncio",
    "botocore",
    "boto3",
    "urllib3",
    "kubernetes",
)


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in LIBRARIES}
    yield
    logging.captureWarnings(capture=False)
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)


class Log:
    """A configured log and what was written to it."""

    def __init__(self, **options: Any) -> None:
        self._stream = io.StringIO()
        logs.configure(stream=self._stream, **options)

    def lines(self) -> list[str]:
        return self._stream.getvalue().splitlines()

    def line(self) -> dict[str, Any]:
        (line,) = self.lines()
        return dict(json.loads(line))


def test_a_line_has_time_level_logger_and_message() -> None:
    log = Log()
    logging.getLogger("sagemaker_operator.kube").info("Wrote %s", "status")

    line = log.line()
    assert list(line) == ["ts", "level", "logger", "msg"]
    assert (line["level"], line["logger"], line["msg"]) == ("info", "sagemaker_operator.kube", "Wrote status")
    assert line["ts"].endswith("Z")


def test_a_line_about_an_object_names_it() -> None:
    log = Log()
    about = logs.bound(logging.getLogger("x"), kind="Endpoint", namespace="ml", name="digits", uid=None)
    about.warning("AWS said no", extra={"generation": 3, "error": "denied"})

    line = log.line()
    assert {key: line[key] for key in ("kind", "namespace", "name", "generation", "error")} == {
        "kind": "Endpoint",
        "namespace": "ml",
        "name": "digits",
        "generation": 3,
        "error": "denied",
    }
    assert "uid" not in line


def test_an_exception_is_one_line_with_a_short_error() -> None:
    log = Log()
    try:
        int("no\nroom")
    except ValueError:
        logging.getLogger("x").exception("A pass failed")

    line = log.line()
    assert line["error"].startswith("ValueError: invalid literal")
    assert "Traceback" in line["stack"]


@pytest.mark.parametrize("format_", ["json", "text"])
@pytest.mark.parametrize(
    "told",
    [
        "headers {'Authorization': 'Bearer s3cr3t.t0ken-value'}",
        "Authorization: Basic s3cr3tt0kenvalue==",
        "x-amz-security-token=s3cr3t.t0ken-value",
        '{"token": "s3cr3t.t0ken-value"}',
        "password: s3cr3tpassword",
    ],
)
def test_credentials_are_struck_out_whoever_logs_them(format_: str, told: str) -> None:
    log = Log(format=format_)
    logging.getLogger("aiohttp.client").error("Request failed: %s", told, extra={"error": told})

    (line,) = log.lines()
    assert "s3cr3t" not in line
    assert "[redacted]" in line


def test_ordinary_words_stay() -> None:
    assert logs.redacted("the token is expired; basic checks passed, bearer of news") == (
        "the token is expired; basic checks passed, bearer of news"
    )


def test_text_is_one_line_for_people_and_cannot_be_forged() -> None:
    log = Log(format="text")
    logs.bound(logging.getLogger("x"), kind="Endpoint").info("done\n2026 error forged")

    (line,) = log.lines()
    assert line.endswith("info    done\\n2026 error forged kind=Endpoint")


def test_libraries_speak_up_only_when_something_is_wrong() -> None:
    log = Log()
    for name in ("kopf.objects", "kopf._core.reactor.running", "botocore.hooks", "urllib3.connectionpool"):
        logging.getLogger(name).info("chatter")
        logging.getLogger(name).warning("trouble")

    assert [json.loads(line)["msg"] for line in log.lines()] == ["trouble"] * 4


def test_kopf_s_references_to_objects_are_left_out() -> None:
    log = Log()
    logging.getLogger("kopf.objects").error(
        "Oops", extra={"k8s_ref": {"uid": "u"}, "k8s_skip": False, "settings": None}
    )

    assert set(log.line()) == {"ts", "level", "logger", "msg"}


def test_debug_does_not_make_botocore_tell_its_requests() -> None:
    log = Log(level="debug")
    logging.getLogger("botocore.endpoint").debug("Sending http request with headers …")
    logging.getLogger("sagemaker_operator").debug("detail")

    assert log.line()["msg"] == "detail"


@pytest.mark.parametrize("options", [{"level": "loud"}, {"format": "xml"}])
def test_an_unknown_level_or_format_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="No such log level or format"):
        logs.configure(**options)
