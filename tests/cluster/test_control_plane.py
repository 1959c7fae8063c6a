"""The local control plane: it is Kubernetes, and it leaves nothing behind however it ends."""

import json
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sagemaker_local.cluster import Cluster, ClusterError, KubectlFailed, kubectl

GROUP = "control-plane.test"
PLURAL = f"widgets.{GROUP}"
CRD = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": PLURAL},
    "spec": {
        "group": GROUP,
        "scope": "Namespaced",
        "names": {"plural": "widgets", "singular": "widget", "kind": "Widget"},
        "versions": [
            {
                "name": "v1",
                "served": True,
                "storage": True,
                "schema": {
                    "openAPIV3Schema": {
                        "type": "object",
                        "properties": {
                            "spec": {
                                "type": "object",
                                "properties": {
                                    "size": {
                                        "type": "integer",
                                        "x-kubernetes-validations": [
                                            {"rule": "self == oldSelf", "message": "size is immutable"}
                                        ],
                                    }
                                },
                            }
                        },
                    }
                },
            }
        ],
    },
}


def widget(namespace: str, *, size: int) -> str:
    metadata = {"name": "one", "namespace": namespace}
    content = {"apiVersion": f"{GROUP}/v1", "kind": "Widget", "metadata": metadata}
    return json.dumps({**content, "spec": {"size": size}})


def config_map(namespace: str, name: str, **metadata: Any) -> str:
    about = {"name": name, "namespace": namespace, **metadata}
    return json.dumps({"apiVersion": "v1", "kind": "ConfigMap", "metadata": about})


def eventually(condition: Callable[[], bool], *, seconds: float = 30) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def alive(pid: int) -> bool:
    """Whether a process still does anything; one that only waits to be reaped does not."""
    ps = ["ps", "-o", "stat=", "-p", str(pid)]
    state = subprocess.run(ps, capture_output=True, text=True, check=False).stdout.strip()
    return bool(state) and not state.startswith("Z")


@pytest.fixture
def widgets(cluster: Cluster) -> Iterator[None]:
    cluster.kubectl("apply", "-f", "-", input=json.dumps(CRD))
    cluster.kubectl("wait", "--for=condition=Established", "--timeout=30s", f"crd/{PLURAL}")
    yield
    cluster.kubectl("delete", f"crd/{PLURAL}")


def test_kubectl_sees_a_kubernetes_api_server(cluster: Cluster) -> None:
    version = json.loads(cluster.kubectl("version", "-o", "json").stdout)["serverVersion"]

    assert version["gitVersion"].startswith("v1.")
    assert int(version["minor"]) >= 30


def test_an_edit_that_cel_calls_immutable_is_refused_with_its_message(
    cluster: Cluster, namespace: str, widgets: None
) -> None:
    cluster.kubectl("apply", "-f", "-", input=widget(namespace, size=1))

    with pytest.raises(KubectlFailed, match="size is immutable"):
        cluster.kubectl("apply", "-f", "-", input=widget(namespace, size=2))

    shown = cluster.kubectl("get", "widget/one", "-n", namespace, "-o", "jsonpath={.spec.size}")
    assert shown.stdout == "1"


def test_a_service_account_may_do_what_rbac_grants_and_nothing_else(cluster: Cluster, namespace: str) -> None:
    account = f"--as=system:serviceaccount:{namespace}:reader"
    where = ("-n", namespace)
    cluster.kubectl("create", "role", "reader", "--verb=get", "--resource=configmaps", *where)
    grant = f"--serviceaccount={namespace}:reader"
    cluster.kubectl("create", "rolebinding", "reader", "--role=reader", grant, *where)

    assert cluster.kubectl("auth", "can-i", "get", "configmaps", account, *where).stdout == "yes\n"
    refused = cluster.kubectl("delete", "configmaps", "--all", account, *where, check=False)
    assert "cannot list resource" in refused.stderr


def test_without_a_token_nothing_is_served(cluster: Cluster) -> None:
    nobody = ("--kubeconfig=/dev/null", f"--server={cluster.server}")
    trust = f"--certificate-authority={cluster.ca}"

    answer = cluster.kubectl(*nobody, trust, "--token=wrong", "get", "namespaces", check=False)

    assert answer.returncode != 0
    assert "must be logged in" in answer.stderr


def test_only_the_owner_can_read_the_kubeconfig_and_the_keys(cluster: Cluster) -> None:
    private = [cluster.kubeconfig, *cluster.ca.parent.iterdir()]

    assert {stat.S_IMODE(path.stat().st_mode) for path in private} == {0o600}


def test_a_deleted_namespace_goes_away_with_what_is_in_it(cluster: Cluster) -> None:
    cluster.kubectl("create", "namespace", "short-lived")
    cluster.kubectl("create", "-f", "-", input=config_map("short-lived", "one"))

    cluster.kubectl("delete", "namespace", "short-lived", "--timeout=60s")

    assert cluster.kubectl("get", "namespace", "short-lived", check=False).returncode != 0


def test_dependents_go_with_their_owner(cluster: Cluster, namespace: str) -> None:
    cluster.kubectl("create", "-f", "-", input=config_map(namespace, "owner"))
    read = ("get", "configmap/owner", "-n", namespace, "-o", "jsonpath={.metadata.uid}")
    owner = {"apiVersion": "v1", "kind": "ConfigMap", "name": "owner"}
    owner["uid"] = cluster.kubectl(*read).stdout
    dependent = config_map(namespace, "dependent", ownerReferences=[owner])
    cluster.kubectl("create", "-f", "-", input=dependent)

    cluster.kubectl("delete", "configmap/owner", "-n", namespace)

    gone = ("wait", "--for=delete", "configmap/dependent", "-n", namespace, "--timeout=60s")
    assert cluster.kubectl(*gone).returncode == 0


