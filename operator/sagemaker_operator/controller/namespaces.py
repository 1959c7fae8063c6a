"""What namespaces say about the objects in them, as annotations."""

import logging

from sagemaker_operator.kinds import GROUP, Policy
from sagemaker_operator.kube.errors import Forbidden

from .ports import Clock, Cluster

_log = logging.getLogger(__name__)

DELETION_POLICY = f"{GROUP}/deletion-policy"
# When a namespace is deleted, all objects in it ask at once.
_FRESH = 10.0


class Namespaces:
    """Reads annotations of namespaces, each at most once in a few seconds."""

    def __init__(self, cluster: Cluster, clock: Clock) -> None:
        self._cluster, self._clock = cluster, clock
        self._policies: dict[str, tuple[float, Policy | None]] = {}

    async def deletion_policy(self, namespace: str) -> Policy | None:
        """What becomes of SageMaker resources whose objects do not say it; None leaves it to the operator.

        Raises:
            kube.errors.KubeError: if the API server did not answer: a guess could delete what should stay.
        """
        asked, policy = self._policies.get(namespace, (float("-inf"), None))
        if self._clock.monotonic() - asked > _FRESH:
            policy = await self._read(namespace)
            self._policies[namespace] = self._clock.monotonic(), policy
        return policy

    async def _read(self, namespace: str) -> Policy | None:
        try:
            body = await self._cluster.core("namespaces", namespace)
        except Forbidden:
            return None
        said = ((body or {}).get("metadata", {}).get("annotations") or {}).get(DELETION_POLICY)
        if said is None:
            return None
        try:
            return Policy(said)
        except ValueError:
            # Nothing can be brought back once it is deleted.
            _log.warning(
                "An annotation says nothing that is known; resources are retained",
                extra={"namespace": namespace, "annotation": DELETION_POLICY, "value": said},
            )
            return Policy.RETAIN
