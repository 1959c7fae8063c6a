"""Keeps the objects for the jobs that a job launches: the newest are there, the others go; nothing of it changes SageMaker."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from sagemaker_operator.composites import launched
from sagemaker_operator.engine import address
from sagemaker_operator.engine.facts import Facts, Present
from sagemaker_operator.errors import AWSFailure

from .children import Children
from .store import Store

_log = logging.getLogger(__name__)

Ask = Callable[[str, Mapping[str, Any]], Awaitable[Mapping[str, Any]]]


class Launching:
    """Makes them in the passes of the job that launches.

    Args:
        store: the records of all custom resources.
        children: carries out what is to be made and to go.
    """

    def __init__(self, *, store: Store, children: Children) -> None:
        self._store, self._children = store, children

    async def keep(self, facts: Facts, ask: Ask) -> None:
        """Bring the objects in step with what was launched; what SageMaker does not tell now is for the next look.

        Args:
            facts: of the pass, at its end.
            ask: calls an operation.

        Raises:
            kube.errors.KubeError: nobody knows whether an object was made; the next pass finds it.
        """
        row, owner = facts.kind.launched, facts.resource
        if row is None or owner.deleting or not isinstance(facts.observed, Present) or not facts.observed.complete:
            return
        there = [child for child in self._store.children(owner.uid) if child.kind == row.kind and not child.deleting]
        if not facts.manageable or launched.settled(row, owner, facts.reply, there):
            return
        try:
            newest = await self._newest(facts, ask)
            by_name = {launched.name_of(row, owner, one): one for one in newest}
            for name in by_name.keys() - {child.name for child in there}:
                described = await ask(row.describe, {row.name: by_name[name][row.name]})
                await self._children.create(owner, launched.wanted(row, owner, described))
        except AWSFailure as failure:
            _log.info("What was launched is not known", extra={"object": str(owner.key), "error": str(failure)})
            return
        for child in (child for child in there if child.name not in by_name):
            await self._children.delete(owner, child)

    async def _newest(self, facts: Facts, ask: Ask) -> list[Mapping[str, Any]]:
        row = facts.kind.launched
        assert row is not None
        most = launched.limit(row, facts.resource)
        about = address.asked(facts, row.listing)
        if not most or about is None:
            return []
        reply = await ask(row.listing, {**row.asks, **about, "MaxResults": most})
        return list(reply.get(row.rows) or ())
