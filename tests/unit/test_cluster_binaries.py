"""Where the control plane's programs are found, and how they are built when they are not."""

import io
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from sagemaker_local.cluster import binaries, build, sources
from sagemaker_local.cluster.errors import BinariesMissing, BuildFailed
from sagemaker_local.cluster.progress import Progress

ALL = ("etcd", "kube-apiserver", "kube-controller-manager")

# Stands in for the Go command: says its version, and "builds" by writing the package's name; each build is recorded.
FAKE_GO = """#!/bin/sh
if [ "$1" = version ]; then echo "go version go{version} linux/amd64"; exit; fi
while [ "$1" != -o ]; do shift; done
{then}
echo "$3" >> "{record}"
echo "$3" > "$2"
chmod +x "$2"
"""


def place(directory: Path, *names: str) -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    for name in names:
        (directory / name).write_text("#!/bin/sh\n")
        (directory / name).chmod(0o755)
    return directory


def cached(environ: dict[str, str]) -> Path:
    return build.directory(Path(environ["SAGEMAKER_LOCAL_CACHE"]), sources.read())


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """An environment where nothing is to be found."""
    return {"PATH": str(tmp_path / "path"), "SAGEMAKER_LOCAL_CACHE": str(tmp_path / "cache")}


@pytest.fixture
def record(tmp_path: Path) -> Path:
    return tmp_path / "built"


def with_go(environ: dict[str, str], record: Path, *, then: str = ":", version: str = "1.99.0") -> None:
    go = place(record.parent / "path", "go") / "go"
    go.write_text(FAKE_GO.format(record=record, then=then, version=version))
    environ["PATH"] = os.pathsep.join([str(go.parent), os.defpath])


def ensure(environ: dict[str, str]) -> tuple[binaries.Binaries, str]:
    stream = io.StringIO()
    return binaries.ensure(environ, progress=Progress(stream, tick=0.01)), stream.getvalue()


def test_kubebuilder_assets_come_before_path_and_path_before_the_cache(tmp_path: Path, environ: dict[str, str]) -> None:
    in_cache = place(cached(environ), *ALL)
    assert binaries.find(environ).etcd == in_cache / "etcd"  # type: ignore[union-attr]

    on_path = place(tmp_path / "path", *ALL)
    assert binaries.find(environ).etcd == on_path / "etcd"  # type: ignore[union-attr]

    environ["KUBEBUILDER_ASSETS"] = str(place(tmp_path / "assets", *ALL))
    found = binaries.find(environ)
    assert found is not None
    assert found.controller_manager == tmp_path / "assets" / "kube-controller-manager"
    assert found.origin == f"KUBEBUILDER_ASSETS={tmp_path / 'assets'}"


def test_a_path_that_lacks_a_program_is_passed_over(tmp_path: Path, environ: dict[str, str]) -> None:
    place(tmp_path / "path", "etcd", "kube-apiserver")

    assert binaries.find(environ) is None
    assert binaries.find(environ, controller_manager=False) is not None


def test_assets_that_lack_a_program_are_an_error_that_says_which(tmp_path: Path, environ: dict[str, str]) -> None:
    place(cached(environ), *ALL)
    environ["KUBEBUILDER_ASSETS"] = str(place(tmp_path / "assets", "etcd"))

    with pytest.raises(BinariesMissing, match=r"assets has no kube-apiserver, has no kube-cont"):
        binaries.find(environ)


def test_assets_of_envtest_serve_where_no_controller_manager_is_wanted(tmp_path: Path, environ: dict[str, str]) -> None:
    environ["KUBEBUILDER_ASSETS"] = str(place(tmp_path / "assets", "etcd", "kube-apiserver"))

    found = binaries.find(environ, controller_manager=False)
    assert found is not None
    assert found.controller_manager is None
    with pytest.raises(BinariesMissing, match="setup-envtest come without"):
        binaries.find(environ)


def test_assets_that_cannot_be_run_are_an_error_that_says_which(tmp_path: Path, environ: dict[str, str]) -> None:
    assets = place(tmp_path / "assets", *ALL)
    (assets / "etcd").chmod(0o644)
    environ["KUBEBUILDER_ASSETS"] = str(assets)

    with pytest.raises(BinariesMissing, match="has a etcd that is not executable"):
        binaries.find(environ)


