"""What Update has to be sent to bring AWS in step with a manifest.

Most members are sent as Create takes them. A `kinds.Change` tells of the others: lists that are only added to, maps whose keys
are taken away by name, values that are unset by a flag.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sagemaker_operator.kinds import Change, Kind
from sagemaker_operator.model.service import input_shape

from .compare import as_asked, reading, satisfied


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


def needed(kind: Kind, wanted: Mapping[str, Any], reply: Mapping[str, Any], given_up: frozenset[str]) -> Update | None:
    """The update that AWS needs, or None if it has all that is wanted.

    Members that Describe does not show cannot be compared, and are no reason for an update.

    Args:
        kind: the row.
        wanted: the members that the manifest sets.
        reply: the Describe reply.
        given_up: the clearable members that an earlier version of the manifest set.
    """
    found = as_asked(kind, reply)
    changes = {change.member: change for change in kind.changes}
    differing = {name for name in kind.mutable & wanted.keys() if _differs(kind, name, wanted[name], found, changes)}
    cleared = {name for name in given_up - wanted.keys() if found.get(name)}
    if not differing and not cleared:
        return None
    request: dict[str, Any] = dict(kind.update_sends)
    for name in sorted(differing if kind.sparse else kind.mutable & wanted.keys()):
        request |= _sent(changes.get(name, Change(name)), wanted[name], found.get(name))
    for name in sorted(cleared):
        _clear(request, changes[name].clears)
    request |= {member: reply[shown] for member, shown in kind.update_echoes.items() if shown in reply}
    accepted = input_shape(str(kind.family.update)).members
    return Update(
        tuple(sorted(differing | cleared)), {name: value for name, value in request.items() if name in accepted}
    )


def _differs(kind: Kind, name: str, wanted: Any, found: Mapping[str, Any], changes: Mapping[str, Change]) -> bool:
    if name not in kind.family.described and not any(path.split(".")[0] == name for path in kind.shown_at):
        return False
    change = changes.get(name)
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


def _clear(request: dict[str, Any], how: str) -> None:
    member, _, listed = how.partition("=")
    if listed:
        request[member] = [*request.get(member, ()), listed]
    else:
        request[member] = True
