"""What a program in a container sees, and what it does not see."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tarfile
import textwrap
from pathlib import Path

import pytest
from tests.runner.yard import (
    PATIENCE,
    Yard,
    python,
)

from sagemaker_local.runner.sandbox import FILES, FULL, RELOCATED, Network, Sandbox, SandboxError
from sagemaker_local.runner.sandbox.degrees import find
from sagemaker_local.runner.sandbox.sandbox import best


def test_this_machine_gives_the_full_degree() -> None:
    assert (best().namespaces, best().shortfall) == (FULL, "")


@pytest.mark.parametrize(
    ("allowed", "lacking"), [({FULL, FILES}, ""), ({FILES}, "names of other processes"), (set(), "files")]
)
def test_the_best_degree_that_works_is_taken_and_what_it_lacks_is_told(
    tmp_path: Path, allowed: set[tuple[str, ...]], lacking: str
) -> None:
    setting = tmp_path / "kernel/apparmor_restrict_unprivileged_userns"
    setting.parent.mkdir()
    setting.write_text("1\n", encoding="ascii")

    def works(degree: tuple[str, ...]) -> None:
        if degree not in allowed:
            raise SandboxError("Operation not permitted")

    found = find(works, tmp_path)

    assert found.namespaces == max(allowed, key=len, default=RELOCATED)
    assert lacking in found.shortfall
    assert ("sudo sysctl" in found.shortfall) == (not allowed)


def test_a_program_finds_its_directory_as_opt_ml(yard: Yard, private: tuple[str, ...]) -> None:
    (yard.ml("job") / "input.txt").write_text("digits\n", encoding="utf-8")

    status, written = yard.run(
        "pwd; cat /opt/ml/input.txt; mkdir /opt/ml/model; echo 1 > /opt/ml/model/weights", degree=private
    )

    assert (status, written.lines) == (0, ["/opt/ml", "digits"])
    assert (yard.ml("job") / "model/weights").read_text(encoding="utf-8") == "1\n"


def test_a_relocated_program_is_told_where_its_opt_ml_is(yard: Yard) -> None:
    ml = yard.ml("job")

    status, written = yard.run(
        "pwd; echo $SAGEMAKER_BASE_DIR $SM_MODEL_DIR; echo 1 > /opt/ml/result",
        degree=RELOCATED,
        env={"SM_MODEL_DIR": "/opt/ml/model"},
    )

    assert (status, written.lines) == (0, [str(ml), f"{ml} {ml}/model"])
    assert (ml / "result").exists()
    assert Sandbox(RELOCATED).inside(ml) == str(ml)
    assert Sandbox(FULL).inside(ml / "model", ml=ml) == "/opt/ml/model"


def test_a_relocated_program_that_looks_for_opt_ml_is_told_where_it_is(yard: Yard) -> None:
    failed, said = yard.run("", command=python("open('/opt' + '/ml/input.csv')"), degree=RELOCATED)
    fine, nothing = yard.run("cat $D || true", degree=RELOCATED, env={"D": "/opt" + "/mlx"})

    assert (failed, fine) == (1, 0)
    assert said.lines[-1].startswith(f"sagemaker-local: on this machine /opt/ml is {yard.ml('job')}.")
    assert "sagemaker-local" not in nothing.text


def test_containers_at_the_same_time_see_different_opt_ml(yard: Yard) -> None:
    names = ["one", "two", "three"]
    script = "echo $NAME > /opt/ml/name; echo ready; until [ -e /opt/ml/go ]; do sleep 0.05; done; cat /opt/ml/name"
    started = [yard.start(script, name=name, env={"NAME": name}) for name in names]
    for _, written in started:
        written.await_line("ready")

    for name in names:
        (yard.ml(name) / "go").touch()

    assert [container.wait(PATIENCE) for container, _ in started] == [0, 0, 0]
    assert [written.lines[-1] for _, written in started] == names


def test_a_program_gets_no_variable_but_those_it_was_given(
    yard: Yard, degree: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "of-the-user")

    _, written = yard.run("env", degree=degree, env={"AWS_ACCESS_KEY_ID": "of-the-job"})

    seen = {line.partition("=")[0] for line in written.lines}
    assert "of-the-user" not in written.text
    assert seen - {"PWD", "SHLVL", "_", "OLDPWD"} <= {
        "AWS_ACCESS_KEY_ID", "AWS_EC2_METADATA_DISABLED",
        "HOME", "LANG", "PATH", "TMPDIR", "SAGEMAKER_BASE_DIR", "TAR_OPTIONS", "PIP_TARGET", "PYTHONPATH",
    }  # fmt: skip


def test_home_and_temporary_files_are_fresh_and_vanish(yard: Yard, degree: tuple[str, ...]) -> None:
    status, written = yard.run(
        "ls -A ~ $TMPDIR | wc -w; touch ~/a $TMPDIR/b && mktemp && chmod 0 ~ && echo done", degree=degree
    )

    assert (status, written.lines[-1]) == (0, "done")
    assert [path.name for path in yard.ml("job").parent.iterdir()] == ["ml"]


def test_the_users_home_is_not_there(yard: Yard, private: tuple[str, ...]) -> None:
    home = Path.home()
    assert list(home.iterdir())

    _, written = yard.run(
        f"ls -A {home} ~ 2>/dev/null | grep -v :; [ -e {home}/.aws ] && echo seen; echo end", degree=private
    )

    assert [line for line in written.lines if line] == ["end"]


@pytest.mark.parametrize(
    "place", [".aws/credentials", ".kube/config", ".ssh/id_ed25519", ".config/gh/hosts.yml", ".docker/config.json"]
)
def test_what_lies_beside_an_environment_in_a_home_is_not_there(yard: Yard, place: str) -> None:
    home = yard.directory / "home"
    secret = home / place
    secret.parent.mkdir(parents=True)
    secret.write_text("secret", encoding="utf-8")
    (home / ".local/bin").mkdir(parents=True)

    _, written = yard.run(f"cat {secret}; ls -A {home}", env={"PATH": f"{home}/.local/bin:/usr/bin:/bin"})

    assert "No such file" in written.lines[0]
    assert written.lines[1:] == [".local"]


def test_files_of_other_jobs_are_not_there(yard: Yard, private: tuple[str, ...]) -> None:
    other = yard.directory / "other-job.txt"
    other.write_text("of another job", encoding="utf-8")

    status, written = yard.run(f"cat {other}", degree=private)

    assert status == 1
    assert "No such file" in written.text


def test_a_program_cannot_change_the_machines_files_nor_settings(yard: Yard, private: tuple[str, ...]) -> None:
    status, written = yard.run(
        "touch /usr/x || touch /etc/x || echo 1 > /etc/hosts || umount /etc || umount /opt/ml", degree=private
    )

    assert status != 0
    assert "Read-only file system" in written.text


def test_settings_of_the_kernel_are_out_of_reach(yard: Yard) -> None:
    status, written = yard.run("cat /proc/sys/vm/swappiness > /proc/sys/vm/swappiness")

    assert status != 0
    assert "Read-only file system" in written.text


def test_the_environment_of_another_process_cannot_be_read(yard: Yard, private: tuple[str, ...]) -> None:
    with subprocess.Popen(["sleep", "1000"], env={"TOKEN": "of-somebody-else"}) as other:
        try:
            _, written = yard.run(
                f"ls -d /proc/[0-9]* | wc -l; cat /proc/{other.pid}/environ /proc/[0-9]*/environ; echo end"
            )
        finally:
            other.kill()

    assert "of-somebody-else" not in written.text
    assert int(written.lines[0]) <= 6


def test_a_virtual_environment_is_usable_and_what_is_installed_into_it_stays_inside(
    yard: Yard, degree: tuple[str, ...]
) -> None:
    environment = yard.directory / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(environment)], check=True)
    code = """
        import pathlib, sys
        where = sys.argv[1] if len(sys.argv) > 1 else next(path for path in sys.path if "site-packages" in path)
        pathlib.Path(where, "added.py").write_text("x = 1")
        import added
        print("imported", added.x)
        bin = where if len(sys.argv) > 1 else sys.prefix + "/bin"
        pathlib.Path(bin, "added-command").touch()
    """

    status, written = yard.run(
        'if [ -n "$PIP_TARGET" ]; then mkdir -p $PIP_TARGET; fi; python -c "$CODE" $PIP_TARGET',
        degree=degree,
        env={"PATH": f"{environment}/bin:{os.environ['PATH']}", "CODE": textwrap.dedent(code)},
    )

    assert (status, written.lines) == (0, ["imported 1"])
    assert not list(environment.rglob("added*"))


def test_an_archive_of_other_users_files_can_be_unpacked(yard: Yard, private: tuple[str, ...]) -> None:
    with tarfile.open(yard.ml("job") / "model.tar.gz", "w:gz") as archive:
        entry = tarfile.TarInfo("weights")
        entry.uid = entry.gid = 12345
        archive.addfile(entry)

    assert yard.run("tar -xzf model.tar.gz && ls weights", degree=private)[0] == 0


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


def test_a_container_that_cannot_be_made_says_why_and_leaves_nothing(yard: Yard) -> None:
    ml = yard.directory / "job/ml"
    ml.parent.mkdir()

    with pytest.raises(SandboxError, match="No such file or directory"):
        Sandbox(FULL).start(["true"], ml=ml, env={}, write=print)

    assert list(ml.parent.iterdir()) == []


def test_a_working_directory_that_is_missing_says_so_in_the_log(yard: Yard, degree: tuple[str, ...]) -> None:
    status, written = yard.run("pwd", degree=degree, cwd=Path("/opt/ml/code"))

    assert status == 125
    assert "ml/code" in written.text


def test_variables_survive_with_any_text(yard: Yard, degree: tuple[str, ...]) -> None:
    value = 'a "b" \n $HOME {} é'

    _, written = yard.run(
        "", command=python("import json, os; print(json.dumps(os.environ['X']))"), degree=degree, env={"X": value}
    )

    assert json.loads(written.text) == value
