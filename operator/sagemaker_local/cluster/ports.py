"""Ports on loopback that stay ours.

The kernel hands out a free port; keeping it bound, without listening, keeps everybody else from getting the same one, while Linux
lets the server that it is meant for listen on it (both set SO_REUSEADDR). Elsewhere it is given back, and taken again by the
server: the caller retries when somebody was faster.
"""

import socket
import sys

LOOPBACK = "127.0.0.1"


class Reservation:
    """One free port, reserved until closed."""

    def __init__(self) -> None:
        """Ask the kernel for a port."""
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind((LOOPBACK, 0))
        self.port: int = self._socket.getsockname()[1]
        if sys.platform != "linux":
            self._socket.close()

    def close(self) -> None:
        """Give the port back."""
        self._socket.close()
