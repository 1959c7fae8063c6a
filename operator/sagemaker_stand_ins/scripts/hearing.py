"""What a script says to stderr goes on to the log as it comes, and its end is kept for the reason of a failure."""

import os
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

_LINES: Final = 40
_FITS: Final = 700  # DescribeTrainingJob shows 1024 characters, of which the command takes some
_PATIENCE: Final = 2.0
_TRACE: Final = "Traceback (most recent call last):"


@contextmanager
def heard(descriptor: int) -> Iterator[tuple[int, deque[str]]]:
    """A descriptor to write to instead of the given one, and the last lines that were written.

    On leaving, what was written is all there, unless something that the script has left behind holds the descriptor open.
    """
    reading, writing = os.pipe()
    last: deque[str] = deque(maxlen=_LINES)
    thread = threading.Thread(target=_pass_on, args=(reading, descriptor, last), daemon=True)
    thread.start()
    try:
        yield writing, last
    finally:
        os.close(writing)
        thread.join(_PATIENCE)


def told(last: Sequence[str]) -> str:
    """The end of what was said, from the last traceback on if there is one, as much as is shown of it."""
    lines = list(last)
    begin = max((number for number, line in enumerate(lines) if line.startswith(_TRACE)), default=0)
    lines = lines[begin:]
    while len(lines) > 1 and sum(len(line) + 1 for line in lines) > _FITS:
        # The first line of a traceback says what it is, and what failed is at its end.
        del lines[1 if lines[0].startswith(_TRACE) and len(lines) > 2 else 0]
    return "\n".join(lines)


def _pass_on(reading: int, descriptor: int, last: deque[str]) -> None:
    with os.fdopen(reading, "rb") as lines:
        for line in lines:
            os.write(descriptor, line)
            last.append(line.decode(errors="replace").rstrip())
