"""The named pipes of Pipe mode, and what keeps them filled.

For each epoch there is a pipe `<channel>_<epoch>`, from 0 on; what is read from it ends where the data ends, and the next one is
there before the one before it is closed
(https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-running-container.html). Who never reads, or
stops in the middle, holds up nobody but the thread here, which ends with the job.
"""

import errno
import os
import select
import stat
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from sagemaker_local.runner.contract.reasons import JobFailed

_LOOK_SECONDS: Final = 0.05
_PIECE: Final = 1 << 16


class Feeder:
    """Fills the pipes of one channel on one instance until it is stopped.

    Attributes:
        failure: why it gave up; None if it did not.

    Args:
        path: of the pipes, without the number of the epoch.
        bodies: the data of an epoch, in pieces; may raise JobFailed.
    """

    def __init__(self, path: Path, bodies: Callable[[int], Iterator[bytes]]) -> None:
        self._path, self._bodies = path, bodies
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"pipe {path.name}", daemon=True)
        self.failure: str | None = None

    def start(self) -> None:
        """Make the first pipe, and fill it from now on. Raises OSError."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        os.mkfifo(self._pipe(0), 0o666)
        self._thread.start()

    def stop(self) -> None:
        """End, whether anybody reads or not."""
        self._stopped.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        epoch = 0
        try:
            while not self._stopped.is_set():
                end = self._opened(epoch)
                if end is None:
                    return
                try:
                    self._fill(end, epoch)
                    os.mkfifo(self._pipe(epoch + 1), 0o666)
                finally:
                    os.close(end)
                epoch += 1
        except JobFailed as failed:
            self.failure = str(failed)
        except OSError as trouble:
            self.failure = f"ClientError: Data download failed:{trouble.strerror}"

    def _opened(self, epoch: int) -> int | None:
        """The pipe, once somebody has opened it to read; None when stopped."""
        while not self._stopped.is_set():
            try:
                return _end(self._pipe(epoch))
            except OSError as trouble:
                if trouble.errno == errno.ENOENT:  # the program removed it, and so wants no more
                    return None
                if trouble.errno != errno.ENXIO:
                    raise
            self._stopped.wait(_LOOK_SECONDS)
        return None

    def _fill(self, end: int, epoch: int) -> None:
        poll = select.poll()
        poll.register(end, select.POLLOUT)
        for body in self._bodies(epoch):
            view = memoryview(body)
            while view:
                if self._stopped.is_set():
                    return
                if not poll.poll(1000 * _LOOK_SECONDS):
                    continue
                try:
                    view = view[os.write(end, view[:_PIECE]) :]
                except BlockingIOError:
                    continue
                except BrokenPipeError:  # the reader has had enough of this epoch
                    return

    def _pipe(self, epoch: int) -> Path:
        return self._path.with_name(f"{self._path.name}_{epoch}")


def _end(pipe: Path) -> int:
    """The writing end of a pipe. What the program may have put in its place is not written to: OSError."""
    end = os.open(pipe, os.O_WRONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
    if not stat.S_ISFIFO(os.fstat(end).st_mode):
        os.close(end)
        raise OSError(errno.EINVAL, f"{pipe.name} is no pipe")
    return end
