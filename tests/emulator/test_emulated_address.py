"""Where the emulator listens: on loopback, unless somebody asks for more."""

import contextlib
import gc
import socket
import subprocess
import sys

import pytest

from sagemaker_local.emulator import Emulator
from sagemaker_local.emulator.emulator import reached_at


def answers(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), timeout=5).close()
    except ConnectionRefusedError:
        return False
    return True


def test_nobody_asked_so_only_127_0_0_1_is_listened_on(sagemaker: Emulator) -> None:
    port = int(sagemaker.url.rpartition(":")[2])

    assert sagemaker.url == f"http://127.0.0.1:{port}"
    assert answers("127.0.0.1", port)
    assert not answers("127.0.0.2", port)


def test_another_address_is_listened_on_when_it_is_asked_for() -> None:
    with Emulator.start(host="127.0.0.2", virtual=True) as emulator:
        port = int(emulator.url.rpartition(":")[2])

        assert emulator.url == f"http://127.0.0.2:{port}"
        assert answers("127.0.0.2", port)
        assert not answers("127.0.0.1", port)
        assert emulator.client().list_models()["Models"] == []


@pytest.mark.filterwarnings("error")
def test_whoever_has_just_connected_is_hung_up_on_when_the_emulator_stops() -> None:
    for _ in range(20):
        with Emulator.start(virtual=True) as emulator:
            port = int(emulator.url.rpartition(":")[2])
            caller = socket.create_connection(("127.0.0.1", port), timeout=5)
        with caller, contextlib.suppress(ConnectionResetError):
            assert caller.recv(1) == b""
    gc.collect()  # what was left open would complain now


@pytest.mark.parametrize(
    ("host", "shown"), [("0.0.0.0", "127.0.0.1"), ("::", "[::1]"), ("::1", "[::1]"), ("10.0.0.7", "10.0.0.7")]
)
def test_the_url_of_all_addresses_is_one_that_clients_here_can_use(host: str, shown: str) -> None:
    assert reached_at(host) == shown


def test_an_address_of_another_machine_is_refused_with_its_name() -> None:
    command = [sys.executable, "-m", "sagemaker_local.emulator", "--host", "192.0.2.1", "--port", "0"]

    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=30)

    assert done.returncode == 1
    assert "cannot start on port 0 of 192.0.2.1" in done.stderr
    assert "Traceback" not in done.stderr
