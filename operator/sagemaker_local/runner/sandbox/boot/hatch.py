"""The one port of an isolated container that this machine reaches.

A socket that was opened before the container had a network of its own still belongs to the machine's network. What comes to it is
carried to the same port inside; nothing goes the other way unasked.
"""

import contextlib
import os
import signal
import socket
import threading

CHUNK = 1 << 16
NEWS = (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT)


def attend(hatch: socket.socket, lifeline: socket.socket) -> None:
    """Forks a process that carries what comes, until it is killed with the container."""
    port = hatch.getsockname()[1]
    if os.fork():
        hatch.close()
        return
    try:
        lifeline.close()
        for number in NEWS:
            signal.signal(number, signal.SIG_DFL)
        while True:
            outside, _ = hatch.accept()
            threading.Thread(target=_connect, args=(outside, port), daemon=True).start()
    finally:
        os._exit(0)


def _connect(outside: socket.socket, port: int) -> None:
    with outside, contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)) as inside:
        for one in (outside, inside):
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        answers = threading.Thread(target=_carry, args=(inside, outside), daemon=True)
        answers.start()
        _carry(outside, inside)
        answers.join()


def _carry(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(CHUNK):
            target.sendall(data)
    for one, how in ((target, socket.SHUT_WR), (source, socket.SHUT_RD)):
        with contextlib.suppress(OSError):
            one.shutdown(how)
