"""What a program in a container sees, and what it does not see."""

import json
import os
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

from sagemaker_local.runner.sandbox import FILES, FULL, RELOCATED, Sandbox, SandboxError
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


def test_where_an_environment_cannot_be_layered_installations_go_elsewhere(
    yard: Yard, private: tuple[str, ...]
) -> None:
    environment = yard.directory / "no,layer"  # overlayfs takes no comma
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(environment)], check=True)
    code = "import os, sys, pathlib; d = os.environ['PIP_TARGET']; pathlib.Path(d, 'added.py').touch(); import added; print(d)"

    status, written = yard.run(
        f'python -c "{code}" && touch {environment}/x',
        degree=private,
        env={"PATH": f"{environment}/bin:{os.environ['PATH']}"},
    )

    assert status == 1
    assert written.lines[0] == "/root/packages"
    assert "Read-only file system" in written.lines[1]


def test_further_directories_can_be_read_and_not_written(yard: Yard, private: tuple[str, ...]) -> None:
    library = yard.directory / "library"
    library.mkdir()
    (library / "a.py").write_text("text", encoding="utf-8")

    status, written = yard.run(f"cat {library}/a.py; echo; touch {library}/b.py", degree=private, readable=[library])

    assert status == 1
    assert written.lines[0] == "text"
    assert "Read-only file system" in written.lines[1]


def test_what_only_some_users_may_read_is_empty(yard: Yard, private: tuple[str, ...]) -> None:
    _, written = yard.run("cat /etc/shadow; ls -A /etc/ssh; echo end", degree=private)

    assert "end" in written.lines
    assert not [line for line in written.lines if "root:" in line or "ssh_config" in line]


def test_mounts_become_read_only_on_older_systems_as_well(tmp_path: Path) -> None:
    code = f"""
        import pathlib, sys
        from sagemaker_local.runner.sandbox.boot.linux import BIND, PRIVATE, RECURSIVE, mount, remount
        from sagemaker_local.runner.sandbox.boot.surroundings import leave
        leave(["user", "mount"])
        mount("none", "/", None, RECURSIVE | PRIVATE)
        mount({str(tmp_path)!r}, {str(tmp_path)!r}, None, BIND)
        for writable in (False, True):
            remount({str(tmp_path)!r}, writable=writable)
            try:
                pathlib.Path({str(tmp_path)!r}, "file").touch()
                print("written")
            except OSError as error:
                print(error.strerror)
    """

    ran = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=True)

    assert ran.stdout.splitlines() == ["Read-only file system", "written"]


def test_an_archive_of_other_users_files_can_be_unpacked(yard: Yard, private: tuple[str, ...]) -> None:
    with tarfile.open(yard.ml("job") / "model.tar.gz", "w:gz") as archive:
        entry = tarfile.TarInfo("weights")
        entry.uid = entry.gid = 12345
        archive.addfile(entry)

    assert yard.run("tar -xzf model.tar.gz && ls weights", degree=private)[0] == 0


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
