"""How the way to the API server is found, and what is said when there is none."""

import shutil
from pathlib import Path

import botocore
import pytest

from sagemaker_operator.kube.access import in_cluster, load_access
from sagemaker_operator.kube.errors import AccessError

KUBECONFIG = """
apiVersion: v1
kind: Config
current-context: here
contexts:
- name: here
  context: {cluster: c, user: u, namespace: ml}
- name: there
  context: {cluster: d, user: u}
clusters:
- name: c
  cluster: {server: "http://127.0.0.1:1"}
- name: d
  cluster: {server: "https://127.0.0.1:2/prefix/", insecure-skip-tls-verify: true, tls-server-name: api}
users:
- name: u
  user: {token: secret-token}
"""


@pytest.fixture(autouse=True)
def _nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("KUBECONFIG", raising=False)
    monkeypatch.delenv("KUBERNETES_SERVICE_HOST", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))


@pytest.fixture
def kubeconfig(tmp_path: Path) -> Path:
    path = tmp_path / "kubeconfig"
    path.write_text(KUBECONFIG)
    return path


@pytest.fixture
def pod(tmp_path: Path) -> Path:
    """A service account's directory."""
    directory = tmp_path / "serviceaccount"
    directory.mkdir()
    (directory / "token").write_text("first\n")
    (directory / "namespace").write_text("sagemaker-operator-system")
    shutil.copy(Path(botocore.__file__).with_name("cacert.pem"), directory / "ca.crt")
    return directory


async def test_a_kubeconfig_gives_server_namespace_and_token(kubeconfig: Path) -> None:
    found = load_access(kubeconfig=str(kubeconfig))

    assert (found.server, found.namespace) == ("http://127.0.0.1:1", "ml")
    assert await found.headers() == {"Authorization": "Bearer secret-token"}
    assert found.ssl_context() is None


def test_another_context_of_the_kubeconfig_can_be_chosen(kubeconfig: Path) -> None:
    found = load_access(kubeconfig=str(kubeconfig), context="there")

    assert (found.server, found.namespace, found.server_name) == ("https://127.0.0.1:2/prefix", "default", "api")
    assert found.ssl_context() is not None


def test_the_environment_names_the_kubeconfig_when_no_flag_does(
    kubeconfig: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBECONFIG", str(kubeconfig))

    assert "KUBECONFIG" in load_access().source


def test_the_kubeconfig_in_the_home_directory_is_the_last_resort(kubeconfig: Path, tmp_path: Path) -> None:
    home = tmp_path / "home" / ".kube"
    home.mkdir(parents=True)
    shutil.copy(kubeconfig, home / "config")

    assert load_access().server == "http://127.0.0.1:1"


def test_without_any_way_the_message_tells_what_was_tried_and_what_to_do() -> None:
    with pytest.raises(
        AccessError, match=r"KUBECONFIG is not set, this is not a pod .* Set KUBECONFIG or pass --kubeconfig"
    ):
        load_access()


@pytest.mark.parametrize("text", ["", "a: [", "just words", "kind: Config"])
def test_a_broken_kubeconfig_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "broken"
    path.write_text(text)

    with pytest.raises(AccessError, match=f"{path}"):
        load_access(kubeconfig=str(path))


def test_a_kubeconfig_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(AccessError, match="nowhere"):
        load_access(kubeconfig=str(tmp_path / "nowhere"))


async def test_an_exec_plugin_that_does_not_work_is_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "kubeconfig"
    plugin = "exec: {apiVersion: client.authentication.k8s.io/v1, command: no-such-plugin, interactiveMode: Never}"
    path.write_text(KUBECONFIG.replace("token: secret-token", plugin))

    with pytest.raises(AccessError, match="no-such-plugin"):
        load_access(kubeconfig=str(path))


async def test_a_pod_uses_its_service_account(pod: Path) -> None:
    found = in_cluster(host="10.0.0.1", port="443", directory=pod)

    assert (found.server, found.namespace) == ("https://10.0.0.1:443", "sagemaker-operator-system")
    assert await found.headers() == {"Authorization": "Bearer first"}


def test_an_ipv6_service_address_is_put_in_brackets(pod: Path) -> None:
    assert in_cluster(host="fd00::1", port="443", directory=pod).server == "https://[fd00::1]:443"


async def test_a_rotated_token_is_taken_up_when_the_old_one_is_refused(pod: Path) -> None:
    found = in_cluster(host="10.0.0.1", port="443", directory=pod)
    (pod / "token").write_text("second")

    assert await found.headers(renew=True) == {"Authorization": "Bearer second"}


async def test_a_rotated_token_is_taken_up_within_a_minute(pod: Path) -> None:
    now = 0.0
    found = in_cluster(host="10.0.0.1", port="443", directory=pod, clock=lambda: now)
    (pod / "token").write_text("second")
    now = 61.0

    assert await found.headers() == {"Authorization": "Bearer second"}


async def test_a_token_file_that_is_away_for_a_moment_leaves_the_last_token_in_use(pod: Path) -> None:
    found = in_cluster(host="10.0.0.1", port="443", directory=pod)
    (pod / "token").unlink()

    assert await found.headers(renew=True) == {"Authorization": "Bearer first"}


def test_a_rotated_certificate_authority_is_taken_up(pod: Path) -> None:
    now = 0.0
    found = in_cluster(host="10.0.0.1", port="443", directory=pod, clock=lambda: now)
    before = found.ssl_context()
    (pod / "ca.crt").write_bytes((pod / "ca.crt").read_bytes())
    now = 61.0

    assert found.ssl_context() is not before


def test_a_pod_without_service_account_files_is_told_what_to_set(tmp_path: Path) -> None:
    with pytest.raises(AccessError, match="automountServiceAccountToken"):
        in_cluster(host="10.0.0.1", port="443", directory=tmp_path)
