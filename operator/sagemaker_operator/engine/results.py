"""What a pass knows after a call to AWS that was done."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from . import address, attaching
from .facts import Facts, Unlooked
from .steps import Call, Verb


def after(facts: Facts, call: Call, reply: Mapping[str, Any]) -> Facts:
    """The facts after a call.

    Args:
        facts: those before it.
        call: what was asked.
        reply: what AWS answered.
    """
    facts = replace(facts, done=(*facts.done, call.verb))
    match call.verb:
        case Verb.CREATE:
            tags = {tag["Key"]: tag["Value"] for tag in call.request.get("Tags", ())}
            ids = address.assigned(facts.kind.family, reply)
            return replace(facts, created=ids, tags=tags, observed=Unlooked(), misses=0)
        case Verb.START | Verb.STOP | Verb.DELETE | Verb.SIZE:
            return replace(facts, observed=Unlooked())
        case Verb.UPDATE if facts.kind.live:
            # The next look confirms it at once: what a job has is compared only while something was edited.
            return replace(facts, observed=Unlooked())
        case Verb.PURGE:
            return replace(facts, purged=(*facts.purged, call.request[facts.kind.family.identity]))
        case Verb.ATTACH | Verb.DETACH:
            return replace(facts, attached=attaching.after(facts, call))
        case Verb.TAG | Verb.UNTAG:
            return replace(facts, tags=_tags(facts, call))
        case _:
            return facts


def _tags(facts: Facts, call: Call) -> dict[str, str]:
    added = {tag["Key"]: tag["Value"] for tag in call.request.get("Tags", ())}
    gone = set(call.request.get("TagKeys", ()))
    return {key: tag for key, tag in {**(facts.tags or {}), **added}.items() if key not in gone}
