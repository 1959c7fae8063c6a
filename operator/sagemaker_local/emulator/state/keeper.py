"""Keeps an emulator's state in a directory while it runs: read at the start, written when something changed, and at the end."""

import contextlib
import logging
import threading
import time
from pathlib import Path
from typing import Final

from sagemaker_local.emulator.journal import Journal
from sagemaker_local.emulator.state import snapshot
from sagemaker_local.emulator.state.snapshot import Kept

EVERY: Final = 2.0
"""Seconds between two looks whether something changed."""
SHARE: Final = 0.05
"""Of the time, at most this is spent on writing."""
_log = logging.getLogger(__name__)


class Keeper:
    """Writes the state of one emulator to `state.zip` in a directory, from a thread of its own."""

    def __init__(self, kept: Kept, journal: Journal, directory: Path) -> None:
        self._kept = kept
        self._journal = journal
        self.file = directory / "state.zip"
        self._seen: object = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="state", daemon=True)

    def start(self) -> None:
        """Take up what the directory holds, if anything, and begin to write.

        Raises:
            OSError: the directory cannot be used.
            ValueError: what is in it is not a state that this version reads.
        """
        if self.file.exists():
            snapshot.restore(self._kept, self.file)
        else:
            self._save()  # says at once if the directory cannot be written
        self._thread.start()

    def stop(self) -> None:
        """Write for the last time. What cannot be written is told in the log."""
        if not self._stopping.is_set():
            self._stopping.set()
            self._thread.join()
            with contextlib.suppress(OSError):
                self._save()

    def _keep(self) -> None:
        wait = EVERY
        while not self._stopping.wait(wait):
            if self._changes() == self._seen:
                continue
            began = time.monotonic()
            try:
                self._save()
            except OSError as problem:
                _log.error("cannot write %s: %s", self.file, problem)
            wait = max(EVERY, (time.monotonic() - began) / SHARE)

    def _save(self) -> None:
        changes = self._changes()
        snapshot.save(self._kept, self.file)
        self._seen = changes

    def _changes(self) -> object:
        kept = self._kept
        return kept.service.machine.taken, self._journal.changes(), kept.moto.requests, kept.events.requests
