"""What one container may use of this machine."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Upper bounds for everything that one container starts, taken together unless said otherwise; None: no bound.

    How they are kept, which decides how exact they are:

    cpus        the processor cores that the programs may be scheduled on, rounded up; they see that number as theirs
    memory      resident memory in bytes, looked at several times a second: above it everything is killed, as on SageMaker, and
                `Container.cause` says "memory". A single process that asks for much more at once is refused by the kernel.
    processes   looked at together with memory, and kept by the kernel where the container has its own user namespace
    disk        bytes in the container's directories, looked at about twice a second: above it everything is killed ("disk")
    file_size   bytes of any one file, kept by the kernel
    open_files  of any one process, kept by the kernel
    niceness    how much the container yields to everything else on the machine, 0 to 19
    """

    cpus: float | None = None
    memory: int | None = None
    processes: int | None = 4096
    disk: int | None = None
    file_size: int | None = None
    open_files: int | None = None
    niceness: int = 5
