"""What one container may use of this machine.

Control groups are not used: an ordinary user has them only where systemd or an administrator has delegated some, and what they
would do is done here in the same way on every Linux. The price is exactness: what is looked at now and then may be exceeded for
a moment.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Upper bounds for everything that one container starts, taken together unless said otherwise; None: no bound.

    How they are kept, which decides how exact they are:

    cpus        the processor cores that the programs may be scheduled on, rounded up; they see that number as theirs (Linux)
    memory      bytes of memory that belong to the programs and not to files, shared memory included, looked at several times a
                second: above it everything is killed, as on SageMaker, and `Container.cause` says "memory". A process that asks
                for more than twice as much and a GiB is refused by the kernel. (Linux)
    processes   looked at together with memory: "processes". Where the container has its own user, the kernel refuses more than
                twice as many. (Linux)
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
