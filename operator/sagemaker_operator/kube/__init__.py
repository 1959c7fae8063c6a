"""Kubernetes at the edge: the only place that speaks HTTP to the API server and the only one that knows kopf.

Nothing here knows what a kind means or what AWS is: `client` reads and writes objects, `ingest` and `sweep` tell what is in the
cluster, `lease` says who may work, `recorder` writes Events. All of it lives in one event loop.
"""
