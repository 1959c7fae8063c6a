"""Cuts what a program writes into lines of bounded length."""

import codecs
from collections.abc import Callable

# As Docker's json-file driver does; an event of CloudWatch Logs may be longer.
LONGEST = 16 * 1024


class Lines:
    """Takes bytes as they come and gives lines away; holds at most one piece of a line.

    A line longer than `LONGEST` characters becomes several. What is not UTF-8 is replaced. A carriage return before the end of
    a line is dropped. What fails in `write` does not stop the program: the rest of its output is dropped.
    """

    def __init__(self, write: Callable[[str], None]) -> None:
        """Gives every line, without its end, to `write`."""
        self._write = write
        self._decode = codecs.getincrementaldecoder("utf-8")(errors="replace").decode
        self._piece = ""

    def feed(self, data: bytes) -> None:
        """Some more bytes."""
        *lines, self._piece = (self._piece + self._decode(data)).split("\n")
        for line in lines:
            self._give(line)
        while len(self._piece) > LONGEST:
            self._write(self._piece[:LONGEST])
            self._piece = self._piece[LONGEST:]

    def end(self) -> None:
        """No more bytes: the last line may lack its end."""
        self.feed(self._decode(b"", final=True).encode())
        if self._piece:
            self._give(self._piece)
        self._piece = ""

    def _give(self, line: str) -> None:
        line = line.removesuffix("\r")
        for start in range(0, max(1, len(line)), LONGEST):
            self._write(line[start : start + LONGEST])
