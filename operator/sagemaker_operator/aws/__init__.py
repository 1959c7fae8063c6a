"""AWS at the edge: boto3 in a bounded number of threads, behind rate limits, with errors that say what to do.

    cloud ── turns ── limits        who calls when
      │
      ├── sessions                  credentials, endpoints, clients
      └── replies, failures         what an answer means
    sweeps                          lists, newest first
    logs, files, topics             what is read and written besides SageMaker

`Cloud.call` is the door; everything behind it is blocking or pure. Not here: what a call is for. Whether a refusal means
"absent" or "exists" is known by a kind's row (`kinds.kind.Kind.read`), when to call again by the engine.
"""
