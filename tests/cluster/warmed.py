"""What every operator imports and reads before its first pass, for the process that they are forked from to do it once.

Imported there alone (`tests.cluster.forked`). `kubernetes`, which reads the kubeconfig, takes a quarter of a second to import.
"""

import gc
from unittest import mock

from sagemaker_operator.aws.sessions import Sessions
from sagemaker_operator.kinds import KINDS
from sagemaker_operator.kube import kubeconfig
from sagemaker_operator.model.convert import to_request

__all__ = ["kubeconfig"]


def warm() -> None:
    """Read the service models of what an operator talks to, and the names of every kind."""
    with mock.patch.dict("os.environ", AWS_ACCESS_KEY_ID="none", AWS_SECRET_ACCESS_KEY="none"):
        sessions = Sessions(endpoint_url="http://127.0.0.1:9")
        for service in ("sagemaker", "sts", "logs", "application-autoscaling"):
            sessions.client("us-east-1", service)
        sessions.close()
    for kind in KINDS.values():
        to_request(kind.family.spec_members, {})


warm()
# A search for garbage in a child would copy every page that it looks at.
gc.collect()
gc.freeze()
