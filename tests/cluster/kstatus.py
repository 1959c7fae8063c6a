"""What every status must keep to, at every moment: kstatus, as Flux, Helm and kubectl read it.

`violations` is about one object as the API server showed it, `broken_turns` about two versions in a row. Pure; who collects the
versions is `history`.
"""

import re
from collections.abc import Iterator
from typing import Any

Object = dict[str, Any]
_FIELDS = {"type", "status", "reason", "message", "observedGeneration", "lastTransitionTime"}
_REASON = re.compile(r"[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?")


def violations(found: Object) -> Iterator[str]:
    """What is wrong with an object's status."""
    generation = found["metadata"]["generation"]
    status = found.get("status") or {}
    if status.get("observedGeneration", -1) > generation:
        yield f"observedGeneration {status['observedGeneration']} is above generation {generation}"
    conditions = {c["type"]: c for c in status.get("conditions") or ()}
    if len(conditions) != len(status.get("conditions") or ()):
        yield "a type of condition stands there twice"
    for condition in conditions.values():
        yield from _condition(condition, generation)
    if "Ready" in conditions:
        yield from _together(conditions, generation)
    elif conditions or status.get("observedGeneration", -1) >= 0:
        yield "Ready is missing from a report"


def broken_turns(before: Object, after: Object) -> Iterator[str]:
    """What is wrong with how one status followed another."""
    old, new = (
        {c["type"]: c for c in (found.get("status") or {}).get("conditions") or ()} for found in (before, after)
    )
    for kind in old.keys() & new.keys():
        turned = old[kind]["status"] != new[kind]["status"]
        moved = old[kind]["lastTransitionTime"] != new[kind]["lastTransitionTime"]
        if moved and not turned:
            yield f"{kind} has a new lastTransitionTime and still is {new[kind]['status']}"
    if "Ready" in old and "Ready" not in new:
        yield "Ready went away"
    if "Succeeded" in old and old["Succeeded"]["status"] != new.get("Succeeded", {}).get("status"):
        yield f"the outcome changed: Succeeded was {old['Succeeded']['status']}"
    was, now = (found.get("status", {}).get("observedGeneration", -1) for found in (before, after))
    if now < was:
        yield f"observedGeneration went back from {was} to {now}"


def _condition(condition: Object, generation: int) -> Iterator[str]:
    kind = condition["type"]
    if missing := _FIELDS - condition.keys():
        yield f"{kind} has no {', '.join(sorted(missing))}"
        return
    if condition["observedGeneration"] > generation:
        yield f"{kind} is about generation {condition['observedGeneration']} of {generation}"
    if not _REASON.fullmatch(condition["reason"]):
        yield f"{kind} has the reason {condition['reason']!r}"
    if kind in ("Reconciling", "Stalled") and condition["status"] != "True":
        yield f"{kind} is {condition['status']}, which is to be told by its absence"
    if not condition["message"]:
        yield f"{kind} has no message"


def _together(conditions: dict[str, Object], generation: int) -> Iterator[str]:
    ready = conditions["Ready"]
    busy = conditions.keys() & {"Reconciling", "Stalled"}
    if len(busy) == 2:
        yield "it is Reconciling and Stalled"
    if ready["status"] != "True" and not busy:
        yield f"Ready is {ready['status']}, and nothing says whether to wait or to act"
    if ready["status"] == "True" and "Stalled" in busy and ready["observedGeneration"] == generation:
        yield "it is Ready and Stalled at once for the same generation"
