"""How the operator is configured: one frozen value, made from flags and environment by `__main__`."""

from dataclasses import dataclass
from pathlib import Path

from sagemaker_operator.composites.table import ALL_KINDS
from sagemaker_operator.kinds import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that can be set. Times are in seconds.

    Attributes:
        kubeconfig, context: how the API server is found; None looks in the usual places.
        namespaces: the namespaces to serve; none means all.
        kinds: the kinds to serve.
        region: the AWS region of resources that name none; None leaves it to AWS's own configuration.
        endpoint_url: where SageMaker is; None means AWS.
        cluster_name: what ownership tags call this Kubernetes cluster.
        deletion_policy: for resources that name none; None leaves it to each kind.
        image_overrides: the file that goes before the shipped table of SageMaker's own images; None for none.
        analyzer_image: the image that monitors, of schedules that name none.
        workers: how many passes may run at once.
        threads: how many AWS calls may run at once.
        resync: between two looks at a service at rest.
        drift: between two comparisons of any resource at rest.
        first_look: before the first look at what AWS is changing; later ones come after ever longer pauses.
        leader_elect: whether other instances may stand by.
        lease_namespace, lease_name: the Lease by which they agree.
        identity: what this instance calls itself.
        http_address: host and port of health, readiness and metrics.
        log_level, log_format: of the log on stderr.
    """

    kubeconfig: str | None = None
    context: str | None = None
    namespaces: tuple[str, ...] = ()
    kinds: tuple[str, ...] = tuple(ALL_KINDS)
    region: str | None = None
    endpoint_url: str | None = None
    cluster_name: str = "kubernetes"
    deletion_policy: Policy | None = None
    image_overrides: Path | None = None
    analyzer_image: str = ""
    workers: int = 256
    threads: int = 16
    resync: float = 60.0
    drift: float = 36_000.0
    first_look: float = 1.0
    leader_elect: bool = True
    lease_namespace: str | None = None
    lease_name: str = "sagemaker-operator"
    identity: str = "sagemaker-operator"
    http_address: str = "127.0.0.1:8080"
    log_level: str = "info"
    log_format: str = "json"
