"""What Update has to be sent to bring AWS in step with a manifest.

Most members are sent as Create takes them. A `kinds.Change` tells of the others: lists that are only added to, maps whose keys
are taken away by name, values that are unset by a flag.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from sagemaker_operator.kinds import Change, Kind
from sagemaker_operator.model.service import input_shape

from .compare import as_asked, reading, satisfied
from .sources import veiled
from .target import fingerprint


@dataclass(frozen=True, slots=True)
class Update:
    """An update that is needed.

    Attributes:
        members: the members of the spec that differ, sorted.
        request: the input of Update, without the members that say which resource is meant.
    """

    members: tuple[str, ...] = ()
    request: Mapping[str, Any] = field(default_factory=dict)


def clearable(kind: Kind) -> frozenset[str]:
    """The members that Update can unset once a manifest gives them up."""
    return frozenset(change.member for change in kind.changes if change.clears)


def needed(
    kind: Kind,
    wanted: Mapping[str, Any],
    reply: Mapping[str, Any],
    *,
    given_up: frozenset[str] = frozenset(),
    unseen: str | None = None,
    secrets: Mapping[str, str] = MappingProxyType({}),
) -> Update | None:
    """The update that AWS needs, or None if it has all that is wanted.

    Args:
        kind: the row.
        wanted: the members that the manifest sets.
        reply: the Describe reply.
        given_up: the clearable members that an earlier version of the manifest set.
        unseen: the digest (`unseen_hash`) of what was sent last of the members that Describe does not show, if known.
        secrets: the values that nobody may see (`sources.secrets`).
    """
    found = as_asked(kind, reply)
    wanted = taken(kind, wanted)
    differing = {name for name in _comparable(kind) & wanted.keys() if _differs(kind, name, wanted[name], found)}
    if unseen is not None and unseen_hash(kind, wanted, secrets) != unseen:
        differing |= _unseen(kind) & wanted.keys()
    cleared = {name for name in given_up - wanted.keys() if not _is_clear(kind, name, found.get(name))}
    if not differing and not cleared:
        return None
    return Update(tuple(sorted(differing | cleared)), _request(kind, wanted, found, differing, cleared))


def taken(kind: Kind, wanted: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a manifest sets, without the parts of live members that Update does not take: they are as Create made them."""
    if not kind.live:
        return wanted
    shape = input_shape(str(kind.family.update))
    return {
        name: _fitting(value, shape.members[name]) if name in kind.live else value for name, value in wanted.items()
    }


def unseen_hash(kind: Kind, wanted: Mapping[str, Any], secrets: Mapping[str, str] = MappingProxyType({})) -> str | None:
    """A digest of what the manifest says of members that Update takes and Describe does not show; None if it says nothing."""
    told = veiled({name: wanted[name] for name in sorted(_unseen(kind) & wanted.keys())}, secrets)
    return fingerprint(told) if told else None


@cache
def _comparable(kind: Kind) -> frozenset[str]:
    """The mutable members that Describe shows, in whatever place."""
    shown = {*kind.family.described, *kind.told_by, *(path.split(".")[0] for path in kind.shown_at)}
    return frozenset(name for name in kind.mutable if name in shown and name not in kind.goes_with)


@cache
def _unseen(kind: Kind) -> frozenset[str]:
    """The mutable members that Describe does not show, or not wholly."""
    partly = {path.split(".")[0] for path in reading(kind).hidden - kind.volatile}
    never = kind.mutable - _comparable(kind) - kind.goes_with.keys()
    return (never | (partly & kind.mutable)) - kind.manners


def _request(
    kind: Kind, wanted: Mapping[str, Any], found: Mapping[str, Any], differing: set[str], cleared: set[str]
) -> dict[str, Any]:
    changes = {change.member: change for change in kind.changes}
    due = differing if kind.sparse else kind.mutable & wanted.keys()
    if kind.one_at_a_time:
        due = set(sorted(differing)[:1])
    due = {name for name in due if name not in kind.goes_with} | {
        name for name, others in kind.goes_with.items() if name in wanted and differing.intersection(others)
    }
    request: dict[str, Any] = dict(kind.update_sends)
    for name in sorted(due):
        for member, sent in _sent(changes.get(name, Change(name)), wanted[name], found.get(name)).items():
            # Two lists of groups are one list of groups to delete.
            both = isinstance(sent, list) and isinstance(request.get(member), list)
            request[member] = [*request[member], *sent] if both else sent
    for name in sorted(cleared):
        _clear(request, changes[name].clears)
    request |= {member: found[shown] for member, shown in kind.update_echoes.items() if shown in found}
    return dict(_fitting(request, input_shape(str(kind.family.update))))


def _fitting(value: Any, shape: Shape) -> Any:
    """A value without the members that a shape does not have: Update often takes less of a structure than Create."""
    match shape:
        case StructureShape() if isinstance(value, Mapping):
            fitting = {}
            for name, held in value.items():
                taken = name if name in shape.members else f"{name}ForUpdate"
                if taken in shape.members:
                    fitting[taken] = _fitting(held, shape.members[taken])
            return fitting
        case ListShape() if isinstance(value, list):
            return [_fitting(item, shape.member) for item in value]
        case MapShape() if isinstance(value, Mapping):
            return {key: _fitting(held, shape.value) for key, held in value.items()}
        case _:
            return value


def _differs(kind: Kind, name: str, wanted: Any, found: Mapping[str, Any]) -> bool:
    change = next((change for change in kind.changes if change.member == name), None)
    if change is not None and (change.adds or change.removes) and not change.by and not isinstance(wanted, Mapping):
        return set(wanted) != set(found.get(name) or ())
    if change is not None and change.adds and not change.removes:
        return bool(_new(change, wanted, found.get(name)))
    if change is not None and change.removes and _surplus(change, wanted, found.get(name)):
        return True
    return not satisfied(wanted, found.get(name), reading(kind), name)


def _sent(change: Change, wanted: Any, found: Any) -> dict[str, Any]:
    sent: dict[str, Any] = {}
    if not change.adds and change.sends != "":
        sent[change.sends or change.member] = wanted
    if change.adds and (new := _new(change, wanted, found)):
        sent[change.adds] = new
    if change.removes and (surplus := _surplus(change, wanted, found)):
        sent[change.removes] = surplus
    return sent


def _new(change: Change, wanted: Any, found: Any) -> list[Any]:
    """The items that AWS does not have."""
    held = _names(change, found)
    return [item for item in wanted if _name(change, item) not in held]


def _surplus(change: Change, wanted: Any, found: Any) -> list[Any]:
    """The names of what AWS has too much."""
    kept = _names(change, wanted)
    return [name for name in _names(change, found) if name not in kept]


def _names(change: Change, value: Any) -> list[Any]:
    return list(value) if isinstance(value, Mapping) else [_name(change, item) for item in value or ()]


def _name(change: Change, item: Any) -> Any:
    return item.get(change.by) if change.by else item


def _is_clear(kind: Kind, name: str, found: Any) -> bool:
    """Whether AWS has nothing of a member any more, or what its clearing sets."""
    how = next(change.clears for change in kind.changes if change.member == name)
    set_to = json.loads(how.partition("=")[2]) if "={" in how else {}
    return not found or bool(set_to and satisfied(set_to, found))


def _clear(request: dict[str, Any], how: str) -> None:
    member, _, listed = how.partition("=")
    if listed[:1] in ("{", "["):
        request[member] = json.loads(listed)
    elif listed:
        request[member] = [*request.get(member, ()), listed]
    else:
        request[member] = True
