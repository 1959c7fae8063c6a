"""A real Kubernetes API server on this machine, without a cluster and without a container engine.

    with Cluster.start() as cluster:
        cluster.kubectl("apply", "-f", "-", input=manifest)

`Cluster` runs etcd, kube-apiserver and kube-controller-manager on loopback, with certificates, a token and data of its own,
all of which are gone when it stops, however it stops. The programs come from `binaries`: found, cached or built once.

Not here: nodes, a scheduler, kubelets. Pods are accepted and never run; everything else about the API (CRDs, CEL, server-side
apply, RBAC, admission, watches, garbage collection) is Kubernetes itself.
"""

from sagemaker_local.cluster.client import KubectlFailed, kubectl
from sagemaker_local.cluster.control_plane import Cluster
from sagemaker_local.cluster.errors import ClusterError

__all__ = ["Cluster", "ClusterError", "KubectlFailed", "kubectl"]