def test_what_is_nowhere_is_built_once_and_told(environ: dict[str, str], record: Path) -> None:
    with_go(environ, record)

    first, told = ensure(environ)
    second, silent = ensure(environ)

    assert [path.name for path in (first.etcd, first.api_server)] == ["etcd", "kube-apiserver"]
    assert record.read_text().split() == list(sources.PACKAGES.values())
    for name in ALL:
        assert f"building {name} " in told
    assert "done in" in told
    assert "\r" not in told
    assert (second.etcd, silent) == (first.etcd, "")


def test_only_what_is_missing_is_built(environ: dict[str, str], record: Path) -> None:
    with_go(environ, record)
    place(cached(environ), "etcd", "kube-apiserver")

    ensure(environ)

    assert record.read_text().split() == [sources.PACKAGES["kube-controller-manager"]]


def test_a_terminal_sees_the_seconds_count(environ: dict[str, str], record: Path) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    with_go(environ, record, then="sleep 0.2")
    terminal = Terminal()

    binaries.ensure(environ, progress=Progress(terminal, tick=0.01))

    assert "\r\x1b[Ksagemaker-local: building etcd" in terminal.getvalue()


def test_a_failed_build_shows_the_words_of_the_compiler(environ: dict[str, str], record: Path) -> None:
    with_go(environ, record, then="echo 'no required module provides package'; exit 1")

    with pytest.raises(BuildFailed, match=r"building etcd(.|\n)*ended with 1:\nno required module"):
        ensure(environ)

    assert binaries.find(environ) is None


def test_an_old_go_is_not_used_and_without_pip_the_error_says_what_to_install(
    environ: dict[str, str], record: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_go(environ, record, version="1.21.0")
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)

    with pytest.raises(BuildFailed, match=r"no Go on PATH that is new enough.*install Go, or pip"):
        ensure(environ)

    assert not record.exists()


def test_two_builders_at_once_build_once(environ: dict[str, str], record: Path) -> None:
    with_go(environ, record, then="sleep 0.2")
    threads = [threading.Thread(target=ensure, args=(environ,)) for _ in range(2)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert record.read_text().split() == list(sources.PACKAGES.values())


def test_a_killed_build_leaves_no_half_program_and_the_next_one_succeeds(
    tmp_path: Path, environ: dict[str, str], record: Path
) -> None:
    started = tmp_path / "started"
    with_go(environ, record, then=f'echo half > "$2"; touch "{started}"; exec sleep 600')
    program = "import os; from sagemaker_local.cluster import binaries; binaries.ensure(os.environ)"
    with subprocess.Popen(
        [sys.executable, "-c", program], env=environ, stderr=subprocess.DEVNULL, process_group=0
    ) as builder:
        while not started.exists():
            time.sleep(0.01)
        os.killpg(builder.pid, signal.SIGKILL)

    assert binaries.find(environ) is None
    with_go(environ, record)
    found, _ = ensure(environ)

    assert found.etcd.read_text().strip() == sources.PACKAGES["etcd"]
    assert sorted(path.name for path in found.etcd.parent.iterdir()) == sorted(ALL)


def test_a_cache_that_cannot_be_written_is_an_error_that_says_where(tmp_path: Path, environ: dict[str, str]) -> None:
    (tmp_path / "cache").write_text("a file")

    with pytest.raises(BuildFailed, match="SAGEMAKER_LOCAL_CACHE"):
        ensure(environ)


def test_the_versions_are_those_of_the_go_module() -> None:
    pinned = sources.read()

    assert pinned.directory.name == "controlplane"
    assert f"k8s.io/kubernetes v{pinned.kubernetes} " in (pinned.directory / "go.mod").read_text()
    assert f"gitVersion=v{pinned.kubernetes}" in pinned.linker_flags
    assert pinned.key.startswith(f"v{pinned.kubernetes}-")


def test_another_dependency_makes_another_build(tmp_path: Path) -> None:
    pinned = sources.read()
    module = tmp_path / "module"
    module.mkdir()
    for name in ("go.mod", "go.sum"):
        (module / name).write_bytes((pinned.directory / name).read_bytes())
    same = sources.read((module,))

    with (module / "go.sum").open("a") as added:
        added.write("example.com/fixed v1.0.1 h1:abc=\n")

    assert same.kubernetes == pinned.kubernetes
    assert sources.read((module,)).key != pinned.key


def test_a_missing_module_is_an_error_that_says_where_it_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(BuildFailed, match=str(tmp_path)):
        sources.read((tmp_path,))
