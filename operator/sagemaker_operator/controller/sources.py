"""Reads what manifests take from ConfigMaps and Secrets.

They are read when a pass needs them and never watched: that keeps the operator from seeing objects that no manifest names. So a
changed ConfigMap is noticed with the next comparison, or when somebody asks for one.
"""

import binascii
from collections.abc import Mapping
from typing import Any

from sagemaker_operator.engine import sources
from sagemaker_operator.engine.resource import Resource
from sagemaker_operator.engine.sources import Asked
from sagemaker_operator.engine.target import Waiting
from sagemaker_operator.engine.verdict import Reason
from sagemaker_operator.kube.errors import Forbidden

from .ports import Cluster

_PLURALS = {"ConfigMap": "configmaps", "Secret": "secrets"}


async def read(cluster: Cluster, resource: Resource) -> Mapping[Asked, Any] | Waiting:
    """The values of all sources of a manifest, or what keeps them from being read.

    Raises:
        kube.errors.KubeError: if the API server did not answer.
    """
    values: dict[Asked, Any] = {}
    # Several fields often take their values from one object.
    bodies: dict[tuple[str, str], dict[str, Any] | None] = {}
    for one in sources.asked(resource.kind, resource.spec):
        at = one.kind, one.name
        try:
            if at not in bodies:
                bodies[at] = await cluster.core(_PLURALS[one.kind], one.name, namespace=resource.namespace)
            body = bodies[at]
            found = None if body is None else sources.value(one, sources.texts(one.kind, body))
        except Forbidden:
            return _unreadable(f"The operator may not read {one}: see docs/configuration.md on ConfigMaps and Secrets.")
        except (UnicodeDecodeError, binascii.Error):
            return _unreadable(f"{one} holds something else than text: see spec.{one.source.field}.")
        if body is None:
            return _unreadable(f"{one} does not exist: create it, or name another one in spec.{one.source.field}.")
        if found is None:
            return _unreadable(f"{one} has no key {one.key}: add it, or name another one in spec.{one.source.field}.")
        values[one] = found
    return values


def _unreadable(message: str) -> Waiting:
    return Waiting(message, Reason.SOURCE_UNREADABLE, hopeless=True)
