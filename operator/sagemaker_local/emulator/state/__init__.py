"""An emulated account in a file: what exists, what is under way, rules and queues of events, scalable targets, objects in S3.

Not kept: faults, scenarios, rates, quotas and the journal, which belong to a test and not to an account; and of the services that
moto emulates, all but S3.
"""
