"""Why a job failed, as its status tells it: ``status.failure``.

It is there while the last that is known of a job is its failure: also between two attempts, and no longer once the next one is
seen. Not here: the class of a failure (`failure`), and who reads the log.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

from sagemaker_operator.errors import Answered, Denied, Limited
from sagemaker_operator.kinds.kind import Stage

from .denials import missing_permission
from .facts import Facts, Present
from .failure import Class, classify
from .readiness import cause
from .refusal import words
from .sources import redacted
from .steps import AskLog, Verb

# What a status can hold of a log without becoming a log.
MOST_LINES, LONGEST_LINE, _MOST_TEXT = 50, 512, 8192
_DEFAULT_LINES, _LONGEST_MESSAGE = 20, 4096
# A shorter part of a longer secret is as likely a word of the log.
_SHORTEST_SECRET = 8
_COLOURS = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
_HOST = re.compile(r"\balgo-\d+\b")


def failure(facts: Facts) -> dict[str, Any]:
    """What the status tells about the failure of a job; empty if it has not failed."""
    if facts.kind.run is None:
        return {}
    if facts.failed is not None and facts.failed.verb is Verb.CREATE and isinstance(facts.failure, Answered):
        return _of_create(facts.failure)
    if Verb.CREATE in facts.done:
        return {}
    if not isinstance(facts.observed, Present) or not facts.manageable:
        return dict(facts.resource.status.get("failure") or {})
    return _of_work(facts)


def unread_log(facts: Facts) -> AskLog | None:
    """What is still to be read of the log of a job that failed."""
    row = facts.kind.run
    if row is None or row.logs is None or facts.log is not None or facts.stage is not Stage.FAILED:
        return None
    lines, told = log_lines(facts), facts.resource.status.get("failure") or {}
    if (
        not lines
        or "logTail" in told
        or not isinstance(facts.observed, Present)
        or not facts.observed.complete
        or not facts.manageable
    ):
        return None
    name = str(facts.reply.get(facts.kind.family.identity) or facts.resource.known_name)
    host = _HOST.search(str(facts.cause or ""))
    return AskLog(row.logs.group, row.logs.streams.format(name=name), host[0] if host else "", lines)


def log_lines(facts: Facts) -> int:
    """How many lines of the log are wanted (``spec.runPolicy.logTailLines``)."""
    wanted = (facts.resource.spec.get("runPolicy") or {}).get("logTailLines", _DEFAULT_LINES)
    return max(0, min(int(wanted), MOST_LINES))


def tail(lines: Sequence[str], hidden: Iterable[str]) -> list[str]:
    """The last lines of a log as a status can hold them: no secrets, no colours, bounded; the earliest go first."""
    # A key is a secret of many lines, and the log may begin in the midst of it.
    secrets = {part for secret in hidden for part in (secret, *filter(_telling, secret.splitlines()))}
    kept: list[str] = []
    room = _MOST_TEXT
    written = redacted("\n".join(line.rstrip() for line in lines), secrets).split("\n") if lines else []
    for line in reversed(written[-MOST_LINES:]):
        text = _cut(_plain(line))
        room -= len(text.encode())
        if room < 0:
            break
        kept.append(text)
    return kept[::-1]


def _of_create(failure: Answered) -> dict[str, Any]:
    """What is told of a Create that was not allowed; what else AWS does not like stands in the conditions."""
    if not isinstance(failure, Denied | Limited):
        return {}
    meant = Class.ACCESS_DENIED if isinstance(failure, Denied) else Class.QUOTA
    return _told(str(meant), words(failure))


def _of_work(facts: Facts) -> dict[str, Any]:
    known = classify(facts.kind, facts.reply, facts.cause)
    if facts.stage is not Stage.FAILED and (known is None or facts.stage is not Stage.STOPPED):
        return {}
    _, message = cause(facts)
    told = _told(known, message)
    if facts.log is None:
        before = facts.resource.status.get("failure") or {}
        kept = ("logStream", "logTail") if log_lines(facts) else ()
        return told | {name: before[name] for name in kept if name in before}
    if facts.log.trouble:
        told["message"] = f"{message} (Its log could not be read: {facts.log.trouble})"
    if lines := tail(facts.log.lines, facts.hidden):
        told |= {"logStream": facts.log.stream, "logTail": lines}
    return told


def _told(known: str | None, message: str) -> dict[str, Any]:
    told: dict[str, Any] = {"class": known} if known else {}
    told["message"] = message[:_LONGEST_MESSAGE]
    missing = missing_permission(message)
    if missing is not None:
        named = ("action", "resource", "principal", "because")
        told["missingPermission"] = {name: value for name in named if (value := getattr(missing, name))}
    return told


def _plain(line: str) -> str:
    """A line without colours and other control characters; a tab is a blank."""
    text = _COLOURS.sub("", line).replace("\t", " ").rstrip()
    # A progress bar draws over itself: only what it drew last is to be seen.
    text = text.rsplit("\r", 1)[-1]
    return "".join(one for one in text if not unicodedata.category(one).startswith("C"))


def _telling(part: str) -> bool:
    return len(part) >= _SHORTEST_SECRET


def _cut(line: str) -> str:
    return line if len(line) <= LONGEST_LINE else f"{line[: LONGEST_LINE - 1]}…"
