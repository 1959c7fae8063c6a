"""Control planes that do not come up: the error says which program, why, and nothing is left behind."""

from pathlib import Path

import pytest

from sagemaker_local.cluster import Cluster
from sagemaker_local.cluster.errors import NotStarted


@pytest.fixture
def assets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand-ins for the programs: they run, and do nothing."""
    directory = tmp_path / "assets"
    directory.mkdir()
    for name in ("etcd", "kube-apiserver", "kube-controller-manager"):
        program(directory / name, "exec sleep 600")
    monkeypatch.setenv("KUBEBUILDER_ASSETS", str(directory))
    return directory


def program(path: Path, script: str) -> None:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def test_a_component_that_ends_is_named_with_the_end_of_its_log(assets: Path, tmp_path: Path) -> None:
    program(assets / "etcd", "echo 'cannot open the database'; exit 3")

    with pytest.raises(NotStarted, match=r"assets/etcd ended with 3:\ncannot open the database"):
        Cluster.start(tmp_path / "cluster")

    assert not (tmp_path / "cluster").exists()


def test_a_port_that_was_taken_meanwhile_is_given_up_for_another(assets: Path, tmp_path: Path) -> None:
    ports = tmp_path / "ports"
    program(
        assets / "kube-apiserver",
        f"""echo "$@" | grep -o 'secure-port=[0-9]*' >> {ports}
        if [ $(wc -l < {ports}) -lt 3 ]; then echo 'bind: address already in use'; exit 1; fi
        echo 'some other trouble'; exit 1""",
    )

    with pytest.raises(NotStarted, match="some other trouble"):
        Cluster.start(tmp_path / "cluster")

    tried = ports.read_text().split()
    assert len(tried) == 3
    assert len(set(tried)) > 1


def test_ports_that_are_always_taken_end_the_attempts(assets: Path, tmp_path: Path) -> None:
    tries = tmp_path / "tries"
    program(assets / "etcd", f"echo x >> {tries}; echo 'bind: address already in use'; exit 1")

    with pytest.raises(NotStarted, match="address already in use"):
        Cluster.start(tmp_path / "cluster")

    assert len(tries.read_text().split()) == 5


def test_a_file_that_is_no_program_is_an_error_that_names_it(assets: Path, tmp_path: Path) -> None:
    (assets / "kube-apiserver").write_bytes(b"\x7fELF of another machine")

    with pytest.raises(NotStarted, match=r"assets/kube-apiserver: Exec format error"):
        Cluster.start(tmp_path / "cluster")

    assert not (tmp_path / "cluster").exists()


def test_a_server_that_never_gets_ready_is_given_up_on(
    assets: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sagemaker_local.cluster.control_plane.READY_SECONDS", 0.2)
    program(assets / "kube-apiserver", "echo 'waiting for etcd'; exec sleep 600")

    with pytest.raises(NotStarted, match=r"/readyz was not well(.|\n)*waiting for etcd"):
        Cluster.start(tmp_path / "cluster")

    assert not (tmp_path / "cluster").exists()
