"""The HTTP server of models: SageMaker's contract of inference containers, around a handler of the test."""

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.runner.script_containers import Served, environment, serve, write_files
from tests.runner.yard import Yard

from sagemaker_local.runner.sandbox import Sandbox

HANDLER = """
    import os, threading
    from pathlib import Path
    from sagemaker_stand_ins.serving import BadInput, NotAcceptable, Unsupported

    class Model:
        def __init__(self, said):
            self.said = said

        def invoke(self, body, content_type, accept):
            match body:
                case b"bad":
                    raise BadInput("three columns are needed")
                case b"type":
                    raise Unsupported(f"{content_type} is not known")
                case b"accept":
                    raise NotAcceptable(f"{accept} is not known")
                case b"boom":
                    raise ZeroDivisionError("by zero")
                case b"wait":
                    print("waiting", self.said.decode(), flush=True)
                    while not Path(os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml"), "go").exists():
                        threading.Event().wait(0.02)
                    return b"waited", "text/plain"
                case b"stream":
                    return iter([b"one ", b"two"]), "text/plain"
                case b"broken stream":
                    return (1 / 0 for _ in range(1)), "text/plain"
                case _:
                    return self.said + b":" + body, content_type or "none"

    def load(model_dir):
        if (model_dir / "slow").exists():
            print("loading", flush=True)
            while not Path(os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml"), "go").exists():
                threading.Event().wait(0.02)
        return Model((model_dir / "said").read_bytes())
"""
COMMAND = ("python", "-m", "sagemaker_stand_ins.serving", "--handler", "handler")


@pytest.fixture
def ml(yard: Yard) -> Path:
    ml = yard.ml("server")
    said: dict[str, str | bytes] = {f"models/{name}/said": name for name in "abc"}
    write_files(ml, {"handler.py": HANDLER, "model/said": "one", **said})
    return ml


def start(yard: Yard, ml: Path, **env: str) -> Served:
    degree = Sandbox().namespaces
    base = "/opt/ml" if "mount" in degree else str(ml)
    variables = {"PYTHONPATH": base, **env}
    return serve(yard, COMMAND, environment("algorithms"), name="server", degree=degree, env=variables)


@pytest.fixture
def server(yard: Yard, ml: Path) -> Served:
    """Of one model."""
    server = start(yard, ml)
    server.await_ping()
    return server


@pytest.fixture
def several(yard: Yard, ml: Path) -> Iterator[Served]:
    """Of several models, of which two fit."""
    server = start(yard, ml, SAGEMAKER_MULTI_MODEL="true", SAGEMAKER_MAX_MODELS="2")
    server.await_ping()
    yield server
    (ml / "go").touch()


def test_a_request_is_answered_by_the_model_of_the_model_directory(server: Served) -> None:
    reply = server.ask("1,2", "text/csv")

    assert (reply.status, reply.content_type, reply.body) == (200, "text/csv", b"one:1,2")


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ("bad", 400, b"three columns are needed"),
        ("type", 415, b"text/csv is not known"),
        ("accept", 406, b"image/png is not known"),
        ("boom", 500, b"ZeroDivisionError: by zero"),
        ("broken stream", 500, b"ZeroDivisionError: division by zero"),
    ],
)
def test_what_goes_wrong_in_a_model_has_a_status_and_a_text(
    server: Served, body: str, status: int, said: bytes
) -> None:
    reply = server.ask(body, "text/csv", accept="image/png")

    assert (reply.status, reply.body) == (status, said)
    assert server.ask("still", "text/csv").status == 200


def test_the_trace_of_a_model_that_fails_is_in_the_log(server: Served) -> None:
    server.ask("boom", "text/csv")

    server.written.await_line("Traceback")
    server.written.await_line("ZeroDivisionError: by zero")


def test_an_iterator_is_streamed(server: Served) -> None:
    assert server.ask("stream").body == b"one two"


def test_a_body_of_25_megabytes_is_taken_and_a_larger_one_refused(server: Served) -> None:
    fits, larger = b"x" * (25 * 1024 * 1024), b"x" * (25 * 1024 * 1024 + 1)

    assert len(server.ask(fits).body) == len(fits) + 4
    assert server.ask(larger).status == 413


def test_the_limit_of_a_body_can_be_set(yard: Yard, ml: Path) -> None:
    server = start(yard, ml, SAGEMAKER_MAX_REQUEST_SIZE="10")
    server.await_ping()

    assert server.ask("x" * 10).status == 200
    assert server.ask("x" * 11).status == 413


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/invocations", 405),
        ("GET", "/nowhere", 404),
        ("GET", "/models", 404),
        ("GET", "/execution-parameters", 404),
    ],
)
def test_other_paths_are_not_answered(server: Served, method: str, path: str, status: int) -> None:
    assert server.ask("", path=path, method=method).status == status


def test_requests_are_answered_side_by_side(server: Served, ml: Path) -> None:
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(server.ask, "wait")
        server.written.await_line("waiting one")

        assert server.ask("meanwhile").status == 200
        (ml / "go").touch()
        assert waiting.result().body == b"waited"


