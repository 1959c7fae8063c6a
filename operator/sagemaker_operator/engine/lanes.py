"""Who goes first when calls to AWS are scarce."""

from enum import IntEnum


class Lane(IntEnum):
    """The urgency of work; a lower lane goes first."""

    USER = 0
    TRANSITION = 1
    DRIFT = 2
