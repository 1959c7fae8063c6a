"""Counts that Application Auto Scaling changes: what is asked of it, what it has, and the calls that lead from one to the other.

`wanted` reads manifests, `found` holds what the service tells, `difference` compares the two, `memory` is what the status keeps,
`checks` says when, `told` is what people see. Nobody else's targets and policies are touched: ours are those that the status
names, which are written down before they are made.
"""