def test_sigterm_lets_requests_end_and_takes_no_more(server: Served, ml: Path) -> None:
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(server.ask, "wait")
        server.written.await_line("waiting one")
        server.container.terminate(60)
        threading.Thread(target=shut_then, args=(server, ml / "go")).start()

        assert waiting.result().body == b"waited"
    assert server.container.wait(60) == 0


def shut_then(server: Served, go: Path) -> None:
    """Let the request go on once nobody else is let in."""
    pause = threading.Event()
    while True:
        try:
            server.ask("", path="/ping", method="GET")
        except OSError:
            break
        pause.wait(0.05)
    go.touch()


def test_an_idle_server_ends_at_once(server: Served) -> None:
    server.container.terminate(60)

    assert server.container.wait(10) == 0


def test_a_model_that_cannot_be_loaded_ends_the_server_with_its_trace(yard: Yard, ml: Path) -> None:
    (ml / "model" / "said").unlink()

    server = start(yard, ml)

    assert server.container.wait(60) == 1
    assert "FileNotFoundError" in server.written.text


@pytest.mark.parametrize(
    ("variable", "value"), [("SAGEMAKER_BIND_TO_PORT", "http"), ("SAGEMAKER_MODEL_SERVER_WORKERS", "0")]
)
def test_a_variable_that_is_no_number_is_told(yard: Yard, ml: Path, variable: str, value: str) -> None:
    server = start(yard, ml, **{variable: value})

    assert server.container.wait(60) == 1
    assert f"{variable} must be a number from 1 on, not {value!r}" in server.written.text


def test_a_port_that_is_taken_is_told(yard: Yard, ml: Path, server: Served) -> None:
    port = server.url.rpartition(":")[2]

    other = start(yard, ml, SAGEMAKER_BIND_TO_PORT=port)

    assert other.container.wait(60) == 1
    assert f"the server cannot listen on port {port}" in other.written.text


def load(server: Served, ml: Path, directory: str, name: str = "") -> tuple[int, bytes]:
    url = Sandbox().inside(ml / "models" / directory, ml=ml)
    reply = server.ask(json.dumps({"model_name": name or directory, "url": url}), "application/json", path="/models")
    return reply.status, reply.body


def names(server: Served) -> list[str]:
    reply = server.ask("", path="/models", method="GET")
    return [model["modelName"] for model in json.loads(reply.body)["models"]]


def test_models_are_loaded_asked_listed_and_unloaded_by_name(several: Served, ml: Path) -> None:
    assert several.ask("1", path="/models/a/invoke").status == 404
    assert load(several, ml, "a")[0] == 200
    assert load(several, ml, "a")[0] == 409
    assert several.ask("1", path="/models/a/invoke").body == b"a:1"
    described = json.loads(several.ask("", path="/models/a", method="GET").body)
    assert described["modelName"] == "a"
    assert described["modelUrl"].endswith("/models/a")
    assert names(several) == ["a"]
    assert several.ask("", path="/models/a", method="DELETE").status == 200
    assert several.ask("", path="/models/a", method="DELETE").status == 404
    assert several.ask("1", path="/models/a/invoke").status == 404


def test_a_name_may_have_slashes(several: Served, ml: Path) -> None:
    assert load(several, ml, "a", "team/a.tar.gz")[0] == 200

    assert several.ask("1", path="/models/team%2Fa.tar.gz/invoke").body == b"a:1"


def test_the_model_that_was_asked_longest_ago_makes_place(several: Served, ml: Path) -> None:
    load(several, ml, "a")
    load(several, ml, "b")
    several.ask("1", path="/models/a/invoke")

    assert load(several, ml, "c")[0] == 200

    assert sorted(names(several)) == ["a", "c"]


def test_models_at_work_are_not_unloaded(several: Served, ml: Path) -> None:
    load(several, ml, "a")
    load(several, ml, "b")
    with ThreadPoolExecutor(2) as pool:
        waiting = [pool.submit(several.ask, "wait", path=f"/models/{name}/invoke") for name in "ab"]
        several.written.await_line("waiting a")
        several.written.await_line("waiting b")

        assert load(several, ml, "c")[0] == 507
        (ml / "go").touch()
        assert [reply.result().body for reply in waiting] == [b"waited", b"waited"]
    assert load(several, ml, "c")[0] == 200


def test_who_asks_for_a_model_that_is_being_loaded_gets_it(several: Served, ml: Path) -> None:
    (ml / "models" / "a" / "slow").touch()
    with ThreadPoolExecutor(3) as pool:
        first = pool.submit(load, several, ml, "a")
        several.written.await_line("loading")
        again = pool.submit(load, several, ml, "a")
        asked = pool.submit(several.ask, "1", path="/models/a/invoke")
        assert names(several) == []
        (ml / "go").touch()

        assert first.result()[0] == 200
        assert again.result()[0] == 409
        assert asked.result().body == b"a:1"


def test_a_broken_model_is_told_and_the_others_go_on(several: Served, ml: Path) -> None:
    load(several, ml, "a")
    (ml / "models" / "broken").mkdir()

    status, said = load(several, ml, "broken")

    assert status == 500
    assert b"the model broken cannot be loaded: FileNotFoundError" in said
    assert load(several, ml, "nowhere")[0] == 404
    assert several.ask("{", path="/models").status == 400
    assert several.ask("1", path="/models/a/invoke").body == b"a:1"
