"""What drives the passes: it carries out the steps that the engine names, and remembers nothing that a restart would miss.

`store` holds a small record of every custom resource, `events` decides which changes deserve a pass, `passes` runs one pass,
`workers` runs many, `watchlist` finds out what AWS has changed with few calls, and `ports` says what it needs of both sides.
"""
