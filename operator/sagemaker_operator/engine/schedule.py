"""When to look at a resource again."""

from enum import Enum


class Pace(Enum):
    """Why a resource is left alone for now, which tells for how long.

    Some have a rhythm (`RHYTHM`); a settled resource is only compared now and then, and a finished one never again.
    """

    AGAIN = "something was written down, and what follows needs a pass of its own"
    WATCH = "AWS is changing it: asked for often at first, or seen by a sweep"
    SOON = "AWS will accept or show something in a moment"
    RETRY = "the call did not get through"
    RECHECK = "AWS refused: nothing changes until somebody acts, perhaps outside of Kubernetes"
    EVENT = "another custom resource must change, which wakes it; the delay is only the safety net"
    DRIFT = "settled"
    NEVER = "finished for good"


# (first delay, factor per further try, longest delay) in seconds.
RHYTHM = {
    Pace.AGAIN: (0.0, 1.0, 0.0),
    Pace.WATCH: (1.0, 1.5, 15.0),
    Pace.SOON: (2.0, 1.5, 30.0),
    Pace.RETRY: (1.0, 2.0, 60.0),
    Pace.RECHECK: (15.0, 2.0, 1800.0),
    Pace.EVENT: (300.0, 1.0, 300.0),
}


def delay(pace: Pace, tries: int, spread: float, *, first_look: float = 1.0) -> float:
    """Seconds until the next look.

    Args:
        pace: one that has a rhythm.
        tries: how often in a row it was left at this pace before.
        spread: a random number in [0, 1), so that many resources do not come back at once.
        first_look: seconds before the first look at what AWS is changing; the pauses after it grow from there.
    """
    first, factor, longest = RHYTHM[pace]
    if pace in (Pace.WATCH, Pace.SOON):
        first *= first_look
    return float(min(longest, first * factor ** min(tries, 64)) * (0.75 + 0.5 * spread))
