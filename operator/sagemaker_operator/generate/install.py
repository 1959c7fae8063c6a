"""The operator as a workload: its namespace and its Deployment.

It runs under the restricted Pod Security Standard, needs no disk besides /tmp, and gets its AWS credentials from what the cluster
offers its service account (EKS Pod Identity or IRSA); nothing here holds a secret.
"""

from sagemaker_operator import __version__
from sagemaker_operator.model.schema import Schema

NAME = "sagemaker-operator"
NAMESPACE = "sagemaker-operator-system"
LABELS: Schema = {"app.kubernetes.io/name": NAME}
IMAGE = f"sagemaker-operator:{__version__}"
PORT = 8080
USER = 65532
REGION = "us-east-1"


def namespace() -> list[Schema]:
    """The namespace, which admits nothing above the restricted Pod Security Standard."""
    enforced = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "audit", "warn")}
    return [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE, "labels": {**LABELS, **enforced}}}
    ]


def workload() -> list[Schema]:
    """The Deployment. One replica is enough; with two, one leads and the other waits to take over."""
    return [
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": NAME, "namespace": NAMESPACE, "labels": LABELS},
            "spec": {
                "replicas": 1,
                "selector": {"matchLabels": LABELS},
                "template": {
                    "metadata": {
                        "labels": LABELS,
                        "annotations": {"kubectl.kubernetes.io/default-container": "operator"},
                    },
                    "spec": _pod(),
                },
            },
        }
    ]


def _pod() -> Schema:
    return {
        "serviceAccountName": NAME,
        "automountServiceAccountToken": True,
        "enableServiceLinks": False,
        "terminationGracePeriodSeconds": 30,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": USER,
            "runAsGroup": USER,
            "fsGroup": USER,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [_container()],
        "volumes": [{"name": "tmp", "emptyDir": {"sizeLimit": "64Mi"}}],
    }


def _container() -> Schema:
    return {
        "name": "operator",
        "image": IMAGE,
        "imagePullPolicy": "IfNotPresent",
        "args": ["run"],
        "env": [
            {"name": "AWS_REGION", "value": REGION},
            {"name": "SAGEMAKER_OPERATOR_HTTP_ADDRESS", "value": f"0.0.0.0:{PORT}"},
            {
                "name": "SAGEMAKER_OPERATOR_LEASE_NAMESPACE",
                "valueFrom": {"fieldRef": {"fieldPath": "metadata.namespace"}},
            },
            {"name": "SAGEMAKER_OPERATOR_IDENTITY", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
        ],
        "ports": [{"name": "http", "containerPort": PORT}],
        "livenessProbe": {"httpGet": {"path": "/healthz", "port": "http"}, "periodSeconds": 10, "failureThreshold": 6},
        "readinessProbe": {"httpGet": {"path": "/readyz", "port": "http"}, "periodSeconds": 5},
        # No CPU limit: it would slow down a burst and save nothing in between.
        "resources": {"requests": {"cpu": "50m", "memory": "96Mi"}, "limits": {"memory": "256Mi"}},
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "volumeMounts": [{"name": "tmp", "mountPath": "/tmp"}],  # noqa: S108 - the container's, an emptyDir
    }
