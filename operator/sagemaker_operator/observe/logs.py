"""How the log looks: one line per event on stderr, as JSON for machines or as text for people.

Every line has ``ts``, ``level``, ``logger`` and ``msg``; about an object also ``kind``, ``namespace``, ``name`` and the like.
What looks like a credential is struck out, whoever wrote it.
"""

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from datetime import UTC, datetime
from typing import Any, TextIO

from pythonjsonlogger.core import RESERVED_ATTRS
from pythonjsonlogger.json import JsonFormatter

FORMATS = ("json", "text")
# Libraries tell every request, retry and re-connection at the levels that we use for what people should know.
_QUIET = {
    "kopf": logging.WARNING,
    # Every attempt of every watch, with the whole request; what the watches come to is told by who started them.
    "kopf._cogs.clients": logging.CRITICAL,
    "aiohttp": logging.WARNING,
    "asyncio": logging.WARNING,
    "botocore": logging.WARNING,
    "boto3": logging.WARNING,
    "urllib3": logging.WARNING,
    "kubernetes": logging.WARNING,
}
# kopf logs every single event that it handed over as an outcome of a handler.
_ALWAYS_QUIET = ("kopf.objects", "kopf.activities")
_KOPF_EXTRAS = ("k8s_ref", "k8s_skip", "settings")
_NOT_ATTRIBUTES = frozenset({*RESERVED_ATTRS, *_KOPF_EXTRAS, "message", "asctime", "taskName"})
_SECRETS = re.compile(
    r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{8,}"
    r"|(authorization|x-amz-security-token|aws_secret_access_key|aws_session_token|password|token)(['\"]?\s*[:=]\s*['\"]?)"
    r"(?!bearer|basic)[^\s'\",}]{8,}"
)


def configure(*, level: str = "info", format: str = "json", stream: TextIO | None = None) -> None:  # noqa: A002
    """Makes the root logger write to stderr, and nothing else; libraries may speak from WARNING on, or at level debug freely.

    Args:
        level: debug, info, warning or error.
        format: json or text.
        stream: where to write instead of stderr.

    Raises:
        ValueError: there is no such level or format.
    """
    number = logging.getLevelNamesMapping().get(level.upper())
    if number is None or format not in FORMATS:
        raise ValueError(f"No such log level or format: {level!r}, {format!r}; formats are {' and '.join(FORMATS)}")
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JSON() if format == "json" else Text())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(number)
    logging.captureWarnings(capture=True)
    for name, quiet in _QUIET.items():
        # botocore and urllib3 tell headers and bodies at DEBUG, so they stay quiet whatever is asked for.
        debug = number <= logging.DEBUG and name in ("kopf", "asyncio", "aiohttp")
        logging.getLogger(name).setLevel(logging.DEBUG if debug else quiet)
    for name in _ALWAYS_QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def redacted(text: str) -> str:
    """The text without what looks like a credential."""
    return _SECRETS.sub(lambda found: f"{found[1] or found[2]}{found[3] or ' '}[redacted]", text)


class JSON(JsonFormatter):
    """One JSON object per line."""

    def __init__(self) -> None:
        super().__init__(reserved_attrs=[*RESERVED_ATTRS, *_KOPF_EXTRAS, "taskName"], json_ensure_ascii=False)

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        """Puts the fields in the order in which they are read; an exception's lines become one field."""
        about = {("name" if key == "object" else key): value for key, value in log_data.items()}
        return {key: redacted(value) if isinstance(value, str) else value for key, value in about.items()}

    def add_fields(self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]) -> None:
        """The head of a line, then what is told beside the message."""
        log_data["ts"] = _time(record)
        log_data["level"] = record.levelname.lower()
        log_data["logger"] = record.name
        log_data["msg"] = record.message
        log_data.update(_attributes(record))
        if record.exc_info and record.exc_info[1]:
            log_data.setdefault("error", _in_short(record.exc_info[1]))
        if stack := message_dict.get("exc_info"):
            log_data["stack"] = stack


class Text(logging.Formatter):
    """One line for people; an exception's traceback follows."""

    def format(self, record: logging.LogRecord) -> str:
        """``12:00:00 warning msg key=value …``."""
        about = {("name" if key == "object" else key): value for key, value in _attributes(record).items()}
        fields = "".join(f" {key}={_quoted(value)}" for key, value in about.items())
        line = f"{_time(record)} {record.levelname.lower():7} {record.getMessage()}{fields}".replace("\n", "\\n")
        if record.exc_info:
            line = f"{line}\n{self.formatException(record.exc_info)}"
        return redacted(line)


class Bound(logging.LoggerAdapter[logging.Logger]):
    """A logger that tells the same about every line; what a line tells itself comes on top."""

    def process(self, msg: Any, kwargs: MutableMapping[str, Any]) -> tuple[Any, MutableMapping[str, Any]]:
        """Merges both."""
        return msg, {**kwargs, "extra": {**(self.extra or {}), **(kwargs.get("extra") or {})}}


def bound(logger: logging.Logger, **about: object) -> Bound:
    """A logger about one object: ``bound(log, kind="Endpoint", namespace="ml", name="digits")``."""
    return Bound(
        logger, {("object" if key == "name" else key): value for key, value in about.items() if value is not None}
    )


def _attributes(record: logging.LogRecord) -> Mapping[str, Any]:
    return {key: value for key, value in vars(record).items() if key not in _NOT_ATTRIBUTES and not key.startswith("_")}


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _in_short(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"


def _quoted(value: object) -> str:
    text = str(value)
    return f'"{text}"' if " " in text or not text else text
