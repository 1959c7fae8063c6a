"""When SageMaker takes a change of something that works or is over: what a row says of it, read off a Describe reply."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Moment:
    """The states in which one change is accepted; paths and values are in the service model's spelling.

    Attributes:
        said: the moment in words that follow "SageMaker changes it".
        when: by path of the Describe reply, the values of which one must stand there.
        but: by path, the values that must not.
        over: by path, the values with which the moment will not come any more.
        needs: a path at which something other than 0 must have stood from the beginning; "" if nothing must.
        shows: a path that Describe fills only some time after the end; "" if there is none.
    """

    said: str
    when: Mapping[str, frozenset[str]]
    but: Mapping[str, frozenset[str]] = field(default_factory=dict)
    over: Mapping[str, frozenset[str]] = field(default_factory=dict)
    needs: str = ""
    shows: str = ""
