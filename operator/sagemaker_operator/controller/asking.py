"""Answers what plans ask: of Kubernetes, of SageMaker, of S3, of SNS and of webhooks.

Whatever goes wrong is an answer too, for the plan to tell and to decide upon; only what Kubernetes itself refuses for a moment
ends the pass, as everywhere.
"""

import binascii
import json
from collections.abc import Mapping
from typing import Any, Protocol

from sagemaker_operator.composites.asks import Ask, Denied, Describe, Edit, Fetch, List, Look, Post, Publish, Read, Told
from sagemaker_operator.composites.table import ALL_KINDS
from sagemaker_operator.engine import sources
from sagemaker_operator.engine.lanes import Lane
from sagemaker_operator.engine.resource import Object
from sagemaker_operator.errors import Absent, AWSFailure, Throttled, Unknown
from sagemaker_operator.kinds import KINDS
from sagemaker_operator.kube.errors import Conflict, Forbidden, Invalid, Missing

from .ports import Cloud, Cluster


class Files(Protocol):
    """What lies in S3."""

    async def anything(self, uri: str, *, region: str) -> bool:
        """Whether anything lies under a prefix, or an `errors.AWSFailure`."""

    async def objects(self, uri: str, *, most: int, region: str) -> tuple[str, ...]:
        """The URIs of the first objects under a prefix, or an `errors.AWSFailure`."""

    async def beginning(self, uri: str, *, most: int, region: str) -> str | None:
        """The first bytes of an object as text, None if there is none, or an `errors.AWSFailure`."""


class Messages(Protocol):
    """Ways to tell people something outside of Kubernetes."""

    async def publish(self, topic: str, *, subject: str, message: str, region: str) -> str:
        """Publish to an SNS topic: the id of the message, or an `errors.AWSFailure`."""

    async def post(self, url: str, *, body: str, key: str | None, delivery: str) -> int:
        """Post JSON to a URL, signed with a key: the HTTP status, or OSError with a message that names no part of the URL."""


class Asking:
    """Answers questions of plans, one at a time.

    Args:
        cluster: Kubernetes.
        cloud: SageMaker.
        files: what lies in S3; None if nothing can be read there.
        messages: ways to tell people something; None if there is none.
        region: where nothing names one.
    """

    def __init__(
        self, *, cluster: Cluster, cloud: Cloud, files: Files | None, messages: Messages | None, region: str
    ) -> None:
        self._cluster, self._cloud = cluster, cloud
        self._files, self._messages, self._region = files, messages, region

    async def answer(self, parent: Object, ask: Ask) -> Told | Denied:
        """The answer to a question about what an object needs.

        Raises:
            kube.errors.KubeError: Kubernetes did not answer.
        """
        try:
            match ask:
                case Fetch():
                    return Told(await self._cluster.get(ALL_KINDS[ask.kind], parent.namespace, ask.name))
                case Edit():
                    return await self._edit(parent, ask)
                case Post():
                    return await self._post(parent, ask)
                case Describe():
                    return Told(await self._describe(ask))
                case _:
                    return await self._aws(ask)
        except (Throttled, Unknown) as failure:
            return Denied(str(failure), passing=True)
        except AWSFailure as failure:
            return Denied(str(failure))
        except (Invalid, Forbidden, Missing) as refusal:
            return Denied(str(refusal))

    async def _aws(self, ask: Look | List | Read | Publish) -> Told | Denied:
        match ask:
            case Look() if self._files is not None:
                return Told(await self._files.anything(ask.uri, region=ask.region or self._region))
            case List() if self._files is not None:
                found = self._files.objects(ask.uri, most=ask.most, region=ask.region or self._region)
                return Told(await found)
            case Read() if self._files is not None:
                return Told(await self._files.beginning(ask.uri, most=ask.most, region=ask.region or self._region))
            case Publish() if self._messages is not None:
                sent = self._messages.publish(
                    ask.topic, subject=ask.subject, message=ask.message, region=ask.region or self._region
                )
                return Told(await sent)
        return Denied("this operator has no way to do that")

    async def _describe(self, ask: Describe) -> Mapping[str, Any] | None:
        kind = KINDS[ask.kind]
        operation, name = kind.family.describe, {kind.family.identity: ask.name}
        try:
            region = ask.region or self._region
            return await self._cloud.call(operation, name, region=region, lane=Lane.TRANSITION)
        except AWSFailure as failure:
            read = kind.read(failure)
            if isinstance(read, Absent):
                return None
            raise read from None

    async def _edit(self, parent: Object, ask: Edit) -> Told | Denied:
        body: Mapping[str, Any] = json.loads(ask.patch)
        try:
            kind = ALL_KINDS[ask.kind]
            return Told(await self._cluster.patch(kind, parent.namespace, ask.name, body, resource_version=ask.version))
        except Conflict as conflict:
            return Denied(str(conflict), passing=True)

    async def _post(self, parent: Object, ask: Post) -> Told | Denied:
        found = []
        for name, key in (ask.address, *([ask.signing] if ask.signing else [])):
            value = await self._secret(parent.namespace, name, key)
            if isinstance(value, Denied):
                return value
            found.append(value)
        if self._messages is None:
            return Denied("this operator has no way to do that")
        url, signing = found[0], found[1] if ask.signing else None
        try:
            return Told(await self._messages.post(url, body=ask.body, key=signing, delivery=ask.delivery))
        except OSError as error:
            return Denied(str(error), passing=True)

    async def _secret(self, namespace: str, name: str, key: str) -> str | Denied:
        try:
            body = await self._cluster.core("secrets", name, namespace=namespace)
            value = None if body is None else sources.texts("Secret", body).get(key)
        except Forbidden:
            return Denied(
                f"The operator may not read Secret {name}: see docs/configuration.md on ConfigMaps and Secrets."
            )
        except (UnicodeDecodeError, binascii.Error):
            return Denied(f"Secret {name} holds something else than text.")
        if body is None:
            return Denied(f"Secret {name} does not exist.", passing=True)
        return value if value is not None else Denied(f"Secret {name} has no key {key}.", passing=True)
