"""Batch transform: what is read from S3, sent to the model record by record, and written back.

| module | what it knows |
|---|---|
| `inputs` | which objects are read, and where their outputs go |
| `framing` | files in records, and records in payloads |
| `jsonpath` | the paths of filters |
| `shaping` | filters, joins and inference ids |
| `settings` | how the model is asked |
| `asking` | one request, sent again where that helps |
| `conversion` | a file through the model, in order |
| `instance` | the files and the logs of one instance |
| `captured` | manifests for Model Monitor |
| `job` | all of a job |
"""

from .job import TRANSFORM

__all__ = ["TRANSFORM"]
