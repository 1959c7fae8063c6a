"""A scenario played again and again, with the operator killed at another moment each time."""

from collections.abc import Callable, Hashable
from typing import Any

from tests.rehearsal.stage import Rehearsal

_READS = ("Describe", "List", "Search", "BatchDescribe", "get", "list")


def at_each_moment(
    scenario: Callable[[Rehearsal], None],
    *,
    straggle: float | None = None,
    reads: bool = True,
    alike: Callable[[tuple[Any, ...]], Hashable] = lambda label: label,
    **arguments: Any,
) -> int:
    """Play a scenario undisturbed, then again for each moment that is like no other, with the operator killed there.

    A process that dies before a request leaves the same behind as one that dies after the request before; so the moments after
    requests will do, unless what was asked for is carried out late: then those before requests that change something.

    Args:
        scenario: does something and asserts what must be so whatever happened to the operator.
        straggle: as in `Rehearsal`.
        reads: whether to kill it also after requests that change nothing, which is as good as before the next one that does.
        alike: what of a moment's label counts: the request, then `Rehearsal.scene`; without that all of it.
        arguments: of every `Rehearsal`.

    Returns:
        How many plays there were.
    """
    with Rehearsal(noting=True, **arguments) as first:
        scenario(first)
    seen: dict[Hashable, int] = {}
    for number, label in enumerate(first.labels):
        if number < first.opening:
            continue
        changes = not label[0].what.startswith(_READS)
        late, done = label[0].side == "before" and changes, label[0].side == "after" and (changes or reads)
        if number == first.opening or (late if straggle is not None else done):
            seen.setdefault(alike(label), number)
    for number in seen.values():
        try:
            with Rehearsal(die_at=number, straggle=straggle, **arguments) as play:
                scenario(play)
                assert play.deaths == 1, f"nothing died at moment {number}"
        except AssertionError as error:
            error.add_note(f"killed at moment {number}: {first.labels[number]}")
            raise
    return len(seen) + 1
