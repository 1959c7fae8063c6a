"""Application Auto Scaling at work: policies and scheduled actions of the emulated service change counts of what really serves.

`decide`, `steps` and `schedules` are pure: numbers in, counts out. `readings` says which metric a policy looks at, `acting`
carries counts out, and `scaler` lets time pass. Not here: which targets, policies and actions there are (see `scaling` of the
emulator).
"""

from .scaler import Scaler

__all__ = ["Scaler"]
