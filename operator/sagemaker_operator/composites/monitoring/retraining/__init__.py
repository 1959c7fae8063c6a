"""From violations to another model that serves, step by step and guarded.

A decision to train (`trigger`) is written into the status before anything follows from it, and the TrainingJob is named after
it (`template`), so one decision makes one job, whatever happens. What was trained goes through a `gate`, perhaps waits for a
person, and is given to an Endpoint (`promotion`), whose own roll-out is guarded by its alarms. `loop` takes the steps, and
`memory` is what the status knows of them.

Once a model serves, ``status.retraining.baselineFrom`` says what later runs are to be compared with, in the form of
``spec.baseline.from``: ``{captured: {s3URI, startTime, endTime}}`` or ``{trainingJob: {name, channel}}``; ``baselineSince`` is
when that began. Both are there from the first promotion on for which ``onViolation.rebaseline`` asked, and stay until the next.
"""

from .loop import follow

__all__ = ["follow"]