def test_an_outage_of_the_api_server_keeps_its_address_and_its_data_and_its_end_brings_back_what_died() -> None:
    with Cluster.start() as cluster:
        cluster.kubectl("create", "-f", "-", input=config_map("default", "kept"))
        os.kill(cluster.pids["kube-controller-manager"], signal.SIGKILL)
        assert eventually(lambda: not alive(cluster.pids["kube-controller-manager"]))
        with pytest.raises(ClusterError, match="kube-controller-manager ended with -9"):
            cluster.check()

        cluster.stop_api_server()
        cluster.stop_api_server()
        refused = cluster.kubectl("get", "configmap/kept", check=False)
        cluster.start_api_server()
        cluster.start_api_server()

        cluster.check()
        assert "refused" in refused.stderr
        assert cluster.kubectl("get", "configmap/kept", "-o", "name").stdout == "configmap/kept\n"


def test_two_clusters_share_nothing_and_the_end_of_one_leaves_neither_process_nor_file(
    cluster: Cluster, tmp_path: Path
) -> None:
    with Cluster.start(tmp_path / "cluster") as other:
        pids = dict(other.pids)
        assert set(pids) == {"keeper", "etcd", "kube-apiserver", "kube-controller-manager"}
        assert all(alive(pid) for pid in pids.values())
        other.kubectl("create", "-f", "-", input=config_map("default", "theirs"))

        seen = cluster.kubectl("get", "configmap/theirs", check=False)
        answer = cluster.kubectl("--token", other.token, "get", "namespaces", check=False)

    assert "not found" in seen.stderr
    assert "must be logged in" in answer.stderr
    assert {name for name, pid in pids.items() if alive(pid)} == set()
    assert list(tmp_path.iterdir()) == []
    other.stop()
    with pytest.raises(ClusterError, match="has been stopped"):
        other.start_api_server()


def test_a_directory_with_something_in_it_is_refused_and_untouched(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")

    with pytest.raises(ClusterError, match="not empty"):
        Cluster.start(tmp_path)

    assert (tmp_path / "thesis.txt").read_text() == "years of work"


PARENT = """
import json, signal, sys, time
from pathlib import Path
from sagemaker_local.cluster import Cluster

# A shell that starts something in the background has it ignore SIGINT.
signal.signal(signal.SIGINT, signal.default_int_handler)
with Cluster.start(Path(sys.argv[1])) as cluster:
    print(json.dumps(dict(cluster.pids)), flush=True)
    time.sleep(600)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_when_the_parent_is_ended_neither_process_nor_file_is_left(tmp_path: Path, number: signal.Signals) -> None:
    argv = [sys.executable, "-c", PARENT, str(tmp_path / "cluster")]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        try:
            pids = json.loads(parent.stdout.readline())
            assert all(alive(pid) for pid in pids.values())

            parent.send_signal(number)

            assert eventually(lambda: not any(alive(pid) for pid in pids.values()))
            assert eventually(lambda: list(tmp_path.iterdir()) == [])
        finally:
            parent.kill()


def test_when_the_keeper_is_killed_its_processes_die_and_a_stop_removes_the_rest(
    tmp_path: Path,
) -> None:
    with Cluster.start(tmp_path / "cluster") as cluster:
        pids = dict(cluster.pids)

        os.kill(pids["keeper"], signal.SIGKILL)

        assert eventually(lambda: not any(alive(pid) for pid in pids.values()))
        with pytest.raises(ClusterError, match="ended with -9"):
            cluster.stop_api_server()
    assert list(tmp_path.iterdir()) == []


def test_up_serves_a_shell_until_down_leaves_nothing(tmp_path: Path) -> None:
    environ = {**os.environ, "SAGEMAKER_LOCAL_STATE": str(tmp_path)}

    def local(*args: str) -> "subprocess.CompletedProcess[str]":
        argv = [sys.executable, "-m", "sagemaker_local", *args]
        return subprocess.run(argv, env=environ, capture_output=True, text=True, check=False)

    try:
        started = local("up", "--port=0", "--speed=1000")
        again = local("up", "--port=0")
        status = json.loads(local("status", "--json").stdout)
        shell = f"{started.stdout}\n{kubectl()} get namespaces -o name"
        seen = subprocess.run(["sh", "-c", shell], capture_output=True, text=True, check=False)
    finally:
        stopped = local("down")

    assert started.returncode == 0, started.stderr
    assert "export AWS_ENDPOINT_URL=http://127.0.0.1:" in started.stdout
    assert "running already" in again.stderr
    assert again.stdout == started.stdout
    well = {process["name"]: process["well"] for process in status["processes"]}
    assert well["kube-apiserver"] is well["sagemaker-local"] is True
    assert "namespace/default" in seen.stdout.split()
    assert stopped.returncode == 0
    left = [process["pid"] for process in status["processes"]]
    assert eventually(lambda: not any(alive(pid) for pid in left), seconds=1)
    assert [path.name for path in tmp_path.iterdir()] == ["up.lock"]
    assert local("status").returncode == 3
