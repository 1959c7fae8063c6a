"""Whom a program in a container reaches, and by what names."""

import http.client
import signal
import socket

import pytest
from tests.runner.yard import (
    PATIENCE,
    Yard,
    python,
)

from sagemaker_local.runner.sandbox import Network


def test_peers_are_known_by_name(yard: Yard, private: tuple[str, ...]) -> None:
    peers = {"algo-1": "127.77.7.1", "algo-2": "127.77.7.2"}

    _, written = yard.run("getent hosts algo-1 algo-2 localhost; hostname", degree=private, hosts=peers, host="algo-2")

    assert [line.split() for line in written.lines[:2]] == [["127.77.7.1", "algo-1"], ["127.77.7.2", "algo-2"]]
    assert "localhost" in written.lines[2]
    assert written.lines[-1] == "algo-2"


def test_instances_of_a_job_talk_to_each_other_by_name(yard: Yard) -> None:
    peers = {"algo-1": "127.77.8.1", "algo-2": "127.77.8.2"}
    listen = """
        import socket
        with socket.create_server(("algo-1", 0)) as server:
            print("port", server.getsockname()[1], flush=True)
            caller, (address, _) = server.accept()
            print("heard", caller.recv(5).decode(), "from", address)
    """
    first, heard = yard.start("", command=python(listen), name="first", hosts=peers)
    port = heard.await_line("port").split()[1]

    speak = f"import socket; socket.create_connection(('algo-1', {port}), source_address=('algo-2', 0)).send(b'hello')"
    second, _ = yard.start("", command=python(speak), name="second", hosts=peers)

    assert (first.wait(PATIENCE), second.wait(PATIENCE)) == (0, 0)
    assert heard.lines[-1] == f"heard hello from {peers['algo-2']}"


def test_isolated_instances_reach_each_other_and_nobody_else(yard: Yard, private: tuple[str, ...]) -> None:
    network, peers = Network(), {"algo-1": "127.77.9.1", "algo-2": "127.77.9.2"}
    listen = """
        import socket
        with socket.create_server(("algo-1", 7777)) as server:
            print("up", flush=True)
            print("heard", server.accept()[0].recv(5).decode())
    """
    speak = """
        import socket
        socket.create_connection(("algo-1", 7777)).send(b"hello")
        print("spoke", flush=True)
        socket.create_connection(("127.0.0.1", PORT))
    """
    with socket.create_server(("127.0.0.1", 0)) as server:
        first, heard = yard.start("", command=python(listen), name="1", degree=private, hosts=peers, network=network)
        heard.await_line("up")
        code = speak.replace("PORT", str(server.getsockname()[1]))
        second, spoken = yard.start("", command=python(code), name="2", degree=private, hosts=peers, network=network)
        assert (first.wait(PATIENCE), second.wait(PATIENCE)) == (0, 1)

    assert heard.lines[-1] == "heard hello"
    assert "ConnectionRefusedError" in spoken.text


def test_without_network_there_is_only_a_loopback_of_its_own(yard: Yard) -> None:
    code = """
        import socket
        print(sorted(name for _, name in socket.if_nameindex()))
        with socket.create_server(("127.0.0.1", 0)) as server:
            socket.create_connection(server.getsockname()).close()
        print("loopback works")
        socket.create_connection(("127.0.0.1", PORT))
    """
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        status, written = yard.run("", command=python(code.replace("PORT", port)), network=False)

    assert status == 1
    assert {"['lo']", "['lo', 'sit0']"} & set(written.lines)
    assert "loopback works" in written.lines
    assert "ConnectionRefusedError" in written.text


def test_an_isolated_server_is_reached_at_its_port_and_reaches_nobody(yard: Yard, private: tuple[str, ...]) -> None:
    code = """
        import http.server, socket, sys
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
        server = http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler)
        try:
            socket.create_connection(("127.0.0.1", int(sys.argv[2])))
        except ConnectionRefusedError:
            print("cut off", flush=True)
        server.serve_forever()
    """
    with socket.create_server(("127.0.0.1", 0)) as other, socket.create_server(("127.0.0.1", 0)) as free:
        port, outside = free.getsockname()[1], str(other.getsockname()[1])
        free.close()
        command = [*python(code), str(port), outside]
        container, written = yard.start("", command=command, degree=private, network=False, published=port)
        written.await_line("cut off")
        answers = []
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        for size in (5, 3_000_000):
            connection.request("POST", "/invocations", body=b"x" * size)
            answers.append(len(connection.getresponse().read()))
        connection.close()
        container.kill()

    assert answers == [5, 3_000_000]
    assert container.wait(PATIENCE) == -signal.SIGKILL
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))
