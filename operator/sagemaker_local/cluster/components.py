"""The command lines of etcd, kube-apiserver and kube-controller-manager: which flags, and why.

Pure: paths and ports in, argument lists out. Not here: where the programs come from (`binaries`), and who starts them
(`control_plane`, `keeper`).
"""

from dataclasses import dataclass
from pathlib import Path

from sagemaker_local.cluster.binaries import Binaries
from sagemaker_local.cluster.credentials import Credentials
from sagemaker_local.cluster.ports import LOOPBACK

# What an API without nodes needs: namespaces that go away, owners that take their dependents with them, the accounts,
# certificates and aggregated roles that RBAC rests on. The other forty controllers serve workloads that never run here.
CONTROLLERS = (
    "namespace-controller",
    "garbage-collector-controller",
    "serviceaccount-controller",
    "clusterrole-aggregation-controller",
    "root-ca-certificate-publisher-controller",
    "resourcequota-controller",
)


@dataclass(frozen=True, slots=True)
class Component:
    """One program of the control plane, ready to be started."""

    name: str
    argv: tuple[str, ...]


def etcd(binaries: Binaries, credentials: Credentials, *, data: Path, port: int) -> Component:
    """The store. Clients need a certificate: loopback is shared with every user of the machine."""
    client, peer = f"https://{LOOPBACK}:{port}", f"https://{LOOPBACK}:0"
    return Component(
        "etcd",
        (
            str(binaries.etcd),
            f"--data-dir={data}",
            f"--listen-client-urls={client}",
            f"--advertise-client-urls={client}",
            f"--listen-peer-urls={peer}",
            f"--cert-file={credentials.etcd_certificate}",
            f"--key-file={credentials.etcd_key}",
            f"--trusted-ca-file={credentials.ca}",
            "--client-cert-auth",
            f"--peer-cert-file={credentials.etcd_certificate}",
            f"--peer-key-file={credentials.etcd_key}",
            f"--peer-trusted-ca-file={credentials.ca}",
            "--peer-client-cert-auth",
            # The data lives no longer than the process: nothing is gained by waiting for a disk.
            "--unsafe-no-fsync",
            "--log-level=warn",
        ),
    )


def api_server(binaries: Binaries, credentials: Credentials, *, port: int, etcd_port: int) -> Component:
    """The API server: RBAC, all stable APIs, default admission."""
    return Component(
        "kube-apiserver",
        (
            str(binaries.api_server),
            f"--etcd-servers=https://{LOOPBACK}:{etcd_port}",
            f"--etcd-cafile={credentials.ca}",
            f"--etcd-certfile={credentials.etcd_certificate}",
            f"--etcd-keyfile={credentials.etcd_key}",
            f"--bind-address={LOOPBACK}",
            f"--advertise-address={LOOPBACK}",
            f"--secure-port={port}",
            f"--cert-dir={credentials.directory}",
            f"--tls-cert-file={credentials.serving_certificate}",
            f"--tls-private-key-file={credentials.serving_key}",
            f"--token-auth-file={credentials.tokens}",
            "--anonymous-auth=false",
            "--authorization-mode=RBAC",
            "--service-account-issuer=https://kubernetes.default.svc",
            f"--service-account-key-file={credentials.service_account_public_key}",
            f"--service-account-signing-key-file={credentials.service_account_key}",
            "--service-cluster-ip-range=10.0.0.0/24",
            # Loopback is no endpoint that the Service "kubernetes" may have, and nothing here would use it.
            "--endpoint-reconciler-type=none",
            # Pods never run here, so none has to have a mounted token.
            "--disable-admission-plugins=ServiceAccount",
            "--profiling=false",
        ),
    )


def controller_manager(binaries: Binaries, credentials: Credentials) -> Component:
    """The few controllers that deletion and RBAC rely on; it listens nowhere."""
    return Component(
        "kube-controller-manager",
        (
            str(binaries.controller_manager),
            f"--kubeconfig={credentials.controller_manager_kubeconfig}",
            f"--controllers={','.join(CONTROLLERS)}",
            f"--root-ca-file={credentials.ca}",
            "--leader-elect=false",
            "--secure-port=0",
            "--profiling=false",
        ),
    )
