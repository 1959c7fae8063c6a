"""What a container may use of the machine, and what happens when it takes more."""

import signal

import pytest
from tests.runner.yard import MEBI, PATIENCE, Yard, python

from sagemaker_local.runner.sandbox import RELOCATED, Limits

HUNGRY = {
    "at once": "x = bytearray(400 << 20)",
    "by and by": "x = []\nwhile True: x.append(bytearray(1 << 20))",
    "in children": "import os\nfor _ in range(4):\n    if not os.fork():\n        x = bytearray(70 << 20)\n        break",
    "in shared memory": "for name in 'xy': open(f'/dev/shm/{name}', 'wb').write(bytes(130 << 20))",
}


@pytest.mark.parametrize("how", HUNGRY)
def test_more_memory_than_allowed_ends_it_with_a_cause(yard: Yard, degree: tuple[str, ...], how: str) -> None:
    if how == "in shared memory" and degree == RELOCATED:
        how = "at once"
    code = HUNGRY[how] + "\nimport signal; signal.pause()"

    container, _ = yard.start("", command=python(code), degree=degree, limits=Limits(memory=200 * MEBI))

    assert container.wait(PATIENCE) == -signal.SIGKILL
    assert container.cause == "memory"


def test_memory_that_forked_processes_share_counts_once(yard: Yard, degree: tuple[str, ...]) -> None:
    code = """
        import os, select
        x = bytearray(120 << 20)
        children = [os.fork() for _ in range(2)]
        select.select([], [], [], 0.5)  # longer than between two looks at what it uses
        if all(children):
            for _ in children: os.wait()
            print("shared")
    """

    container, written = yard.start("", command=python(code), degree=degree, limits=Limits(memory=250 * MEBI))

    assert (container.wait(PATIENCE), written.lines) == (0, ["shared"])


def test_a_fork_bomb_ends_with_a_cause(yard: Yard, degree: tuple[str, ...]) -> None:
    # Doubles until the seventh generation, so that a failing test does not take the machine with it.
    script = "bomb() { if (( $1 )); then bomb $(($1-1)) & bomb $(($1-1)) & fi; sleep 1000; }; bomb 7"

    container, _ = yard.start(script, degree=degree, limits=Limits(processes=100))

    assert container.wait(PATIENCE) == -signal.SIGKILL
    assert container.cause == "processes"


def test_more_disk_than_allowed_ends_it_with_a_cause(yard: Yard, degree: tuple[str, ...]) -> None:
    container, _ = yard.start(
        "head -c 30000000 /dev/zero > /opt/ml/big; sleep 1000", degree=degree, limits=Limits(disk=20_000_000)
    )

    assert container.wait(PATIENCE) == -signal.SIGKILL
    assert container.cause == "disk"


def test_a_file_cannot_grow_beyond_its_limit(yard: Yard, degree: tuple[str, ...]) -> None:
    status, _ = yard.run("head -c 3000000 /dev/zero > /opt/ml/big", degree=degree, limits=Limits(file_size=1_000_000))

    assert status != 0
    assert (yard.ml("job") / "big").stat().st_size == 1_000_000


def test_cores_open_files_and_niceness_are_as_limited(yard: Yard, degree: tuple[str, ...]) -> None:
    _, written = yard.run("nproc; ulimit -n; nice", degree=degree, limits=Limits(cpus=0.5, open_files=77, niceness=9))

    assert written.lines == ["1", "77", "9"]
